//! Counts one request while it is in progress and when it ends, and exempts its connection from the idle timeout.

use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::metrics::Outcome;
use crate::server::connection::Connection;
use crate::server::shared::Shared;

/// Ends when it is dropped, so also when the caller goes away in the middle.
pub struct InFlight<'a> {
    shared: &'a Shared,
    connection: &'a Connection,
    began: Instant,
    /// The place of the hook it is for, once that is known.
    hook: Cell<Option<usize>>,
    outcome: Cell<Outcome>,
}

impl<'a> InFlight<'a> {
    pub fn begin(shared: &'a Shared, connection: &'a Connection) -> Self {
        connection.begin();
        shared.counters.in_flight.fetch_add(1, Ordering::Relaxed);
        let (hook, outcome) = (Cell::new(None), Cell::new(Outcome::Abandoned));
        Self { shared, connection, began: Instant::now(), hook, outcome }
    }

    /// It is for the hook at this place.
    pub fn is_for(&self, hook: usize) {
        self.hook.set(Some(hook));
    }

    /// It will end so.
    pub fn ends(&self, outcome: Outcome) {
        self.outcome.set(outcome);
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let now = Instant::now();
        self.shared.counters.in_flight.fetch_sub(1, Ordering::Relaxed);
        if let Some(hook) = self.hook.get() {
            self.shared.requests.count(hook, self.outcome.get(), now.saturating_duration_since(self.began));
        }
        self.connection.end(now);
    }
}
