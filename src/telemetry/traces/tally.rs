//! Counts spans by what became of them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::metrics::{Measured, Page, TRACE_SPANS};

/// Most spans that have ended and wait for the collector, those that are on their way to it included.
#[cfg(feature = "otel")]
pub(super) const QUEUE_LIMIT_SPANS: usize = 2_048;

/// Spans that are recorded, counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) made: AtomicU64,
    /// Taken by the collector.
    pub(super) brought: AtomicU64,
    /// Not taken by it.
    pub(super) failed: AtomicU64,
    /// Ended when too many waited.
    dropped: AtomicU64,
    #[cfg(feature = "otel")]
    waiting: std::sync::atomic::AtomicUsize,
}

#[cfg(feature = "otel")]
impl Tally {
    /// Whether one span more may wait: it does from now on, or is counted as dropped.
    pub(super) fn has_room(&self) -> bool {
        let one_more = |waiting| (waiting < QUEUE_LIMIT_SPANS).then_some(waiting + 1);
        let has_room = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok();
        if !has_room {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        has_room
    }

    /// So many spans were brought, or were not taken.
    pub(super) fn ended(&self, spans: usize, is_brought: bool) {
        let count = if is_brought { &self.brought } else { &self.failed };
        count.fetch_add(spans as u64, Ordering::Relaxed);
        let fewer = |waiting: usize| Some(waiting.saturating_sub(spans));
        let _ = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
    }
}

impl Measured for Tally {
    fn tell(&self, page: &mut Page<'_>) {
        let results =
            [("made", &self.made), ("brought", &self.brought), ("failed", &self.failed), ("dropped", &self.dropped)];
        page.numbers(&TRACE_SPANS, results.map(|(result, count)| ([result], count.load(Ordering::Relaxed))));
    }
}

#[cfg(all(test, feature = "otel"))]
mod tests {
    use super::*;

    #[test]
    fn each_span_waits_or_is_counted_as_dropped() {
        let tally = Tally::default();
        let taken = (0..QUEUE_LIMIT_SPANS + 7).filter(|_| tally.has_room()).count();
        assert_eq!((taken, tally.dropped.load(Ordering::Relaxed)), (QUEUE_LIMIT_SPANS, 7));
        tally.ended(512, true);
        tally.ended(1, false);
        assert_eq!((0..600).filter(|_| tally.has_room()).count(), 513);
        assert_eq!((tally.brought.into_inner(), tally.failed.into_inner()), (512, 1));
    }
}
