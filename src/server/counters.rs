//! What the door counts about itself.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Numbers since the start, and what is open and in flight now.
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) in_flight: AtomicUsize,
    pub(super) connections: AtomicUsize,
    pub(super) is_stopping: AtomicBool,
    pub(super) shed: AtomicU64,
    pub(super) panics: AtomicU64,
    pub(super) cut: AtomicU64,
}

impl Counters {
    /// Requests in flight now, from the head to the answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Connections open now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Whether the server was told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Requests answered 503 because too many were in flight.
    #[must_use]
    pub fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// Requests answered 500 because answering them panicked.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// Connections the reaper cut.
    #[must_use]
    pub fn cut(&self) -> u64 {
        self.cut.load(Ordering::Relaxed)
    }
}
