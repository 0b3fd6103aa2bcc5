//! Records what an event asked of its lookups and what they answered.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::facts::{Answer, Facts, OnSecret};
use crate::event::{Value, View};

/// Most rows of one answer that are noted.
const ROWS_LIMIT: usize = 100;

/// Facts that note each question with its answer.
#[expect(missing_debug_implementations, reason = "what it asks is whatever answers")]
pub struct Recording<'n> {
    facts: &'n dyn Facts,
    notes: RefCell<Notes>,
}

/// What was noted of one decision.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    pub asked: Vec<Note>,
    /// Settings that were read, each once.
    pub settings: BTreeSet<String>,
    /// Questions about secrets, each once; without an outcome where two of the same text had different ones.
    pub on_secrets: Vec<(String, Option<OnSecret>)>,
}

/// A question and its answer; each question stands once.
#[derive(Clone, Debug)]
pub struct Note {
    /// Place of the lookup in the rule set.
    pub lookup: usize,
    pub key: Value<'static>,
    pub answer: Recorded,
}

/// An answer.
#[derive(Clone, Debug)]
pub enum Recorded {
    /// The rows, at most 100 of them, how many there were, and why they stand in for a source that could not be asked.
    Rows {
        rows: Vec<Value<'static>>,
        count: usize,
        degraded: Option<String>,
    },
    Failed(String),
}

impl<'n> Recording<'n> {
    /// Nothing is noted yet.
    #[must_use]
    pub fn new(facts: &'n dyn Facts) -> Self {
        Self { facts, notes: RefCell::default() }
    }

    /// What was noted; it is forgotten here.
    #[must_use]
    pub fn taken(&self) -> Notes {
        self.notes.take()
    }

    fn note(&self, lookup: usize, key: View<'_>, answer: &Answer<'_>) {
        let rows = |rows: &[Value<'static>], degraded: Option<&str>| Recorded::Rows {
            rows: rows.iter().take(ROWS_LIMIT).cloned().collect(),
            count: rows.len(),
            degraded: degraded.map(str::to_owned),
        };
        let answer = match answer {
            Answer::Rows(found) => rows(found, None),
            Answer::Degraded(found, why) => rows(found, Some(why)),
            Answer::Failed(why) => Recorded::Failed(why.clone()),
            Answer::Unknown => return,
        };
        let notes = &mut self.notes.borrow_mut().asked;
        if !notes.iter().any(|note| note.lookup == lookup && note.key.view().same(key)) {
            notes.push(Note { lookup, key: key.to_value().into_static(), answer });
        }
    }
}

impl Facts for Recording<'_> {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let answer = self.facts.answer(lookup, key);
        self.note(lookup, key, &answer);
        answer
    }

    fn answer_secretly<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        self.facts.answer_secretly(lookup, key)
    }

    fn setting(&self, name: &str) -> Option<&Value<'static>> {
        self.facts.setting(name)
    }

    fn note_setting(&self, name: &str) {
        let settings = &mut self.notes.borrow_mut().settings;
        if !settings.contains(name) {
            settings.insert(name.to_owned());
        }
    }

    fn knows_secrets(&self) -> bool {
        self.facts.knows_secrets()
    }

    fn notes_secrets(&self) -> bool {
        true
    }

    fn note_outcome_on_secret(&self, asked: String, outcome: OnSecret) {
        let notes = &mut self.notes.borrow_mut().on_secrets;
        match notes.iter_mut().find(|(known, _)| *known == asked) {
            Some((_, known)) => *known = known.take_if(|known| *known == outcome),
            None => notes.push((asked, Some(outcome))),
        }
    }

    fn outcome_on_secret(&self, asked: &dyn Fn() -> String) -> Option<OnSecret> {
        self.facts.outcome_on_secret(asked)
    }
}
