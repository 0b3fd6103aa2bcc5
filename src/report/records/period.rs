//! Parses moments of a command line: since when, and until when.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What can be written, for the help of commands and for who wrote something else.
pub const FORMS: &str = "`2026-01-31`, `2026-01-31T09:30`, `2026-01-31T09:30:00+05:30`, `today`, `yesterday`, or so long ago: `90m`, `2h`, `3d`";

/// The moment that a text means, in the zone of gateway.yaml: a time of RFC 3339, the beginning of a day, or so many minutes,
/// hours or days of 24 hours before `now`.
///
/// # Errors
/// Says what can be written.
pub fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let unknown = || format!("`{text}` is not a moment; write {FORMS}");
    let begin = |day: Date| day.to_zoned(zone.clone()).map(|day| day.timestamp()).map_err(|_| unknown());
    let today = now.to_zoned(zone.clone()).date();
    match text {
        "now" => Ok(now),
        "today" => begin(today),
        "yesterday" => begin(today.yesterday().map_err(|_| unknown())?),
        _ => match (text.parse::<Timestamp>(), text.parse::<Date>(), ago(text)) {
            (Ok(moment), ..) => Ok(moment),
            (_, Ok(day), _) if text.len() == "2026-01-31".len() => begin(day),
            (.., Some(ago)) => now.checked_sub(ago).map_err(|_| unknown()),
            _ => match text.parse::<DateTime>().map(|time| time.to_zoned(zone.clone())) {
                Ok(Ok(time)) if text.len() >= "2026-01-31T09:30".len() => Ok(time.timestamp()),
                _ => Err(unknown()),
            },
        },
    }
}

/// The end of a period: of a day it is the whole, so that `--until 2026-01-31` has that day in it.
///
/// # Errors
/// As [`moment`].
pub fn end(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let begin = moment(text, now, zone)?;
    let text = text.trim();
    let is_day =
        matches!(text, "today" | "yesterday") || text.len() == "2026-01-31".len() && text.parse::<Date>().is_ok();
    let next = |begin: Timestamp| begin.to_zoned(zone.clone()).date().tomorrow().ok()?.to_zoned(zone.clone()).ok();
    match is_day {
        true => Ok(next(begin).map_or(Timestamp::MAX, |next| next.timestamp())),
        false => Ok(begin),
    }
}

fn ago(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number = number.parse::<i64>().ok().filter(|number| (0..=1_000_000).contains(number))?;
    match unit {
        "m" => Some(SignedDuration::from_mins(number)),
        "h" => Some(SignedDuration::from_hours(number)),
        "d" => Some(SignedDuration::from_hours(24 * number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_the_zone_and_what_is_none_is_told_what_can_be_written() {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        let now: Timestamp = "2026-02-01T20:00:00Z".parse().unwrap();
        for (text, begins, ends) in [
            ("2026-01-31", "2026-01-30T18:30:00Z", "2026-01-31T18:30:00Z"),
            ("2026-01-31T09:30:00+05:30", "2026-01-31T04:00:00Z", "2026-01-31T04:00:00Z"),
            ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z"),
            // Without an offset it is the zone's, as `decisions` writes it.
            ("2026-01-31T09:30", "2026-01-31T04:00:00Z", "2026-01-31T04:00:00Z"),
            ("2026-01-31 09:30:00", "2026-01-31T04:00:00Z", "2026-01-31T04:00:00Z"),
            // There it is the second of February by then.
            ("today", "2026-02-01T18:30:00Z", "2026-02-02T18:30:00Z"),
            (" yesterday ", "2026-01-31T18:30:00Z", "2026-02-01T18:30:00Z"),
            ("now", "2026-02-01T20:00:00Z", "2026-02-01T20:00:00Z"),
            ("90m", "2026-02-01T18:30:00Z", "2026-02-01T18:30:00Z"),
            ("2h", "2026-02-01T18:00:00Z", "2026-02-01T18:00:00Z"),
            ("3d", "2026-01-29T20:00:00Z", "2026-01-29T20:00:00Z"),
        ] {
            assert_eq!(moment(text, now, &zone).unwrap(), begins.parse().unwrap(), "{text}");
            assert_eq!(end(text, now, &zone).unwrap(), ends.parse().unwrap(), "{text}");
        }
        for text in [
            "",
            "d",
            "3",
            "-2h",
            "3w",
            "31.01.2026",
            "2026-02-30",
            "tomorrow",
            "9999999999d",
            "2026-01-31T25:30:00",
            "é",
        ] {
            assert!(moment(text, now, &zone).unwrap_err().contains("`yesterday`"), "{text}");
        }
    }

    #[test]
    fn a_day_that_begins_at_another_hour_is_as_long_as_it_is() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = "2026-03-29T12:00:00Z".parse().unwrap();
        let (begins, ends) = (moment("today", now, &zone).unwrap(), end("today", now, &zone).unwrap());
        assert_eq!(ends.duration_since(begins), SignedDuration::from_hours(23));
    }
}
