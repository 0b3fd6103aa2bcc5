//! Texts of rules that stand for the event's own time: `now`, `today-1mo`.

use jiff::Timestamp;

use crate::event::date::{Moment, Offset, Start};
use crate::event::{Calendar, Value};

/// Whether a text that a rule has written stands for the event's own time: `now`, `today-1mo`.
#[must_use]
pub fn is_own_time(text: &str) -> bool {
    Start::named(Offset::split(text.trim()).0).is_some()
}

/// The date that such a text stands for. Only what a rule has written means this: in a field of a person the same
/// letters are no date.
#[must_use]
pub fn own_time(text: &str, now: Timestamp, calendar: &Calendar) -> Option<Value<'static>> {
    let (base, offset) = Offset::split(text.trim());
    let start = Start::named(base)?.moment(now, calendar);
    let moment = offset.map_or(start, |offset| offset.from(start, calendar));
    Some(spelled(moment, calendar))
}

/// A moment as functions answer it: a day as `2026-01-31`, a point in time in UTC.
pub fn spelled(moment: Moment, calendar: &Calendar) -> Value<'static> {
    Value::text(match moment {
        Moment::Point(at) => at.to_string(),
        Moment::Day { .. } | Moment::Last => moment.date(calendar).to_string(),
    })
}
