//! A histogram of durations for many threads: like `Cells`, each thread has a place of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::cells::{CELLS, LINES, Line, line};

/// 1 µs to 10 s in three steps a decade, in nanoseconds.
const LADDER: &[u64] = &[
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
];

/// Upper bounds for what a caller or an event waits for, in nanoseconds: 100 µs to 10 s.
pub const ANSWER: &[u64] = LADDER.split_at(6).1;

/// Upper bounds for evaluating rules, in nanoseconds: 1 µs to 100 ms.
pub const EVALUATION: &[u64] = LADDER.split_at(16).0;

/// How often something took how long.
#[derive(Debug)]
pub struct Times {
    bounds_ns: &'static [u64],
    /// For each thread's place a bucket a bound, one for what is longer, and the sum in nanoseconds.
    lines: Vec<Line>,
}

/// What a histogram has come to.
#[derive(Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) sum_s: f64,
    pub(super) count: u64,
    /// Upper bound in seconds, and what lies between the bound before and this one.
    pub(super) buckets: Vec<(f64, u64)>,
}

impl Times {
    /// An empty histogram with these upper bounds, in nanoseconds and ascending.
    #[must_use]
    pub fn new(bounds_ns: &'static [u64]) -> Self {
        let lines = (0..LINES * lines_each(bounds_ns)).map(|_| Line::default()).collect();
        Self { bounds_ns, lines }
    }

    /// One more that took so long.
    pub fn observe(&self, took: Duration) {
        let took_ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = self.bounds_ns.partition_point(|bound| *bound < took_ns);
        let place = line();
        self.add(place, bucket, 1);
        self.add(place, self.bounds_ns.len() + 1, took_ns);
    }

    /// How often anything was observed.
    #[must_use]
    pub fn count(&self) -> u64 {
        (0..=self.bounds_ns.len()).map(|bucket| self.sum(bucket)).sum()
    }

    pub(super) fn read(&self) -> Reading {
        let bounds = self.bounds_ns.iter().map(|bound| Duration::from_nanos(*bound).as_secs_f64());
        let bounds = bounds.chain(std::iter::once(f64::INFINITY));
        let buckets: Vec<(f64, u64)> = bounds.enumerate().map(|(n, bound)| (bound, self.sum(n))).collect();
        let sum_s = Duration::from_nanos(self.sum(self.bounds_ns.len() + 1)).as_secs_f64();
        Reading { sum_s, count: buckets.iter().map(|(_, count)| count).sum(), buckets }
    }

    /// The upper bounds in nanoseconds; how often a time fell under each, and behind them how often it was longer than all.
    pub(super) fn buckets(&self) -> (&'static [u64], Vec<u64>) {
        (self.bounds_ns, (0..=self.bounds_ns.len()).map(|bucket| self.sum(bucket)).collect())
    }

    fn cell(&self, place: usize, cell: usize) -> Option<&AtomicU64> {
        self.lines.get(place * lines_each(self.bounds_ns) + cell / CELLS)?.0.get(cell % CELLS)
    }

    fn add(&self, place: usize, cell: usize, number: u64) {
        if let Some(cell) = self.cell(place, cell) {
            cell.fetch_add(number, Ordering::Relaxed);
        }
    }

    fn sum(&self, cell: usize) -> u64 {
        (0..LINES).filter_map(|place| self.cell(place, cell)).map(|cell| cell.load(Ordering::Relaxed)).sum()
    }
}

/// Cache lines that one thread's place takes.
fn lines_each(bounds_ns: &[u64]) -> usize {
    (bounds_ns.len() + 2).div_ceil(CELLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_as_said() {
        assert_eq!((ANSWER.first(), ANSWER.last()), (Some(&100_000), Some(&10_000_000_000)));
        assert_eq!((EVALUATION.first(), EVALUATION.last()), (Some(&1_000), Some(&100_000_000)));
        assert!(LADDER.is_sorted());
    }

    #[test]
    fn a_time_falls_under_the_first_bound_that_is_not_below_it() {
        let times = Times::new(&[1_000, 2_000]);
        for nanos in [0, 1_000, 1_001, 2_000, 2_001, 5_000_000_000] {
            times.observe(Duration::from_nanos(nanos));
        }
        let reading = times.read();
        assert_eq!(reading.buckets, [(0.000_001, 2), (0.000_002, 2), (f64::INFINITY, 2)]);
        assert_eq!((reading.count, times.count()), (6, 6));
        assert!((reading.sum_s - 5.000_006_002).abs() < 1e-9, "{}", reading.sum_s);
    }
}
