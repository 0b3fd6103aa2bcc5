//! Ranges of numbers as they are written: `4..7`, `7..`, `..7`. Both ends belong to the range.

use std::cmp::Ordering;
use std::fmt;

use crate::event::{View, number};

/// What a number must lie between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub low: Option<String>,
    pub high: Option<String>,
}

/// Why a text that looks like a range is none, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadBounds {
    pub what: String,
    pub help: String,
}

impl Bounds {
    /// The range that a text says; `None` where it does not look like one.
    #[must_use]
    pub fn read(text: &str) -> Option<Result<Self, BadBounds>> {
        let (low, high) = text.split_once("..")?;
        let (low, high) = (low.trim(), high.trim());
        let is_of_digits = |end: &str| {
            end.is_empty()
                || end.contains(|c: char| c.is_ascii_digit())
                    && end.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '/' | ':'))
        };
        if low.is_empty() && high.is_empty() || !is_of_digits(low) || !is_of_digits(high) {
            return None;
        }
        Some(Self::of(low, high))
    }

    fn of(low: &str, high: &str) -> Result<Self, BadBounds> {
        if let Some(wrong) = [low, high].into_iter().find(|end| !end.is_empty() && !is_number(end)) {
            let help = match wrong.contains(['-', '/', ':']) || wrong.matches('.').count() > 1 {
                true => "for dates write `{ after: …, before: … }`, for addresses `{ within: [10.20.0.0/14] }`",
                false => "write the numbers plainly: `4..7`; a text that is a number counts as that number",
            };
            return Err(BadBounds { what: format!("`{wrong}` is not an end of a range"), help: help.to_owned() });
        }
        let end = |end: &str| (!end.is_empty()).then(|| end.to_owned());
        let bounds = Self { low: end(low), high: end(high) };
        match (&bounds.low, &bounds.high) {
            (Some(low), Some(high)) if number::compare(low, high) == Ordering::Greater => Err(BadBounds {
                what: format!("`{bounds}` has no number in it"),
                help: format!("write the smaller end first: `{high}..{low}`"),
            }),
            _ => Ok(bounds),
        }
    }

    /// Whether the number that the value is, or that its text is, lies in the range.
    #[must_use]
    pub fn hold(&self, value: View<'_>) -> bool {
        value.number().is_some_and(|number| {
            self.low.as_ref().is_none_or(|low| number::compare(&number, low) != Ordering::Less)
                && self.high.as_ref().is_none_or(|high| number::compare(&number, high) != Ordering::Greater)
        })
    }

    /// The ends that it has.
    pub fn ends(&self) -> impl Iterator<Item = &String> {
        [&self.low, &self.high].into_iter().flatten()
    }
}

/// Whether it is a number as people write one; `007` is a code.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let is_code = unsigned.len() > 1 && unsigned.starts_with('0') && !unsigned.starts_with("0.");
    number::is_written(text) && !is_code
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |end: &'_ Option<String>| end.clone().unwrap_or_default();
        write!(f, "{}..{}", end(&self.low), end(&self.high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Value;

    #[test]
    fn what_is_written_as_a_range_is_one_a_mistake_or_a_text() {
        for text in ["4..7", "4 .. 7", "7..", "..7", "-3..4", "1.5..2.5", "0..0", "0.5..1", "7..7"] {
            assert!(matches!(Bounds::read(text), Some(Ok(_))), "{text}");
        }
        for text in ["7..4", "01..05", "4...7", "2026-01-01..2026-12-31", "10.0.0.1..10.0.0.9", "+1..5", "1..2..3"] {
            assert!(matches!(Bounds::read(text), Some(Err(_))), "{text}");
        }
        for text in ["..", "...", "a..b", "4..b", "../x", "x..", "4", "", "Wait.. what"] {
            assert_eq!(Bounds::read(text), None, "{text}");
        }
    }

    #[test]
    fn both_ends_are_in_it_and_texts_that_are_numbers_count() {
        for (range, low, high) in [("-2..3", -2, 3), ("0..", 0, 99), ("..1", -99, 1), ("2..2", 2, 2)] {
            let bounds = Bounds::read(range).unwrap().unwrap();
            for number in -5..6 {
                let wanted = (low..=high).contains(&number);
                assert_eq!(bounds.hold(Value::integer(number).view()), wanted, "{number} in {range}");
                assert_eq!(bounds.hold(Value::text(format!(" {number} ")).view()), wanted, "text {number} in {range}");
            }
            for other in [Value::text("x"), Value::text(""), Value::Bool(true), Value::List(vec![Value::integer(2)])] {
                assert!(!bounds.hold(other.view()), "{other:?} in {range}");
            }
        }
    }
}
