//! The two moments of every event: `now` and `today`.

use jiff::Timestamp;

use super::calendar::Calendar;
use super::moment::Moment;

/// Where an event's own time is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The moment of the event.
    Now,
    /// The day of the event in the calendar's zone.
    Today,
}

impl Start {
    /// The one with this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "now" => Some(Start::Now),
            "today" => Some(Start::Today),
            _ => None,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Start::Now => "now",
            Start::Today => "today",
        }
    }

    /// The moment of an event that happens `now`.
    #[must_use]
    pub fn moment(self, now: Timestamp, calendar: &Calendar) -> Moment {
        match self {
            Start::Now => Moment::Point(now),
            Start::Today => {
                let date = calendar.day(now);
                Moment::Day { date, begin: calendar.begin(date).unwrap_or(now), end: None }
            }
        }
    }
}
