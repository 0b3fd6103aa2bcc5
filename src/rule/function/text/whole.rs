//! Functions over text.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::pattern::regex;
use crate::event::{Shape, Value, is_blank};
use crate::rule::condition::At;
use crate::rule::function::answers::{Answering, is_hex_digit, is_made_of};
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::Argument;
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::{at, count, text, wrong};

pub static FUNCTIONS: &[&Function] =
    &[&MATCHES, &DIGITS, &LAST, &CUT, &SQUASH, &TRIM, &UPPER, &LOWER, &STRIP_CHARS, &SHA256];

static MATCHES: Function = Function::new(
    "matches(text, regex)",
    "matches",
    (2, 2),
    "whether a text or number matches the pattern anywhere; false for an absent value",
    matches,
)
.hearing_absent()
.silent()
.with_pattern(1)
.taking(&[Argument::Any, Argument::Text])
.answering(Answering::Truths)
.examples(&[("matches(\"asha.rao\", \"^[a-z.]+$\")", "true")]);

fn matches(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = match at(values, 0).shape() {
        Shape::Null => return Ok(Value::Bool(false)),
        Shape::Text(_) | Shape::Number(_) => text("matches", values, 0)?,
        _ => return Err(wrong("matches", "text", at(values, 0))),
    };
    let regex = regex("matches", values)?;
    Ok(Value::Bool(regex.is_match(&subject)))
}

static DIGITS: Function =
    Function::new("digits(text)", "digits", (1, 1), "only the digits of a text or number", digits)
        .taking(&[Argument::Text])
        .answering(Answering::Kept)
        .examples(&[("digits(\"+91 98200-12345\")", "919820012345")]);

fn digits(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("digits", values, 0)?;
    Ok(Value::text(text.chars().filter(char::is_ascii_digit).collect::<String>()))
}

static LAST: Function = Function::new("last(text, n)", "last", (2, 2), "the last `n` characters", last)
    .taking(&[Argument::Text, Argument::Count])
    .answering(Answering::Kept)
    .examples(&[("last(\"919820012345\", 10)", "9820012345")]);

fn last(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("last", values, 0)?;
    let skipped = text.chars().count().saturating_sub(count("last", values, 1)?);
    Ok(Value::text(text.chars().skip(skipped).collect::<String>()))
}

static CUT: Function = Function::new("cut(text, n)", "cut", (2, 2), "the first `n` characters", cut)
    .taking(&[Argument::Text, Argument::Count])
    .answering(Answering::Kept)
    .examples(&[("cut(\"ramesh.iyer\", 6)", "ramesh")]);

fn cut(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("cut", values, 0)?;
    Ok(Value::text(text.chars().take(count("cut", values, 1)?).collect::<String>()))
}

static SQUASH: Function = Function::new(
    "squash(text)",
    "squash",
    (1, 1),
    "the text with each run of white space as one space, and none at its ends",
    squash,
)
.taking(&[Argument::Text])
.answering(Answering::kept_whole("a text with single spaces"))
.examples(&[("squash(\" Asha  Devi \")", "Asha Devi")]);

fn squash(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("squash", values, 0)?;
    let words = text.split_whitespace().filter(|word| !is_blank(word));
    Ok(Value::text(words.collect::<Vec<_>>().join(" ")))
}

static TRIM: Function = Function::new(
    "trim(text, chars)",
    "trim",
    (1, 2),
    "the text without white space, and without any of the characters of `chars`, at its ends; a blank text gives an empty text",
    trim,
)
.taking(&[Argument::Text, Argument::Text])
.answering(Answering::kept_whole("a text without white space at its ends"))
.examples(&[("trim(\"asha.\", \".\")", "asha")]);

fn trim(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("trim", values, 0)?;
    let unwanted = match values.len() {
        0 | 1 => Cow::Borrowed(""),
        _ => text("trim", values, 1)?,
    };
    let trimmed = subject.trim_matches(|letter: char| letter.is_whitespace() || unwanted.contains(letter));
    // One notion of blank: what a reader sees nothing in is empty when it is trimmed.
    Ok(Value::text(if is_blank(trimmed) { "" } else { trimmed }))
}

static UPPER: Function = Function::new("upper(text)", "upper", (1, 1), "the text in upper case", upper)
    .taking(&[Argument::Text])
    .answering(Answering::Kept)
    .examples(&[("upper(\"asha\")", "ASHA")]);

fn upper(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::text(text("upper", values, 0)?.to_uppercase()))
}

static LOWER: Function = Function::new("lower(text)", "lower", (1, 1), "the text in lower case", lower)
    .taking(&[Argument::Text])
    .answering(Answering::Kept)
    .examples(&[("lower(\"Asha\")", "asha")]);

fn lower(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::text(text("lower", values, 0)?.to_lowercase()))
}

static STRIP_CHARS: Function = Function::new(
    "strip_chars(text, chars)",
    "strip_chars",
    (2, 2),
    "the text without any of the characters of `chars`",
    strip_chars,
)
.taking(&[Argument::Text, Argument::Text])
.answering(Answering::Kept)
.examples(&[("strip_chars(\"a@b/c\", \"@/\")", "abc")]);

fn strip_chars(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("strip_chars", values, 0)?;
    let unwanted = text("strip_chars", values, 1)?;
    Ok(Value::text(subject.chars().filter(|letter| !unwanted.contains(*letter)).collect::<String>()))
}

static SHA256: Function = Function::new(
    "sha256(text)",
    "sha256",
    (1, 1),
    "the SHA-256 of the text in UTF-8, as 64 hexadecimal digits",
    sha256,
)
.taking(&[Argument::Text])
.answering(Answering::Texts("64 digits, `0` to `9` and `a` to `f`", of_sha256))
.examples(&[("sha256(\"abc\")", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]);

fn sha256(values: &[Value<'_>], _: &Clock) -> Answer {
    let text = text("sha256", values, 0)?;
    Ok(Value::text(format!("{:x}", Sha256::digest(text.as_bytes()))))
}

fn of_sha256(at: Option<At>, text: &str) -> bool {
    is_made_of(text, at.is_none().then_some(64), is_hex_digit)
}
