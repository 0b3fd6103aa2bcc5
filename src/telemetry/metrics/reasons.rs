//! Counts of what is rare, by a word that stands in the program: no caller can make a new one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

/// A count for each word.
#[derive(Debug, Default)]
pub struct Reasons(RwLock<BTreeMap<&'static str, AtomicU64>>);

impl Reasons {
    /// One more of this word.
    pub fn count(&self, reason: &'static str) {
        if let Some(count) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(reason) {
            count.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let mut counts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        counts.entry(reason).or_default().fetch_add(1, Ordering::Relaxed);
    }

    /// Every word that was counted, with its count.
    #[must_use]
    pub fn read(&self) -> Vec<(&'static str, u64)> {
        let counts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(reason, count)| (*reason, count.load(Ordering::Relaxed))).collect()
    }
}
