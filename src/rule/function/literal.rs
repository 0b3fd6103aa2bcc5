//! Checks calls with written arguments before they run: values that their function does not know.

use std::borrow::Cow;

use crate::event::is_blank;

/// A value as it is written in a call.
#[derive(Clone, Copy, Debug)]
pub enum Written<'v> {
    Text(&'v str),
    Whole(i64),
    /// Another value, by what it is: a number with a fraction, a truth.
    Other(&'static str),
    /// Whatever is only known when the call runs.
    Computed,
}

/// What a value of a call may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    Any,
    /// A text; a number counts as the text that it is written as.
    Text,
    /// A whole number that is not negative.
    Count,
    /// A whole number.
    Whole,
    List,
}

/// What is wrong with a value that is written out, and what to write.
pub type UnknownValue = (String, Cow<'static, str>);

/// The value at a place of a call.
pub(super) fn written<'v>(values: &[Written<'v>], place: usize) -> Written<'v> {
    values.get(place).copied().unwrap_or(Written::Computed)
}

/// The first value that is written out and is not what belongs there, and what to write.
pub(super) fn unfit(name: &str, takes: &[Argument], values: &[Written<'_>]) -> Option<UnknownValue> {
    if is_swapped(takes, values) {
        let message = format!("`{name}` takes the text first and the number behind it");
        return Some((message, "write the two the other way round".into()));
    }
    takes.iter().zip(values).enumerate().find_map(|(place, (argument, value))| {
        let (wanted, help) = unfit_value(*argument, *value)?;
        let shown = match value {
            Written::Text(text) => format!("\"{text}\""),
            Written::Whole(number) => number.to_string(),
            Written::Other(kind) => (*kind).to_owned(),
            Written::Computed => return None,
        };
        let ordinal = ["first", "second", "third"].get(place).copied().unwrap_or("next");
        Some((format!("`{name}` takes {wanted} as its {ordinal} value, not {shown}"), help.into()))
    })
}

/// A number where the text belongs, and what a field has where a number belongs.
fn is_swapped(takes: &[Argument], values: &[Written<'_>]) -> bool {
    let pairs = || takes.iter().zip(values);
    pairs().next().is_some_and(|pair| matches!(pair, (Argument::Text, Written::Whole(_))))
        && pairs().any(|pair| matches!(pair, (Argument::Count, Written::Computed)))
}

/// What belongs in the place of a value, and what to write.
fn unfit_value(argument: Argument, value: Written<'_>) -> Option<(&'static str, String)> {
    let number = || match value {
        Written::Text(text) if text.trim().parse::<i64>().is_ok() => format!("write {}, without quotes", text.trim()),
        Written::Whole(_) => "write 0 or more".to_owned(),
        Written::Text(_) | Written::Other(_) | Written::Computed => "write it in digits, without quotes: 8".to_owned(),
    };
    match (argument, value) {
        (_, Written::Computed)
        | (Argument::Any, _)
        | (Argument::Text, Written::Text(_) | Written::Whole(_))
        | (Argument::Count, Written::Whole(0..))
        | (Argument::Whole, Written::Whole(_)) => None,
        (Argument::Text, Written::Other(_)) => Some(("a text", "put it into double quotes".to_owned())),
        (Argument::Count, _) => Some(("a whole number that is not negative", number())),
        (Argument::Whole, _) => Some(("a whole number", number())),
        (Argument::List, Written::Text(text)) => (!is_blank(text))
            .then(|| ("a list", format!("write `split(\"{text}\")`, or the name of a list without quotes"))),
        (Argument::List, _) => Some(("a list", "write the name of a list, or `[…]`".to_owned())),
    }
}
