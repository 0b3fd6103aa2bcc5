//! The clock of sessions, attempts and pending logins: time since the start, which no setting of the machine's clock moves.

use std::sync::Arc;
use std::time::{Duration, Instant};

/// Says how long it is since the start.
#[derive(Clone)]
pub(super) struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    pub(super) fn started_now() -> Self {
        let began = Instant::now();
        Self(Arc::new(move || began.elapsed()))
    }

    pub(super) fn now(&self) -> Duration {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({:?})", self.now())
    }
}

#[cfg(test)]
pub(super) mod by_hand {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// A clock that a test moves.
    #[derive(Clone, Default)]
    pub(in super::super) struct Hand(Arc<AtomicU64>);

    impl Hand {
        pub(in super::super) fn clock(&self) -> Clock {
            let seconds = Arc::clone(&self.0);
            Clock(Arc::new(move || Duration::from_secs(seconds.load(Ordering::Relaxed))))
        }

        pub(in super::super) fn pass(&self, seconds: u64) {
            self.0.fetch_add(seconds, Ordering::Relaxed);
        }
    }
}
