//! Counts the results of a lookup's questions; the counts survive a reload.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::answers::Outcome;
use crate::telemetry::metrics::{ANSWER, Cells, Times};

/// What can come of a question, in the order of its cells.
const RESULTS: [&str; 4] = ["rows", "none", "stood_in", "failed"];
/// The cell behind those of the results.
const CACHE_HIT: usize = RESULTS.len();

/// The counts of one lookup.
#[derive(Debug)]
pub(super) struct Tally {
    cells: Cells,
    asked: Times,
}

impl Tally {
    fn new() -> Self {
        Self { cells: Cells::default(), asked: Times::new(ANSWER) }
    }

    pub(super) fn told(&self, told: &Outcome) {
        self.cells.count(match told {
            Outcome::Rows(rows) if !rows.is_empty() => 0,
            Outcome::Rows(_) => 1,
            Outcome::Degraded(..) => 2,
            Outcome::Failed(_) => 3,
        });
    }

    pub(super) fn cache_hit(&self) {
        self.cells.count(CACHE_HIT);
    }

    /// How often each of `RESULTS` came of a question.
    pub(super) fn results(&self) -> impl Iterator<Item = (&'static str, u64)> {
        RESULTS.into_iter().zip(self.cells.read())
    }

    pub(super) fn cache_hits(&self) -> u64 {
        self.cells.read().get(CACHE_HIT).copied().unwrap_or_default()
    }

    pub(super) fn times(&self) -> &Times {
        &self.asked
    }

    /// The source took so long.
    pub(super) fn asked(&self, took: Duration) {
        self.asked.observe(took);
    }
}

/// The counts of all lookups in force, by their names.
#[derive(Debug, Default)]
pub(super) struct Tallies(Mutex<BTreeMap<String, Weak<Tally>>>);

impl Tallies {
    /// The counts of this lookup: those it has already, if rules in force name it. Those of lookups that no rules in
    /// force name are forgotten.
    pub(super) fn of(&self, lookup: &str) -> Arc<Tally> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tally) = known.get(lookup).and_then(Weak::upgrade) {
            return tally;
        }
        known.retain(|_, tally| tally.strong_count() > 0);
        let tally = Arc::new(Tally::new());
        known.insert(lookup.to_owned(), Arc::downgrade(&tally));
        tally
    }

    /// The counts of every lookup that rules in force name.
    pub(super) fn read(&self) -> Vec<(String, Arc<Tally>)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().filter_map(|(name, tally)| Some((name.clone(), tally.upgrade()?))).collect()
    }
}
