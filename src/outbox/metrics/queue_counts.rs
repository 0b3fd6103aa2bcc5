//! The last count of waiting deliveries.

use std::time::Instant;

use crate::outbox::store::Count;

/// A count and its age.
#[derive(Clone, Copy, Debug)]
pub struct QueueCounts {
    pub at: Instant,
    pub count: Count,
}

/// How much waited when it was last counted, for those who look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Deliveries that wait in the store; gateways that share it see the same number.
    pub waiting: i64,
    /// Deliveries with secrets that wait in the memory of this gateway.
    pub in_memory: i64,
    /// Dead letters.
    pub dead: i64,
    /// The age of the oldest that waits in the store, in seconds.
    pub oldest_s: Option<i64>,
}
