//! What requests have come to by hook, and how long they took: for the last hour.

use std::collections::BTreeMap;

use super::times::Times;

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
    pub(super) fn since(&self, before: &Self) -> Self {
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
pub struct Sample {
    pub(super) counts: ByHook,
}

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
        if !self.counts.contains_key(name) {
            self.counts.insert(name.to_owned(), HookCounts::default());
        }
        self.counts.entry(name.to_owned()).or_default()
    }
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
