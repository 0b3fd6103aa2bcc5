//! The answers that lookups gave, under the keys that the made-up request asks.

use std::cell::RefCell;

use serde_json::{Map, Value as Json, json};

use super::made_up::MadeUp;
use crate::engine::{Answer, Facts, key_identity, key_text};
use crate::event::{Value, View, same_text};
use crate::journal::Record;
use crate::rule::RuleSet;

/// What one lookup was asked, and what it answered, made up.
struct Fact {
    lookup: usize,
    name: String,
    /// The key as the record has it, its words replaced.
    key: String,
    rows: Vec<Value<'static>>,
    written: Json,
    failed: Option<String>,
}

/// Answers of a record. A question under a key that no answer was recorded for gets the first answer of its lookup that
/// nobody has asked for: rules make keys of values, and of made-up ones they make others.
pub struct Answers<'s> {
    set: &'s RuleSet,
    facts: Vec<Fact>,
    /// Which question has which answer: the lookup, the key by which questions are told apart, and as a test has it.
    asked: RefCell<Vec<(usize, String, String, usize)>>,
    settings: Vec<(String, Value<'static>)>,
}

impl<'s> Answers<'s> {
    /// The answers of a record.
    ///
    /// # Errors
    /// Why they cannot be given, in words.
    pub fn of(record: &Record, set: &'s RuleSet, made_up: &MadeUp<'_>) -> Result<Self, String> {
        let parsed = |text: &str| serde_json::from_str::<Json>(text).unwrap_or_default();
        let mut facts = Vec::new();
        for fact in &record.facts {
            let Some(lookup) = set.lookups.iter().position(|lookup| lookup.name == fact.lookup) else { continue };
            let written = made_up.json(&parsed(fact.rows.get()));
            let rows = written.as_array().cloned().unwrap_or_default();
            if rows.len() < fact.count {
                return Err(format!(
                    "lookup `{}` found {} rows, and {} are recorded",
                    fact.lookup,
                    fact.count,
                    rows.len()
                ));
            }
            let key = Value::from(made_up.json(&parsed(fact.key.get())));
            facts.push(Fact {
                lookup,
                name: fact.lookup.clone(),
                key: key_text(key.view()).into_owned(),
                rows: rows.into_iter().map(Value::from).collect(),
                written,
                failed: fact.failed.clone().or_else(|| fact.degraded.clone()).map(|_| "timeout".to_owned()),
            });
        }
        let settings =
            record.settings.iter().map(|(name, json)| (name.clone(), Value::from(parsed(json.get())))).collect();
        Ok(Self { set, facts, asked: RefCell::default(), settings })
    }

    /// What a test gives: answers by lookup and key, as they were asked.
    pub fn given(&self) -> Map<String, Json> {
        let mut given = Map::new();
        for (_, _, key, place) in self.asked.borrow().iter() {
            let Some(fact) = self.facts.get(*place) else { continue };
            let answer = match &fact.failed {
                Some(why) => json!({ "error": why }),
                None => fact.written.clone(),
            };
            if let Json::Object(answers) = given.entry(fact.name.clone()).or_insert_with(|| json!({})) {
                answers.insert(key.clone(), answer);
            }
        }
        given
    }

    fn place(&self, lookup: usize, key: View<'_>) -> Option<usize> {
        let identity = key_identity(key);
        let mut asked = self.asked.borrow_mut();
        if let Some((.., place)) = asked.iter().find(|known| known.0 == lookup && known.1 == identity) {
            return Some(*place);
        }
        let text = key_text(key).into_owned();
        let of_lookup = || self.facts.iter().enumerate().filter(|(_, fact)| fact.lookup == lookup);
        let is_free = |place: usize| !asked.iter().any(|known| known.3 == place);
        let same = of_lookup().find(|(_, fact)| same_text(&fact.key, &text));
        let place = same.or_else(|| of_lookup().find(|(place, _)| is_free(*place))).map(|(place, _)| place)?;
        asked.push((lookup, identity, text, place));
        Some(place)
    }
}

impl Facts for Answers<'_> {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let Some(fact) = self.place(lookup, key).and_then(|place| self.facts.get(place)) else {
            return Answer::Unknown;
        };
        match (&fact.failed, self.set.lookups.get(lookup).and_then(|lookup| lookup.stand_in())) {
            (Some(why), Some(rows)) => Answer::Degraded(rows, why),
            (Some(why), None) => Answer::Failed(why.clone()),
            (None, _) => Answer::Rows(&fact.rows),
        }
    }

    fn setting(&self, name: &str) -> Option<&Value<'static>> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}
