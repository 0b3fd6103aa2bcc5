//! What is written of a moment, before it is known in which zone.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, Zoned};

use super::calendar::{Calendar, DateStyle};
use super::count;
use super::cursor::Cursor;
use super::day;
use super::moment::Moment;
use super::time::{self, Clock, Zone};
use super::unreadable::Unreadable;

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

/// Reads what is written as text; `Ok(None)` where nothing is, or "never".
///
/// # Errors
/// When it is there and no date.
pub fn written(text: &str, style: DateStyle) -> Result<Option<Written>, Unreadable> {
    let plain = plain(text);
    let text = plain.as_deref().unwrap_or(text).trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_number = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return count::read(text).map_err(|()| Unreadable::text(text));
    }
    in_words(text, style).map(Some).ok_or_else(|| Unreadable::text(text))
}

/// The text without marks that nobody sees and with plain spaces; browsers and spreadsheets put such into dates.
/// `None` for a text that has none of them.
fn plain(text: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let space = |c: char| if c.is_whitespace() { ' ' } else { c };
    (!text.is_ascii()).then(|| text.chars().filter(|c| !is_mark(*c)).map(space).collect())
}

fn in_words(text: &str, style: DateStyle) -> Option<Written> {
    let mut cursor = Cursor::new(without_remark(text));
    if let Some(written) = ldap(cursor) {
        return Some(written);
    }
    let date = day::day(&mut cursor, style)?;
    let clock = time::clock(&mut cursor)?;
    let zone = time::zone(&mut cursor)?;
    of(date, clock, zone)
}

/// `20260110120000Z`, `20260110120000.0Z`, as directories write moments.
fn ldap(mut cursor: Cursor<'_>) -> Option<Written> {
    let digits = cursor.digits();
    let (date, clock) = digits.split_at_checked(8).filter(|_| digits.len() == 14)?;
    let clock = time::basic(&mut cursor, clock)?;
    of(day::basic(date)?, Some(clock), time::zone(&mut cursor)?)
}

/// `Sat Jan 10 2026 12:00:00 GMT+0530 (India Standard Time)`: what JavaScript puts behind a date says nothing new.
fn without_remark(text: &str) -> &str {
    let remark = text.strip_suffix(')').and_then(|text| text.rfind('('));
    remark.map_or(text, |at| text.get(..at).unwrap_or_default().trim_end())
}

/// Puts the parts together.
pub(super) fn of(date: Date, clock: Option<Clock>, zone: Option<Zone>) -> Option<Written> {
    if date == Date::MAX {
        return Some(Written::Last);
    }
    let at = match clock {
        None => date.at(0, 0, 0, 0),
        Some(Clock::At(time)) => date.to_datetime(time),
        Some(Clock::End) => date.tomorrow().ok()?.at(0, 0, 0, 0),
    };
    Some(match (clock, zone) {
        (None, None) => Written::Day(date),
        // Where a day ends is a point in time, not the day that begins there.
        (Some(Clock::End), None) => Written::Time(at),
        (Some(Clock::At(_)), None) => Written::time(at),
        (None, Some(zone)) => match (point(at, &zone)?, point(date.tomorrow().ok()?.at(0, 0, 0, 0), &zone)?) {
            (Written::Point(begin), Written::Point(end)) => Written::DayElsewhere { date, begin, end },
            _ => Written::Last,
        },
        (Some(_), Some(zone)) => point(at, &zone)?,
    })
}

/// A time of day in its zone; an offset that the named zone does not have then is a contradiction.
fn point(at: DateTime, zone: &Zone) -> Option<Written> {
    let last = |stamp: Result<Timestamp, jiff::Error>| stamp.map_or(Written::Last, Written::Point);
    Some(match zone {
        Zone::Offset(offset) => last(offset.to_timestamp(at)),
        Zone::Named(zone, None) => last(zone.to_timestamp(at)),
        Zone::Named(zone, Some(offset)) => {
            let written = last(offset.to_timestamp(at));
            if let Written::Point(stamp) = written
                && *offset != jiff::tz::Offset::UTC
                && Zoned::new(stamp, zone.clone()).offset() != *offset
            {
                return None;
            }
            written
        }
    })
}
