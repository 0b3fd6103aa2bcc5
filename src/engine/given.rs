//! Facts that somebody wrote down: the answers a test gives, or a file for a dry run. Tables answer for themselves.

use crate::event::View;
use crate::rule::{GivenAnswer, GivenLookup, RuleSet};

use super::facts::{Answer, Facts, Question, key_text};

/// Answers by lookup and key, over the tables. What is in neither is unknown.
#[expect(missing_debug_implementations, reason = "its tables are whatever answers")]
pub struct GivenFacts<'g> {
    set: &'g RuleSet,
    given: &'g [GivenLookup],
    tables: &'g dyn Facts,
}

impl<'g> GivenFacts<'g> {
    #[must_use]
    pub fn new(set: &'g RuleSet, given: &'g [GivenLookup], tables: &'g dyn Facts) -> Self {
        Self { set, given, tables }
    }
}

impl Facts for GivenFacts<'_> {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let Some(declared) = self.set.lookups.get(lookup) else { return Answer::Unknown };
        let Some(given) = self.given.iter().find(|given| given.lookup == declared.name) else {
            return self.tables.answer(lookup, key);
        };
        let key = key_text(key);
        match given.answers.iter().find(|(known, _)| **known == *key) {
            Some((_, GivenAnswer::Rows(rows))) => Answer::Rows(rows),
            Some((_, GivenAnswer::Error(why))) => match declared.stand_in() {
                Some(rows) => Answer::Degraded(rows, why),
                None => Answer::Failed(why.clone()),
            },
            None => Answer::Unknown,
        }
    }
}

/// Questions that nobody gave an answer to, as a person writes the answers: the lookups with their keys.
#[must_use]
pub fn unanswered(set: &RuleSet, questions: &[Question]) -> String {
    let entry = |question: &Question| {
        let name = set.lookups.get(question.lookup).map_or("", |lookup| &lookup.name);
        format!("{name}: {{ \"{}\": … }}", key_text(question.key.view()))
    };
    questions.iter().map(entry).collect::<Vec<_>>().join(", ")
}
