//! Reads the time of day and the zone after a day.

use jiff::civil::Time;
use jiff::tz::{Offset, TimeZone};

use super::cursor::{Cursor, NoDate};

/// Furthest that a zone may be from UTC, in hours.
const FURTHEST_HOURS: i8 = 18;

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    At(Time),
    /// `24:00`: where the day ends.
    End,
}

/// A zone as it is written.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Offset(Offset),
    /// `[Asia/Kolkata]`, and the offset before it, where there is one.
    Named(TimeZone, Option<Offset>),
}

/// Takes the time behind a day; nothing where none comes.
pub(super) fn clock(cursor: &mut Cursor<'_>) -> Result<Option<Clock>, NoDate> {
    let is_marked = cursor.one_of(&['T', 't']).is_some();
    let mut ahead = *cursor;
    if !is_marked {
        let before = ahead.rest.len();
        ahead.one_of(&[',']);
        ahead.spaces();
        if ahead.rest.len() == before || !ahead.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(None);
        }
    }
    *cursor = ahead;
    behind(cursor, is_marked).map(Some).ok_or(NoDate)
}

/// A time of day, behind a `T` or a space.
fn behind(cursor: &mut Cursor<'_>, is_marked: bool) -> Option<Clock> {
    let first = cursor.digits();
    let (hour, minute, second) = match (first.len(), is_marked) {
        (1 | 2, _) if cursor.rest.starts_with(':') => colons(cursor, first)?,
        (2, true) => (first.parse().ok()?, 0, 0),
        (4 | 6, true) => run_together(first)?,
        _ => return None,
    };
    of(cursor, hour, minute, second)
}

/// The time of day that is run together: `1200`, `120000`.
fn run_together(digits: &str) -> Option<(i8, i8, i8)> {
    let mut parts = Cursor::new(digits);
    let (hour, minute) = (parts.number(2)?, parts.number(2)?);
    Some((hour, minute, if parts.is_at_end() { 0 } else { parts.number(2)? }))
}

/// The same with what may follow: parts of a second.
pub(super) fn basic(cursor: &mut Cursor<'_>, digits: &str) -> Option<Clock> {
    let (hour, minute, second) = run_together(digits)?;
    of(cursor, hour, minute, second)
}

fn colons(cursor: &mut Cursor<'_>, hour: &str) -> Option<(i8, i8, i8)> {
    cursor.one_of(&[':'])?;
    let minute = cursor.number(2)?;
    let second = if cursor.one_of(&[':']).is_some() { cursor.number(2)? } else { 0 };
    Some((hour.parse().ok()?, minute, second))
}

/// Takes parts of a second and `AM` or `PM`, and puts all together.
fn of(cursor: &mut Cursor<'_>, hour: i8, minute: i8, second: i8) -> Option<Clock> {
    let nanosecond = if cursor.one_of(&['.', ',']).is_some() { fraction(cursor.digits())? } else { 0 };
    let hour = match half(cursor) {
        None => hour,
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(Half::Morning) => hour % 12,
        Some(Half::Afternoon) => hour % 12 + 12,
    };
    if (hour, minute, second, nanosecond) == (24, 0, 0, 0) {
        return Some(Clock::End);
    }
    // A leap second is the last second of its minute.
    let second = if second == 60 { 59 } else { second };
    Time::new(hour, minute, second, nanosecond).ok().map(Clock::At)
}

/// Nanoseconds of the digits behind the point; what is finer is cut off.
fn fraction(digits: &str) -> Option<i32> {
    let nine = digits.get(..digits.len().min(9)).filter(|digits| !digits.is_empty())?;
    format!("{nine:0<9}").parse().ok()
}

#[derive(Clone, Copy, Debug)]
enum Half {
    Morning,
    Afternoon,
}

/// `AM`, `pm`, `p.m.`, if it comes.
fn half(cursor: &mut Cursor<'_>) -> Option<Half> {
    let mut ahead = *cursor;
    ahead.spaces();
    let half = match ahead.one_of(&['a', 'A', 'p', 'P'])? {
        'a' | 'A' => Half::Morning,
        _ => Half::Afternoon,
    };
    let has_dot = ahead.one_of(&['.']).is_some();
    ahead.one_of(&['m', 'M'])?;
    if has_dot {
        ahead.one_of(&['.']);
    }
    *cursor = ahead;
    Some(half)
}

/// The zone with this name: `Asia/Kolkata`, `UTC`, or how far it is from UTC, `+05:30`.
#[must_use]
pub fn zone_named(name: &str) -> Option<TimeZone> {
    zone_offset(name.trim()).map(TimeZone::fixed).or_else(|| TimeZone::get(name.trim()).ok())
}

/// How far a zone is from UTC: `+05`, `+0530`, `+05:30`.
#[must_use]
pub fn zone_offset(written: &str) -> Option<Offset> {
    let mut cursor = Cursor::new(written);
    let sign = cursor.one_of(&['+', '-'])?;
    offset(&mut cursor, if sign == '+' { 1 } else { -1 }).filter(|_| cursor.is_at_end())
}

/// Takes a zone up to the end; nothing where nothing follows.
pub(super) fn zone(cursor: &mut Cursor<'_>) -> Result<Option<Zone>, NoDate> {
    cursor.spaces();
    match cursor.is_at_end() {
        true => Ok(None),
        false => to_end(cursor).map(Some).ok_or(NoDate),
    }
}

fn to_end(cursor: &mut Cursor<'_>) -> Option<Zone> {
    let letters = cursor.letters().to_ascii_uppercase();
    let named = match letters.as_str() {
        "" => None,
        "Z" | "UTC" | "GMT" | "UT" => Some(Offset::UTC),
        other => Some(Offset::constant(american(other)?)),
    };
    let written = match cursor.one_of(&['+', '-', '\u{2212}']) {
        None => named,
        // `GMT+0530` is one zone, `Z+0530` are two.
        Some(_) if !matches!(letters.as_str(), "" | "UTC" | "GMT") => return None,
        Some(sign) => Some(offset(cursor, if sign == '+' { 1 } else { -1 })?),
    };
    let zone = match cursor.one_of(&['[']) {
        None => Zone::Offset(written?),
        Some(_) => {
            let name = cursor.run(|c| c != ']');
            cursor.one_of(&[']'])?;
            Zone::Named(TimeZone::get(name).ok()?, written)
        }
    };
    cursor.spaces();
    cursor.is_at_end().then_some(zone)
}

/// Zones of the United States, as RFC 2822 has them: their hours from UTC.
fn american(name: &str) -> Option<i8> {
    let hours = match name {
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return None,
    };
    Some(hours)
}

/// `05`, `0530`, `05:30`, `05:30:00` behind the sign.
fn offset(cursor: &mut Cursor<'_>, sign: i32) -> Option<Offset> {
    let hours = cursor.number(2)?;
    let has_colon = cursor.one_of(&[':']).is_some();
    let more = has_colon || cursor.rest.starts_with(|c: char| c.is_ascii_digit());
    let minutes = if more { cursor.number(2)? } else { 0 };
    let seconds = if has_colon && cursor.one_of(&[':']).is_some() { cursor.number(2)? } else { 0 };
    if hours > FURTHEST_HOURS || minutes > 59 || seconds > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 3_600 + i32::from(minutes) * 60 + i32::from(seconds))).ok()
}

#[cfg(test)]
mod tests {
    use super::american;

    #[test]
    fn each_zone_of_the_united_states_is_so_far_behind_utc() {
        let names = ["EDT", "EST", "CDT", "CST", "MDT", "MST", "PDT", "PST"];
        assert_eq!(names.map(american), [-4, -5, -5, -6, -6, -7, -7, -8].map(Some));
        assert_eq!(["", "IST", "est", "EET", "PSTX"].map(american), [None; 5]);
    }
}
