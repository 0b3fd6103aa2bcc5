//! Reads moments written as one number: digits of a day, or counts of seconds, milliseconds or ticks.

use jiff::Timestamp;
use jiff::civil::Date;

use super::cursor::{Cursor, NoDate};
use super::day;
use super::parts;
use super::time::{self, Clock};
use super::written::Written;

/// "Never" in Active Directory: zero, the largest number, and what JavaScript makes of the largest.
const NEVER: [&str; 4] = ["0", "-0", "9223372036854775807", "9223372036854776000"];
/// 100-nanosecond ticks a second, and the seconds from 1601, where they begin, to 1970.
const TICKS_A_SECOND: i128 = 10_000_000;
const SECONDS_FROM_1601: i128 = 11_644_473_600;
/// The seconds since 1970 at which 9999-12-31 begins somewhere, and at which it has ended everywhere.
const LAST_DAY_SECONDS: std::ops::Range<i128> = 253_402_164_000..253_402_344_000;

/// A count of milliseconds since 1970, from 9999-12-31 on [`Written::Last`].
fn count(milliseconds: i128) -> Option<Written> {
    if LAST_DAY_SECONDS.contains(&milliseconds.div_euclid(1_000)) {
        return Some(Written::Last);
    }
    Timestamp::from_millisecond(i64::try_from(milliseconds).ok()?).ok().map(Written::Count)
}

/// Reads digits, with a minus sign before them or not; `Ok(None)` is "never".
///
/// # Errors
/// When they are no moment.
pub(super) fn read(digits: &str) -> Result<Option<Written>, NoDate> {
    if NEVER.contains(&digits) {
        return Ok(None);
    }
    // Of so many zeros nobody knows whether they are "never" or the beginning of a count.
    if digits.bytes().all(|byte| byte == b'0') {
        return Err(NoDate);
    }
    let number: i128 = digits.parse().map_err(|_| NoDate)?;
    if digits.starts_with('-') {
        return count(number).map(Some).ok_or(NoDate);
    }
    let written = match digits.len() {
        8 => day::basic(digits).map(Written::day),
        9 | 10 => count(number * 1_000),
        12 if LAST_DAY_SECONDS.contains(&number) => Some(Written::Last),
        // As likely the day and the minute as milliseconds of the seventies.
        12 if run_together(digits).is_some() => None,
        11..=13 => count(number),
        14 => run_together(digits).and_then(|(date, clock)| parts::written(date, Some(clock), None)),
        15 if LAST_DAY_SECONDS.contains(&(number / 1_000)) => Some(Written::Last),
        18 | 19 => ticks(number, digits.len()),
        _ => None,
    };
    written.map(Some).ok_or(NoDate)
}

/// 100-nanosecond ticks since 1601. Those of nineteen digits are beyond any person's dates, but for the last day.
fn ticks(number: i128, length: usize) -> Option<Written> {
    let seconds = number.div_euclid(TICKS_A_SECOND) - SECONDS_FROM_1601;
    if LAST_DAY_SECONDS.contains(&seconds) {
        return Some(Written::Last);
    }
    let nanoseconds = (number - SECONDS_FROM_1601 * TICKS_A_SECOND) * 100;
    (length == 18).then(|| Timestamp::from_nanosecond(nanoseconds).ok().map(Written::Point)).flatten()
}

/// `20260110120000`, `202601101200`.
fn run_together(digits: &str) -> Option<(Date, Clock)> {
    let (date, clock) = digits.split_at_checked(8)?;
    Some((day::basic(date)?, time::basic(&mut Cursor::new(""), clock)?))
}
