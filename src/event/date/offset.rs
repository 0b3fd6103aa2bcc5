//! An offset from a moment: `+30d`, `-6mo`.

use jiff::civil::Time;
use jiff::{Span, Timestamp};

use super::calendar::Calendar;
use super::moment::Moment;

/// Largest number before a unit.
const AMOUNT_LIMIT: i64 = 1_000_000;

/// A distance in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// Below zero: before.
    pub amount: i64,
    pub unit: Unit,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    WorkingDay,
    Week,
    Month,
    Year,
}

impl Unit {
    /// The units as they are written; a minute has a spelling that cannot be taken for a month.
    const WRITTEN: [(&'static str, Unit); 9] = [
        ("s", Unit::Second),
        ("m", Unit::Minute),
        ("min", Unit::Minute),
        ("h", Unit::Hour),
        ("d", Unit::Day),
        ("wd", Unit::WorkingDay),
        ("w", Unit::Week),
        ("mo", Unit::Month),
        ("y", Unit::Year),
    ];

    fn word(self) -> &'static str {
        match self {
            Unit::Second => "second",
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::WorkingDay => "working day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }
}

impl Offset {
    /// The units, for a message.
    pub const UNITS: &'static str = "s, min, h, d, wd (working days), w, mo, y";

    /// An offset that stands alone: `5y`, `+3wd`, `-30d`.
    #[must_use]
    pub fn alone(text: &str) -> Option<Self> {
        let text = text.trim();
        let signed = if text.starts_with(['+', '-']) { text.to_owned() } else { format!("+{text}") };
        let ("", offset) = Self::split(&signed) else { return None };
        offset
    }

    /// Takes an offset from the end of a text: `user.endDate+30d` is `user.endDate` and thirty days. A text without one is
    /// given back whole.
    #[must_use]
    pub fn split(text: &str) -> (&str, Option<Self>) {
        Self::at_end(text).map_or((text, None), |(before, offset)| (before, Some(offset)))
    }

    fn at_end(text: &str) -> Option<(&str, Self)> {
        let text = text.trim_end();
        let before_unit = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let unit = text.get(before_unit.len()..)?;
        let (_, unit) = Unit::WRITTEN.iter().find(|(written, _)| *written == unit)?;
        let before_unit = before_unit.trim_end();
        let before_digits = before_unit.trim_end_matches(|c: char| c.is_ascii_digit());
        let amount: i64 = before_unit.get(before_digits.len()..)?.parse().ok()?;
        let before_digits = before_digits.trim_end();
        let sign = match before_digits.chars().next_back()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let before = before_digits.get(..before_digits.len() - 1)?.trim_end();
        (amount <= AMOUNT_LIMIT).then_some((before, Self { amount: sign * amount, unit: *unit }))
    }

    /// The moment so far from another. Days and longer are those of the calendar: a month after January 31 is the last
    /// of February. What would lie beyond the first or last moment is that moment.
    #[must_use]
    pub fn from(self, moment: Moment, calendar: &Calendar) -> Moment {
        let Some(begin) = moment.begin() else { return Moment::Last };
        let start = begin.to_zoned(calendar.zone.clone());
        let moved = match self.unit {
            Unit::WorkingDay => {
                let time = if matches!(moment, Moment::Day { .. }) { Time::midnight() } else { start.time() };
                let day = calendar.working.moved(moment.date(calendar), self.amount);
                day.and_then(|day| calendar.zone.to_timestamp(day.to_datetime(time)).ok())
            }
            Unit::Second | Unit::Minute | Unit::Hour | Unit::Day | Unit::Week | Unit::Month | Unit::Year => {
                self.span().and_then(|span| start.checked_add(span).ok()).map(|zoned| zoned.timestamp())
            }
        };
        match (moved, self.unit) {
            (None, _) if self.amount < 0 => Moment::Point(Timestamp::MIN),
            (None, _) => Moment::Last,
            (Some(at), Unit::Second | Unit::Minute | Unit::Hour) => Moment::Point(at),
            (Some(begin), Unit::Day | Unit::WorkingDay | Unit::Week | Unit::Month | Unit::Year) => match moment {
                Moment::Day { .. } => Moment::Day { date: calendar.day(begin), begin, end: None },
                Moment::Point(_) | Moment::Last => Moment::Point(begin),
            },
        }
    }

    /// What is added in units of the clock and the calendar; working days depend on the day from which they are counted.
    fn span(self) -> Option<Span> {
        let span = Span::new();
        match self.unit {
            Unit::Second => span.try_seconds(self.amount).ok(),
            Unit::Minute => span.try_minutes(self.amount).ok(),
            Unit::Hour => span.try_hours(self.amount).ok(),
            Unit::Day => span.try_days(self.amount).ok(),
            Unit::WorkingDay => None,
            Unit::Week => span.try_weeks(self.amount).ok(),
            Unit::Month => span.try_months(self.amount).ok(),
            Unit::Year => span.try_years(self.amount).ok(),
        }
    }

    /// In words, before or after something: `7 days before`.
    #[must_use]
    pub fn words(self) -> String {
        let several = if self.amount.abs() == 1 { "" } else { "s" };
        let side = if self.amount < 0 { "before" } else { "after" };
        format!("{} {}{several} {side}", self.amount.abs(), self.unit.word())
    }
}
