//! Functions over text.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::clock::Clock;
use super::pattern::pattern;
use super::value::{at, count, text, wrong};
use crate::event::{Shape, Value, is_blank};

type Answer = Result<Value<'static>, String>;

pub(super) fn matches(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = match at(values, 0).shape() {
        Shape::Null => return Ok(Value::Bool(false)),
        Shape::Text(_) | Shape::Number(_) => text("matches", values, 0)?,
        _ => return Err(wrong("matches", "text", at(values, 0))),
    };
    let Shape::Text(written) = at(values, 1).shape() else {
        return Err(wrong("matches", "a pattern as its second value", at(values, 1)));
    };
    let regex = pattern(&written).map_err(|bad| format!("`matches` was given a pattern that cannot be used: {bad}"))?;
    Ok(Value::Bool(regex.is_match(&subject)))
}

pub(super) fn digits(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("digits", values, 0)?;
    Ok(Value::text(text.chars().filter(char::is_ascii_digit).collect::<String>()))
}

pub(super) fn last(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("last", values, 0)?;
    let skipped = text.chars().count().saturating_sub(count("last", values, 1)?);
    Ok(Value::text(text.chars().skip(skipped).collect::<String>()))
}

pub(super) fn cut(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("cut", values, 0)?;
    Ok(Value::text(text.chars().take(count("cut", values, 1)?).collect::<String>()))
}

pub(super) fn squash(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("squash", values, 0)?;
    let words = text.split_whitespace().filter(|word| !is_blank(word));
    Ok(Value::text(words.collect::<Vec<_>>().join(" ")))
}

pub(super) fn trim(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("trim", values, 0)?;
    let unwanted = match values.len() {
        0 | 1 => Cow::Borrowed(""),
        _ => text("trim", values, 1)?,
    };
    let trimmed = subject.trim_matches(|letter: char| letter.is_whitespace() || unwanted.contains(letter));
    // One notion of blank: what a reader sees nothing in is empty when it is trimmed.
    Ok(Value::text(if is_blank(trimmed) { "" } else { trimmed }))
}

pub(super) fn upper(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::text(text("upper", values, 0)?.to_uppercase()))
}

pub(super) fn lower(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::text(text("lower", values, 0)?.to_lowercase()))
}

pub(super) fn strip_chars(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("strip_chars", values, 0)?;
    let unwanted = text("strip_chars", values, 1)?;
    Ok(Value::text(subject.chars().filter(|letter| !unwanted.contains(*letter)).collect::<String>()))
}

pub(super) fn sha256(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("sha256", values, 0)?;
    Ok(Value::text(format!("{:x}", Sha256::digest(text.as_bytes()))))
}
