//! The fields whose possible values are known: by the platform, or by `fields:` of gateway.yaml.

use crate::diagnostic::did_you_mean;
use crate::event::date::is_readable;
use crate::event::{Path, Root, Segment, Shape, View, WorkingDays, number};
use crate::lint::answered::Answered;
use crate::rule::field::{FieldKind, holds_days, holds_list};
use crate::rule::foreign::text as foreign;
use crate::rule::foreign::text::Stands;
use crate::rule::{Answering, Bound, Expression, Operator, Read, ReadFrom, RuleSet, address, is_own_time};
use crate::yaml::{listed, scalar};

/// What a person is; the platform lets a tenant have more.
const USER_TYPES: [&str; 3] = ["Employee", "Vendor", "Consultant"];
const STATUSES: [&str; 5] = ["ACTIVE", "ACTIVE_WITH_APPLICATION", "INACTIVE", "INACTIVE_WITH_APPLICATION", "DELETE"];

/// What is known of a field.
#[derive(Clone, Debug)]
pub enum Known {
    /// One of these, or perhaps others.
    Some(Vec<String>),
    /// One of these and nothing else.
    Only(Vec<String>),
    Kind(FieldKind),
    /// What a function answers.
    Answer(Answered),
    /// An address, in the one way in which the gateway writes each.
    Address,
}

/// What is known of what stands at a path.
pub fn of(set: &RuleSet, path: &Path) -> Option<Known> {
    if path.root == Root::Hook {
        return Some(Known::Only(set.hooks.rows.iter().map(|hook| hook.name.clone()).collect()));
    }
    let field = match (&path.root, path.segments.as_slice()) {
        (Root::Caller, [Segment::Key(field)]) if **field == *"address" => return Some(Known::Address),
        (Root::User | Root::Attr, [Segment::Key(field)]) => &**field,
        (Root::User, [Segment::Key(attributes), Segment::Key(field)]) if **attributes == *"attributes" => &**field,
        _ => return None,
    };
    match set.fields.get(field) {
        Some(FieldKind::OneOf(values)) => return Some(Known::Only(values.clone())),
        Some(kind) => return Some(Known::Kind(kind.clone())),
        None if path.root != Root::User || path.segments.len() > 1 => return None,
        None => {}
    }
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    match field {
        "userType" => Some(Known::Some(owned(&USER_TYPES))),
        "status" => Some(Known::Only(owned(&STATUSES))),
        field if holds_days(field) => Some(Known::Kind(FieldKind::Date)),
        field if holds_list(field) => Some(Known::Kind(FieldKind::List)),
        _ => None,
    }
}

/// What is known of a name that stands for the answer of a function.
pub fn of_binding(set: &RuleSet, place: usize, path: &Path) -> Option<Known> {
    let Bound::Value(value) = &set.bindings.get(place)?.value else { return None };
    match value.as_written() {
        _ if !path.segments.is_empty() => None,
        Expression::Read(Read { from: ReadFrom::Binding(other), path }) if *other < place => {
            of_binding(set, *other, path)
        }
        Expression::Call(function, values) => match function.answers() {
            Answering::Anything => None,
            Answering::Words(words) => Some(Known::Only(words.iter().map(|word| (*word).to_owned()).collect())),
            Answering::Lists => Some(Known::Kind(FieldKind::List)),
            Answering::Truths
            | Answering::Numbers
            | Answering::Kept
            | Answering::KeptWhole(..)
            | Answering::Texts(..) => Some(Known::Answer(Answered::new(function, values))),
        },
        _ => None,
    }
}

/// What is wrong with a value to which the field is compared, and what to write.
pub fn never(known: &Known, name: &str, value: View<'_>, ignore_case: bool) -> Option<(String, String)> {
    match known {
        Known::Some(values) => among(values, false, name, value, ignore_case),
        Known::Only(values) => among(values, true, name, value, ignore_case),
        Known::Kind(kind) => of_kind(kind, name, value),
        Known::Answer(answered) => answered.never(name, value, ignore_case),
        Known::Address => no_address(name, value),
    }
}

/// Whether a part of a text (`starts_with`, `contains`, a pattern) is in none of the values.
pub fn no_part(known: &Known, operator: &Operator, ignore_case: bool) -> Option<String> {
    let values = match known {
        Known::Only(values) => values,
        Known::Answer(answered) => return answered.no_part(operator, ignore_case),
        Known::Some(_) | Known::Kind(_) | Known::Address => return None,
    };
    let holds = |value: &String| {
        let value = crate::event::Value::text(value.as_str());
        operator.hold_of(Some(value.view()), ignore_case) != Some(false)
    };
    (!values.iter().any(holds)).then(|| of_all(values))
}

fn among(
    values: &[String],
    is_closed: bool,
    name: &str,
    value: View<'_>,
    ignore_case: bool,
) -> Option<(String, String)> {
    let names = || values.iter().map(String::as_str);
    let text = match value.shape() {
        Shape::Text(text) => text,
        Shape::Number(_) | Shape::Bool(_) if is_closed => {
            let text = value.as_text();
            let message = format!("`{text}` without quotes is {}, and `{name}` holds texts", value.kind_name());
            let help = if names().any(|known| known == text) { format!("write \"{text}\"") } else { of_all(values) };
            return Some((message, help));
        }
        _ => return None,
    };
    if names().any(|known| known == text || ignore_case && known.to_lowercase() == text.to_lowercase()) {
        return None;
    }
    if let Some(near) = names().find(|known| folded(known) == folded(&text)) {
        return Some((format!("`{name}` is never `{text}`"), format!("did you mean `{near}`?")));
    }
    if let Some(help) = days(values, &text) {
        return Some((format!("`{name}` is never `{text}`"), help));
    }
    if let Some(parts) =
        several(&text).filter(|parts| parts.iter().any(|part| names().any(|known| folded(known) == folded(part))))
    {
        let right =
            |part: &String| names().find(|known| folded(known) == folded(part)).map_or(part.clone(), str::to_owned);
        let parts: Vec<String> = parts.iter().map(right).collect();
        let message = format!("`{text}` is one text to hookgate, and `{name}` holds one value at a time");
        return Some((message, format!("write `[{}]` for any of them", parts.join(", "))));
    }
    if !is_closed {
        return None;
    }
    let help = match did_you_mean(&text, names()) {
        Some(meant) => format!("did you mean `{meant}`? {}", of_all(values)),
        None => of_all(values),
    };
    Some((format!("`{name}` is never `{text}`"), help))
}

/// Days of the week that are written out, or from one to another, as these values say them.
fn days(values: &[String], text: &str) -> Option<String> {
    let week = || WorkingDays::WEEK.iter().map(|(word, _)| *word);
    if !week().all(|day| values.iter().any(|value| value == day)) {
        return None;
    }
    let day = |text: &str| {
        let small = text.trim().trim_end_matches('.').to_lowercase();
        let is_word = small.len() == 3 || small.ends_with("day") && small.chars().all(char::is_alphabetic);
        week().position(|day| is_word && small.starts_with(day))
    };
    let named = |place: usize| week().nth(place).unwrap_or_default();
    if let Some(place) = day(text) {
        return Some(format!("write `{}`", named(place)));
    }
    let range = ["..", " to ", "–", "-"].iter().find_map(|sign| text.split_once(sign))?;
    let (first, last) = (day(range.0)?, day(range.1)?);
    let count = (last + 7 - first) % 7 + 1;
    let all: Vec<&str> = week().cycle().skip(first).take(count).collect();
    Some(format!("write `[{}]`", all.join(", ")))
}

fn of_all(values: &[String]) -> String {
    format!("it is {}", listed(values.iter().map(String::as_str)))
}

/// The letters of a value, without what people write differently.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The parts of a text that names several values.
fn several(text: &str) -> Option<Vec<String>> {
    let separators = ["||", "|", ";", ",", "/", "&", "+", " and ", " or ", " AND ", " OR ", " And ", " Or "];
    let mut parts = vec![text.trim_matches(['[', ']', '(', ')']).to_owned()];
    for separator in separators {
        parts = parts.iter().flat_map(|part| part.split(separator)).map(|part| part.trim().to_owned()).collect();
    }
    parts.retain(|part| !part.is_empty());
    (parts.len() > 1).then_some(parts)
}

fn of_kind(kind: &FieldKind, name: &str, value: View<'_>) -> Option<(String, String)> {
    let shown = || value.as_text().into_owned();
    match (kind, value.shape()) {
        (FieldKind::Number, Shape::Text(text)) if number::is_written(text.trim()) => None,
        (FieldKind::Number, Shape::Text(text)) => {
            let meant = foreign::meant(&text, Stands::BehindNumber);
            let help =
                meant.map_or("write a number, or compare: `{ gte: 7 }`".to_owned(), |meant| format!("write {meant}"));
            Some((format!("`{name}` holds numbers, and `{text}` is none"), help))
        }
        (FieldKind::Number, Shape::Bool(_)) => {
            Some((format!("`{name}` holds numbers, and `{}` is none", shown()), "write a number".to_owned()))
        }
        (FieldKind::TrueFalse, Shape::Text(text)) if matches!(&*text.to_lowercase(), "true" | "false") => None,
        (FieldKind::TrueFalse, Shape::Text(_) | Shape::Number(_)) => {
            let message = format!("`{name}` is true or false, never `{}`", shown());
            Some((message, "write `true` or `false`, without quotes".to_owned()))
        }
        (FieldKind::Text, Shape::Number(_) | Shape::Bool(_)) => {
            let message = format!("`{}` without quotes is {}, and `{name}` holds texts", shown(), value.kind_name());
            Some((message, format!("write \"{}\"", shown())))
        }
        (FieldKind::Date, Shape::Bool(_)) => Some(no_date(name, &shown())),
        (FieldKind::Date, Shape::Text(text)) if !is_date(&text) => Some(no_date(name, &text)),
        (
            FieldKind::Text
            | FieldKind::Number
            | FieldKind::TrueFalse
            | FieldKind::Date
            | FieldKind::List
            | FieldKind::OneOf(_),
            _,
        ) => None,
    }
}

fn no_date(name: &str, text: &str) -> (String, String) {
    let help = "dates are compared with `{ before: today }`, `{ after: today }`, `{ over: true }`; a field that is not \
                filled in is `{ empty: true }`";
    (format!("`{name}` holds dates, and `{text}` is none"), help.to_owned())
}

/// Whether it is a date in one of the ways that gateway.yaml may choose.
fn is_date(text: &str) -> bool {
    // `today` is told as a date that is compared letter by letter.
    text.is_empty() || is_own_time(text) || is_readable(text)
}

/// A text that is no address, or is not written as the gateway writes this one.
fn no_address(name: &str, value: View<'_>) -> Option<(String, String)> {
    let Shape::Text(text) = value.shape() else { return None };
    let message = format!("`{name}` is never `{text}`");
    match address(text.trim()) {
        Some(address) if address.to_string() == text => None,
        Some(address) => Some((message, format!("write {}", scalar(&address.to_string())))),
        None => {
            Some((message, "write an address as `10.20.0.7`, or `{ within: 10.20.0.0/14 }` for a network".to_owned()))
        }
    }
}
