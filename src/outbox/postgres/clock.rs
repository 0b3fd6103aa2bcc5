//! The database's clock, which all gateways on one outbox use in place of their own.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::postgres::PgConnection;

/// How long a reading holds: clocks drift by a second in a day, or are set.
const READ_AGAIN: Duration = Duration::from_secs(30);
/// What is no difference between two clocks, in milliseconds: to ask the time over a network takes as long.
const SAME_MS: i64 = 100;

/// The database's clock as it was read, and what has passed since.
#[derive(Debug, Default)]
pub struct DatabaseClock {
    read: Mutex<Option<Reading>>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    at: Instant,
    own_ms: i64,
    database_ms: i64,
}

impl Reading {
    fn now_ms(self) -> i64 {
        self.database_ms.saturating_add(milliseconds(self.at.elapsed()))
    }

    /// Whether it may not hold any more: it is old by a clock that cannot be set, or by one that goes on while the machine
    /// sleeps.
    fn is_old(self, own_ms: i64) -> bool {
        self.at.elapsed() > READ_AGAIN || own_ms.saturating_sub(self.own_ms).abs() > 2 * milliseconds(READ_AGAIN)
    }
}

impl DatabaseClock {
    /// The time by the database's clock, in milliseconds since 1970; by this machine's own where that one is not known yet, or
    /// says the same.
    pub fn now_ms(&self) -> i64 {
        let own_ms = Timestamp::now().as_millisecond();
        own_ms.saturating_add(self.ahead_ms(own_ms))
    }

    /// What this machine calls so, by the database's clock.
    pub fn of(&self, own_ms: i64) -> i64 {
        own_ms.saturating_add(self.ahead_ms(Timestamp::now().as_millisecond()))
    }

    /// How far the database's clock is ahead of this machine's.
    fn ahead_ms(&self, own_ms: i64) -> i64 {
        let ahead_ms = self.reading().map_or(0, |reading| reading.now_ms().saturating_sub(own_ms));
        if ahead_ms.abs() < SAME_MS { 0 } else { ahead_ms }
    }

    fn reading(&self) -> Option<Reading> {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the database's clock, where that was not done a moment ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        let own_ms = Timestamp::now().as_millisecond();
        if self.reading().is_some_and(|reading| !reading.is_old(own_ms)) {
            return Ok(());
        }
        let asked = Instant::now();
        let sql = "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint";
        let database_ms = sqlx::query_scalar(sql).fetch_one(connection).await?;
        // Half of the time went by before the database looked at its clock.
        let reading = Reading { at: asked + asked.elapsed() / 2, own_ms, database_ms };
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        Ok(())
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(ahead_ms: i64) -> DatabaseClock {
        let own_ms = Timestamp::now().as_millisecond();
        let reading = Reading { at: Instant::now(), own_ms, database_ms: own_ms + ahead_ms };
        DatabaseClock { read: Mutex::new(Some(reading)) }
    }

    #[test]
    fn times_are_the_databases_and_a_difference_that_cannot_be_told_is_none() {
        assert_eq!(DatabaseClock::default().of(5_000), 5_000);
        assert_eq!(clock(50).of(5_000), 5_000);
        for ahead_ms in [3_600_000, -3_600_000] {
            let read = clock(ahead_ms);
            assert!((read.of(5_000) - 5_000 - ahead_ms).abs() < 1_000, "{ahead_ms}");
            assert!((read.now_ms() - Timestamp::now().as_millisecond() - ahead_ms).abs() < 1_000, "{ahead_ms}");
        }
    }

    #[test]
    fn a_reading_does_not_hold_once_this_machine_slept_or_its_clock_was_set() {
        let now_ms = Timestamp::now().as_millisecond();
        let reading = clock(0).reading().unwrap();
        assert!(!reading.is_old(now_ms));
        assert!(reading.is_old(now_ms + 3_600_000) && reading.is_old(now_ms - 3_600_000));
    }
}
