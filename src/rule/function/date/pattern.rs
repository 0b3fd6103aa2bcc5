//! Patterns by which dates are written and read: the letters of Java and the CLDR, `dd.MM.yyyy HH:mm`.

use std::iter::Peekable;
use std::str::Chars;

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::part::{Found, Part, part};
use crate::event::DateStyle;
use crate::rule::function::literal::UnknownValue;

/// Longest pattern, in characters.
const LENGTH_LIMIT: usize = 64;

/// A pattern.
pub struct Pattern(Vec<Piece>);

/// What was found in a text.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    pub at: DateTime,
    pub offset: Option<Offset>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Letters(String),
    /// A part of a date, with as many letters as the pattern has.
    Part(Part, usize),
}

impl Pattern {
    /// # Errors
    /// Says which letter is none, or means something else, and what to write.
    pub fn read(written: &str) -> Result<Self, UnknownValue> {
        let mut pieces = Vec::new();
        if written.trim().is_empty() || written.chars().nth(LENGTH_LIMIT).is_some() {
            return Err((
                format!("a pattern has 1 to {LENGTH_LIMIT} characters"),
                "write for example \"yyyy-MM-dd\"".into(),
            ));
        }
        let mut letters = written.chars().peekable();
        while let Some(letter) = letters.next() {
            if letter == '\'' {
                pieces.push(Piece::Letters(quoted(&mut letters)?));
            } else if letter.is_ascii_alphabetic() {
                let mut count = 1;
                while letters.next_if_eq(&letter).is_some() {
                    count += 1;
                }
                pieces.push(Piece::Part(part(written, letter, count)?, count));
            } else {
                pieces.push(Piece::Letters(letter.to_string()));
            }
        }
        let pattern = Self(pieces);
        pattern.contradiction(written).map_or(Ok(pattern), Err)
    }

    /// The same for a text that is to be read: it must tell the day.
    ///
    /// # Errors
    /// The same, and where a part of the day is missing.
    pub fn for_reading(written: &str) -> Result<Self, UnknownValue> {
        let pattern = Self::read(written)?;
        let has_month = pattern.has(Part::Month) || pattern.has(Part::MonthName);
        if !pattern.has(Part::Year) || !(has_month && pattern.has(Part::Day) || pattern.has(Part::DayOfYear)) {
            let message = format!("the pattern `{written}` does not tell the day");
            return Err((message, "write the year, the month and the day: \"yyyyMMdd\"".into()));
        }
        Ok(pattern)
    }

    fn has(&self, wanted: Part) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Part(part, _) if *part == wanted))
    }

    /// What a pattern has that nobody means.
    fn contradiction(&self, written: &str) -> Option<UnknownValue> {
        let parts: Vec<Part> = self
            .0
            .iter()
            .filter_map(|piece| match piece {
                Piece::Part(part, _) => Some(*part),
                Piece::Letters(_) => None,
            })
            .collect();
        let says = |what: &str| format!("the pattern `{written}` {what}");
        let has_hour = self.has(Part::Hour) || self.has(Part::HalfHour);
        let has_month = self.has(Part::Month) || self.has(Part::MonthName);
        if self.has(Part::Minute) && !has_hour {
            return Some((says("has minutes and no hours"), "write `MM` for the month; `mm` are minutes".into()));
        }
        if has_hour && has_month && !self.has(Part::Minute) && !self.has(Part::Day) {
            return Some((
                says("has hours and a month and no day"),
                "write `mm` for minutes; `MM` is the month".into(),
            ));
        }
        if self.has(Part::HalfHour) != self.has(Part::Half) {
            return Some((
                says("counts hours to 12 or tells the half of the day, alone"),
                "write `HH`, or `hh` and `a`".into(),
            ));
        }
        let twice = parts.iter().enumerate().any(|(n, part)| parts.iter().skip(n + 1).any(|other| other == part));
        twice.then(|| (says("has a part twice"), "write each once; `MM` is the month, and `mm` are minutes".into()))
    }

    /// The date in this form.
    pub fn write(&self, at: DateTime, offset: Offset) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Letters(letters) => out.push_str(letters),
                Piece::Part(part, count) => part.write(*count, at, offset, &mut out),
            }
        }
        out
    }

    /// What a text says that is written in this form; `None` where it is not.
    pub fn found(&self, text: &str, style: DateStyle) -> Option<Written> {
        let mut found = Found::default();
        let mut rest = text;
        for piece in &self.0 {
            match piece {
                Piece::Letters(letters) => rest = rest.strip_prefix(letters.as_str())?,
                Piece::Part(part, count) => rest = part.find(*count, rest, style, &mut found)?,
            }
        }
        if !rest.is_empty() {
            return None;
        }
        Some(Written { at: found.at()?, offset: found.offset })
    }
}

/// Letters between single quotes, behind the first of them; two of them are one.
fn quoted(letters: &mut Peekable<Chars<'_>>) -> Result<String, UnknownValue> {
    let mut text = String::new();
    loop {
        match letters.next() {
            None => {
                return Err((
                    "a quote of the pattern is not closed".to_owned(),
                    "write `'` before and behind letters".into(),
                ));
            }
            Some('\'') if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            Some('\'') => return Ok(if text.is_empty() { "'".to_owned() } else { text }),
            Some(letter) => text.push(letter),
        }
    }
}
