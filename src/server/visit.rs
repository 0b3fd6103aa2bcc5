//! One request in flight: counted while it lasts, and its connection safe from the reaper.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::counters::Counters;
use super::reaper::Connection;

/// Ends when it is dropped, so also when the caller goes away in the middle.
pub(super) struct Visit<'a> {
    counters: &'a Counters,
    connection: Option<&'a Connection>,
}

impl<'a> Visit<'a> {
    pub(super) fn begin(counters: &'a Counters, connection: Option<&'a Connection>) -> Self {
        if let Some(connection) = connection {
            connection.begin();
        }
        counters.in_flight.fetch_add(1, Ordering::Relaxed);
        Self { counters, connection }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.counters.in_flight.fetch_sub(1, Ordering::Relaxed);
        if let Some(connection) = self.connection {
            connection.end(Instant::now());
        }
    }
}
