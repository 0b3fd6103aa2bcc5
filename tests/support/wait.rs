//! Waiting without blind sleeps: a condition and a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up, in seconds.
const DEADLINE_S: u64 = 30;

/// Waits until the condition holds; fails the test if it does not in time.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(DEADLINE_S);
    while !holds() {
        assert!(Instant::now() < deadline, "waited {DEADLINE_S} s in vain: {what}");
        thread::park_timeout(Duration::from_millis(5));
    }
}

/// Does something again and again for a while.
pub fn during(span: Duration, mut action: impl FnMut()) {
    let end = Instant::now() + span;
    while Instant::now() < end {
        action();
        thread::park_timeout(Duration::from_millis(5));
    }
}

/// Waits so long, for what takes its time.
pub fn linger(time: Duration) {
    let began = Instant::now();
    while let Some(left) = time.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}
