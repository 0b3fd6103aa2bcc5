//! What all lookups over connections share: timeout, cache, and what replaces a failed answer.

use std::time::Duration;

use super::kind::Ask;
use crate::event::Value;

/// A question to a connection.
#[derive(Clone, Debug)]
pub struct Remote {
    /// The connection's name in gateway.yaml.
    pub connection: String,
    pub ask: Ask,
    /// The names of the values a key must have; empty where it is one value.
    pub parameters: Vec<String>,
    /// How long one answer is waited for, from when the question has its place.
    pub timeout: Duration,
    /// How long answers are kept; `None`: not at all.
    pub cache: Option<Keep>,
    pub on_error: OnError,
    /// How many questions of this lookup are on their way at once; further ones wait, on the event's time.
    pub at_once: usize,
}

/// How long answers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// An answer with rows.
    pub hits: Duration,
    /// An answer without: who is not there now may be there in a moment.
    pub misses: Duration,
}

/// What stands in for an answer that does not come.
#[derive(Clone, Debug)]
pub enum OnError {
    /// The rule fails, and the hook's `on_failure` answers.
    Fail,
    /// No row.
    Absent,
    /// These rows.
    Use(Vec<Value<'static>>),
    /// The last good answer, if it is no older than this; else the rule fails.
    Stale(Duration),
}
