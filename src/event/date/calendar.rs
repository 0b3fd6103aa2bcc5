//! What a date may leave open, as gateway.yaml sets it: the zone, the order of day and month, the century, working days.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::working::WorkingDays;

/// How a tenant's dates are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The zone of dates that come without one, and in which days begin and end.
    pub zone: TimeZone,
    pub style: DateStyle,
    /// The days that `wd` counts.
    pub working: WorkingDays,
}

/// How dates are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateStyle {
    pub order: DateOrder,
    /// The first of the hundred years that a year of two digits can mean: from 1950, `27` is 2027 and `65` is 1965.
    /// `None`: a year has four digits.
    pub two_digit_years: Option<i16>,
}

/// What stands first in `10/01/2026`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    #[default]
    DayFirst,
    MonthFirst,
}

impl DateOrder {
    /// The orders by the words of gateway.yaml.
    pub const ALL: [(&'static str, DateOrder); 2] = [("dmy", DateOrder::DayFirst), ("mdy", DateOrder::MonthFirst)];

    /// The order that it is not.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            DateOrder::DayFirst => DateOrder::MonthFirst,
            DateOrder::MonthFirst => DateOrder::DayFirst,
        }
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            DateOrder::DayFirst => "dmy",
            DateOrder::MonthFirst => "mdy",
        }
    }
}

impl Calendar {
    /// UTC, the day first, years of four digits, Saturdays and Sundays free.
    #[must_use]
    pub fn utc() -> Self {
        Self::of(TimeZone::UTC)
    }

    /// The day first, years of four digits, Saturdays and Sundays free.
    #[must_use]
    pub fn of(zone: TimeZone) -> Self {
        Self { zone, style: DateStyle::default(), working: WorkingDays::standard() }
    }

    /// The first moment of a day; `None` where it lies beyond the last moment that can be told.
    pub(super) fn begin(&self, day: Date) -> Option<Timestamp> {
        self.zone.to_timestamp(day.at(0, 0, 0, 0)).ok()
    }

    /// The day on which a moment falls.
    #[must_use]
    pub fn day(&self, moment: Timestamp) -> Date {
        self.zone.to_datetime(moment).date()
    }
}

impl DateStyle {
    /// A year as it is written: four digits, or two where they are said to be meant.
    #[must_use]
    pub fn year(self, digits: &str) -> Option<i16> {
        match digits.len() {
            4 => digits.parse().ok().filter(|year| *year > 0),
            2 => self.short_year(digits.parse().ok()?),
            _ => None,
        }
    }

    /// A year as a number, of which no leading zero can be seen.
    pub(super) fn year_number(self, year: i16) -> Option<i16> {
        match year {
            0..=99 => self.short_year(year),
            1_000..=9_999 => Some(year),
            _ => None,
        }
    }

    fn short_year(self, year: i16) -> Option<i16> {
        let from = self.two_digit_years?;
        Some(from + (year - from).rem_euclid(100))
    }
}
