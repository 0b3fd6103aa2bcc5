//! What came of a lookup's questions: counted while events ask, and kept when rules are replaced.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::answers::Told;
use super::connections::Connections;
use crate::outside::Breaker;
use crate::telemetry::metrics::{
    ANSWER, CONNECTION_BREAKER, Cells, LOOKUP_CACHE_HITS, LOOKUP_DURATION, LOOKUPS, Measured, Page, Times,
};

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

    pub(super) fn told(&self, told: &Told) {
        self.cells.count(match told {
            Told::Rows(rows) if !rows.is_empty() => 0,
            Told::Rows(_) => 1,
            Told::Degraded(..) => 2,
            Told::Failed(_) => 3,
        });
    }

    pub(super) fn cache_hit(&self) {
        self.cells.count(CACHE_HIT);
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

    fn read(&self) -> Vec<(String, Arc<Tally>)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().filter_map(|(name, tally)| Some((name.clone(), tally.upgrade()?))).collect()
    }
}

impl Measured for Connections {
    fn tell(&self, page: &mut Page<'_>) {
        let lookups = self.tallies.read();
        let results = lookups.iter().flat_map(|(name, tally)| {
            RESULTS.into_iter().zip(tally.cells.read()).map(|(result, count)| ([name.as_str(), result], count))
        });
        page.numbers(&LOOKUPS, results);
        let hits = |tally: &Tally| tally.cells.read().get(CACHE_HIT).copied().unwrap_or_default();
        page.numbers(&LOOKUP_CACHE_HITS, lookups.iter().map(|(name, tally)| ([name.as_str()], hits(tally))));
        page.times(&LOOKUP_DURATION, lookups.iter().map(|(name, tally)| ([name.as_str()], &tally.asked)));
        let breakers = self.lines().flat_map(|(name, line)| {
            Breaker::states(line.breaker.word()).map(move |(state, is_in)| ([name, state], u64::from(is_in)))
        });
        page.numbers(&CONNECTION_BREAKER, breakers);
    }
}
