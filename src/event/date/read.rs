//! Reads a value of an event as a moment.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::calendar::{Calendar, DateStyle};
use super::count;
use super::moment::Moment;
use super::text::written;
use super::unreadable::Unreadable;
use super::written::Written;
use crate::event::json::{List, Shape, View};

/// Reads a moment in any of the shapes that docs/language/dates.md lists; `Ok(None)` where nothing is there: null, a blank
/// text, an empty list, and `0` and the largest number, with which directories say "never".
///
/// # Errors
/// When something is there and it is no date.
pub fn read(value: View<'_>, calendar: &Calendar) -> Result<Option<Moment>, Unreadable> {
    let written = match value.shape() {
        Shape::Text(text) => written(&text, calendar.style)?,
        Shape::Number(number) => count::read(number).map_err(|_| Unreadable::number(number))?,
        Shape::List(list) if list.len() > 0 => {
            Some(read_list(list, calendar.style).ok_or_else(|| Unreadable::value(value))?)
        }
        Shape::Null | Shape::List(_) => None,
        Shape::Bool(_) | Shape::Map(_) | Shape::Secret(_) => return Err(Unreadable::value(value)),
    };
    Ok(written.map(|written| written.moment(calendar)))
}

/// A point in time that somebody has written for the clock: `2026-01-31T12:00:00Z`, or the beginning of a day.
#[must_use]
pub fn instant(text: &str, calendar: &Calendar) -> Option<Timestamp> {
    written(text, calendar.style).ok()??.moment(calendar).begin()
}

/// `[2026,1,10]`, `[2026,1,10,0,0]`, with seconds and nanoseconds, as Java writes dates without a format.
fn read_list(list: List<'_>, style: DateStyle) -> Option<Written> {
    let mut parts = [0_i32; 7];
    if !(3..=parts.len()).contains(&list.len()) {
        return None;
    }
    for (part, item) in parts.iter_mut().zip(list.iter()) {
        let Shape::Number(number) = item.shape() else { return None };
        *part = number.parse().ok()?;
    }
    let [year, month, day, hour, minute, second, nanosecond] = parts;
    let small = |number: i32| i8::try_from(number).ok();
    let year = style.year_number(i16::try_from(year).ok()?)?;
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?;
    Some(Written::time(date.to_datetime(time)))
}
