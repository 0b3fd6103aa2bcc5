//! What the door counts about itself.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::auth::{Reason, Verdict};

/// Numbers since the start, and the requests in flight now.
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) in_flight: AtomicUsize,
    pub(super) shed: AtomicU64,
    pub(super) panics: AtomicU64,
    pub(super) cut: AtomicU64,
    turned_away: PerReason,
    observed: PerReason,
}

/// A number for each reason, by its place.
type PerReason = [AtomicU64; Reason::ALL.len()];

impl Counters {
    /// Requests in flight now, from the head to the answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Requests answered 503 because too many were in flight.
    #[must_use]
    pub fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// Requests answered 500 because answering them panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// Calls that were turned away for this reason.
    #[must_use]
    pub fn turned_away(&self, reason: Reason) -> u64 {
        number(&self.turned_away, reason)
    }

    /// How often a method that only observes found this reason.
    #[must_use]
    pub fn observed(&self, reason: Reason) -> u64 {
        number(&self.observed, reason)
    }

    /// Counts what the methods said of one call, and what became of it.
    pub(super) fn judged(&self, verdicts: &[Verdict], turned_away: Option<Reason>) {
        let observed =
            verdicts.iter().filter(|verdict| verdict.observe).filter_map(|verdict| verdict.found.as_ref().err());
        observed.for_each(|refused| count(&self.observed, refused.reason));
        turned_away.into_iter().for_each(|reason| count(&self.turned_away, reason));
    }

    /// Connections the reaper cut.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
    }
}

fn number(numbers: &PerReason, reason: Reason) -> u64 {
    numbers.get(reason as usize).map_or(0, |number| number.load(Ordering::Relaxed))
}

fn count(numbers: &PerReason, reason: Reason) {
    if let Some(number) = numbers.get(reason as usize) {
        number.fetch_add(1, Ordering::Relaxed);
    }
}
