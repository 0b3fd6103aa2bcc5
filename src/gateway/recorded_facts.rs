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
    keys: HashMap<String, Value<'static>>,
}

impl Keys {
    pub(super) fn of(live: &Live, by: &dyn Digests) -> Self {
        let digested = |lookup| {
            let (ignore_case, keys) = live.tables.keys(lookup)?;
            let keys = keys.map(|key| (by.digest(b't', key), Value::text(key))).collect();
            Some(Digested { ignore_case, keys })
        };
        Self { tables: (0..live.rules.lookups.len()).map(digested).collect() }
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
            return match key.shape() {
                Shape::Token(token) => match table.keys.get(token.key(table.ignore_case)) {
                    Some(known) => tables.answer(lookup, known.view()),
                    None => Answer::Rows(&[]),
                },
                _ => tables.answer(lookup, key),
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
