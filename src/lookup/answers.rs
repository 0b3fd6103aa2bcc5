//! What one event knows so far: its tables, and the answers to what it asked outside.

use std::collections::HashMap;
use std::sync::Arc;

use super::source::Rows;
use super::tables::Tables;
use crate::engine::{Answer, Facts, Question};
use crate::event::View;

/// The answers of one event.
#[derive(Debug, Default)]
pub struct Answers {
    told: HashMap<(usize, String), Told>,
    /// Why nothing further is asked.
    closed: Option<String>,
}

/// What came of one question.
#[derive(Clone, Debug)]
pub(super) enum Told {
    Rows(Arc<Rows>),
    /// What stands in, and why.
    Degraded(Arc<Rows>, String),
    Failed(String),
}

impl Answers {
    /// Takes in what came of a question.
    pub(super) fn put(&mut self, question: &Question, told: Told) {
        self.told.insert((question.lookup, identity(question.key.view())), told);
    }

    /// Nothing further is asked: every other question fails for this reason.
    pub fn close(&mut self, why: impl Into<String>) {
        self.closed = Some(why.into());
    }
}

/// A key as one text: the text `7` and the number 7 are two keys.
pub(super) fn identity(key: View<'_>) -> String {
    key.to_value().to_json()
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
        match self.answers.told.get(&(lookup, identity(key))) {
            Some(Told::Rows(rows)) => Answer::Rows(rows),
            Some(Told::Degraded(rows, why)) => Answer::Degraded(rows, why),
            Some(Told::Failed(why)) => Answer::Failed(why.clone()),
            None => self.answers.closed.as_ref().map_or(Answer::Unknown, |why| Answer::Failed(why.clone())),
        }
    }
}
