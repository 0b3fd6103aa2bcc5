//! The last count of waiting deliveries.

use std::time::Instant;

use crate::outbox::store::Count;

/// A count and its age.
#[derive(Clone, Copy, Debug)]
pub struct QueueCounts {
    pub at: Instant,
    pub count: Count,
}
