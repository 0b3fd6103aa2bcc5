//! Functions that write a date in another form, or read one that is written in it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::own_time::spelled;
use super::pattern::{Pattern, Written as Found};
use super::zone::{calendar, unknown_zone};
use crate::event::date::{Moment, Unreadable};
use crate::event::{Calendar, Shape, Value, date};
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{UnknownValue, Written, written};
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::{at, text};

pub static FUNCTIONS: &[&Function] = &[&FORMAT_DATE, &READ_DATE];

/// From 1601, where Windows begins to count, to 1970.
const SECONDS_1601_TO_1970: i128 = 11_644_473_600;
/// How often Windows counts in a second.
const TICKS_A_SECOND: i128 = 10_000_000;
/// With this, directories say "never".
const NEVER: i64 = i64::MAX;

static FORMAT_DATE: Function = Function::new(
    "format_date(x, \"dd.MM.yyyy\")`, `format_date(x, \"HH:mm\", zone)",
    "format_date",
    (2, 3),
    "the date in another form, by the letters of a pattern, or as a count: `\"ticks\"` as Active Directory has them, `\"seconds\"` or `\"milliseconds\"` since 1970; absent when `x` is absent or no date",
    format_date,
)
.of_dates(1)
.looking_at_values(unknown_form)
.examples(&[
    ("format_date(\"2026-01-31\", \"dd.MM.yyyy\")", "31.01.2026"),
    ("format_date(\"2026-01-01T07:59:59Z\", \"ticks\")", "134117279990000000"),
]);

fn format_date(values: &[Value<'_>], clock: &Clock) -> Answer {
    let calendar = calendar("format_date", values, 2, clock)?;
    let form = Form::of(&text("format_date", values, 1)?).map_err(|_| bad_pattern("format_date"))?;
    let moment = date::read(at(values, 0), &calendar).ok().flatten();
    Ok(moment.map_or(Value::Null, |moment| Value::text(form.write(moment, &calendar))))
}

fn unknown_form(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    let unknown = match written(values, 1) {
        Written::Text(form) => Form::of(form).err(),
        Written::Whole(_) | Written::Other(_) => {
            Some(("a pattern is a text".to_owned(), "write for example \"yyyyMMdd\"".into()))
        }
        Written::Computed => None,
    };
    unknown.or_else(|| unknown_zone(values, 2))
}

/// Why a call fails whose pattern is only known when it runs: what stands there is not quoted.
fn bad_pattern(name: &str) -> String {
    format!("`{name}` was given a pattern that is none")
}

/// How a date is written.
enum Form {
    /// So many a second since 1970, after so many before.
    Count {
        a_second: i128,
        before: i128,
    },
    Pattern(Pattern),
}

impl Form {
    fn of(written: &str) -> Result<Self, UnknownValue> {
        Ok(match written {
            "ticks" => Form::Count { a_second: TICKS_A_SECOND, before: SECONDS_1601_TO_1970 * TICKS_A_SECOND },
            "seconds" => Form::Count { a_second: 1, before: 0 },
            "milliseconds" => Form::Count { a_second: 1_000, before: 0 },
            pattern => Form::Pattern(Pattern::read(pattern)?),
        })
    }

    fn write(&self, moment: Moment, calendar: &Calendar) -> String {
        match (self, moment) {
            (Form::Count { a_second, before }, Moment::Point(at) | Moment::Day { begin: at, .. }) => {
                (at.as_nanosecond().div_euclid(1_000_000_000 / a_second) + before).to_string()
            }
            (Form::Count { .. }, Moment::Last) => NEVER.to_string(),
            (Form::Pattern(pattern), Moment::Point(at)) => {
                let there = at.to_zoned(calendar.zone.clone());
                pattern.write(there.datetime(), there.offset())
            }
            (Form::Pattern(pattern), Moment::Day { date, begin, .. }) => {
                pattern.write(date.at(0, 0, 0, 0), calendar.zone.to_offset(begin))
            }
            (Form::Pattern(pattern), Moment::Last) => pattern.write(Date::MAX.at(0, 0, 0, 0), Offset::UTC),
        }
    }
}

static READ_DATE: Function = Function::new(
    "read_date(x, \"yyyyMMdd\")`, `read_date(x, \"dd.MM.yyyy HH:mm\", zone)",
    "read_date",
    (2, 3),
    "the date that is written in this form, by the letters of a pattern, as `2026-01-31`, or with a time as a moment in UTC; absent when `x` is absent or blank, or not in this form",
    read_date,
)
.reading_dates(unreadable)
.looking_at_values(unknown_pattern)
.examples(&[("read_date(\"31|01|2026\", \"dd|MM|yyyy\")", "2026-01-31")]);

fn read_date(values: &[Value<'_>], clock: &Clock) -> Answer {
    let calendar = calendar("read_date", values, 2, clock)?;
    let (written, form) = (text("read_date", values, 0)?, text("read_date", values, 1)?);
    let pattern = Pattern::for_reading(&form).map_err(|_| bad_pattern("read_date"))?;
    let found = pattern.found(written.trim(), calendar.style);
    Ok(found.and_then(|found| moment(found, &calendar)).map_or(Value::Null, |moment| spelled(moment, &calendar)))
}

fn moment(found: Found, calendar: &Calendar) -> Option<Moment> {
    let (date, zone) = (found.at.date(), &calendar.zone);
    if date == Date::MAX {
        return Some(Moment::Last);
    }
    let begin: Timestamp = match found.offset {
        Some(offset) => return offset.to_timestamp(found.at).ok().map(Moment::Point),
        None => zone.to_timestamp(found.at).ok()?,
    };
    // Midnight without a zone is a day here as everywhere.
    let is_day = found.at == date.at(0, 0, 0, 0);
    Some(if is_day { Moment::Day { date, begin, end: None } } else { Moment::Point(begin) })
}

fn unknown_pattern(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    let unknown = match written(values, 1) {
        Written::Text(form) => Pattern::for_reading(form).err(),
        Written::Whole(_) | Written::Other(_) => {
            Some(("a pattern is a text".to_owned(), "write for example \"yyyyMMdd\"".into()))
        }
        Written::Computed => None,
    };
    unknown.or_else(|| unknown_zone(values, 2))
}

/// Something that is there and not written as the pattern says.
fn unreadable(values: &[Value<'_>], clock: &Clock) -> Option<(usize, Unreadable)> {
    let is_there = match at(values, 0).shape() {
        Shape::Text(_) | Shape::Number(_) => !at(values, 0).is_empty(),
        _ => false,
    };
    let is_read = || !matches!(read_date(values, clock), Ok(Value::Null));
    let has_form = matches!(at(values, 1).shape(), Shape::Text(_));
    (is_there && has_form && !is_read()).then(|| (0, Unreadable::of(at(values, 0))))
}
