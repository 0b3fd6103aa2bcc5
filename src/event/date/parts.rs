//! Joins a day, a time of day and a zone.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, Zoned};

use super::time::{Clock, Zone};
use super::written::Written;

/// What the parts mean together; `None` where they contradict each other.
pub(super) fn written(date: Date, clock: Option<Clock>, zone: Option<Zone>) -> Option<Written> {
    if date == Date::MAX {
        return Some(Written::Last);
    }
    let at = match clock {
        None => date.at(0, 0, 0, 0),
        Some(Clock::At(time)) => date.to_datetime(time),
        Some(Clock::End) => date.tomorrow().ok()?.at(0, 0, 0, 0),
    };
    Some(match (clock, zone) {
        (None, None) => Written::Day(date),
        // Where a day ends is a point in time, not the day that begins there.
        (Some(Clock::End), None) => Written::Time(at),
        (Some(Clock::At(_)), None) => Written::time(at),
        (None, Some(zone)) => match (point(at, &zone)?, point(date.tomorrow().ok()?.at(0, 0, 0, 0), &zone)?) {
            (Written::Point(begin), Written::Point(end)) => Written::DayElsewhere { date, begin, end },
            _ => Written::Last,
        },
        (Some(_), Some(zone)) => point(at, &zone)?,
    })
}

/// A time of day in its zone; an offset that the named zone does not have then is a contradiction.
fn point(at: DateTime, zone: &Zone) -> Option<Written> {
    let last = |stamp: Result<Timestamp, jiff::Error>| stamp.map_or(Written::Last, Written::Point);
    Some(match zone {
        Zone::Offset(offset) => last(offset.to_timestamp(at)),
        Zone::Named(zone, None) => last(zone.to_timestamp(at)),
        Zone::Named(zone, Some(offset)) => {
            let written = last(offset.to_timestamp(at));
            if let Written::Point(stamp) = written
                && *offset != jiff::tz::Offset::UTC
                && Zoned::new(stamp, zone.clone()).offset() != *offset
            {
                return None;
            }
            written
        }
    })
}
