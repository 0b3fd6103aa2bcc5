//! Checks keys as they are written: odd letters, missing colons, and what is no key at all.

use std::ops::Range;

use super::odd_letter;
use crate::diagnostic::{Code, code};

/// What is told of a key that is no text, with what to write.
pub fn no_text(text: &str, is_alias: bool, span: &Range<usize>) -> (&'static str, &'static str) {
    if is_alias {
        return (
            "an alias (`*…`) is not a key",
            "write the key out; an alias repeats a value, and stands behind the colon: `key: *name`",
        );
    }
    match text.get(..span.start).is_some_and(|before| before.ends_with('{')) {
        true => {
            ("`{{` begins a mapping within a mapping", "write a template, in double quotes: `key: \"${user.login}\"`")
        }
        false => ("this key is not text", "a key is a text; put it in quotes if it begins with `[`, `{`, `*` or `&`"),
    }
}

/// What is wrong with a key; `is_bare` where it is written without quotes and has no value.
pub fn mistakes(text: &str, key: &str, span: &Range<usize>, is_bare: bool) -> Vec<(&'static Code, String, String)> {
    let odd = key.chars().find_map(odd_letter::called).map(|(name, write)| {
        (&code::ODD_LETTER, format!("in this key stands {name}"), format!("write {write} in its place"))
    });
    let behind = text.get(span.end..).unwrap_or_default().trim_start();
    let parts = key.split_once([':', ' ', '=']).filter(|_| is_bare && !behind.starts_with(':'));
    let colon = parts.map(|(name, value)| {
        let message = format!("`{key}` is a key without a value: a colon with a space behind it is missing");
        let value = value.trim_start_matches(['=', ':', ' ']);
        (&code::MISSING_COLON, message, format!("write `{name}: {value}`"))
    });
    odd.into_iter().chain(colon).collect()
}
