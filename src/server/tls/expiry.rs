//! Says when the log warns of an expiring certificate: some days before, then daily.

use jiff::{SignedDuration, Timestamp};

/// How long it is until it is said again.
const AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// What is to be said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It expires in so many whole days.
    Soon(i64),
    Expired,
}

/// One certificate's time.
#[derive(Debug)]
pub(super) struct Expiry {
    pub(super) at: Timestamp,
    warn: SignedDuration,
    told: Option<Timestamp>,
    is_expiry_told: bool,
}

impl Expiry {
    pub(super) fn new(at: Timestamp, warn_days: u64) -> Self {
        let hours = i64::try_from(warn_days).unwrap_or(i64::MAX).saturating_mul(24);
        Self { at, warn: SignedDuration::from_hours(hours), told: None, is_expiry_told: false }
    }

    /// What is to be said `now`, if anything. That it has expired is said when it does, whatever was said before.
    pub(super) fn word(&mut self, now: Timestamp) -> Option<Word> {
        let left = self.at.duration_since(now);
        let is_expired = left.is_negative();
        let is_news = is_expired && !self.is_expiry_told;
        let is_due = self.told.is_none_or(|told| now.duration_since(told) >= AGAIN);
        if left > self.warn || !(is_due || is_news) {
            return None;
        }
        self.told = Some(now);
        self.is_expiry_told = is_expired;
        Some(if is_expired { Word::Expired } else { Word::Soon(left.as_hours() / 24) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_thirty_days_before_then_daily_and_when_it_expires() {
        let at: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let hours = |hours| at + SignedDuration::from_hours(hours);
        let mut expiry = Expiry::new(at, 30);
        assert_eq!(expiry.word(hours(-30 * 24 - 1)), None);
        assert_eq!(expiry.word(hours(-30 * 24)), Some(Word::Soon(30)));
        assert_eq!(expiry.word(hours(-29 * 24 - 1)), None);
        assert_eq!(expiry.word(hours(-29 * 24)), Some(Word::Soon(29)));
        assert_eq!(expiry.word(hours(-5)), Some(Word::Soon(0)));
        assert_eq!(expiry.word(hours(0)), None, "valid to the end of its last second");
        assert_eq!(expiry.word(hours(1)), Some(Word::Expired), "sooner than a day after the last word");
        assert_eq!(expiry.word(hours(2)), None);
        assert_eq!(expiry.word(hours(26)), Some(Word::Expired));
    }

    #[test]
    fn nothing_is_said_before_where_nobody_wants_to_be_warned() {
        let at: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let mut expiry = Expiry::new(at, 0);
        assert_eq!(expiry.word(at - SignedDuration::from_secs(1)), None);
        assert_eq!(expiry.word(at + SignedDuration::from_secs(1)), Some(Word::Expired));
    }
}
