//! Functions over parts of texts, and over texts as numbers.

use std::borrow::Cow;

use super::letter::digit;
use crate::event::number::is_written;
use crate::event::{Shape, Value, into_nfc, nfc};
use crate::rule::function::answers::Answering;
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{Argument, UnknownValue, Written, written};
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::{at, count, text, whole, within_limit, wrong};

pub static FUNCTIONS: &[&Function] = &[&REPLACE, &BEFORE, &AFTER, &SPLIT, &PART, &MIDDLE, &PAD, &NUMBER, &LENGTH];

static REPLACE: Function =
    Function::new("replace(text, from, to)", "replace", (3, 3), "the text with `to` in every place of `from`", replace)
        .looking_at_values(unknown_separator)
        .examples(&[("replace(\"asha rao\", \" \", \".\")", "asha.rao")]);

fn replace(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("replace", values, 0)?;
    let (from, to) = (separator("replace", values)?, text("replace", values, 2)?);
    let places = subject.matches(&*from).count();
    within_limit("replace", subject.len().saturating_add(places.saturating_mul(to.len())))?;
    let replaced = subject.replace(&*from, &to);
    Ok(Value::text(nfc(&replaced)))
}

static BEFORE: Function = Function::new(
    "before(text, separator)",
    "before",
    (2, 2),
    "what stands before the first separator; absent where there is none",
    before,
)
.looking_at_values(unknown_separator)
.taking(&[Argument::Text])
.examples(&[("before(\"asha@corp.example\", \"@\")", "asha")]);

fn before(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("before", values, 0)?;
    let found = subject.split_once(&*separator("before", values)?);
    Ok(found.map_or(Value::Null, |(before, _)| Value::text(before)))
}

static AFTER: Function = Function::new(
    "after(text, separator)",
    "after",
    (2, 2),
    "what stands after the first separator; absent where there is none",
    after,
)
.looking_at_values(unknown_separator)
.taking(&[Argument::Text])
.examples(&[("after(\"asha@corp.example\", \"@\")", "corp.example")]);

fn after(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("after", values, 0)?;
    let found = subject.split_once(&*separator("after", values)?);
    Ok(found.map_or(Value::Null, |(_, after)| Value::text(after)))
}

static SPLIT: Function = Function::new(
    "split(text, separator)",
    "split",
    (1, 2),
    "the list of the parts between separators; without a separator those between white space",
    split,
)
.looking_at_values(unknown_separator)
.taking(&[Argument::Text])
.answering(Answering::Lists)
.examples(&[("split(\"a;b\", \";\")", "[\"a\",\"b\"]")]);

fn split(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("split", values, 0)?;
    if values.len() < 2 {
        return Ok(Value::List(subject.split_whitespace().map(Value::text).collect()));
    }
    Ok(Value::List(subject.split(&*separator("split", values)?).map(Value::text).collect()))
}

static PART: Function = Function::new(
    "part(text, separator, n)",
    "part",
    (3, 3),
    "the part at `n` of the parts between separators: 1 is the first, -1 the last; absent where there is none",
    part,
)
.looking_at_values(unknown_part)
.taking(&[Argument::Text, Argument::Any, Argument::Whole])
.examples(&[("part(\"Sales/EMEA/Pune\", \"/\", -1)", "Pune")]);

fn part(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("part", values, 0)?;
    let separator = separator("part", values)?;
    let mut parts = subject.split(&*separator);
    let wanted = whole("part", values, 2)?;
    let distance = usize::try_from(wanted.unsigned_abs()).unwrap_or(usize::MAX);
    let found = match wanted {
        0 => return Err("`part` counts from 1, or from -1 at the end".to_owned()),
        1.. => parts.nth(distance - 1),
        // Of a separator that overlaps itself the parts are those counted from the beginning.
        _ => {
            let parts: Vec<&str> = parts.collect();
            parts.len().checked_sub(distance).and_then(|place| parts.get(place).copied())
        }
    };
    Ok(found.map_or(Value::Null, Value::text))
}

fn unknown_part(name: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    unknown_separator(name, values).or_else(|| match written(values, 2) {
        Written::Whole(0) => {
            Some(("`part` counts from 1".to_owned(), "write 1 for the first part, -1 for the last".into()))
        }
        _ => None,
    })
}

static MIDDLE: Function = Function::new(
    "middle(text, from, n)",
    "middle",
    (3, 3),
    "`n` characters from the one at `from`, counted from 1",
    middle,
)
.looking_at_values(unknown_start)
.taking(&[Argument::Text, Argument::Count, Argument::Count])
.examples(&[("middle(\"ABCDE1234F\", 6, 4)", "1234")]);

fn middle(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("middle", values, 0)?;
    let Some(skipped) = count("middle", values, 1)?.checked_sub(1) else {
        return Err("`middle` counts from 1".to_owned());
    };
    Ok(Value::text(subject.chars().skip(skipped).take(count("middle", values, 2)?).collect::<String>()))
}

fn unknown_start(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    match written(values, 1) {
        Written::Whole(0) => Some(("`middle` counts from 1".to_owned(), "write 1 for the first character".into())),
        _ => None,
    }
}

static PAD: Function =
    Function::new("pad(text, n, \"0\")", "pad", (3, 3), "the text with this character before it until it has `n`", pad)
        .looking_at_values(unknown_filling)
        .taking(&[Argument::Text, Argument::Count, Argument::Text])
        .answering(Answering::kept_whole("a text that is filled up"))
        .examples(&[("pad(\"42\", 6, \"0\")", "000042")]);

fn pad(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("pad", values, 0)?;
    let filling = text("pad", values, 2)?;
    let mut letters = filling.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else {
        return Err("`pad` takes one character as its third value".to_owned());
    };
    let missing = count("pad", values, 1)?.saturating_sub(subject.chars().count());
    within_limit("pad", missing.saturating_mul(letter.len_utf8()).saturating_add(subject.len()))?;
    Ok(Value::text(letter.to_string().repeat(missing) + &subject))
}

fn unknown_filling(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    match written(values, 2) {
        Written::Text(filling) if filling.chars().count() != 1 => {
            Some(("`pad` fills with one character".to_owned(), "write one, such as \"0\"".into()))
        }
        _ => None,
    }
}

static NUMBER: Function = Function::new(
    "number(x)",
    "number",
    (1, 1),
    "the number that a text reads as (`\"007\"` is 7), with every digit; absent when it is none",
    number,
)
.answering(Answering::Numbers)
.examples(&[("number(\"0042\")", "42")]);

fn number(values: &[Value<'_>], _: &Clock) -> Answer {
    match at(values, 0).shape() {
        Shape::Number(number) => Ok(Value::Number(number.to_owned().into())),
        Shape::Text(text) => {
            let number = as_number(&text).map(|number| Value::Number(number.into()));
            Ok(number.unwrap_or(Value::Null))
        }
        _ => Ok(Value::Null),
    }
}

/// A text as the number it reads as, in the spelling of JSON and with every digit: `007` and `+7` are 7. An exponent is none:
/// most texts that have one are not meant so (`61e9`).
fn as_number(text: &str) -> Option<String> {
    let spelled: String = text.trim().chars().map(|c| digit(c).map_or(c, |digit| char::from(b'0' + digit))).collect();
    let (sign, number) = match spelled.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", spelled.strip_prefix('+').unwrap_or(&spelled)),
    };
    let number = if number.starts_with('.') { format!("0{number}") } else { number.to_owned() };
    let is_number = !number.starts_with('-') && is_written(&number);
    let digits = number.trim_start_matches('0');
    let zero = if digits.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    let number = format!("{sign}{zero}{digits}");
    (is_number && number.parse::<f64>().is_ok_and(f64::is_finite)).then_some(number)
}

static LENGTH: Function =
    Function::new("length(x)", "length", (1, 1), "how many characters a text has, or elements a list", length)
        .answering(Answering::Numbers)
        .examples(&[("length(\"Zoë\")", "3")]);

fn length(values: &[Value<'_>], _: &Clock) -> Answer {
    let length = match at(values, 0).shape() {
        Shape::List(list) => list.len(),
        Shape::Text(_) | Shape::Number(_) => text("length", values, 0)?.chars().count(),
        _ => return Err(wrong("length", "text or a list", at(values, 0))),
    };
    Ok(Value::integer(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// What parts a text: never nothing, of which there is one at every place.
fn separator<'v>(name: &str, values: &'v [Value<'_>]) -> Result<Cow<'v, str>, String> {
    match at(values, 1).shape() {
        Shape::Text(separator) if separator.is_empty() => Err(format!("`{name}` was given an empty text to look for")),
        Shape::Text(separator) => Ok(into_nfc(separator)),
        _ => Err(wrong(name, "a text to look for", at(values, 1))),
    }
}

fn unknown_separator(name: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    match written(values, 1) {
        Written::Text("") => {
            Some((format!("`{name}` looks for an empty text"), "write the text that is looked for".into()))
        }
        Written::Whole(_) => Some((
            format!("`{name}` looks for a text, and this is a number"),
            "put it into quotes; `cut`, `middle` and `last` count characters".into(),
        )),
        _ => None,
    }
}
