//! How functions take their arguments: the kinds they accept, and their errors, which never quote contents.

use std::borrow::Cow;

use crate::event::{Shape, Value, View, into_nfc};

/// The value at a place; absent when there is none.
pub(super) fn at<'v>(values: &'v [Value<'_>], place: usize) -> View<'v> {
    const ABSENT: &Value<'static> = &Value::Null;
    values.get(place).unwrap_or(ABSENT).view()
}

/// A text in NFC, so that functions answer alike of its two forms; a number counts as the text it is written as.
pub(super) fn text<'v>(name: &str, values: &'v [Value<'_>], place: usize) -> Result<Cow<'v, str>, String> {
    match at(values, place).shape() {
        Shape::Text(text) => Ok(into_nfc(text)),
        Shape::Number(number) => Ok(Cow::Borrowed(number)),
        _ => Err(wrong(name, "text", at(values, place))),
    }
}

/// A number of characters.
pub(super) fn count(name: &str, values: &[Value<'_>], place: usize) -> Result<usize, String> {
    match at(values, place).shape() {
        Shape::Number(number) => {
            number.parse().map_err(|_| format!("`{name}` takes whole numbers that are not negative"))
        }
        _ => Err(wrong(name, "a whole number", at(values, place))),
    }
}

/// A whole number, which may be negative.
pub(super) fn whole(name: &str, values: &[Value<'_>], place: usize) -> Result<i64, String> {
    match at(values, place).shape() {
        Shape::Number(number) => number.parse().map_err(|_| format!("`{name}` takes a whole number as its last value")),
        _ => Err(wrong(name, "a whole number", at(values, place))),
    }
}

/// What is said of a value of another kind.
pub(super) fn wrong(name: &str, takes: &str, found: View<'_>) -> String {
    format!("`{name}` takes {takes}, not {}", found.kind_name())
}
