//! Describes past decisions in words.

use crate::event::secret::{HIDDEN, WITHHELD, WITHHELD_JSON};
use crate::event::{Hook, Kind};
use crate::journal::RecordedOutcome;

/// A decision in a few words: `rejected MobileAlreadyExist`.
#[must_use]
pub fn words(outcome: &RecordedOutcome) -> String {
    match (&outcome.code, &outcome.mapped) {
        (Some(code), _) => format!("{} {code}", outcome.word),
        (_, Some(value)) => format!("{} {}", outcome.word, shown(value)),
        _ => outcome.word.clone(),
    }
}

/// What was answered, in a word or two: a refusal by its code, `accepted`, a mapped value.
#[must_use]
pub fn answer(outcome: &RecordedOutcome, hook: Option<&Hook>) -> String {
    match (&outcome.code, hook.map(|hook| hook.kind)) {
        (Some(code), _) => code.clone(),
        (None, Some(Kind::Validate)) if outcome.word == "undecided" => "accepted".to_owned(),
        _ => words(outcome),
    }
}

/// What a record has of a value, with words in the places of secrets.
#[must_use]
pub fn shown(recorded: &str) -> String {
    recorded.replace(WITHHELD_JSON.trim_matches('"'), HIDDEN).replace(WITHHELD, HIDDEN)
}
