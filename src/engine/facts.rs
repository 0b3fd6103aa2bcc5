//! The only way the engine asks the world: a lookup by its place in the rule set, and a key.

use crate::event::Value;

/// Where answers come from: tables, what a test gives, later what was asked outside.
pub trait Facts {
    /// The rows that the lookup at `lookup` (its place in the rule set) has under `key`.
    fn answer<'f>(&'f self, lookup: usize, key: &str) -> Answer<'f>;
}

/// What a lookup answers.
#[derive(Clone, Debug)]
pub enum Answer<'f> {
    /// Every row under the key; none is an answer too.
    Rows(&'f [Value<'static>]),
    /// The source could not answer: why, in words for the log.
    Failed(String),
}
