//! The parts of a date in a pattern: which letters stand for each, how it is written and read.

use std::fmt::Write as _;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::Offset;

use crate::event::DateStyle;
use crate::event::date::zone_offset;
use crate::rule::function::literal::UnknownValue;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEK: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// Letters of a short name.
const SHORT: usize = 3;

/// A part of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Year,
    Month,
    MonthName,
    Day,
    DayOfYear,
    Weekday,
    Hour,
    /// From 1 to 12.
    HalfHour,
    Half,
    Minute,
    Second,
    Fraction,
    /// How far the zone is from UTC: `Z` for UTC, `+05:30`.
    OffsetOrZ,
    /// The same without `Z`.
    Offset,
}

/// The part that a run of letters stands for.
pub fn part(pattern: &str, letter: char, count: usize) -> Result<Part, UnknownValue> {
    let known = match (letter, count) {
        ('y' | 'u', 1 | 2 | 4) => Part::Year,
        ('M' | 'L', 1 | 2) => Part::Month,
        ('M' | 'L', 3 | 4) => Part::MonthName,
        ('d', 1 | 2) => Part::Day,
        ('D', 1 | 3) => Part::DayOfYear,
        ('E', 1..=4) => Part::Weekday,
        ('H', 1 | 2) => Part::Hour,
        ('h', 1 | 2) => Part::HalfHour,
        ('a', 1) => Part::Half,
        ('m', 1 | 2) => Part::Minute,
        ('s', 1 | 2) => Part::Second,
        ('S', 1..=9) => Part::Fraction,
        ('X', 1..=3) => Part::OffsetOrZ,
        ('x', 1..=3) | ('Z', 1) => Part::Offset,
        _ => {
            let run: String = std::iter::repeat_n(letter, count).collect();
            let help = match letter {
                'Y' => "write `yyyy`; `Y` is the year of a week",
                'D' => "write `dd` for the day of the month; `DDD` is that of the year",
                'K' | 'k' => "write `HH`, or `hh` and `a`",
                'z' | 'Z' | 'V' | 'O' | 'v' => "write `XXX`, which is `+05:30`; names of zones are not written",
                _ => {
                    "letters are yyyy, MM, MMM, dd, EEE, HH, hh, a, mm, ss, SSS, XXX; other letters stand in single quotes: \
                      \"yyyy-MM-dd'T'HH:mm\""
                }
            };
            return Err((format!("`{run}` in the pattern `{pattern}` is not part of a date"), help.into()));
        }
    };
    Ok(known)
}

impl Part {
    /// Writes the part, with as many letters as the pattern has.
    pub fn write(self, count: usize, at: DateTime, offset: Offset, out: &mut String) {
        let name = |names: &[&'static str], place: i8, short_below: usize| {
            let name = usize::try_from(place).ok().and_then(|place| names.get(place)).copied().unwrap_or_default();
            if count < short_below { name.get(..SHORT).unwrap_or(name) } else { name }
        };
        let number: i32 = match self {
            Part::Year if count == 2 => i32::from(at.year().rem_euclid(100)),
            Part::Year => i32::from(at.year()),
            Part::Month => at.month().into(),
            Part::Day => at.day().into(),
            Part::DayOfYear => at.day_of_year().into(),
            Part::Hour => at.hour().into(),
            Part::HalfHour => i32::from((at.hour() + 11) % 12 + 1),
            Part::Minute => at.minute().into(),
            Part::Second => at.second().into(),
            Part::Fraction => {
                let nine = format!("{:09}", at.subsec_nanosecond());
                return out.push_str(nine.get(..count).unwrap_or(&nine));
            }
            Part::MonthName => return out.push_str(name(&MONTHS, at.month() - 1, 4)),
            Part::Weekday => return out.push_str(name(&WEEK, at.weekday().to_monday_zero_offset(), 4)),
            Part::Half => return out.push_str(if at.hour() < 12 { "AM" } else { "PM" }),
            Part::OffsetOrZ if offset == Offset::UTC => return out.push('Z'),
            Part::OffsetOrZ | Part::Offset => return out.push_str(&far(count, self, offset)),
        };
        let _ = write!(out, "{number:0count$}");
    }

    /// Takes the part from the beginning of a text, and gives what is left of it.
    pub fn find<'t>(self, count: usize, text: &'t str, style: DateStyle, found: &mut Found) -> Option<&'t str> {
        let rest = match self {
            Part::Year => {
                let (digits, rest) = digits(text, if count == 1 { 4..=4 } else { count..=count })?;
                found.year = Some(style.year(digits)?);
                rest
            }
            Part::Month => number(text, two(count), &mut found.month)?,
            Part::Day => number(text, two(count), &mut found.day)?,
            Part::DayOfYear => number(text, if count == 1 { 1..=3 } else { 3..=3 }, &mut found.day_of_year)?,
            Part::Hour => number(text, two(count), &mut found.hour)?,
            Part::HalfHour => number(text, two(count), &mut found.half_hour)?,
            Part::Minute => number(text, two(count), &mut found.minute)?,
            Part::Second => number(text, two(count), &mut found.second)?,
            Part::Fraction => {
                let (digits, rest) = digits(text, count..=count)?;
                found.nanosecond = format!("{digits:0<9}").parse().ok()?;
                rest
            }
            Part::MonthName => {
                let (place, rest) = named(text, &MONTHS)?;
                found.month = Some(i16::try_from(place).ok()? + 1);
                rest
            }
            Part::Weekday => {
                let (place, rest) = named(text, &WEEK)?;
                found.weekday = Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok();
                rest
            }
            Part::Half => {
                let (place, rest) = named(text, &["AM", "PM"])?;
                found.is_afternoon = place == 1;
                rest
            }
            Part::OffsetOrZ if text.starts_with('Z') => {
                found.offset = Some(Offset::UTC);
                text.strip_prefix('Z')?
            }
            Part::OffsetOrZ | Part::Offset => {
                let is_of_it = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ':');
                let end = text.find(|c| !is_of_it(c)).unwrap_or(text.len());
                let (written, rest) = text.split_at_checked(end)?;
                found.offset = Some(zone_offset(written)?);
                rest
            }
        };
        Some(rest)
    }
}

/// `+05`, `+0530` or `+05:30`, by how many letters the pattern has.
fn far(count: usize, part: Part, offset: Offset) -> String {
    let sign = if offset.is_negative() { '-' } else { '+' };
    let minutes = offset.seconds().unsigned_abs() / 60;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    // `x` and `X` have minutes only where there are some.
    match count {
        1 if minutes == 0 && part == Part::OffsetOrZ => format!("{sign}{hours:02}"),
        3 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}{minutes:02}"),
    }
}

/// The parts that were found.
#[derive(Debug, Default)]
pub struct Found {
    year: Option<i16>,
    month: Option<i16>,
    day: Option<i16>,
    day_of_year: Option<i16>,
    weekday: Option<Weekday>,
    hour: Option<i16>,
    half_hour: Option<i16>,
    is_afternoon: bool,
    minute: Option<i16>,
    second: Option<i16>,
    nanosecond: i32,
    pub offset: Option<Offset>,
}

impl Found {
    /// The day and time that they make; `None` where there is no such day or time, or two of them contradict each other.
    pub fn at(&self) -> Option<DateTime> {
        let small = |number: i16| i8::try_from(number).ok();
        let date = match (self.day_of_year, self.month, self.day) {
            (Some(number), None, None) => {
                let first = Date::new(self.year?, 1, 1).ok()?;
                (1..=first.days_in_year()).contains(&number).then_some(())?;
                first.with().day_of_year(number).build().ok()?
            }
            (_, Some(month), Some(day)) => Date::new(self.year?, small(month)?, small(day)?).ok()?,
            _ => return None,
        };
        if self.day_of_year.is_some_and(|number| number != date.day_of_year())
            || self.weekday.is_some_and(|weekday| weekday != date.weekday())
        {
            return None;
        }
        let hour = match self.half_hour {
            None => self.hour.unwrap_or(0),
            Some(hour) if (1..=12).contains(&hour) => hour % 12 + if self.is_afternoon { 12 } else { 0 },
            Some(_) => return None,
        };
        let (minute, second) = (self.minute.unwrap_or(0), self.second.unwrap_or(0));
        let time = Time::new(small(hour)?, small(minute)?, small(second)?, self.nanosecond).ok()?;
        Some(date.to_datetime(time))
    }
}

/// Two letters are two digits, one letter is as many as there are.
fn two(count: usize) -> std::ops::RangeInclusive<usize> {
    count..=2
}

/// As many digits as come, within these bounds, and what is left.
fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<(&str, &str)> {
    let there = text.bytes().take_while(u8::is_ascii_digit).take(*count.end()).count();
    (there >= *count.start()).then_some(())?;
    text.split_at_checked(there)
}

fn number<'t>(text: &'t str, count: std::ops::RangeInclusive<usize>, to: &mut Option<i16>) -> Option<&'t str> {
    let (digits, rest) = digits(text, count)?;
    *to = Some(digits.parse().ok()?);
    Some(rest)
}

/// The name that comes, whole or its first three letters, in any case, by its place.
fn named<'t>(text: &'t str, names: &[&str]) -> Option<(usize, &'t str)> {
    let begins = |name: &str| text.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let whole = names.iter().position(|name| begins(name)).map(|place| (place, None));
    let found = whole.or_else(|| {
        let place = names.iter().position(|name| begins(name.get(..SHORT).unwrap_or(name)))?;
        Some((place, Some(SHORT)))
    });
    let (place, length) = found?;
    let length = length.or_else(|| names.get(place).map(|name| name.len()))?;
    Some((place, text.get(length..)?))
}
