//! Remembers the last hour of requests by hook: a snapshot a minute of counters that count anyway.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::page::Measured;
use super::sample::{ByHook, HookCounts, Sample};

/// Time between two snapshots.
pub const MINUTE: Duration = Duration::from_mins(1);
/// So many minutes are remembered.
pub const MINUTES: usize = 60;

/// What came within a minute. The last of them is not over yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Minute {
    pub from: Timestamp,
    pub to: Timestamp,
    pub hooks: ByHook,
}

/// The last hour. Whoever counts is not held up: all the work is in the snapshots and in the reading.
#[derive(Debug)]
pub struct History {
    measured: Vec<Arc<dyn Measured>>,
    /// The oldest first.
    taken: Mutex<VecDeque<(Timestamp, ByHook)>>,
}

impl History {
    /// Of what these count, from now on.
    #[must_use]
    pub fn new(measured: Vec<Arc<dyn Measured>>) -> Self {
        Self { measured, taken: Mutex::default() }
    }

    /// Takes a snapshot. Called each [`MINUTE`].
    pub fn take(&self, now: Timestamp) {
        let counts = self.counts();
        let mut taken = self.taken();
        taken.push_back((now, counts));
        while taken.len() > MINUTES {
            taken.pop_front();
        }
    }

    /// The minutes between the snapshots, the oldest first, and behind them what has come since the last one.
    #[must_use]
    pub fn minutes(&self, now: Timestamp) -> Vec<Minute> {
        let current = (now, self.counts());
        let taken = self.taken();
        let ends = taken.iter().skip(1).chain([&current]);
        taken.iter().zip(ends).map(|((from, before), (to, counts))| minute(*from, before, *to, counts)).collect()
    }

    /// What all of it has come to since the start.
    #[must_use]
    pub fn counts(&self) -> ByHook {
        let mut sample = Sample::default();
        self.measured.iter().for_each(|measured| measured.sample(&mut sample));
        sample.counts
    }

    fn taken(&self) -> MutexGuard<'_, VecDeque<(Timestamp, ByHook)>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn minute(from: Timestamp, before: &ByHook, to: Timestamp, counts: &ByHook) -> Minute {
    let nothing = HookCounts::default();
    let since =
        |(hook, counts): (&String, &HookCounts)| (hook.clone(), counts.since(before.get(hook).unwrap_or(&nothing)));
    Minute { from, to, hooks: counts.iter().map(since).collect() }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use jiff::SignedDuration;

    use super::*;
    use crate::telemetry::metrics::{Page, Times};

    #[derive(Debug)]
    struct Counted {
        answered: AtomicU64,
        times: Times,
    }

    impl Measured for Counted {
        fn tell(&self, _: &mut Page<'_>) {}

        fn sample(&self, sample: &mut Sample) {
            sample.outcome("test", "answered", self.answered.load(Ordering::Relaxed));
            sample.times("test", &self.times);
        }
    }

    fn counted() -> Arc<Counted> {
        Arc::new(Counted { answered: AtomicU64::new(0), times: Times::new(&[1_000_000, 2_000_000]) })
    }

    fn answer(counted: &Counted, times: u64, took: Duration) {
        counted.answered.fetch_add(times, Ordering::Relaxed);
        (0..times).for_each(|_| counted.times.observe(took));
    }

    #[test]
    fn each_minute_has_what_came_in_it_and_the_oldest_are_forgotten() {
        let counted = counted();
        let history = History::new(vec![Arc::clone(&counted) as _]);
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let at = |minute: usize| start + SignedDuration::from_mins(i64::try_from(minute).unwrap());
        assert_eq!(history.minutes(start), [], "nothing is told before the first snapshot");
        for minute in 0..100 {
            history.take(at(minute));
            answer(&counted, minute as u64, Duration::from_micros(1));
        }
        let minutes = history.minutes(at(100));
        let requests: Vec<u64> = minutes.iter().map(|minute| minute.hooks["test"].requests()).collect();
        assert_eq!(requests, (40..100).collect::<Vec<u64>>());
        assert_eq!((minutes[0].from, minutes[0].to, minutes[59].to), (at(40), at(41), at(100)));
    }

    #[test]
    fn a_quantile_lies_between_the_bounds_of_its_bucket_and_is_that_of_its_minute() {
        let counted = counted();
        let history = History::new(vec![Arc::clone(&counted) as _]);
        answer(&counted, 1_000, Duration::from_secs(5));
        history.take(Timestamp::UNIX_EPOCH);
        let of = |part: f64| history.minutes(Timestamp::now())[0].hooks["test"].quantile_ms(part);
        assert_eq!(of(0.5), None, "what came before counts no more");
        answer(&counted, 98, Duration::from_micros(500));
        answer(&counted, 2, Duration::from_micros(1_500));
        assert_eq!((of(0.49), of(0.98), of(0.99)), (Some(0.5), Some(1.0), Some(1.5)));
        answer(&counted, 900, Duration::from_secs(5));
        assert_eq!(of(0.99), Some(2.0), "longer than all bounds");
    }
}
