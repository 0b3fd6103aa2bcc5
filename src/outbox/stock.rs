//! How much waited when it was last counted.

use std::time::Instant;

use super::store::Count;

/// A count and its age.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stock {
    pub(super) at: Instant,
    pub(super) count: Count,
}
