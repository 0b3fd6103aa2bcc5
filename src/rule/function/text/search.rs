//! Functions that look in a text for a pattern and answer what they find, or the text with something else in its place.

use regex::Captures;

use super::pattern::{pattern, regex};
use crate::event::{Value, nfc};
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{Argument, UnknownValue, Written, written};
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::{count, text, within_limit};

pub static FUNCTIONS: &[&Function] = &[&CAPTURE, &REPLACE_ALL];

/// Most letters that `replace_all` may look at, those counted again at which it looks again: for each place found some
/// patterns read the text to its end. Of places everywhere that is a text of 4 KiB.
const LOOK_LIMIT_BYTES: usize = 1 << 23;

static CAPTURE: Function = Function::new(
    "capture(text, regex)`, `capture(text, regex, n)",
    "capture",
    (2, 3),
    "what the brackets of the pattern hold where it is first found: the first brackets, or those at `n`; 0 is everything that is found. Absent where the pattern is not found, or these brackets take no part in it",
    capture,
)
.with_pattern(1)
.looking_at_values(unknown_brackets)
.taking(&[Argument::Text, Argument::Text, Argument::Whole])
.examples(&[("capture(\"+1 206 291 8163 x8125\", \"x([0-9]+)$\")", "8125")]);

fn capture(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("capture", values, 0)?;
    let regex = regex("capture", values)?;
    let place = if values.len() < 3 { 1 } else { count("capture", values, 2)? };
    if place >= regex.captures_len() {
        return Err(no_brackets("capture", place));
    }
    let found = regex.captures(&subject).and_then(|found| found.get(place).map(|part| Value::text(part.as_str())));
    Ok(found.unwrap_or(Value::Null))
}

fn unknown_brackets(name: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    let (Written::Text(written_pattern), place) = (written(values, 1), written(values, 2)) else { return None };
    let place = match place {
        Written::Whole(place) => usize::try_from(place).unwrap_or(usize::MAX),
        _ if values.len() < 3 => 1,
        Written::Text(_) | Written::Other(_) | Written::Computed => return None,
    };
    let has_them = place < pattern(written_pattern).ok()?.captures_len();
    (!has_them)
        .then(|| (no_brackets(name, place), "put what is wanted into brackets: \"x([0-9]+)\"; 0 is all of it".into()))
}

fn no_brackets(name: &str, place: usize) -> String {
    match place {
        1 => format!("`{name}` was given a pattern without brackets"),
        _ => format!("`{name}` was given a pattern with fewer brackets than it is asked for"),
    }
}

static REPLACE_ALL: Function = Function::new(
    "replace_all(text, regex, to)",
    "replace_all",
    (3, 3),
    "the text with `to` in every place where the pattern is found. In `to`, `$1` to `$9` stand for what the brackets of the pattern hold there, `$0` for all of it, `$$` for a dollar sign",
    replace_all,
)
.with_pattern(1)
.looking_at_values(unknown_group)
.taking(&[Argument::Text, Argument::Text, Argument::Text])
.examples(&[("replace_all(\"00012345\", \"^0+\", \"\")", "12345"), ("replace_all(\"JPM\", \"(.)\", \"$1.\")", "J.P.M.")]);

fn replace_all(values: &[Value<'_>], _: &Clock) -> Answer {
    let subject = text("replace_all", values, 0)?;
    let regex = regex("replace_all", values)?;
    let to = Replacement::read(&text("replace_all", values, 2)?);
    if to.highest() >= regex.captures_len() {
        return Err(no_group());
    }
    let (mut out, mut at, mut looked) = (String::with_capacity(subject.len()), 0, 0_usize);
    for found in regex.captures_iter(&subject) {
        let Some(all) = found.get(0) else { continue };
        looked = looked.saturating_add(subject.len().saturating_sub(at));
        if looked > LOOK_LIMIT_BYTES {
            return Err("`replace_all` was given a text in which it finds the pattern too often".to_owned());
        }
        out.push_str(subject.get(at..all.start()).unwrap_or_default());
        to.write(&found, &mut out);
        within_limit("replace_all", out.len())?;
        at = all.end();
    }
    out.push_str(subject.get(at..).unwrap_or_default());
    within_limit("replace_all", out.len())?;
    Ok(Value::text(nfc(&out)))
}

fn unknown_group(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    let (Written::Text(written_pattern), Written::Text(to)) = (written(values, 1), written(values, 2)) else {
        return None;
    };
    let has_them = Replacement::read(to).highest() < pattern(written_pattern).ok()?.captures_len();
    (!has_them).then(|| (no_group(), "`$1` is what the first brackets hold; write `$$` for a dollar sign".into()))
}

fn no_group() -> String {
    "`replace_all` puts in what brackets hold that the pattern does not have".to_owned()
}

/// What is put into each place.
struct Replacement(Vec<Part>);

enum Part {
    Text(String),
    Group(usize),
}

impl Replacement {
    /// A dollar sign means a group only before a digit, and itself before another one.
    fn read(written: &str) -> Self {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut letters = written.chars().peekable();
        while let Some(letter) = letters.next() {
            match letters.peek().copied().filter(|_| letter == '$') {
                Some('$') => {
                    letters.next();
                    text.push('$');
                }
                Some(digit) if digit.is_ascii_digit() => {
                    letters.next();
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Group(digit.to_digit(10).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)));
                }
                _ => text.push(letter),
            }
        }
        parts.push(Part::Text(text));
        Self(parts)
    }

    /// The highest group that is put in.
    fn highest(&self) -> usize {
        let group = |part: &Part| match part {
            Part::Text(_) => 0,
            Part::Group(group) => *group,
        };
        self.0.iter().map(group).max().unwrap_or(0)
    }

    fn write(&self, found: &Captures<'_>, out: &mut String) {
        for part in &self.0 {
            out.push_str(match part {
                Part::Text(text) => text,
                Part::Group(group) => found.get(*group).map_or("", |part| part.as_str()),
            });
        }
    }
}
