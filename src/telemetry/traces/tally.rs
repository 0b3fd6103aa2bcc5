//! How many spans there were, and what became of them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::metrics::{Measured, Page, TRACE_SPANS};

/// Spans that are recorded, counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) made: AtomicU64,
    /// Taken by the collector.
    pub(super) brought: AtomicU64,
    /// Not taken by it.
    pub(super) failed: AtomicU64,
}

impl Measured for Tally {
    fn tell(&self, page: &mut Page<'_>) {
        let results = [("made", &self.made), ("brought", &self.brought), ("failed", &self.failed)];
        page.numbers(&TRACE_SPANS, results.map(|(result, count)| ([result], count.load(Ordering::Relaxed))));
    }
}
