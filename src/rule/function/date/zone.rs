//! The zone that functions of dates may be given as their last value.

use std::borrow::Cow;

use crate::event::date::zone_named;
use crate::event::{Calendar, Shape, Value};
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{UnknownValue, Written, written};
use crate::rule::function::value::{at, wrong};

/// How dates are meant in the zone at a place; without one there, in that of the event.
pub fn calendar<'c>(
    name: &str,
    values: &[Value<'_>],
    place: usize,
    clock: &'c Clock,
) -> Result<Cow<'c, Calendar>, String> {
    if values.len() <= place {
        return Ok(Cow::Borrowed(&clock.calendar));
    }
    let Shape::Text(zone) = at(values, place).shape() else {
        return Err(wrong(name, "the name of a time zone as its last value", at(values, place)));
    };
    let zone = zone_named(&zone).ok_or_else(|| format!("`{name}` was given a time zone that it does not know"))?;
    Ok(Cow::Owned(Calendar { zone, ..clock.calendar.clone() }))
}

/// A zone that is written out and that there is not.
pub fn unknown_zone(values: &[Written<'_>], place: usize) -> Option<UnknownValue> {
    let help = "write a name of the IANA time zone database, \"Asia/Kolkata\", or \"+05:30\"";
    match written(values, place) {
        Written::Text(zone) if zone_named(zone).is_none() => {
            Some((format!("there is no time zone `{zone}`"), help.into()))
        }
        Written::Whole(_) | Written::Other(_) => Some(("a time zone is a text".to_owned(), help.into())),
        Written::Text(_) | Written::Computed => None,
    }
}
