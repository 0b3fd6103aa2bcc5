//! Functions over dates, by calendar days of the event's zone; what is no date gives an absent answer.

use jiff::Unit;
use jiff::civil::Date;

use crate::event::{Value, date};
use crate::rule::condition::At;
use crate::rule::function::answers::{Answering, is_made_of};
use crate::rule::function::clock::Clock;
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::at;

pub static FUNCTIONS: &[&Function] = &[&DATE, &DAYS_BETWEEN, &DAYS_UNTIL, &AGE];

static DATE: Function = Function::new(
        "date(x)",
        "date",
        (1, 1),
        "the day as `2026-01-31`, in the event's zone; `now-7d` and `today-1mo` count from the event; absent when `x` is absent or no date",
        date,
    )
    .of_dates(1)
    .answering(Answering::Texts("a day as `2026-01-31`", of_day))
.examples(&[("date(\"10-Jan-2026\")", "2026-01-10")]);

fn date(values: &[Value<'_>], clock: &Clock) -> Answer {
    Ok(day(values, 0, clock).map_or(Value::Null, |day| Value::text(day.to_string())))
}

fn of_day(at: Option<At>, text: &str) -> bool {
    let is_day = || text.len() == 10 && text.parse::<Date>().is_ok_and(|day| day.to_string() == text);
    is_made_of(text, None, |letter| letter.is_ascii_digit() || letter == '-') && (at.is_some() || is_day())
}

static DAYS_BETWEEN: Function = Function::new(
    "days_between(a, b)",
    "days_between",
    (2, 2),
    "days from `a` to `b`, negative when `b` is earlier; absent when one is absent or no date",
    days_between,
)
.of_dates(2)
.answering(Answering::Numbers)
.examples(&[("days_between(\"2026-01-10\", \"2026-01-31\")", "21")]);

fn days_between(values: &[Value<'_>], clock: &Clock) -> Answer {
    Ok(days(day(values, 0, clock), day(values, 1, clock)))
}

static DAYS_UNTIL: Function = Function::new(
    "days_until(date)",
    "days_until",
    (1, 1),
    "days from the event to a date, negative when it is past; absent when it is absent or no date",
    days_until,
)
.of_dates(1)
.answering(Answering::Numbers)
.examples(&[("days_until(user.endDate)", ""), ("days_until(\"2026-05-01\")", "-3")]);

fn days_until(values: &[Value<'_>], clock: &Clock) -> Answer {
    Ok(days(Some(today(clock)), day(values, 0, clock)))
}

static AGE: Function = Function::new(
    "age(date)",
    "age",
    (1, 1),
    "whole years from a date of birth to the event; absent when it is absent or no date",
    age,
)
.of_dates(1)
.answering(Answering::Numbers)
.examples(&[("age(\"2000-05-04\")", ""), ("age(\"2000-05-05\")", "25")]);

fn age(values: &[Value<'_>], clock: &Clock) -> Answer {
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
