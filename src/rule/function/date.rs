//! Functions over dates. Days are calendar days of the event's zone. Of what is no date the answer is absent.

use jiff::Unit;
use jiff::civil::Date;

use super::table::Clock;
use super::value::at;
use crate::event::date::{self, Moment, Offset, Start, Unreadable};
use crate::event::{Shape, Value, View};

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
    moment(at(values, place), clock).ok().flatten().map(|moment| moment.date(&clock.calendar))
}

/// Why a value is no date; `None` where it is one, or absent.
pub(super) fn unreadable(value: View<'_>, clock: &Clock) -> Option<Unreadable> {
    moment(value, clock).err()
}

/// A date, or `now`, `today` and what is so far from them.
fn moment(value: View<'_>, clock: &Clock) -> Result<Option<Moment>, Unreadable> {
    if let Shape::Text(text) = value.shape() {
        let (base, offset) = Offset::split(text.trim());
        if let Some(start) = Start::named(base) {
            let start = start.moment(clock.now, &clock.calendar);
            return Ok(Some(offset.map_or(start, |offset| offset.from(start, &clock.calendar))));
        }
    }
    date::read(value, &clock.calendar)
}
