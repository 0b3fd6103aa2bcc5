//! Deliveries that no key of this gateway opens: left to other gateways, and tried again after a while.

use std::collections::BTreeSet;

/// How long such a delivery is not asked for again, in milliseconds.
const AGAIN_MS: i64 = 60_000;
/// Most that are remembered. Others are put off in the store, for every gateway.
const LIMIT: usize = 2_000;

/// The deliveries of one destination that were met in the last minute.
#[derive(Debug, Default)]
pub(super) struct Locked {
    since_ms: i64,
    ids: BTreeSet<i64>,
}

impl Locked {
    /// Those that are not to be asked for at this time; how many were given up to be asked for again, if it is time for
    /// that.
    pub(super) fn at(&mut self, now_ms: i64) -> (Vec<i64>, usize) {
        let mut before = 0;
        if now_ms < self.since_ms || now_ms >= self.since_ms.saturating_add(AGAIN_MS) {
            before = self.ids.len();
            *self = Self { since_ms: now_ms, ids: BTreeSet::new() };
        }
        (self.ids.iter().copied().collect(), before)
    }

    /// Remembers one; until when it must be put off, in milliseconds since 1970, where there is no room.
    pub(super) fn note(&mut self, id: i64, now_ms: i64) -> Option<i64> {
        if self.ids.len() >= LIMIT {
            return Some(now_ms.saturating_add(AGAIN_MS));
        }
        self.ids.insert(id);
        None
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }
}
