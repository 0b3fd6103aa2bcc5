//! Says when a delivery is sent again, or not any more, from its schedule, its attempts and the last result.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::store::Fate;

/// The schedule of a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The wait after the first attempt that failed.
    pub first: Duration,
    /// By how much each wait is longer than the one before, in percent: 200 doubles it.
    pub factor_percent: u32,
    /// The longest wait.
    pub most: Duration,
    /// How old a delivery may become; then it is dead.
    pub age: Duration,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            factor_percent: 200,
            most: Duration::from_mins(10),
            age: Duration::from_hours(72),
        }
    }
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    Arrived,
    Failed(Failed),
}

/// An attempt that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// In words, without what was sent and without credentials.
    pub why: String,
    /// No further attempt can do better: the receiver refuses this delivery.
    pub is_final: bool,
    /// The receiver said how long to wait.
    pub retry_after: Option<Duration>,
    /// Whether it says that the receiver is unwell, rather than this delivery.
    pub is_of_receiver: bool,
}

impl Failed {
    /// A failure of the receiver that may pass.
    pub fn of_receiver(why: impl Into<String>) -> Self {
        Self { why: why.into(), is_final: false, retry_after: None, is_of_receiver: true }
    }

    /// A failure of the delivery that will not pass.
    pub fn for_good(why: impl Into<String>) -> Self {
        Self { why: why.into(), is_final: true, retry_after: None, is_of_receiver: false }
    }
}

/// What becomes of a delivery of this key that was stored at `created_ms` and had failed `attempts` times before.
#[must_use]
pub fn next(schedule: &Schedule, key: &str, attempts: u32, created_ms: i64, attempt: Attempt, now_ms: i64) -> Fate {
    let failed = match attempt {
        Attempt::Arrived => return Fate::Done,
        Attempt::Failed(failed) => failed,
    };
    if failed.is_final {
        return Fate::Dead { why: failed.why };
    }
    let wait = wait(schedule, key, attempts).max(failed.retry_after.unwrap_or_default().min(schedule.most));
    let at_ms = now_ms.saturating_add(millis(wait));
    if at_ms.saturating_sub(created_ms) > millis(schedule.age) {
        let why = format!("{}; after {} attempts it is too old", failed.why, attempts.saturating_add(1));
        return Fate::Dead { why };
    }
    Fate::Again { at_ms, why: failed.why }
}

/// The wait after so many failures before this one: between half and the whole of the schedule's, by the delivery's key, so
/// that what failed together is not sent again together.
fn wait(schedule: &Schedule, key: &str, attempts: u32) -> Duration {
    let factor = f64::from(schedule.factor_percent) / 100.0;
    let exponent = i32::try_from(attempts).unwrap_or(i32::MAX);
    let whole = (schedule.first.as_secs_f64() * factor.powi(exponent)).min(schedule.most.as_secs_f64());
    Duration::from_secs_f64(whole * (0.5 + jitter(key, attempts) / 2.0))
}

/// From 0 to 1, the same for the same delivery and attempt.
fn jitter(key: &str, attempts: u32) -> f64 {
    let digest = Sha256::new().chain_update(key.as_bytes()).chain_update(attempts.to_le_bytes()).finalize();
    let [first, second, ..] = <[u8; 32]>::from(digest);
    f64::from(u16::from_le_bytes([first, second])) / f64::from(u16::MAX)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
