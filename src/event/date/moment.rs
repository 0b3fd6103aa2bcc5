//! A moment or a whole day, with its order in time.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;

use super::calendar::Calendar;

/// When something is: at a point in time, on a whole day, or at the end of all dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Point(Timestamp),
    /// A day without a time. In the order of time it stands where it begins.
    Day {
        date: Date,
        begin: Timestamp,
        /// Where it ends, for a day in a zone of its own; `None`: where it ends in the calendar's zone.
        end: Option<Timestamp>,
    },
    /// 9999-12-31 and later, which people write for "no end": later than every other, and equal to itself.
    Last,
}

impl Moment {
    /// Where it begins; `None` at the end of all dates.
    #[must_use]
    pub fn begin(self) -> Option<Timestamp> {
        match self {
            Moment::Point(at) => Some(at),
            Moment::Day { begin, .. } => Some(begin),
            Moment::Last => None,
        }
    }

    /// The order in time, by where each begins.
    #[must_use]
    pub fn order(self, other: Self) -> Ordering {
        match (self.begin(), other.begin()) {
            (Some(a), Some(b)) => a.cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }

    /// Whether it is over: the day has ended, or the point in time has come.
    #[must_use]
    pub fn is_over(self, now: Timestamp, calendar: &Calendar) -> bool {
        let end = match self {
            Moment::Point(at) => Some(at),
            Moment::Day { end: Some(end), .. } => Some(end),
            Moment::Day { date, end: None, .. } => date.tomorrow().ok().and_then(|next| calendar.begin(next)),
            Moment::Last => None,
        };
        end.is_some_and(|end| end <= now)
    }

    /// The day it names or falls on.
    #[must_use]
    pub fn date(self, calendar: &Calendar) -> Date {
        match self {
            Moment::Point(at) => calendar.day(at),
            Moment::Day { date, .. } => date,
            Moment::Last => Date::MAX,
        }
    }
}
