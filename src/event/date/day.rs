//! Reads the day in a text: which of its numbers is the year and which the month.

use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::calendar::{DateOrder, DateStyle};
use super::cursor::{Cursor, NoDate};

/// Names of the months, and of the days of the week from Monday on; three letters are enough of each.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// What may stand between the parts of a day.
const SEPARATORS: [char; 4] = ['-', '/', '.', ' '];

/// Takes a day from the beginning of a text.
pub(super) fn day(cursor: &mut Cursor<'_>, style: DateStyle) -> Option<Date> {
    let weekday = weekday(cursor);
    let starts_with_letter = cursor.rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let date = if starts_with_letter { month_first(cursor, style) } else { number_first(cursor, style) }?;
    // A day of the week that is not the date's says that one of the two is wrong.
    weekday.is_none_or(|weekday| weekday == date.weekday()).then_some(date)
}

/// `Sat, `, `Saturday `: left alone where it is the name of a month.
fn weekday(cursor: &mut Cursor<'_>) -> Option<Weekday> {
    let mut ahead = *cursor;
    let place = named(ahead.letters(), &WEEKDAYS)?;
    ahead.one_of(&['.']);
    ahead.one_of(&[',']);
    ahead.spaces();
    *cursor = ahead;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}

/// `Jan 10, 2026`, `January 10 2026`, `Jan-10-2026`.
fn month_first(cursor: &mut Cursor<'_>, style: DateStyle) -> Option<Date> {
    let month = month(cursor)?;
    separator(cursor)?;
    let day = small(cursor.digits())?;
    if cursor.one_of(&[',']).is_some() {
        cursor.spaces();
    } else {
        separator(cursor)?;
    }
    Date::new(style.year(cursor.digits())?, month, day).ok()
}

fn number_first(cursor: &mut Cursor<'_>, style: DateStyle) -> Option<Date> {
    let first = cursor.digits();
    match first.len() {
        4 => year_first(cursor, style.year(first)?),
        8 => basic(first),
        1 | 2 => day_or_month_first(cursor, first, style),
        _ => None,
    }
}

/// `20260110`.
pub(super) fn basic(digits: &str) -> Option<Date> {
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `2026-01-10`, `2026/01/10`, `2026.01.10`, `2026-Jan-10`, and of ISO 8601 `2026-010`, `2026-W02-6`, `2026W026`.
fn year_first(cursor: &mut Cursor<'_>, year: i16) -> Option<Date> {
    if let Some(date) = week(cursor, year).ok()? {
        return Some(date);
    }
    let separator = cursor.one_of(&SEPARATORS)?;
    let second = cursor.digits();
    let month = match second.len() {
        0 => month(cursor)?,
        3 if separator == '-' => {
            let first = Date::new(year, 1, 1).ok()?;
            return first.with().day_of_year(second.parse().ok()?).build().ok();
        }
        _ => small(second)?,
    };
    cursor.one_of(&[separator])?;
    Date::new(year, month, small(cursor.digits())?).ok()
}

/// The rest of a date by weeks; nothing where a `W` does not come.
fn week(cursor: &mut Cursor<'_>, year: i16) -> Result<Option<Date>, NoDate> {
    let mut ahead = *cursor;
    let has_dash = ahead.one_of(&['-']).is_some();
    if ahead.one_of(&['W', 'w']).is_none() {
        return Ok(None);
    }
    *cursor = ahead;
    let mut rest = || {
        let week = cursor.number(2)?;
        if has_dash {
            cursor.one_of(&['-'])?;
        }
        let weekday = Weekday::from_monday_one_offset(cursor.number(1)?).ok()?;
        ISOWeekDate::new(year, week, weekday).ok().map(ISOWeekDate::date)
    };
    rest().map(Some).ok_or(NoDate)
}

/// `10/01/2026`, `10-01-2026`, `10.01.2026`, `10-Jan-2026`, `10 January 2026`, `10Jan2026`.
fn day_or_month_first(cursor: &mut Cursor<'_>, first: &str, style: DateStyle) -> Option<Date> {
    let first = small(first)?;
    let separator = cursor.one_of(&SEPARATORS);
    cursor.spaces();
    if cursor.rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let month = month(cursor)?;
        if let Some(separator) = separator {
            cursor.one_of(&[',']);
            cursor.one_of(&[separator])?;
        }
        return Date::new(style.year(cursor.digits())?, month, first).ok();
    }
    let separator = separator.filter(|separator| *separator != ' ')?;
    let second = small(cursor.digits())?;
    cursor.one_of(&[separator])?;
    let year = style.year(cursor.digits())?;
    // Dots stand in dates of countries that write the day first, whatever the order of the others.
    let (day, month) = match (style.order, separator) {
        (DateOrder::MonthFirst, '-' | '/') => (second, first),
        (DateOrder::MonthFirst | DateOrder::DayFirst, _) => (first, second),
    };
    Date::new(year, month, day).ok()
}

fn month(cursor: &mut Cursor<'_>) -> Option<i8> {
    let place = named(cursor.letters(), &MONTHS)?;
    // `Sept.` is cut off, and `10.Jan.2026` has a dot of its own behind the month.
    if cursor.rest.starts_with(". ") || cursor.rest.starts_with(".-") || cursor.rest.starts_with("./") {
        cursor.one_of(&['.']);
    }
    i8::try_from(place + 1).ok()
}

/// The place of the name that a word is: whole, by its first three letters, or `Sept`, in any case.
fn named(word: &str, names: &[&str]) -> Option<usize> {
    let word = word.to_ascii_lowercase();
    let is_meant =
        |name: &&str| **name == word || name.get(..3) == Some(&word) || *name == "september" && word == "sept";
    names.iter().position(is_meant)
}

fn separator(cursor: &mut Cursor<'_>) -> Option<char> {
    let separator = cursor.one_of(&SEPARATORS);
    cursor.spaces();
    separator
}

/// One or two digits.
fn small(digits: &str) -> Option<i8> {
    if digits.len() > 2 { None } else { digits.parse().ok() }
}
