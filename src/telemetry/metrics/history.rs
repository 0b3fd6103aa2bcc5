//! Remembers the last hour of requests by hook: a snapshot a minute of counters that count anyway.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::page::Measured;
use super::times::Times;

/// Time between two snapshots.
pub const MINUTE: Duration = Duration::from_secs(60);
/// So many minutes are remembered.
pub const MINUTES: usize = 60;

/// What one hook has come to: since the start, or within a minute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookCounts {
    /// Requests by what became of them, by the words of `hookgate_requests_total`.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Decisions by verdict, by the words of `hookgate_decisions_total`.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// Upper bounds of the times, in nanoseconds; empty as long as nothing was timed.
    bounds_ns: &'static [u64],
    /// How often a time fell under each bound, and behind them how often it was longer than all.
    buckets: Vec<u64>,
}

impl HookCounts {
    /// Requests, whatever became of them.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// The time in milliseconds within which this part of the requests was answered: 0.99 for the 99th percentile. It is as
    /// exact as the bounds of the histogram; what took longer than all of them has the last. `None` without requests.
    #[must_use]
    pub fn quantile_ms(&self, part: f64) -> Option<f64> {
        let count: u64 = self.buckets.iter().sum();
        if count == 0 {
            return None;
        }
        let wanted = part * to_float(count);
        let (mut below, mut lower_ns) = (0.0, 0);
        for (upper_ns, in_bucket) in self.bounds_ns.iter().zip(&self.buckets) {
            let in_bucket = to_float(*in_bucket);
            if in_bucket > 0.0 && below + in_bucket >= wanted {
                let within = (wanted - below) / in_bucket;
                return Some((to_float(lower_ns) + within * to_float(upper_ns - lower_ns)) / 1e6);
            }
            below += in_bucket;
            lower_ns = *upper_ns;
        }
        Some(to_float(lower_ns) / 1e6)
    }

    /// Both together.
    pub fn add(&mut self, other: &Self) {
        combine(&mut self.outcomes, &other.outcomes, u64::saturating_add);
        combine(&mut self.verdicts, &other.verdicts, u64::saturating_add);
        if self.buckets.is_empty() {
            (self.bounds_ns, self.buckets) = (other.bounds_ns, other.buckets.clone());
        } else {
            self.buckets.iter_mut().zip(&other.buckets).for_each(|(sum, more)| *sum += more);
        }
    }

    /// What has come on top of what was before.
    fn since(&self, before: &Self) -> Self {
        let mut rest = self.clone();
        combine(&mut rest.outcomes, &before.outcomes, u64::saturating_sub);
        combine(&mut rest.verdicts, &before.verdicts, u64::saturating_sub);
        rest.buckets.iter_mut().zip(&before.buckets).for_each(|(now, before)| *now = now.saturating_sub(*before));
        rest
    }
}

/// Every hook's counts, by its name.
pub type ByHook = BTreeMap<String, HookCounts>;

/// What everything that counts requests has come to.
#[derive(Debug, Default)]
pub struct Sample(ByHook);

impl Sample {
    /// Requests to a hook that ended so.
    pub fn outcome(&mut self, hook: &str, outcome: &'static str, count: u64) {
        *self.hook(hook).outcomes.entry(outcome).or_default() += count;
    }

    /// Decisions on a hook that came to this verdict.
    pub fn verdict(&mut self, hook: &str, verdict: &'static str, count: u64) {
        *self.hook(hook).verdicts.entry(verdict).or_default() += count;
    }

    /// How long the requests to a hook took.
    pub fn times(&mut self, hook: &str, times: &Times) {
        let counts = self.hook(hook);
        (counts.bounds_ns, counts.buckets) = times.buckets();
    }

    fn hook(&mut self, name: &str) -> &mut HookCounts {
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), HookCounts::default());
        }
        self.0.entry(name.to_owned()).or_default()
    }
}

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
        sample.0
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

fn combine(to: &mut BTreeMap<&'static str, u64>, other: &BTreeMap<&'static str, u64>, how: fn(u64, u64) -> u64) {
    for (word, count) in other {
        let there = to.entry(word).or_default();
        *there = how(*there, *count);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a chart needs fewer digits than a float has")]
fn to_float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use jiff::SignedDuration;

    use super::*;
    use crate::telemetry::metrics::Page;

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
