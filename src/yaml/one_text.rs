//! Says what is meant by a single text where a mapping belongs: `jwks: https://…`, `listen 127.0.0.1:80`, `tls: off`.

use super::keys::{Keys, Shape};
use super::scalar::listed;

/// Words by which people switch a part off.
const OFF: [&str; 6] = ["off", "no", "none", "false", "disabled", "disable"];
/// Words by which they switch it on.
const ON: [&str; 5] = ["on", "yes", "true", "enabled", "enable"];

/// What to write in its place; `keys` are those of the mapping, where they are fixed.
pub(super) fn meant(text: &str, keys: Option<&Keys>) -> Option<String> {
    let text = text.trim();
    let line =
        |key: &str, value: &str| format!("write `{key}: {value}` in a line of its own, with a space behind the colon");
    match (key_and_value(text), keys) {
        (Some((key, value)), None) => return Some(line(key, value)),
        (Some((key, value)), Some(keys)) if keys.names().any(|name| name == key) => return Some(line(key, value)),
        (Some(_) | None, _) => {}
    }
    keys.and_then(|keys| of_keys(text, keys))
}

/// What a text says of a mapping with these keys.
fn of_keys(text: &str, keys: &Keys) -> Option<String> {
    let name = keys.what.strip_prefix('`').and_then(|what| what.strip_suffix('`'));
    let whole = |key: &str, value: &str| match name.and_then(|name| name.rsplit('.').next()) {
        Some(name) => format!("write `{name}: {{ {key}: {value} }}`"),
        None => format!("write `{{ {key}: {value} }}`"),
    };
    let word = text.to_lowercase();
    if OFF.contains(&word.as_str()) {
        let nothing = keys.keys.iter().find(|key| key.about.contains("; null: "));
        return Some(match (nothing, name) {
            (Some(key), _) => whole(key.name, "null"),
            (None, Some(name)) => format!("leave `{name}` out"),
            (None, None) => "leave it out".to_owned(),
        });
    }
    let is_address =
        |key: &&super::keys::Key| ["address", "url"].contains(&key.name) && matches!(key.shape, Shape::Text);
    let of_word = || {
        let mut found = keys.keys.iter().filter(|key| names_word(&key.shape, key.about, text));
        found.next().filter(|_| found.next().is_none())
    };
    let key = match text.contains("://") {
        true => keys.keys.iter().find(is_address),
        false => of_word(),
    };
    match key {
        Some(key) if text.contains(": ") => Some(whole(key.name, &format!("\"{text}\""))),
        Some(key) => Some(whole(key.name, text)),
        None if ON.contains(&word.as_str()) || name.is_some() => Some(format!("its keys are {}", listed(keys.names()))),
        None => None,
    }
}

/// Whether a word is one of those that a key takes, as its shape or its sentence says.
fn names_word(shape: &Shape, about: &str, word: &str) -> bool {
    let of_sentence = || {
        let choice = about.split(';').next().unwrap_or_default();
        choice.split(", ").flat_map(|part| part.split(" or ")).any(|part| part == word)
    };
    match shape {
        Shape::OneOf(words) => words.contains(&word),
        Shape::Text => of_sentence(),
        Shape::Any
        | Shape::Boolean
        | Shape::Whole
        | Shape::Within(..)
        | Shape::Mapping(_)
        | Shape::MapOf(_)
        | Shape::ListOf(_)
        | Shape::Either(_) => false,
    }
}

/// The key and the value of a text that has them without a space behind the colon, with `=`, or without a sign.
fn key_and_value(text: &str) -> Option<(&str, &str)> {
    let is_key = |key: &str| {
        let mut letters = key.chars();
        letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && letters.all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'))
    };
    let (key, value) = text.split_once(|letter: char| letter.is_whitespace() || matches!(letter, '=' | ':'))?;
    let value = value.trim_start_matches(['=', ':', ' ']);
    // `https://…` is an address, and a sentence has no key.
    let is_one = !value.is_empty() && !value.contains(char::is_whitespace) || text.contains(['=', ':']);
    let is_address = text.get(key.len()..).is_some_and(|rest| rest.starts_with("://"));
    (is_key(key) && is_one && !is_address).then_some((key, value))
}
