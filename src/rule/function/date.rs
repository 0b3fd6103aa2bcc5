//! Functions over dates, by calendar days of the event's zone; what is no date gives an absent answer.

use jiff::Unit;
use jiff::civil::Date;

use super::clock::Clock;
use super::value::at;
use crate::event::{Value, date};

type Answer = Result<Value<'static>, String>;

pub(super) fn date(values: &[Value<'_>], clock: &Clock) -> Answer {
    Ok(day(values, 0, clock).map_or(Value::Null, |day| Value::text(day.to_string())))
}

pub(super) fn days_between(values: &[Value<'_>], clock: &Clock) -> Answer {
    Ok(days(day(values, 0, clock), day(values, 1, clock)))
}

pub(super) fn days_until(values: &[Value<'_>], clock: &Clock) -> Answer {
    Ok(days(Some(today(clock)), day(values, 0, clock)))
}

pub(super) fn age(values: &[Value<'_>], clock: &Clock) -> Answer {
    let born = day(values, 0, clock);
    let span = born.and_then(|born| born.until((Unit::Year, today(clock))).ok());
    Ok(span.map_or(Value::Null, |span| Value::integer(span.get_years().into())))
}

fn days(from: Option<Date>, to: Option<Date>) -> Value<'static> {
    let span = from.zip(to).and_then(|(from, to)| from.until((Unit::Day, to)).ok());
    span.map_or(Value::Null, |span| Value::integer(span.get_days().into()))
}

fn today(clock: &Clock) -> Date {
    clock.calendar.day(clock.now)
}

/// The day a value names, if it names one.
fn day(values: &[Value<'_>], place: usize, clock: &Clock) -> Option<Date> {
    date::read(at(values, place), &clock.calendar).ok().flatten().map(|moment| moment.date(&clock.calendar))
}
