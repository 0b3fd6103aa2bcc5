//! The limit of memory for what people wrote, counted by readers before they take the memory.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// The bytes that all files of one load may hold together. Who counts is told when they are spent; from then on nothing more is
/// given, so that a load ends soon.
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    held: AtomicUsize,
    is_spent: AtomicBool,
}

/// More would be held than may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Whether nobody has been told before.
    pub is_news: bool,
}

impl Budget {
    /// So many bytes, none of them held.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit: limit_bytes, held: AtomicUsize::new(0), is_spent: AtomicBool::new(false) }
    }

    /// How many bytes may be held.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// How many are.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.load(Relaxed)
    }

    /// Holds so many bytes more.
    ///
    /// # Errors
    /// When that is more than there are.
    pub fn hold(&self, bytes: usize) -> Result<(), Spent> {
        let held = self.held.fetch_add(bytes, Relaxed).saturating_add(bytes);
        match held > self.limit || self.is_spent.load(Relaxed) {
            true => Err(Spent { is_news: !self.is_spent.swap(true, Relaxed) }),
            false => Ok(()),
        }
    }

    /// Goes back to so many bytes: what was held since is held no more.
    pub fn back_to(&self, held: usize) {
        self.held.store(held, Relaxed);
    }

    /// The same files are loaded anew: nothing but so many bytes is held.
    pub fn begin(&self, held: usize) {
        self.held.store(held, Relaxed);
        self.is_spent.store(held > self.limit, Relaxed);
    }
}
