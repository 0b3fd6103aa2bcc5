//! The facts of a recorded event: tables of the rules folder, found by tokens, and what lookups over connections answered then.

use std::collections::HashMap;
use std::sync::Arc;

use super::live::Live;
use crate::engine::{Answer, Facts};
use crate::event::token::Digests;
use crate::event::{Shape, Value, View};
use crate::journal::{Record, value};

/// The keys of each table of a rule set by their digests.
#[derive(Debug)]
pub(super) struct Keys {
    /// `None` at the place of a lookup over a connection.
    tables: Vec<Option<Digested>>,
}

#[derive(Debug)]
struct Digested {
    ignore_case: bool,
    /// For each value of a key, and its name where there are several, the texts that the table has by their digests.
    parts: Vec<(Option<String>, HashMap<String, String>)>,
}

impl Keys {
    pub(super) fn of(live: &Live, by: &dyn Digests) -> Self {
        let digested = |lookup| {
            let keys = live.tables.keys(lookup)?;
            let by_digest = |text: &&str| (by.digest(b't', text), (*text).to_owned());
            let parts =
                keys.parts.iter().map(|(name, texts)| (name.map(str::to_owned), texts.iter().map(by_digest).collect()));
            Some(Digested { ignore_case: keys.ignore_case, parts: parts.collect() })
        };
        Self { tables: (0..live.rules.lookups.len()).map(digested).collect() }
    }
}

impl Digested {
    /// The key with the texts that its tokens stand for; `None` where the table has none that one could stand for. Cells
    /// that go through functions have gone through them: a token equals what they came to, or does not.
    fn plain<'k>(&'k self, key: View<'k>) -> Option<Value<'k>> {
        let part = |value: View<'k>, texts: &'k HashMap<String, String>| match value.shape() {
            Shape::Token(token) => texts.get(token.key(self.ignore_case)).map(|text| Value::Text(text.as_str().into())),
            _ => Some(value.to_value()),
        };
        match (self.parts.as_slice(), key.shape()) {
            ([(None, texts)], _) => part(key, texts),
            (parts, Shape::Map(_)) => {
                let named = parts.iter().filter_map(|(name, texts)| Some((name.as_deref()?, texts)));
                let fields = named.map(|(name, texts)| {
                    let value = key.field(name).map_or(Some(Value::Null), |value| part(value, texts))?;
                    Some((name.into(), value))
                });
                fields.collect::<Option<Vec<_>>>().map(Value::Map)
            }
            _ => Some(key.to_value()),
        }
    }
}

/// What one recorded event knows.
pub(super) struct RecordedFacts<'r> {
    live: &'r Live,
    keys: &'r Keys,
    answers: Vec<Answered>,
}

struct Answered {
    lookup: usize,
    key: Value<'static>,
    rows: Vec<Value<'static>>,
    degraded: Option<String>,
    failed: Option<String>,
}

impl<'r> RecordedFacts<'r> {
    /// The facts of a record. What was cut short in it counts as not recorded.
    pub(super) fn of(record: &Record, live: &'r Live, keys: &'r Keys, by: &Arc<dyn Digests>) -> Result<Self, String> {
        let mut answers = Vec::new();
        for fact in record.facts.iter().filter(|fact| fact.remote) {
            let rows = value(&fact.rows, by)?.into_items();
            let place = live.rules.lookups.iter().position(|lookup| lookup.name == fact.lookup);
            let Some(lookup) = place.filter(|_| rows.len() == fact.count) else { continue };
            let (degraded, failed) = (fact.degraded.clone(), fact.failed.clone());
            answers.push(Answered { lookup, key: value(&fact.key, by)?, rows, degraded, failed });
        }
        Ok(Self { live, keys, answers })
    }
}

impl Facts for RecordedFacts<'_> {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let tables = &self.live.tables;
        if let Some(Some(table)) = self.keys.tables.get(lookup) {
            return match table.plain(key) {
                Some(plain) => tables.answer(lookup, plain.view()),
                None => Answer::Rows(&[]),
            };
        }
        match self.answers.iter().find(|known| known.lookup == lookup && known.key.view().same(key)) {
            None => Answer::Unknown,
            Some(Answered { failed: Some(why), .. }) => Answer::Failed(why.clone()),
            Some(Answered { rows, degraded: Some(why), .. }) => Answer::Degraded(rows, why),
            Some(Answered { rows, .. }) => Answer::Rows(rows),
        }
    }
}
