//! `hookgate rules`: lists the rule sets that were in force, and goes back to one.

use std::fmt::Write as _;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use serde::Deserialize;
use serde_json::json;

use super::admin_call::{Answer, Called, call_if_there};
use super::reload::{Kept, Refused};
use crate::cli::exit::{Exit, Failure, Output};
use crate::config::Settings;
use crate::gateway::{KeptSet, Origin, RolledBack, Sets, seen_of};
use crate::report::counted;
use crate::rule::short_hash;

#[derive(ClapArgs, Debug)]
pub struct Args {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    /// Show the sets of rules that are kept, the one that came into force last first
    List {
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Put a set in force that was so before; it stays, over restarts, until the content of the rules folder changes
    Rollback {
        /// The beginning of the set's hash, as `list` shows it; left out: the set before the one in force
        hash: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a line for each
    Text,
    /// For programs: one JSON object for each
    Json,
}

/// Longest time for the answer of the admin listener, in milliseconds: it says itself after ten seconds that it does not know.
const TIME_LIMIT_MS: u64 = 15_000;

/// What the listener tells of a rollback.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reply {
    message: Option<String>,
    hash: String,
    source: String,
    last_in_force: String,
    after_restart: bool,
    rules: usize,
    warnings: usize,
    kept: Vec<Kept>,
    refused: Refused,
}

/// Lists the sets, or goes back to one.
///
/// # Errors
/// When none is kept, the state folder cannot be read, or the gateway that runs cannot be asked.
pub fn run(args: &Args, settings: &Settings) -> Result<Output, Failure> {
    let sets = Sets::of(&settings.gateway, settings.state_folder().as_deref()).ok_or_else(|| {
        let failure = Failure::message("no sets of rules are kept");
        failure.help("name a folder as `reload.state` in gateway.yaml, and let `reload.keep` be more than 0")
    })?;
    match &args.what {
        What::List { format } => list(&sets, settings, *format),
        What::Rollback { hash } => roll_back(&sets, settings, hash.as_deref()),
    }
}

fn unreadable(sets: &Sets, why: &dyn std::fmt::Display) -> Failure {
    let failure = Failure::message(format!("the state folder `{}` cannot be read: {why}", sets.folder.display()));
    failure.help("run it as the user that hookgate runs as, with the same settings (`--config`)")
}

fn list(sets: &Sets, settings: &Settings, format: Format) -> Result<Output, Failure> {
    let found = sets.list().map_err(|error| unreadable(sets, &error))?;
    let seen = seen_of(&settings.gateway, &settings.tenant);
    let rolled_back = RolledBack::read(sets).map_err(|why| unreadable(sets, &why))?;
    // It counts where the folder is as it was then, and where it has a mistake.
    let is_readable = found.iter().any(|set| set.hash == seen);
    let rolled_back = rolled_back.filter(|note| note.folder == seen || !is_readable);
    let mut out = String::new();
    for (n, set) in found.iter().enumerate() {
        let is_in_folder = set.hash == seen;
        let since = rolled_back.as_ref().filter(|note| note.hash == set.hash).map(|note| &*note.at);
        match format {
            Format::Json => {
                let line = json!({
                    "hash": set.hash,
                    "last_in_force": set.at.to_string(),
                    "newest": n == 0,
                    "in_folder": is_in_folder,
                    "rolled_back_at": since,
                    "bytes": set.bytes,
                });
                let _ = writeln!(out, "{line}");
            }
            Format::Text => out += &line(set, n == 0, is_in_folder, since),
        }
    }
    if found.is_empty() && format == Format::Text {
        let (folder, rules) = (sets.folder.display(), settings.gateway.rules.display());
        let _ = match sets.folder.is_dir() {
            true => writeln!(
                out,
                "no set of the rules folder `{rules}` is kept in `{folder}`: the first is when hookgate starts. Of a gateway that runs \
                 elsewhere run this command in its folder, with its `--rules` and `--config`"
            ),
            false => writeln!(
                out,
                "no set is kept, for the folder `{folder}` is not there: make it, and let hookgate's user write it"
            ),
        };
    }
    Ok(Output::well(out))
}

fn line(set: &KeptSet, is_newest: bool, is_in_folder: bool, since: Option<&str>) -> String {
    let notes = [
        is_newest.then(|| "in force last".to_owned()),
        since.map(|since| format!("rolled back to at {since}, until the folder changes")),
        is_in_folder.then(|| "what the folder has".to_owned()),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    let line = format!(
        "{}  {}  {:>7} KiB  {}",
        short_hash(&set.hash),
        set.at.strftime("%Y-%m-%d %H:%M:%SZ"),
        set.bytes.div_ceil(1024),
        notes.join("; ")
    );
    line.trim_end().to_owned() + "\n"
}

/// By the gateway that runs, or where none does, for the next start.
fn roll_back(sets: &Sets, settings: &Settings, hash: Option<&str>) -> Result<Output, Failure> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(hash.iter().map(|hash| ("hash", hash)));
    let query = query.finish();
    let path = if query.is_empty() { "/rollback".to_owned() } else { format!("/rollback?{query}") };
    match call_if_there("POST", &path, TIME_LIMIT_MS, &settings.server.admin)? {
        Called::Answered(answer) => answered(&answer),
        Called::Nobody(why) => for_the_next_start(sets, settings, hash, &why),
    }
}

fn answered(answer: &Answer) -> Result<Output, Failure> {
    let told: Option<Reply> = serde_json::from_str(&answer.body).ok();
    let (stdout, exit) = match (answer.status, told) {
        (200, Some(told)) => (in_force(&told), if told.kept.is_empty() { Exit::Well } else { Exit::Kept }),
        (422, Some(told)) => {
            (told.refused.told("this set cannot be in force any more; what was in force stays"), Exit::Found)
        }
        (_, told) => answer
            .otherwise(told.and_then(|told| told.message), "`admin.token` must be what the running gateway has")?,
    };
    Ok(Output { stdout, exit })
}

fn in_force(told: &Reply) -> String {
    let (hash, rules) = (short_hash(&told.hash), counted(told.rules, "rule"));
    let mut out = match told.source == Origin::RolledBack.word() {
        true => format!(
            "rolled back: {rules} in force, hash {hash}, until the content of the rules folder changes (last in force {})",
            told.last_in_force
        ),
        false => format!("the rules of the folder are in force: {rules}, hash {hash}"),
    };
    if told.warnings > 0 {
        let _ = write!(out, ", {} (see the log, or `GET /rules`)", counted(told.warnings, "warning"));
    }
    out.push('\n');
    if !told.after_restart {
        out += "but this could not be written down, so that a restart will not find it so: see the log\n";
    }
    told.kept.iter().for_each(|kept| out += &kept.told());
    out
}

/// What a gateway will find when it starts.
fn for_the_next_start(sets: &Sets, settings: &Settings, hash: Option<&str>, why: &str) -> Result<Output, Failure> {
    let seen = seen_of(&settings.gateway, &settings.tenant);
    let note = RolledBack::read(sets).map_err(|why| unreadable(sets, &why))?.filter(|note| note.folder == seen);
    let in_force = note.map_or_else(|| seen.clone(), |note| note.hash);
    let set = match sets.find(hash, Some(&in_force)) {
        Ok(set) => set,
        Err(why) => return Ok(Output { stdout: format!("{}\n", why.told()), exit: Exit::Found }),
    };
    sets.read(&set).map_err(|why| unreadable(sets, &why))?;
    let written =
        if set.hash == seen { RolledBack::forget(sets) } else { RolledBack::now(&set.hash, &seen).write(sets) };
    written.map_err(|error| {
        let failure =
            Failure::message(format!("the state folder `{}` cannot be written: {error}", sets.folder.display()));
        failure.help("run it as the user that hookgate runs as")
    })?;
    let hash = short_hash(&set.hash);
    let what = match set.hash == seen {
        true => format!("the rules of the folder, hash {hash}, will be in force at the next start"),
        false => format!(
            "the rules with the hash {hash} will be in force at the next start, until the content of the rules folder changes"
        ),
    };
    Ok(Output::well(format!("{what}\n{why}: a gateway that runs all the same goes on as it does\n")))
}
