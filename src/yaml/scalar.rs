//! Writes values as YAML has them, for messages that say what to write, with quotes where they must be; and lists of words.

use super::plain_word::{is_ambiguous_word, is_json_number, is_odd_number};
use crate::event::{Shape, Value, View};

/// A text as a scalar that means this text wherever a value may stand, also between brackets.
#[must_use]
pub fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    // Between single quotes a backslash is itself, as patterns have it.
    let is_seen = |letter: char| !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}');
    match text.contains(['\\', '"']) && text.chars().all(is_seen) {
        true => format!("'{}'", text.replace('\'', "''")),
        false => Value::text(text).to_json(),
    }
}

/// A value in one line.
#[must_use]
pub fn value(value: View<'_>) -> String {
    match value.shape() {
        Shape::Text(text) => scalar(&text),
        Shape::List(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        Shape::Map(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, field)| format!("{}: {}", scalar(&key), self::value(field))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Secret(_) => value.as_text().into_owned(),
    }
}

/// Words for a sentence: "`a`, `b` or `c`".
pub fn listed<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "none".to_owned(),
    }
}

/// Whether a text means itself without quotes.
fn is_plain(text: &str) -> bool {
    let is_first = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '/' | '(' | '+' | '.' | '$' | ';');
    let is_inner = |letter: char| {
        letter.is_alphanumeric() || " _-./@()+;=$%^~'".contains(letter) || !letter.is_ascii() && !letter.is_control()
    };
    let is_number = is_json_number(text) || is_odd_number(text) || text.parse::<f64>().is_ok() || text.contains("..");
    let is_word = matches!(text, "true" | "false" | "null") || is_ambiguous_word(text);
    text.chars().next().is_some_and(is_first)
        && text.chars().all(is_inner)
        && text.trim() == text
        && !text.contains("${")
        && !is_number
        && !is_word
}
