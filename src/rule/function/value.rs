//! How functions take their values: the kinds they accept, and what they say of others. Contents are never quoted.

use std::borrow::Cow;

use crate::event::{Shape, Value, View};

/// The value at a place; absent when there is none.
pub(super) fn at<'v>(values: &'v [Value<'_>], place: usize) -> View<'v> {
    const ABSENT: &Value<'static> = &Value::Null;
    values.get(place).unwrap_or(ABSENT).view()
}

/// A text; a number counts as the text it is written as.
pub(super) fn text<'v>(name: &str, values: &'v [Value<'_>], place: usize) -> Result<Cow<'v, str>, String> {
    match at(values, place).shape() {
        Shape::Text(text) => Ok(text),
        Shape::Number(number) => Ok(Cow::Borrowed(number)),
        Shape::Null => Err(absent(name, "\"\"")),
        _ => Err(wrong(name, "text", at(values, place))),
    }
}

/// A number of characters.
pub(super) fn count(name: &str, values: &[Value<'_>], place: usize) -> Result<usize, String> {
    match at(values, place).shape() {
        Shape::Number(number) => number
            .parse()
            .map_err(|_| format!("`{name}` takes a whole number that is not negative as its second value")),
        Shape::Null => Err(absent(name, "0")),
        _ => Err(wrong(name, "a whole number", at(values, place))),
    }
}

/// What is said of an absent value.
pub(super) fn absent(name: &str, instead: &str) -> String {
    format!("`{name}` was given an absent value; test `present(…)` first, or write `{name}(… ?? {instead})`")
}

/// What is said of a value of another kind.
pub(super) fn wrong(name: &str, takes: &str, found: View<'_>) -> String {
    format!("`{name}` takes {takes}, not {}", found.kind_name())
}
