//! The table of functions: what each is called, what it takes, what it answers, and what becomes of an absent value.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::{contact, date, list, text};
use crate::event::date::Unreadable;
use crate::event::{Calendar, Shape, Value};

/// The event's clock: all that a function may know beside its values.
#[derive(Clone, Debug)]
pub struct Clock {
    pub now: Timestamp,
    /// How dates are meant, and the zone in which days are counted.
    pub calendar: Calendar,
}

/// Functions whose answer tells nothing of the value.
const SILENT: [&str; 3] = ["present", "is_email", "matches"];

/// What a function does. An absent value is `Value::Null`, as is an absent answer.
pub type Body = fn(&[Value<'_>], &Clock) -> Result<Value<'static>, String>;

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    /// Fewest and most values it takes.
    pub least: usize,
    pub most: usize,
    /// As the docs write it.
    pub signature: &'static str,
    /// What it answers, and what becomes of an absent value.
    pub about: &'static str,
    body: Body,
    /// Whether absent values reach the body; otherwise the answer is absent as soon as a value is.
    hears_absent: bool,
    /// Whether its values are dates.
    takes_dates: bool,
}

impl Function {
    /// A function for the table.
    #[must_use]
    pub const fn new(
        signature: &'static str,
        name: &'static str,
        takes: (usize, usize),
        about: &'static str,
        body: Body,
    ) -> Self {
        Self { name, least: takes.0, most: takes.1, signature, about, body, hears_absent: false, takes_dates: false }
    }

    /// The same, called with absent values too.
    const fn hearing_absent(mut self) -> Self {
        self.hears_absent = true;
        self
    }

    /// The same, of dates.
    const fn of_dates(mut self) -> Self {
        self.takes_dates = true;
        self
    }

    /// The first of its values that should be a date and cannot be read: why the answer is absent.
    #[must_use]
    pub fn unreadable(&self, values: &[Value<'_>], clock: &Clock) -> Option<(usize, Unreadable)> {
        let unreadable = |value: &Value<'_>| match date::unreadable(value.exposed().view(), clock)? {
            _ if value.view().holds_secret() => Some(Unreadable::hidden()),
            unreadable => Some(unreadable),
        };
        let mut values = values.iter().enumerate().filter(|_| self.takes_dates);
        values.find_map(|(place, value)| Some((place, unreadable(value)?)))
    }

    /// Calls the function. Of an absent value most answer an absent value, so that `${digits(user.mobile)}` of a
    /// person without a mobile is absent and not an error.
    ///
    /// # Errors
    /// Says what is wrong with the values, never quoting them.
    pub fn call(&self, values: &[Value<'_>], clock: &Clock) -> Result<Value<'static>, String> {
        if !(self.least..=self.most).contains(&values.len()) {
            return Err(self.wrong_count(values.len()));
        }
        let has_absent = values.iter().any(|value| matches!(value.view().shape(), Shape::Null));
        if has_absent && !self.hears_absent {
            return Ok(Value::Null);
        }
        if !values.iter().any(|value| value.view().holds_secret()) {
            return (self.body)(values, clock);
        }
        let exposed: Vec<Value<'_>> = values.iter().map(Value::exposed).collect();
        let answer = (self.body)(&exposed, clock)?;
        Ok(if self.is_silent() { answer } else { answer.into_secret() })
    }

    /// Whether its answer tells nothing of a value, so that it is no secret where the value is one.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        SILENT.contains(&self.name)
    }

    /// What is wrong with a call that has `count` values.
    #[must_use]
    pub fn wrong_count(&self, count: usize) -> String {
        let takes = match (self.least, self.most) {
            (1, 1) => "1 value".to_owned(),
            (least, most) if least == most => format!("{least} values"),
            (least, most) => format!("{least} to {most} values"),
        };
        format!("`{}` takes {takes}, not {count}", self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Most values that `coalesce` takes.
const MOST_VALUES: usize = 8;

/// All functions, in the order of their names.
pub static FUNCTIONS: &[Function] = &[
    Function::new(
        "age(date)",
        "age",
        (1, 1),
        "whole years from a date of birth to the event; absent when it is absent or no date",
        date::age,
    )
    .of_dates(),
    Function::new(
        "ascii(text)",
        "ascii",
        (1, 1),
        "the text in plain ASCII letters (`é` becomes `e`, `ß` becomes `ss`); characters without a Latin likeness are left out",
        text::ascii,
    ),
    Function::new(
        "coalesce(a, b, …)",
        "coalesce",
        (1, MOST_VALUES),
        "the first value that is not absent; a blank one counts; absent when all are",
        list::coalesce,
    )
    .hearing_absent(),
    Function::new("cut(text, n)", "cut", (2, 2), "the first `n` characters", text::cut),
    Function::new(
        "date(x)",
        "date",
        (1, 1),
        "the day as `2026-01-31`, in the event's zone; `now-7d` and `today-1mo` count from the event; absent when `x` is absent or no date",
        date::date,
    )
    .of_dates(),
    Function::new(
        "days_between(a, b)",
        "days_between",
        (2, 2),
        "days from `a` to `b`, negative when `b` is earlier; absent when one is absent or no date",
        date::days_between,
    )
    .of_dates(),
    Function::new(
        "days_until(date)",
        "days_until",
        (1, 1),
        "days from the event to a date, negative when it is past; absent when it is absent or no date",
        date::days_until,
    )
    .of_dates(),
    Function::new("digits(text)", "digits", (1, 1), "only the digits of a text or number", text::digits),
    Function::new(
        "domain(email)",
        "domain",
        (1, 1),
        "what follows the `@`, in lower case; absent when the value is absent or has no `@`",
        contact::domain,
    ),
    Function::new(
        "first_filled(a, b, …)",
        "first_filled",
        (1, MOST_VALUES),
        "the first value that is neither absent nor empty; a blank text counts as empty; absent when all are",
        list::first_filled,
    )
    .hearing_absent(),
    Function::new(
        "is_email(x)",
        "is_email",
        (1, 1),
        "whether the value is one well-formed e-mail address; false of an absent value",
        contact::is_email,
    )
    .hearing_absent(),
    Function::new(
        "join(list, separator)",
        "join",
        (2, 2),
        "the elements as one text; absent and empty elements are left out",
        list::join,
    ),
    Function::new("last(text, n)", "last", (2, 2), "the last `n` characters", text::last),
    Function::new("lower(text)", "lower", (1, 1), "the text in lower case", text::lower),
    Function::new(
        "matches(text, regex)",
        "matches",
        (2, 2),
        "whether a text or number matches the pattern anywhere; false of an absent value",
        text::matches,
    )
    .hearing_absent(),
    Function::new(
        "mobile(x, \"IN\")",
        "mobile",
        (1, 2),
        "the national number in canonical digits: for `IN` the ten digits of an Indian mobile, however written; without a country, or for another, all 4 to 15 digits; absent when it is no such number",
        contact::mobile,
    ),
    Function::new(
        "name_case(text)",
        "name_case",
        (1, 1),
        "each part of a name with a capital (`o'brien-SMITH` becomes `O'Brien-Smith`)",
        text::name_case,
    ),
    Function::new(
        "present(x)",
        "present",
        (1, 1),
        "whether there is a value, be it a blank text; false of an absent value and of null",
        list::present,
    )
    .hearing_absent(),
    Function::new(
        "sha256(text)",
        "sha256",
        (1, 1),
        "the SHA-256 of the text in UTF-8, as 64 hexadecimal digits",
        text::sha256,
    ),
    Function::new(
        "squash(text)",
        "squash",
        (1, 1),
        "the text with each run of white space as one space, and none at its ends",
        text::squash,
    ),
    Function::new(
        "strip_chars(text, chars)",
        "strip_chars",
        (2, 2),
        "the text without any of the characters of `chars`",
        text::strip_chars,
    ),
    Function::new(
        "trim(text, chars)",
        "trim",
        (1, 2),
        "the text without white space, and without any of the characters of `chars`, at its ends; of a blank text nothing",
        text::trim,
    ),
    Function::new("upper(text)", "upper", (1, 1), "the text in upper case", text::upper),
];

/// The function of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The table as Markdown. Where a line does not say otherwise, an absent value gives an absent answer.
#[must_use]
pub fn to_markdown() -> String {
    let mut out = String::from("| function | answers |\n|---|---|\n");
    for function in FUNCTIONS {
        let _ = writeln!(out, "| `{}` | {} |", function.signature, function.about);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_signatures_begin_with_them() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        for function in FUNCTIONS {
            assert!(function.signature.starts_with(&format!("{}(", function.name)), "{}", function.name);
            let tells = function.about.contains("absent");
            assert!(tells || !function.hears_absent, "{} says nothing of absent values", function.name);
        }
    }
}
