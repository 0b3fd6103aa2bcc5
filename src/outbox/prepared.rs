//! What one event sends, grouped by the store it waits in.

use super::delivery::{NewDeliveries, Passing};

/// What one event brings to the outbox, ready to be stored.
#[derive(Debug)]
pub struct Prepared {
    pub(super) stored: Load,
    pub(super) in_memory: Load,
}

/// What it brings to one store.
#[derive(Debug)]
pub(super) enum Load {
    Nothing,
    /// It sends something, and nothing that waits here; or nothing at all.
    Passing(Passing),
    Deliveries(NewDeliveries),
}
