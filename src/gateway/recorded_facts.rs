//! The facts of a recorded event: what its lookups answered, and the results of conditions on secrets.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::live::Live;
use crate::engine::{Answer, Facts, OnSecret};
use crate::event::{Value, View};
use crate::journal::{Record, RecordedOnSecret, name_of, value};
use crate::rule::{Lookup, Source};

/// By which rows of tables a record is decided again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableRows {
    /// Those that were read then, so that rules alone make a difference; those of the rules folder where none were read.
    #[default]
    Then,
    /// Those of the rules folder.
    Now,
}

/// What one recorded event knows.
pub(super) struct RecordedFacts<'r> {
    live: &'r Live,
    table_rows: TableRows,
    answers: Vec<Answered>,
    on_secrets: &'r BTreeMap<String, RecordedOnSecret>,
    /// Whether rules and tables are those that decided then.
    is_as_then: bool,
    /// Places of lookups of whose tables what was read then is not what they answer now.
    changed: RefCell<BTreeSet<usize>>,
    /// Settings as they were, and those of them that are others now.
    settings: BTreeMap<String, Value<'static>>,
    changed_settings: RefCell<BTreeSet<String>>,
}

struct Answered {
    lookup: usize,
    key: Value<'static>,
    rows: Vec<Value<'static>>,
    /// Rows that were not recorded.
    left_out: usize,
    degraded: Option<String>,
    failed: Option<String>,
}

impl<'r> RecordedFacts<'r> {
    /// The facts of a record.
    pub(super) fn of(record: &'r Record, live: &'r Live, table_rows: TableRows) -> Result<Self, String> {
        let mut answers = Vec::new();
        for fact in &record.facts {
            let place = live.rules.lookups.iter().position(|lookup| lookup.name == fact.lookup);
            let Some(lookup) = place else { continue };
            let rows = value(&fact.rows)?.into_items();
            let left_out = fact.count.saturating_sub(rows.len());
            let (degraded, failed) = (fact.degraded.clone(), fact.failed.clone());
            answers.push(Answered { lookup, key: value(&fact.key)?, rows, left_out, degraded, failed });
        }
        let (changed, changed_settings) = (RefCell::default(), RefCell::default());
        let mut settings = BTreeMap::new();
        for (name, then) in &record.settings {
            settings.insert(name.clone(), value(then)?);
        }
        let is_as_then = live.rules.hash.starts_with(&record.rules);
        Ok(Self {
            live,
            table_rows,
            answers,
            on_secrets: &record.on_secrets,
            is_as_then,
            changed,
            settings,
            changed_settings,
        })
    }

    /// The tables and settings, as rules name them, that answer otherwise now than they did then.
    pub(super) fn changed_tables(&self) -> BTreeSet<String> {
        let table = |lookup: &usize| table_of(self.live.rules.lookups.get(*lookup)?);
        let settings = self.changed_settings.borrow().iter().map(|name| format!("setting.{name}")).collect::<Vec<_>>();
        self.changed.borrow().iter().filter_map(table).chain(settings).collect()
    }

    /// Whether the table answers now what it did then, as far as that was recorded.
    fn is_same(&self, answered: &Answered, now: &Answer<'_>) -> bool {
        let names = &self.live.rules.hooks.secrets;
        match (now, &answered.failed) {
            (Answer::Rows(now), None) => {
                let mut pairs = now.iter().zip(&answered.rows);
                now.len() == answered.rows.len() + answered.left_out
                    && pairs.all(|(now, then)| is_same_row(names.hide(now.clone()).view(), then.view()))
            }
            (Answer::Failed(_), Some(_)) => true,
            (Answer::Rows(_) | Answer::Degraded(..) | Answer::Failed(_) | Answer::Unknown, _) => false,
        }
    }
}

/// Whether two rows are the same; of secrets in them that is not known, and they count as equal.
fn is_same_row(now: View<'_>, then: View<'_>) -> bool {
    now.withheld() == then.withheld() || now.same(then)
}

impl Answered {
    /// What was answered then; not known where not all of it was recorded.
    fn answer(&self) -> Answer<'_> {
        match (&self.failed, &self.degraded) {
            (Some(why), _) => Answer::Failed(why.clone()),
            (None, _) if self.left_out > 0 => Answer::Unknown,
            (None, Some(why)) => Answer::Degraded(&self.rows, why),
            (None, None) => Answer::Rows(&self.rows),
        }
    }
}

/// The table that a lookup asks, as its rules name it.
fn table_of(lookup: &Lookup) -> Option<String> {
    let Source::Table(table) = &lookup.source else { return None };
    table.file.as_ref().map(|(_, file)| file.short_name().to_owned())
}

impl Facts for RecordedFacts<'_> {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let then = self.answers.iter().find(|known| known.lookup == lookup && known.key.view().same(key));
        let now = self.live.tables.answer(lookup, key);
        let (then, now) = match (then, now) {
            (None, now) => return now,
            (Some(then), Answer::Unknown) => return then.answer(),
            (Some(then), now) => (then, now),
        };
        let is_same = self.is_same(then, &now);
        if !is_same {
            self.changed.borrow_mut().insert(lookup);
        }
        match self.table_rows {
            TableRows::Now => now,
            // Rows that were not recorded are there all the same.
            TableRows::Then if is_same && then.left_out > 0 => now,
            TableRows::Then => then.answer(),
        }
    }

    fn setting(&self, name: &str) -> Option<&Value<'static>> {
        // One that was not read then is that of today, as rows of tables are.
        let then = self.settings.get(name)?;
        let now = self.live.rules.settings.get(name);
        if now.is_none_or(|now| !now.view().same(then.view())) {
            self.changed_settings.borrow_mut().insert(name.to_owned());
        }
        match self.table_rows {
            TableRows::Then => Some(then),
            TableRows::Now => None,
        }
    }

    fn knows_secrets(&self) -> bool {
        false
    }

    fn outcome_on_secret(&self, asked: &dyn Fn() -> String) -> Option<OnSecret> {
        if self.on_secrets.is_empty() {
            return None;
        }
        let asked = asked();
        // What came of it then may have depended on rows of then.
        let is_of_rows = ["lookup ", "found_in"].iter().any(|word| asked.contains(word));
        if is_of_rows && self.table_rows == TableRows::Now && !self.is_as_then {
            return None;
        }
        self.on_secrets.get(&name_of(&asked)).map(RecordedOnSecret::outcome)
    }
}
