//! A date that cannot be read, described by its shape, so that no log has what somebody typed.

use std::fmt;

use crate::event::json::{Shape, View};

/// Longest shape that is told, in characters.
const SHAPE_LIMIT: usize = 40;

/// A value that is no date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    shape: String,
}

impl Unreadable {
    /// A text by its shape: digits as `9`, letters as `a`, other signs as they are where they are common in dates.
    pub(super) fn text(text: &str) -> Self {
        let sign = |c: char| match c {
            c if c.is_numeric() => '9',
            c if c.is_alphabetic() => 'a',
            ' ' | '-' | '/' | '.' | ',' | ':' | '+' | '[' | ']' | '(' | ')' => c,
            c if c.is_whitespace() => ' ',
            _ => '?',
        };
        let trimmed = text.trim();
        let mut shape: String = trimmed.chars().take(SHAPE_LIMIT).map(sign).collect();
        if trimmed.chars().nth(SHAPE_LIMIT).is_some() {
            shape.push('…');
        }
        Self { shape: format!("a text like `{shape}`") }
    }

    /// Whatever should have been a date, and is none.
    #[must_use]
    pub fn of(value: View<'_>) -> Self {
        match value.shape() {
            Shape::Text(text) => Self::text(&text),
            Shape::Number(number) => Self::number(number),
            _ => Self::value(value),
        }
    }

    /// A number by its digits.
    pub(super) fn number(number: &str) -> Self {
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let is_plain = digits == number.trim_start_matches('-').len();
        let what = if is_plain { "a number" } else { "a number with a fraction or an exponent" };
        let several = if digits == 1 { "" } else { "s" };
        Self { shape: format!("{what} of {digits} digit{several}") }
    }

    /// Any other value by its kind.
    pub(super) fn value(value: View<'_>) -> Self {
        let shape = match value.shape() {
            Shape::List(list) => format!("a list of {}", list.len()),
            _ => value.kind_name().to_owned(),
        };
        Self { shape }
    }

    /// The same of a secret, of which not even the shape is told.
    #[must_use]
    pub fn hidden() -> Self {
        Self { shape: "a hidden value".to_owned() }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shape)
    }
}
