//! What one event knows so far: its tables, and the answers to what it asked outside.

use std::collections::HashMap;
use std::sync::Arc;

use super::held::Held;
use super::source::{Rows, Trouble};
use super::table::Tables;
use crate::engine::{Answer, Facts, Question, key_identity};
use crate::event::View;

/// The answers of one event.
#[derive(Debug, Default)]
pub struct Answers {
    told: HashMap<(usize, String), Outcome>,
    /// Why nothing further is asked.
    closed: Option<String>,
}

/// What came of one question.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Rows(Held),
    /// What stands in, and why.
    Degraded(Arc<Rows>, Trouble),
    Failed(Trouble),
}

impl Answers {
    /// Takes in what came of a question.
    pub(super) fn put(&mut self, question: &Question, told: Outcome) {
        self.told.insert(question.identity(), told);
    }

    /// Nothing further is asked: every other question fails for this reason.
    pub fn close(&mut self, why: impl Into<String>) {
        self.closed = Some(why.into());
    }
}

/// The facts of one event.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    pub tables: &'k Tables,
    pub answers: &'k Answers,
}

impl Facts for Known<'_> {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        match self.tables.answer(lookup, key) {
            Answer::Unknown => {}
            answer => return answer,
        }
        match self.answers.told.get(&(lookup, key_identity(key))) {
            Some(Outcome::Rows(rows)) => Answer::Rows(rows),
            Some(Outcome::Degraded(rows, why)) => Answer::Degraded(rows, &why.message),
            Some(Outcome::Failed(why)) => Answer::Failed(why.message.clone()),
            None => self.answers.closed.as_ref().map_or(Answer::Unknown, |why| Answer::Failed(why.clone())),
        }
    }
}
