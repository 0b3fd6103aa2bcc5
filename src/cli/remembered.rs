//! What the commands about past decisions have in common: where the journal is, and its decisions in words.

use std::path::PathBuf;

use crate::config::Settings;
use crate::event::secret::{HIDDEN, WITHHELD, WITHHELD_JSON};
use crate::event::{Hook, Kind};
use crate::journal::{Line, RecordedOutcome, files};

use super::exit::Failure;

/// The journal's files; those named, or else those of gateway.yaml.
///
/// # Errors
/// When there is none.
pub(super) fn journal_files(named: &[PathBuf], settings: &Settings) -> Result<Vec<PathBuf>, Failure> {
    if !named.is_empty() {
        return match named.iter().find(|file| !file.exists()) {
            Some(file) => Err(Failure::message(format!("there is no file `{}`", file.display()))),
            None => Ok(named.to_vec()),
        };
    }
    let Some(file) = &settings.journal.file else {
        let help = "name a file in `journal.file` of gateway.yaml; what was decided until then is not known";
        return Err(Failure::message("nothing is recorded: `journal.file` is null").help(help));
    };
    let found = files(file).unwrap_or_default();
    if found.is_empty() {
        let help = "`journal.file` of gateway.yaml names it, relative to the folder in which hookgate is started; run \
                    this command there, and as hookgate's user";
        return Err(Failure::message(format!("there is no journal `{}`", file.display())).help(help));
    }
    Ok(found)
}

/// A decision in a few words: `rejected MobileAlreadyExist`.
pub(super) fn words(outcome: &RecordedOutcome) -> String {
    match (&outcome.code, &outcome.mapped) {
        (Some(code), _) => format!("{} {code}", outcome.word),
        (_, Some(value)) => format!("{} {}", outcome.word, shown(value)),
        _ => outcome.word.clone(),
    }
}

/// What was answered, in a word or two: a refusal by its code, `accepted`, a mapped value.
pub(super) fn answer(outcome: &RecordedOutcome, hook: Option<&Hook>) -> String {
    match (&outcome.code, hook.map(|hook| hook.kind)) {
        (Some(code), _) => code.clone(),
        (None, Some(Kind::Validate)) if outcome.word == "undecided" => "accepted".to_owned(),
        _ => words(outcome),
    }
}

/// What a record has of a value, with words in the places of secrets.
pub(super) fn shown(recorded: &str) -> String {
    recorded.replace(WITHHELD_JSON.trim_matches('"'), HIDDEN).replace(WITHHELD, HIDDEN)
}

/// A line that cannot be read, in words.
pub(super) fn unreadable(line: &Line) -> Option<String> {
    match line {
        Line::Unreadable { at, why } => Some(format!("{at}  {why}")),
        Line::Record(_) => None,
    }
}
