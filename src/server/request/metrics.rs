//! Metrics of requests: outcomes, durations, and reasons of refusal.

use std::time::Duration;

use super::refusal::Refusal;
use crate::event::Hooks;
use crate::server::auth::Reason;
use crate::server::counters::Counters;
use crate::telemetry::metrics::{
    ANSWER, AUTH_OBSERVED, AUTH_REFUSALS, CERTIFICATE_EXPIRY, CONNECTIONS, CROWDED, CUT, Cells, IN_FLIGHT, Measured,
    PANICS, Page, REFUSALS, REQUEST_DURATION, REQUESTS, SHED, Sample, Times,
};

/// What can become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It got the hook's answer.
    Answered,
    /// It got a 5xx: the caller may come again.
    Unavailable,
    /// It was turned away before it was an event.
    Refused,
    /// It was cut off before its answer: the caller went away, or hookgate stopped.
    Abandoned,
}

impl Outcome {
    /// Every outcome with its word, in the order of the cells.
    const ALL: [(&'static str, Outcome); 4] = [
        ("answered", Outcome::Answered),
        ("unavailable", Outcome::Unavailable),
        ("refused", Outcome::Refused),
        ("abandoned", Outcome::Abandoned),
    ];

    /// The outcome of an event that was answered with this status.
    pub fn of_status(status: u16) -> Self {
        if status < 500 { Outcome::Answered } else { Outcome::Unavailable }
    }

    /// The outcome of a request that the server answered itself. One that comes to nothing by a fault of ours was an event.
    pub fn of_refusal(refusal: Refusal) -> Self {
        if refusal == Refusal::Panicked { Outcome::Unavailable } else { Outcome::Refused }
    }
}

/// The counts of one hook.
#[derive(Debug)]
struct OfHook {
    name: String,
    outcomes: Cells,
    times: Times,
}

/// The counts of all requests.
#[derive(Debug)]
pub struct Requests {
    /// In the table's order.
    hooks: Vec<OfHook>,
}

impl Requests {
    pub fn new(hooks: &Hooks) -> Self {
        let of_hook =
            |name: &str| OfHook { name: name.to_owned(), outcomes: Cells::default(), times: Times::new(ANSWER) };
        Self { hooks: hooks.names().map(of_hook).collect() }
    }

    /// Counts a request to the hook at this place that ended so, after that time.
    pub fn count(&self, hook: usize, outcome: Outcome, took: Duration) {
        if let Some(of_hook) = self.hooks.get(hook) {
            of_hook.outcomes.count(outcome as usize);
            of_hook.times.observe(took);
        }
    }
}

impl Measured for Requests {
    fn tell(&self, page: &mut Page<'_>) {
        let outcomes = self.hooks.iter().flat_map(|hook| {
            let counts = hook.outcomes.read();
            Outcome::ALL.into_iter().zip(counts).map(|((word, _), count)| ([hook.name.as_str(), word], count))
        });
        page.numbers(&REQUESTS, outcomes);
        let called = self.hooks.iter().filter(|hook| hook.times.count() > 0);
        page.times(&REQUEST_DURATION, called.map(|hook| ([hook.name.as_str()], &hook.times)));
    }

    fn sample(&self, sample: &mut Sample) {
        for OfHook { name, outcomes, times } in &self.hooks {
            for ((word, _), count) in Outcome::ALL.into_iter().zip(outcomes.read()) {
                sample.outcome(name, word, count);
            }
            sample.times(name, times);
        }
    }
}

impl Measured for Counters {
    fn tell(&self, page: &mut Page<'_>) {
        page.number(&IN_FLIGHT, self.in_flight());
        page.number(&CONNECTIONS, self.connections());
        page.number(&SHED, self.shed());
        page.numbers(&REFUSALS, self.refused().map(|(reason, count)| ([reason], count)));
        page.numbers(&AUTH_REFUSALS, Reason::ALL.map(|(name, reason)| ([name], self.turned_away(reason))));
        page.numbers(&AUTH_OBSERVED, Reason::ALL.map(|(name, reason)| ([name], self.observed(reason))));
        page.number(&PANICS, self.panics());
        page.number(&CUT, self.cut());
        page.number(&CROWDED, self.crowded());
        if let Some(expires_s) = self.certificate_expires_s() {
            page.number(&CERTIFICATE_EXPIRY, expires_s);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_the_cell_of_its_word() {
        for (place, (_, outcome)) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, place);
        }
    }
}
