//! What the door counts about itself.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

/// Numbers since the start, and the requests in flight now.
#[derive(Debug, Default)]
pub struct Counters {
    pub(super) in_flight: AtomicUsize,
    pub(super) shed: AtomicU64,
    pub(super) panics: AtomicU64,
    pub(super) cut: AtomicU64,
    /// 0 where nothing is encrypted.
    pub(super) certificate_expires_s: AtomicI64,
}

impl Counters {
    /// Requests in flight now, from the head to the answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
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

    /// When the certificate in force expires, in seconds after 1970; none where nothing is encrypted.
    #[must_use]
    pub fn certificate_expires_s(&self) -> Option<i64> {
        Some(self.certificate_expires_s.load(Ordering::Relaxed)).filter(|seconds| *seconds != 0)
    }
}
