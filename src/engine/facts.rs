//! The facts of a decision: the only way in which the engine asks a lookup.

use std::borrow::Cow;

use crate::event::{Shape, Value, View};

/// Where answers come from: tables, what a test gives, what was asked outside.
pub trait Facts {
    /// The rows that the lookup at `lookup` (its place in the rule set) has under `key`: a single value, or an object
    /// of several for a lookup with several parameters.
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f>;

    /// The same under a key that is a secret: nothing of the question may be kept.
    fn answer_secretly<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        self.answer(lookup, key)
    }

    /// The value of a setting, where it is another than that of the rule set.
    fn setting(&self, _name: &str) -> Option<&Value<'static>> {
        None
    }

    /// Takes note of a setting that was read.
    fn note_setting(&self, _name: &str) {}

    /// Whether secrets are there as they came. Where they are not, [`Facts::outcome_on_secret`] tells what came of looking at them.
    fn knows_secrets(&self) -> bool {
        true
    }

    /// Whether what comes of looking at secrets is to be noted.
    fn notes_secrets(&self) -> bool {
        false
    }

    /// Takes note of what came of looking at a secret. `asked` says at what, and for what; nobody's values are in it but those
    /// that the rules have written.
    fn note_outcome_on_secret(&self, _asked: String, _outcome: OnSecret) {}

    /// What came of it when the secret was there, if that is known.
    fn outcome_on_secret(&self, _asked: &dyn Fn() -> String) -> Option<OnSecret> {
        None
    }
}

/// What came of looking at a secret: all that is ever known of it afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnSecret {
    No,
    Yes,
    /// It should have been a date, and could not be read; in words.
    Unreadable(String),
    /// In words for the log; never a secret.
    Failed(String),
}

/// What a lookup answers.
#[derive(Clone, Debug)]
pub enum Answer<'f> {
    /// Every row under the key; none is an answer too.
    Rows(&'f [Value<'static>]),
    /// The source could not be asked; these rows stand in by the lookup's `on_error`. With the cause, for the trace.
    Degraded(&'f [Value<'static>], &'f str),
    /// The source could not answer: why, in words for the log.
    Failed(String),
    /// Nobody has asked yet.
    Unknown,
}

/// What has to be asked outside before an event can be decided.
#[derive(Clone, Debug)]
pub struct Question {
    /// Place of the lookup in the rule set.
    pub lookup: usize,
    pub key: Value<'static>,
}

impl Question {
    /// The question as one: the place of the lookup, and [the key](key_identity).
    #[must_use]
    pub fn identity(&self) -> (usize, String) {
        (self.lookup, key_identity(self.key.view()))
    }
}

/// A key as one text, which keys share that are one value, however their JSON is written. The text `7` and the number 7 are two
/// keys; so are the two forms of a text in Unicode, for they are asked as they are.
#[must_use]
pub fn key_identity(key: View<'_>) -> String {
    key.canonical()
}

/// An event could not be decided yet: it asks. Every question that could be found is here, each once; there is at least one.
#[derive(Clone, Debug)]
pub struct Asks(pub Vec<Question>);

/// A key as a person writes it in a test: the text, or `login=asha, country=India` for several values.
#[must_use]
pub fn key_text(key: View<'_>) -> Cow<'_, str> {
    match key.shape() {
        Shape::Map(map) => {
            let parts: Vec<String> = map.iter().map(|(name, value)| format!("{name}={}", value.as_text())).collect();
            Cow::Owned(parts.join(", "))
        }
        _ => key.as_text(),
    }
}
