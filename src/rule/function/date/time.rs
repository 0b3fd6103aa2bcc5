//! Functions that count from a date, or tell what day of the week and what time of day it is.

use jiff::civil::Date;

use super::own_time::spelled;
use super::zone::{calendar, unknown_zone};
use crate::event::date::{Moment, Offset};
use crate::event::{Calendar, Shape, Value, WorkingDays, date};
use crate::rule::function::answers::Answering;
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{UnknownValue, Written, written};
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::at;
use crate::yaml::keys::words;

pub static FUNCTIONS: &[&Function] = &[&ADD_TIME, &WEEKDAY, &TIME_OF_DAY, &WORKING_DAYS];

static ADD_TIME: Function = Function::new(
    "add_time(x, \"5y\")`, `add_time(x, \"3wd\", zone)",
    "add_time",
    (2, 3),
    "the date that lies so far after `x`, or before it with `-`; the units are those of conditions. A day stays a day, a moment is in UTC. Absent when `x` is absent or no date",
    add_time,
)
.of_dates(1)
.looking_at_values(unknown_distance)
.examples(&[("add_time(\"2024-02-29\", \"5y\")", "2029-02-28"), ("add_time(\"2026-01-16\", \"3wd\")", "2026-01-21")]);

fn add_time(values: &[Value<'_>], clock: &Clock) -> Answer {
    let calendar = calendar("add_time", values, 2, clock)?;
    let distance = match at(values, 1).shape() {
        Shape::Text(distance) => Offset::alone(&distance),
        _ => None,
    };
    let Some(distance) = distance else {
        return Err(format!("`add_time` takes how far it is as a number and a unit: {}", Offset::UNITS));
    };
    let moved = moment(values, 0, &calendar).map(|moment| distance.from(moment, &calendar));
    Ok(moved.map_or(Value::Null, |moment| spelled(moment, &calendar)))
}

fn unknown_distance(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    let help = "write a number and its unit: \"5y\", \"-30d\", \"3wd\"; units are s, min, h, d, wd (working days), w, mo and y";
    match written(values, 1) {
        Written::Text(distance) if Offset::alone(distance).is_none() => {
            Some((format!("`{distance}` does not say how far a date is moved"), help.into()))
        }
        Written::Whole(number) => Some((format!("`{number}` has no unit"), help.into())),
        Written::Other(kind) => Some((format!("{kind} does not say how far a date is moved"), help.into())),
        Written::Text(_) | Written::Computed => unknown_zone(values, 2),
    }
}

/// The days of the week by their words.
static WEEK: [&str; 7] = words(&WorkingDays::WEEK);

static WEEKDAY: Function = Function::new(
    "weekday(x)`, `weekday(x, zone)",
    "weekday",
    (1, 2),
    "the day of the week: `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`; absent when `x` is absent or no date",
    weekday,
)
.of_dates(1)
.answering(Answering::Words(&WEEK))
.looking_at_values(unknown_second)
.examples(&[("weekday(\"2026-01-24\")", "sat"), ("weekday(now)", "")]);

fn weekday(values: &[Value<'_>], clock: &Clock) -> Answer {
    let calendar = calendar("weekday", values, 1, clock)?;
    let day = moment(values, 0, &calendar).and_then(|moment| day(moment, &calendar));
    Ok(day.map_or(Value::Null, |day| Value::text(WorkingDays::word(day.weekday()))))
}

static TIME_OF_DAY: Function = Function::new(
    "time_of_day(x)`, `time_of_day(x, zone)",
    "time_of_day",
    (1, 2),
    "the hours since midnight as the clock shows them, `9.5` at half past nine, which you compare by `gte: 9, lt: 17`; absent for a day without a time, and when `x` is absent or no date",
    time_of_day,
)
.of_dates(1)
.looking_at_values(unknown_second)
.answering(Answering::Numbers)
.examples(&[("time_of_day(\"2026-01-24T09:30\")", "9.5"), ("time_of_day(now)", "")]);

fn time_of_day(values: &[Value<'_>], clock: &Clock) -> Answer {
    let calendar = calendar("time_of_day", values, 1, clock)?;
    let Some(Moment::Point(at)) = moment(values, 0, &calendar) else { return Ok(Value::Null) };
    let time = calendar.zone.to_datetime(at).time();
    let minutes = f64::from(time.minute()) + f64::from(time.second()) / 60.0;
    let hours = f64::from(time.hour()) + minutes / 60.0;
    Ok(if minutes == 0.0 { Value::integer(time.hour().into()) } else { Value::float(hours) })
}

fn unknown_second(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    unknown_zone(values, 1)
}

static WORKING_DAYS: Function = Function::new(
    "working_days(a, b)`, `working_days(a, b, zone)",
    "working_days",
    (2, 3),
    "the working days after `a`, up to and with `b`; negative when `b` is earlier. `dates.weekend` and `dates.holidays` of gateway.yaml say which days are not working days. Absent when one is absent or no date",
    working_days,
)
.of_dates(2)
.looking_at_values(unknown_third)
.answering(Answering::Numbers)
.examples(&[("working_days(\"2026-01-16\", \"2026-01-21\")", "3")]);

fn working_days(values: &[Value<'_>], clock: &Clock) -> Answer {
    let calendar = calendar("working_days", values, 2, clock)?;
    let day = |place| moment(values, place, &calendar).map(|moment| moment.date(&calendar));
    let days = day(0).zip(day(1)).map(|(from, to)| calendar.working.between(from, to));
    Ok(days.map_or(Value::Null, Value::integer))
}

fn unknown_third(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    unknown_zone(values, 2)
}

/// The date at a place, if it is one.
fn moment(values: &[Value<'_>], place: usize, calendar: &Calendar) -> Option<Moment> {
    date::read(at(values, place), calendar).ok().flatten()
}

/// The day on which it is; the end of all dates is on none.
fn day(moment: Moment, calendar: &Calendar) -> Option<Date> {
    match moment {
        Moment::Point(_) | Moment::Day { .. } => Some(moment.date(calendar)),
        Moment::Last => None,
    }
}
