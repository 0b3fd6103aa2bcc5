//! Moments in time in the shapes the platform sends them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::value::{List, Shape, View};

/// Reads a moment: `2026-01-10`, `2026-01-10T00:00`, with or without a zone, `dd/MM/yyyy`, `dd-MMM-yyyy`,
/// `[2026,1,10,0,0]`, or milliseconds since 1970. What has no zone is read in `zone`.
#[must_use]
pub fn read(value: View<'_>, zone: &TimeZone) -> Option<Timestamp> {
    match value.shape() {
        Shape::Text(text) => read_text(&text, zone),
        Shape::Number(number) => Timestamp::from_millisecond(number.parse().ok()?).ok(),
        Shape::List(list) => read_list(list, zone),
        Shape::Null | Shape::Bool(_) | Shape::Map(_) | Shape::Secret(_) | Shape::Token(_) => None,
    }
}

/// Reads a moment written as text.
#[must_use]
pub fn read_text(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let digits_only = text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits_only {
        return Timestamp::from_millisecond(text.parse().ok()?).ok();
    }
    let civil = text.parse::<DateTime>().ok().or_else(|| {
        let date = |format| Date::strptime(format, text).ok();
        let date = date("%d/%m/%Y").or_else(|| date("%d-%b-%Y"))?;
        Some(date.at(0, 0, 0, 0))
    })?;
    zone.to_timestamp(civil).ok()
}

fn read_list(list: List<'_>, zone: &TimeZone) -> Option<Timestamp> {
    let mut parts = [0_i16, 1, 1, 0, 0, 0];
    if !(3..=7).contains(&list.len()) {
        return None;
    }
    for (part, item) in parts.iter_mut().zip(list.iter()) {
        let Shape::Number(number) = item.shape() else { return None };
        *part = number.parse().ok()?;
    }
    let [year, month, day, hour, minute, second] = parts;
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    zone.to_timestamp(date.to_datetime(time)).ok()
}

/// A moment relative to the event's: `now`, `now-7d`, `now+12h` (units `s`, `m`, `h`, `d`, `w`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    amount: i64,
    unit: char,
}

impl Offset {
    /// Reads `now`, `now-7d`, …; `None` when the text is no such thing.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("now")?.trim();
        if rest.is_empty() {
            return Some(Self { amount: 0, unit: 's' });
        }
        let sign = match rest.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let rest = rest.get(1..)?.trim();
        let unit = rest.chars().last().filter(|unit| "smhdw".contains(*unit))?;
        let amount: i64 = rest.get(..rest.len() - 1)?.trim().parse().ok()?;
        (amount <= 1_000_000).then_some(Self { amount: sign * amount, unit })
    }

    /// In words: `7 days before now`.
    #[must_use]
    pub fn words(self) -> String {
        let unit = match self.unit {
            's' => "second",
            'm' => "minute",
            'h' => "hour",
            'd' => "day",
            _ => "week",
        };
        let several = if self.amount.abs() == 1 { "" } else { "s" };
        match self.amount {
            0 => "now".to_owned(),
            amount => {
                let side = if amount < 0 { "before" } else { "after" };
                format!("{} {unit}{several} {side} now", amount.abs())
            }
        }
    }

    /// The moment meant, for an event that happens `now`. Days are calendar days of the zone.
    #[must_use]
    pub fn from(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let span = Span::new();
        let span = match self.unit {
            's' => span.try_seconds(self.amount),
            'm' => span.try_minutes(self.amount),
            'h' => span.try_hours(self.amount),
            'd' => span.try_days(self.amount),
            _ => span.try_weeks(self.amount),
        };
        now.to_zoned(zone.clone()).checked_add(span.ok()?).ok().map(|zoned| zoned.timestamp())
    }
}
