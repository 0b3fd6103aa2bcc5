//! Functions over dates. Days are calendar days of the event's zone.
#![expect(clippy::unnecessary_wraps, reason = "one signature for the whole table")]

use jiff::civil::Date;
use jiff::{Timestamp, Unit};

use super::table::Clock;
use super::value::{absent, at};
use crate::event::moment::{self, Offset};
use crate::event::{Shape, Value};

type Answer = Result<Value<'static>, String>;

pub(super) fn date(values: &[Value<'_>], clock: &Clock) -> Answer {
    Ok(day(values, 0, clock).map_or(Value::Null, |day| Value::text(day.to_string())))
}

pub(super) fn days_between(values: &[Value<'_>], clock: &Clock) -> Answer {
    let from = needed("days_between", values, 0, clock)?;
    let to = needed("days_between", values, 1, clock)?;
    days("days_between", from, to)
}

pub(super) fn days_until(values: &[Value<'_>], clock: &Clock) -> Answer {
    let to = needed("days_until", values, 0, clock)?;
    days("days_until", today(clock), to)
}

pub(super) fn age(values: &[Value<'_>], clock: &Clock) -> Answer {
    let born = needed("age", values, 0, clock)?;
    let span = born.until((Unit::Year, today(clock)));
    span.map(|span| Value::integer(span.get_years().into())).map_err(|_| unreadable("age"))
}

fn days(name: &str, from: Date, to: Date) -> Answer {
    let span = from.until((Unit::Day, to)).map_err(|_| unreadable(name))?;
    Ok(Value::integer(span.get_days().into()))
}

fn today(clock: &Clock) -> Date {
    on(clock.now, clock)
}

fn on(moment: Timestamp, clock: &Clock) -> Date {
    moment.to_zoned(clock.zone.clone()).date()
}

/// The day a value names, if it names one.
fn day(values: &[Value<'_>], place: usize, clock: &Clock) -> Option<Date> {
    let value = at(values, place);
    if let Shape::Text(text) = value.shape()
        && let Some(offset) = Offset::read(text.trim())
    {
        return Some(on(offset.from(clock.now, &clock.zone)?, clock));
    }
    moment::read(value, &clock.zone).map(|moment| on(moment, clock))
}

fn needed(name: &str, values: &[Value<'_>], place: usize, clock: &Clock) -> Result<Date, String> {
    if matches!(at(values, place).shape(), Shape::Null) {
        return Err(absent(name, "now"));
    }
    day(values, place, clock).ok_or_else(|| unreadable(name))
}

fn unreadable(name: &str) -> String {
    format!("`{name}` was given a value that is no date; write dates as `2026-01-31`")
}
