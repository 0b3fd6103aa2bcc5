//! A moment as it is written, before its zone is known.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use super::calendar::Calendar;
use super::moment::Moment;

/// A moment as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A day in the calendar's zone.
    Day(Date),
    /// A day in a zone of its own, from where it begins to where it ends.
    DayElsewhere { date: Date, begin: Timestamp, end: Timestamp },
    /// A time of day in the calendar's zone.
    Time(DateTime),
    /// A point in time.
    Point(Timestamp),
    /// A count since 1970: a day where it is a midnight in the calendar's zone, for so the platform sends its days.
    Count(Timestamp),
    /// 9999-12-31, in any zone and at any time.
    Last,
}

impl Written {
    pub(super) fn day(date: Date) -> Self {
        if date == Date::MAX { Written::Last } else { Written::Day(date) }
    }

    /// A time in the calendar's zone; midnight is the day that begins.
    pub(super) fn time(at: DateTime) -> Self {
        match Self::day(at.date()) {
            Written::Day(_) if at.time() != Time::midnight() => Written::Time(at),
            day => day,
        }
    }

    /// The moment that is meant.
    #[must_use]
    pub fn moment(self, calendar: &Calendar) -> Moment {
        match self {
            Written::Day(date) => match calendar.begin(date) {
                Some(begin) => Moment::Day { date, begin, end: None },
                None => Moment::Last,
            },
            Written::DayElsewhere { date, begin, end } => Moment::Day { date, begin, end: Some(end) },
            Written::Time(at) => calendar.zone.to_timestamp(at).map_or(Moment::Last, Moment::Point),
            Written::Point(at) => Moment::Point(at),
            Written::Count(at) => {
                let date = calendar.day(at);
                match calendar.begin(date) {
                    _ if date == Date::MAX => Moment::Last,
                    Some(begin) if begin == at => Moment::Day { date, begin, end: None },
                    _ => Moment::Point(at),
                }
            }
            Written::Last => Moment::Last,
        }
    }
}
