//! How functions take their arguments: the kinds they accept, and their errors, which never quote contents.

use std::borrow::Cow;

use super::literal::{UnknownValue, Written, written};
use crate::event::{Shape, Value, View, into_nfc, is_blank};

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

/// The elements of a list. A blank text is a list without any, as a form sends one; another text is none, for it may hold
/// several values or one.
pub(super) fn list<'v>(name: &str, values: &'v [Value<'_>], place: usize) -> Result<Vec<View<'v>>, String> {
    match at(values, place).shape() {
        Shape::List(list) => Ok(list.iter().collect()),
        Shape::Text(text) if is_blank(&text) => Ok(Vec::new()),
        _ => Err(wrong(name, "a list (`split` makes one of a text)", at(values, place))),
    }
}

/// The word by which a function takes capital letters for small ones.
const ANY_CASE: &str = "ignore_case";

/// Whether that word stands at a place, where nothing else may.
pub(super) fn any_case(name: &str, values: &[Value<'_>], place: usize) -> Result<bool, String> {
    match at(values, place).shape() {
        _ if values.len() <= place => Ok(false),
        Shape::Text(text) if text == ANY_CASE => Ok(true),
        _ => Err(format!("`{name}` takes nothing but \"{ANY_CASE}\" as its last value")),
    }
}

/// What is wrong where another word than that is written out.
pub(super) fn unknown_case(name: &str, values: &[Written<'_>], place: usize) -> Option<UnknownValue> {
    match written(values, place) {
        Written::Text(ANY_CASE) | Written::Computed => None,
        Written::Text(_) | Written::Whole(_) | Written::Other(_) => Some((
            format!("`{name}` takes nothing but \"{ANY_CASE}\" as its last value"),
            "write \"ignore_case\", or nothing".into(),
        )),
    }
}

/// Longest text that is made of shorter ones, in bytes.
const TEXT_LIMIT_BYTES: usize = 1 << 20;

/// Whether a function may make a text so long.
pub(super) fn within_limit(name: &str, bytes: usize) -> Result<(), String> {
    match bytes > TEXT_LIMIT_BYTES {
        true => Err(format!("`{name}` would make a text of more than {} MiB", TEXT_LIMIT_BYTES >> 20)),
        false => Ok(()),
    }
}

/// What is said of a value of another kind.
pub(super) fn wrong(name: &str, takes: &str, found: View<'_>) -> String {
    format!("`{name}` takes {takes}, not {}", found.kind_name())
}
