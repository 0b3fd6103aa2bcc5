//! What the door counts about itself.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::refusal::Refusal;

/// Numbers since the start, and the requests in flight now.
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) in_flight: AtomicUsize,
    pub(super) panics: AtomicU64,
    pub(super) cut: AtomicU64,
    pub(super) crowded: AtomicU64,
    /// In the order of [`Refusal::REASONS`].
    refused: [AtomicU64; Refusal::REASONS.len()],
}

impl Counters {
    /// Requests in flight now, from the head to the answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Requests answered 500 because answering them panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// Connections the reaper cut.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
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

    /// One request more was turned away; how many were for this reason.
    pub(super) fn refuse(&self, refusal: Refusal) -> u64 {
        let reason = refusal.reason();
        let place = Refusal::REASONS.iter().position(|known| *known == reason);
        let count = place.and_then(|place| self.refused.get(place));
        count.map_or(0, |count| count.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::refusal::Shortage;

    #[test]
    fn every_reason_is_counted_by_itself() {
        let counters = Counters::default();
        assert_eq!(counters.refuse(Refusal::UnknownHook), 1);
        assert_eq!(counters.refuse(Refusal::TooManyRequests(7)), 1);
        assert_eq!(counters.refuse(Refusal::Overloaded(Shortage::Hook)), 1);
        assert_eq!(counters.refuse(Refusal::Overloaded(Shortage::Hook)), 2);
        let told: Vec<_> = counters.refused().filter(|(_, count)| *count > 0).collect();
        assert_eq!(told, [("UnknownHook", 1), ("TooManyRequests", 1), ("Overloaded.hook", 2)]);
    }
}
