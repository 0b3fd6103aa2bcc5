//! Reads a date in a text: a number, a directory's time, or a day with a time and zone after it.

use super::calendar::{DateOrder, DateStyle};
use super::count;
use super::cursor::Cursor;
use super::day;
use super::parts;
use super::time;
use super::unreadable::Unreadable;
use super::written::Written;
use crate::event::blank::is_blank;

/// Reads what is written as text; `Ok(None)` where nothing is, or "never".
///
/// # Errors
/// When it is there and no date.
pub fn written(text: &str, style: DateStyle) -> Result<Option<Written>, Unreadable> {
    if is_blank(text) {
        return Ok(None);
    }
    let plain = plain(text);
    let text = plain.as_deref().unwrap_or(text).trim();
    let is_number = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return count::read(text).map_err(|_| Unreadable::text(text));
    }
    in_words(text, style).map(Some).ok_or_else(|| Unreadable::text(text))
}

/// Whether it is a date in one of the ways of writing that gateway.yaml may choose.
#[must_use]
pub fn is_readable(text: &str) -> bool {
    in_each_way(text).iter().any(|read| matches!(read, Ok(Some(_))))
}

/// Whether something is written there that is no date in any of these ways; what stands for "never" is none either.
#[must_use]
pub fn is_unreadable(text: &str) -> bool {
    in_each_way(text).iter().all(Result::is_err)
}

fn in_each_way(text: &str) -> [Result<Option<Written>, Unreadable>; 2] {
    let style = |order| DateStyle { order, two_digit_years: Some(1950) };
    [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| written(text, style(order)))
}

/// The text without marks that nobody sees and with plain spaces; browsers and spreadsheets put such into dates.
/// `None` for a text that has none of them.
fn plain(text: &str) -> Option<String> {
    let is_mark =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let space = |c: char| if c.is_whitespace() { ' ' } else { c };
    (!text.is_ascii()).then(|| text.chars().filter(|c| !is_mark(*c)).map(space).collect())
}

fn in_words(text: &str, style: DateStyle) -> Option<Written> {
    let mut cursor = Cursor::new(without_remark(text));
    if let Some(written) = ldap(cursor) {
        return Some(written);
    }
    let date = day::day(&mut cursor, style)?;
    let clock = time::clock(&mut cursor).ok()?;
    let zone = time::zone(&mut cursor).ok()?;
    parts::written(date, clock, zone)
}

/// `20260110120000Z`, `20260110120000.0Z`, as directories write moments.
fn ldap(mut cursor: Cursor<'_>) -> Option<Written> {
    let digits = cursor.digits();
    let (date, clock) = digits.split_at_checked(8).filter(|_| digits.len() == 14)?;
    let clock = time::basic(&mut cursor, clock)?;
    parts::written(day::basic(date)?, Some(clock), time::zone(&mut cursor).ok()?)
}

/// `Sat Jan 10 2026 12:00:00 GMT+0530 (India Standard Time)`: what JavaScript puts behind a date says nothing new.
fn without_remark(text: &str) -> &str {
    let remark = text.strip_suffix(')').and_then(|text| text.rfind('('));
    remark.map_or(text, |at| text.get(..at).unwrap_or_default().trim_end())
}
