//! Functions over dates. Days are calendar days of the event's zone. Of what is no date the answer is absent.

use jiff::Unit;
use jiff::civil::Date;

use super::clock::Clock;
use super::value::at;
use crate::event::date::{self, Moment, Offset, Start, Unreadable};
use crate::event::{Value, View};

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

/// Why a value is no date; `None` where it is one, or absent.
pub(super) fn unreadable(value: View<'_>, clock: &Clock) -> Option<Unreadable> {
    date::read(value, &clock.calendar).err()
}

/// Whether a text that a rule has written stands for the event's own time: `now`, `today-1mo`.
#[must_use]
pub fn is_own_time(text: &str) -> bool {
    Start::named(Offset::split(text.trim()).0).is_some()
}

/// The date that such a text stands for. Only what a rule has written means this: in a field of a person the same
/// letters are no date.
#[must_use]
pub fn own_time(text: &str, clock: &Clock) -> Option<Value<'static>> {
    let (base, offset) = Offset::split(text.trim());
    let start = Start::named(base)?.moment(clock.now, &clock.calendar);
    let moment = offset.map_or(start, |offset| offset.from(start, &clock.calendar));
    Some(Value::text(match moment {
        Moment::Point(at) => at.to_string(),
        Moment::Day { .. } | Moment::Last => moment.date(&clock.calendar).to_string(),
    }))
}
