//! Lists the decisions that match, one a line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::super::exit::{Exit, Failure, Output};
use super::journals::{At, Journals, Sighted};
use super::sought::Sought;
use crate::config::Settings;
use crate::journal::{Found, Query, Unread};
use crate::report::records::Shown;

/// Lines that cannot be read that are shown; all are counted.
const UNREAD_SHOWN: usize = 10;

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// Files of journals, or folders with journals, also those of other gateways; left out: the journal of gateway.yaml
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub sought: Sought,
    /// Only decisions with this text in their record, in any case; slower, because each record is opened
    #[arg(long, value_name = "TEXT")]
    pub grep: Option<String>,
    /// Most that are shown, the newest; 0 for all
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// Go on, and show decisions as they come
    #[arg(long, conflicts_with = "verify")]
    pub follow: bool,
    /// Read every line and say whether one was changed, moved, removed or cut off
    #[arg(long)]
    pub verify: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: a line a decision
    Text,
    /// For programs: one JSON object a decision
    Json,
}

/// Lists the newest.
pub(super) fn run(args: &Args, settings: &Settings, journals: &Journals, query: &Query) -> Result<Output, Failure> {
    let sighted = journals.find(query)?;
    let keyless = sighted.keyless_to_text();
    let Sighted { lines, unread, .. } = sighted;
    let (places, count) = newest(journals, lines, args);
    let opened = places.iter().filter_map(|at| journals.open(at));
    let shown: Vec<Shown> = opened.map(|found| Shown::of(found, settings.journal.shows_facts)).collect();
    let mut stdout = text(&shown, args.format, settings);
    if args.format == Format::Text {
        stdout += &sum(shown.len(), count, args, settings);
        stdout += &keyless;
        stdout += &troubles(journals, &unread);
    }
    Ok(Output { stdout, exit: if shown.is_empty() { Exit::Found } else { Exit::Well } })
}

/// The newest of them, as many as are wanted, and how many there are; with a text that is sought in them those that have it.
fn newest(journals: &Journals, mut found: Vec<At>, args: &Args) -> (Vec<At>, usize) {
    if let Some(text) = &args.grep {
        found.retain(|at| has(journals, at, text));
    }
    let count = found.len();
    let surplus = if args.limit == 0 { 0 } else { count.saturating_sub(args.limit) };
    (found.split_off(surplus), count)
}

/// Whether a record has the text in it, in any case.
pub(super) fn has(journals: &Journals, at: &At, text: &str) -> bool {
    let holds = |json: String| json.to_lowercase().contains(&text.to_lowercase());
    match journals.open(at) {
        Some(Found::Line { record: Ok(record), .. }) => serde_json::to_string(&record).is_ok_and(holds),
        Some(Found::Line { record: Err(_), .. } | Found::Old(_) | Found::Unread { .. }) | None => false,
    }
}

pub(super) fn text(shown: &[Shown], format: Format, settings: &Settings) -> String {
    let zone = &settings.server.calendar.zone;
    let line = |shown: &Shown| match format {
        Format::Text => shown.to_line(zone) + "\n",
        Format::Json => format!("{}\n", shown.to_json()),
    };
    shown.iter().map(line).collect()
}

fn sum(shown: usize, count: usize, args: &Args, settings: &Settings) -> String {
    match count {
        0 if !args.sought.has_known_hook(settings) => {
            let hook = args.sought.hook.as_deref().unwrap_or_default();
            format!("no such decision is recorded: there is no hook `{hook}`\n")
        }
        0 if args.sought.is_any() || args.grep.is_some() => {
            "no such decision is recorded: each gateway has a journal of its own, and the oldest files are removed \
             (`journal.keep_files`, `journal.total_bytes`)\n"
                .to_owned()
        }
        0 => "no decision is recorded yet\n".to_owned(),
        _ if shown < count => format!("the newest {shown} of {count}; `--limit 0` shows all\n"),
        1 => "1 decision\n".to_owned(),
        _ => format!("{count} decisions\n"),
    }
}

/// Lines that are none.
fn troubles(journals: &Journals, unread: &[(usize, Unread)]) -> String {
    let mut out = String::new();
    let (old, broken): (Vec<_>, Vec<_>) = unread.iter().partition(|(_, unread)| unread.is_old());
    if !old.is_empty() {
        out += &format!("{} records of the old form are not listed: `hookgate why ID` shows one\n", old.len());
    }
    for found in broken.iter().take(UNREAD_SHOWN).filter_map(|unread| journals.open_unread(unread)) {
        if let Found::Unread { at, why } = found {
            out += &format!("cannot be read: {at}  {why}\n");
        }
    }
    if broken.len() > UNREAD_SHOWN {
        out += &format!("and {} more lines that cannot be read\n", broken.len() - UNREAD_SHOWN);
    }
    out
}
