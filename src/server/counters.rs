//! Counters of the server: requests, connections, refusals by reason, panics.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};

use super::auth::{Reason, Verdict};
use super::newest::NewestCalls;
use super::request::Refusal;

/// Numbers since the start, and what is open and in flight now.
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) in_flight: AtomicUsize,
    pub(super) connections: AtomicUsize,
    pub(super) is_stopping: AtomicBool,
    pub(super) panics: AtomicU64,
    pub(super) cut: AtomicU64,
    turned_away: PerReason,
    observed: PerReason,
    /// 0 where nothing is encrypted.
    pub(super) certificate_expires_s: AtomicI64,
    pub(super) crowded: AtomicU64,
    pub(super) newest: NewestCalls,
    /// In the order of [`Refusal::REASONS`].
    refused: [AtomicU64; Refusal::REASONS.len()],
}

/// A number for each reason, by its place.
type PerReason = [AtomicU64; Reason::ALL.len()];

impl Counters {
    /// Requests in flight now, from the head to the answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Connections open now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Whether the server was told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Requests answered 503 because too much came at once.
    #[must_use]
    pub fn shed(&self) -> u64 {
        self.refused().filter(|(reason, _)| reason.starts_with("Overloaded")).map(|(_, count)| count).sum()
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

    /// Connections that the idle timeout cut.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
    }

    /// When the certificate in force expires, in seconds after 1970; none where nothing is encrypted.
    #[must_use]
    pub fn certificate_expires_s(&self) -> Option<i64> {
        Some(self.certificate_expires_s.load(Ordering::Relaxed)).filter(|seconds| *seconds != 0)
    }

    /// Connections closed because their address had too many already.
    #[must_use]
    pub fn crowded(&self) -> u64 {
        self.crowded.load(Ordering::Relaxed)
    }

    /// Requests turned away, by reason; every reason is there.
    pub fn refused(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Refusal::REASONS.into_iter().zip(self.refused.iter().map(|count| count.load(Ordering::Relaxed)))
    }

    /// One request more was turned away.
    pub(super) fn refuse(&self, refusal: Refusal) {
        let reason = refusal.reason();
        let place = Refusal::REASONS.iter().position(|known| *known == reason);
        if let Some(count) = place.and_then(|place| self.refused.get(place)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::request::Shortage;

    #[test]
    fn every_reason_is_counted_by_itself() {
        let counters = Counters::default();
        let hook = Refusal::Overloaded(Shortage::Hook);
        for refusal in [Refusal::UnknownHook, Refusal::TooManyRequests(7), hook, hook] {
            counters.refuse(refusal);
        }
        let told: Vec<_> = counters.refused().filter(|(_, count)| *count > 0).collect();
        assert_eq!(told, [("UnknownHook", 1), ("TooManyRequests", 1), ("Overloaded.hook", 2)]);
    }
}
