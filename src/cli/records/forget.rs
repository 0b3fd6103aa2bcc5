//! `hookgate journal forget`: erases a person from the journal and from waiting deliveries.
//!
//! What else names the person is listed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use super::super::exit::{Exit, Failure, Output};
use super::super::outbox::{Dropped, Purpose, dropped};
use super::super::progress::Progress;
use super::journals::{own, own_archive};
use crate::config::Settings;
use crate::diagnostic::escaped;
use crate::journal::{Archive, Erased, Exclusive, Masters, Person, Place, Query, Trouble, erase, known};

/// Largest file that is searched for a person's names, in bytes.
const SEARCHED_BYTES: u64 = 256 << 20;

#[derive(ClapArgs, Debug)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Erase a person: records of the person, rows about the person in others' records, and deliveries that wait
    Forget(ForgetArgs),
}

#[derive(ClapArgs, Debug)]
pub struct ForgetArgs {
    /// Id, employee id, login or e-mail address of the person; may be repeated
    #[arg(long, value_name = "NAME", required = true)]
    pub person: Vec<String>,
    /// Needed: what is erased is gone
    #[arg(long)]
    pub yes: bool,
}

/// Does what is asked.
///
/// # Errors
/// When there is no journal or no key, when the names are of several people, or when files cannot be written.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let Command::Forget(args) = &args.command;
    let journal = own(settings)?;
    let unreadable = |error: std::io::Error| Failure::message(format!("the journal cannot be read: {error}"));
    let archive = own_archive(journal, settings)?;
    if let Some(trouble) = archive.keyless() {
        return Err(told(trouble.clone()));
    }
    let person = known(&archive, &args.person).map_err(unreadable)?;
    is_one_person(&person, args)?;
    if !args.yes {
        let count = records(&archive, &person).map_err(unreadable)?;
        return Ok(preview(count, settings, &person));
    }
    let progress = Progress::begin("erasing a person");
    let held = Exclusive::of(journal).map_err(told)?;
    let masters = Masters::existing(&settings.journal.keys, journal).map_err(told)?;
    // With the files as they are now: what was recorded meanwhile is known, too.
    let archive = Archive::of(journal, &settings.journal.keys).map_err(unreadable)?;
    let erased = erase(journal, &held.files, &archive, &masters, &person).map_err(told)?;
    drop(held);
    let dropped = dropped(settings, &person, Purpose::Drop);
    drop(progress);
    let elsewhere = elsewhere(settings, &person);
    let is_found = erased.records + erased.others > 0 || dropped.as_ref().is_ok_and(|dropped| dropped.count > 0);
    let stdout = done(&erased, &dropped, &elsewhere, &person);
    Ok(Output { stdout, exit: if is_found && dropped.is_ok() { Exit::Well } else { Exit::Found } })
}

fn told(trouble: Trouble) -> Failure {
    Failure::message(trouble.message).help(trouble.help)
}

/// One name may be several people's: two who were given the same login.
fn is_one_person(person: &Person, args: &ForgetArgs) -> Result<(), Failure> {
    if person.ids.len() < 2 || args.person.len() > 1 {
        return Ok(());
    }
    let ids: Vec<&str> = person.ids.iter().map(String::as_str).collect();
    let name = args.person.first().map_or("", String::as_str);
    let message = format!("`{name}` is the name of several people in the journal, with the ids {}", ids.join(", "));
    let help = format!(
        "name one of them by the id (`--person {}`), or all by several `--person`; nothing was erased",
        ids.first().unwrap_or(&"…")
    );
    Err(Failure::message(message).help(help))
}

/// How many records of the person there are.
fn records(archive: &Archive, person: &Person) -> std::io::Result<usize> {
    let mut marks = std::collections::HashSet::new();
    for name in &person.found_by {
        let places = archive.places(&Query { person: Some(name.clone()), ..Query::default() })?;
        marks.extend(places.lines.iter().map(Place::mark));
    }
    Ok(marks.len())
}

/// What would be erased.
fn preview(count: usize, settings: &Settings, person: &Person) -> Output {
    let mut stdout = format!(
        "{} of the person would be erased, and texts in records of others that name the person by one of\n",
        counted(count as u64, "record")
    );
    for name in &person.names {
        let _ = writeln!(stdout, "  {}", escaped(name));
    }
    let waiting = dropped(settings, person, Purpose::Count);
    stdout += &match &waiting {
        Ok(waiting) => format!("{} would be dropped{}\n", counted(waiting.count, "waiting delivery"), sealed(waiting)),
        Err(failure) => format!("the outbox cannot be searched: {}\n", failure.to_text().trim()),
    };
    stdout += &still_named(&elsewhere(settings, person));
    stdout += "what is erased is gone: add `--yes` to do it\n";
    let is_found = count > 0 || waiting.is_ok_and(|waiting| waiting.count > 0);
    Output { stdout, exit: if is_found { Exit::Well } else { Exit::Found } }
}

/// `1 record`, `2 records`.
fn counted(count: u64, what: &str) -> String {
    match (count, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {what}s"),
    }
}

/// Deliveries of which nobody can say whether they name the person.
fn sealed(waiting: &Dropped) -> String {
    match waiting.sealed {
        0 => String::new(),
        sealed => format!("; {sealed} cannot be opened without their key, and may name the person"),
    }
}

fn still_named(elsewhere: &[String]) -> String {
    let mut out = String::new();
    for (n, place) in elsewhere.iter().enumerate() {
        let head = if n == 0 { "still named in\n" } else { "" };
        let _ = writeln!(out, "{head}  {}", escaped(place));
    }
    out
}

fn done(erased: &Erased, dropped: &Result<Dropped, Failure>, elsewhere: &[String], person: &Person) -> String {
    let others = match erased.others {
        1 => "1 record of others does not name the person any more".to_owned(),
        others => format!("{others} records of others do not name the person any more"),
    };
    let mut out = format!(
        "{} of the person erased, {others}; {} written anew under new keys\n",
        counted(erased.records, "record"),
        counted(erased.files, "file")
    );
    if erased.unopened > 0 {
        let _ = writeln!(
            out,
            "{} cannot be opened, and may be of the person: the key is lost, or it is an older form. Remove the files to be sure \
             (`hookgate decisions --verify` names them)",
            counted(erased.unopened, "line")
        );
    }
    out += &match dropped {
        Ok(dropped) => format!("{} dropped{}\n", counted(dropped.count, "waiting delivery"), sealed(dropped)),
        Err(failure) => format!("the outbox was not searched: {}\n", failure.to_text().trim()),
    };
    out += &still_named(elsewhere);
    let _ = writeln!(
        out,
        "what this cannot reach: backups that have the old files with their keys, what was delivered, the log, and what was \
         recorded since it began ({} names were sought)",
        person.names.len()
    );
    out
}

/// Files of the rules folder and of kept sets that name the person, with the line.
fn elsewhere(settings: &Settings, person: &Person) -> Vec<String> {
    let mut found = Vec::new();
    let folders = std::iter::once(settings.gateway.rules.clone()).chain(settings.state_folder());
    for folder in folders {
        // The journal may stand in the folder in which the command runs.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        walk(&folder, settings, person, &mut found);
    }
    found.sort();
    found.dedup();
    found
}

fn walk(folder: &Path, settings: &Settings, person: &Person, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, settings, person, found);
        } else if !is_own_file(&path, settings) {
            found.extend(named_in(&path, person).map(|line| format!("{}:{line}", path.display())));
        }
    }
}

/// The journal and the outbox, which are searched otherwise.
fn is_own_file(path: &Path, settings: &Settings) -> bool {
    let outbox = match &settings.outbox.store {
        crate::outbox::StoreAt::File(file) => Some(file),
        crate::outbox::StoreAt::Postgres(_) => None,
    };
    let name = path.display().to_string();
    settings.journal.file.iter().chain(outbox).any(|own: &PathBuf| name.starts_with(&own.display().to_string()))
}

/// The first line that names the person.
fn named_in(path: &Path, person: &Person) -> Option<usize> {
    let length = std::fs::metadata(path).ok()?.len();
    let bytes = (length <= SEARCHED_BYTES).then(|| std::fs::read(path).ok())??;
    let text = String::from_utf8_lossy(&bytes);
    text.lines()
        .position(|line| line.split([',', ';', '\t', '"']).any(|cell| person.is_named_by(cell)))
        .map(|at| at + 1)
}
