//! A record that waits to be sealed, already written as text, so that the event's memory is freed where it was decided.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use super::content::{Outcome, write};
use super::index::{Entry, SEVERAL_CODES, hash, short_hash};
use super::key::KeyName;
use super::line::VERSION;
use crate::event::Event;

/// What any takes beside its text, in bytes.
const LEAST_BYTES: usize = 512;
/// Letters of the rules' hash that a line shows.
const HASH_LETTERS: usize = 16;
/// What the clear part takes, in bytes, most of the time.
const CLEAR_BYTES: usize = 512;
/// By how many names a person is found.
pub(super) const NAMES: usize = 4;

/// A record before it has its place in a file.
#[derive(Debug)]
pub struct Unsealed {
    /// The clear part as far as it is known, the person's names, and what is to be sealed, one behind the other.
    text: String,
    clear_end: usize,
    /// Where each name ends.
    name_ends: [usize; NAMES],
    pub(super) status: u16,
    /// As though it stood at the beginning of a file.
    pub(super) entry: Entry,
}

/// The clear part as far as it is known when the decision is made, in the order of [`super::line::Clear`].
#[derive(Serialize)]
struct Shown<'s> {
    v: u32,
    time: Timestamp,
    id: &'s str,
    hook: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<&'s str>,
    outcome: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'s str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'s str>,
    ms: f64,
    rules: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'s str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'s str>,
}

impl Unsealed {
    /// The record of a decision on a hook, by rules of this hash, after so many microseconds; `None` where it cannot be written.
    pub(super) fn of(
        event: &Event,
        outcome: &Outcome,
        (hook, rules, instance): (&str, &str, Option<&str>),
        micros: u64,
    ) -> Option<Self> {
        let context = &event.context;
        #[expect(clippy::cast_precision_loss, reason = "no decision takes years")]
        let ms = micros as f64 / 1_000.0;
        let shown = Shown {
            v: VERSION,
            time: context.now,
            id: &context.id,
            hook,
            app: context.app.as_deref(),
            outcome: outcome.word,
            code: outcome.code.as_deref(),
            also: outcome.refusals.iter().flatten().skip(1).map(|(code, _)| code.as_str()).collect(),
            rule: outcome.rule.as_ref().map(|(name, _)| name.as_str()),
            ms,
            rules: rules.get(..HASH_LETTERS).unwrap_or(rules),
            instance,
            trace: context.trace.as_ref().map(|trace| trace.id.as_str()),
        };
        let mut text = Vec::with_capacity(event.body_bytes() + 2 * CLEAR_BYTES);
        serde_json::to_writer(&mut text, &shown).ok()?;
        text.pop();
        let clear_end = text.len();
        let mut names = event.person_names();
        let name_ends = std::array::from_fn(|_| {
            text.extend_from_slice(names.next().unwrap_or(Cow::Borrowed("")).as_bytes());
            text.len()
        });
        write(event, outcome, &mut text)?;
        let text = String::from_utf8(text).ok()?;
        Some(Self { text, clear_end, name_ends, status: 0, entry: entry(&shown, context.now) })
    }

    /// The same, answered with this HTTP status.
    #[must_use]
    pub fn answered(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// How much memory it takes while it waits, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.text.capacity() + LEAST_BYTES
    }

    /// The clear part as far as it is known, without the brace that ends it.
    pub(super) fn clear(&self) -> &str {
        self.part(0, self.clear_end)
    }

    /// The names by which the person is found; those that are not there are blank.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(self.clear_end).chain(self.name_ends);
        starts.zip(self.name_ends).map(|(start, end)| self.part(start, end)).filter(|name| !name.is_empty())
    }

    /// What is to be sealed.
    pub(super) fn sealed(&self) -> &[u8] {
        let [.., start] = self.name_ends;
        self.text.as_bytes().get(start..).unwrap_or_default()
    }

    fn part(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// The entry of a decision that has no place yet.
fn entry(shown: &Shown<'_>, time: Timestamp) -> Entry {
    let name = |name: Option<&str>| name.map_or(0, short_hash);
    Entry {
        offset: 0,
        length: 0,
        outcome: short_hash(shown.outcome),
        micros: time.as_microsecond(),
        key: KeyName([0; 8]),
        id: hash(shown.id),
        hook: short_hash(shown.hook),
        app: name(shown.app),
        rule: name(shown.rule),
        code: if shown.also.is_empty() { name(shown.code) } else { SEVERAL_CODES },
        person: [0; NAMES],
        number: 0,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::event::{Calendar, Context, Hooks, Value};

    /// The record of an event of this id, in whose body so many letters stand.
    pub fn unsealed(id: &str, letters: usize) -> Unsealed {
        let hooks = Hooks::standard();
        let context = Context {
            id: id.to_owned(),
            now: Timestamp::UNIX_EPOCH,
            calendar: Calendar::utc(),
            app: None,
            token: Value::Null,
            caller: Value::Null,
            bearer: None,
            trace: None,
        };
        let body = format!(r#"{{"request":{{"user":{{"login":"{id}","note":"{}"}}}}}}"#, "x".repeat(letters));
        let hook = hooks.position("validateUser").unwrap();
        let event = Event::read(&hooks, hook, body.into_bytes(), 64, context).unwrap();
        let outcome = Outcome {
            word: "undecided",
            code: None,
            attribute: None,
            refusals: None,
            mapped: None,
            rule: None,
            user: None,
            audits: Vec::new(),
            skipped: Vec::new(),
            failure: None,
            deliveries: Vec::new(),
            facts: Vec::new(),
            settings: Vec::new(),
            on_secrets: Vec::new(),
        };
        Unsealed::of(&event, &outcome, ("validateUser", "rules", None), 1).unwrap()
    }

    #[test]
    fn a_record_has_its_names_between_what_it_shows_and_what_is_sealed() {
        let record = unsealed("asha", 3);
        assert!(record.clear().starts_with("{\"v\":2,") && record.clear().contains("\"id\":\"asha\""));
        assert_eq!(record.names().collect::<Vec<_>>(), ["asha"]);
        let sealed = std::str::from_utf8(record.sealed()).unwrap();
        assert!(sealed.starts_with('{') && sealed.contains("xxx"), "{sealed}");
        let whole = record.clear().len() + "asha".len() + sealed.len();
        assert!(record.weight() >= whole + LEAST_BYTES, "{}", record.weight());
    }
}
