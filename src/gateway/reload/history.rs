//! Remembers what became of the newest changes of the rules: loaded, refused, or taken back.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::failure::Failure;
use super::origin::Origin;

/// Most changes that are remembered; the oldest are forgotten first.
const CHANGES_LIMIT: usize = 50;

/// A change of the rules, or an attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    pub at: Timestamp,
    pub what: Came,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// These rules came into force.
    Loaded {
        /// Their content hash.
        hash: String,
        origin: Origin,
        /// Of how many files; not known of those that a gateway starts with.
        files: Option<usize>,
        /// How many warnings they have; not known of those that a gateway starts with.
        warnings: Option<usize>,
    },
    /// What was tried did not come into force.
    Refused(Failure),
    /// After a refusal the folder holds the rules in force again.
    TakenBack,
}

/// The newest changes.
#[derive(Debug, Default)]
pub struct History(VecDeque<Happened>);

impl History {
    /// Remembers a change.
    pub fn note(&mut self, what: Came) {
        self.0.push_front(Happened { at: Timestamp::now(), what });
        self.0.truncate(CHANGES_LIMIT);
    }

    /// The changes, the newest first.
    pub fn newest(&self) -> Vec<Happened> {
        self.0.iter().cloned().collect()
    }
}
