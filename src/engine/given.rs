//! Facts that somebody wrote: answers in a test, or a file for a dry run. Tables answer for themselves.

use std::collections::{BTreeMap, HashSet};

use super::decide::explain;
use super::decision::Decision;
use super::facts::{Answer, Asks, Facts, Question, key_identity, key_text};
use crate::event::{Event, Value, View, same_text};
use crate::rule::{GivenAnswer, GivenLookup, Lookup, RuleSet};

/// `decide` or `explain`.
pub type Deciding = for<'e> fn(&'e RuleSet, &'e Event, &'e dyn Facts) -> Result<Decision<'e>, Asks>;

/// Answers by lookup and key, over the tables. What is in neither is unknown.
#[expect(missing_debug_implementations, reason = "its tables are whatever answers")]
pub struct GivenFacts<'g> {
    set: &'g RuleSet,
    given: &'g [GivenLookup],
    settings: Option<&'g BTreeMap<String, Value<'static>>>,
    tables: &'g dyn Facts,
}

impl<'g> GivenFacts<'g> {
    #[must_use]
    pub fn new(set: &'g RuleSet, given: &'g [GivenLookup], tables: &'g dyn Facts) -> Self {
        Self { set, given, settings: None, tables }
    }

    /// The same with values of settings in place of those of gateway.yaml.
    #[must_use]
    pub fn with_settings(self, settings: &'g BTreeMap<String, Value<'static>>) -> Self {
        Self { settings: Some(settings), ..self }
    }

    /// Decides an event, with reasons, as it is decided in service: an answer is there in the round after its question, and an
    /// event asks at most `rounds` times. `finish` is given the decision.
    ///
    /// # Errors
    /// The questions that nobody gave an answer to.
    pub fn decided<R>(&self, event: &Event, rounds: usize, finish: impl FnOnce(Decision<'_>) -> R) -> Result<R, Asks> {
        self.decided_by(explain, event, rounds, finish)
    }

    /// The same by `decide` or `explain`; without reasons it takes a part of the time.
    ///
    /// # Errors
    /// As [`GivenFacts::decided`].
    pub fn decided_by<R>(
        &self,
        deciding: Deciding,
        event: &Event,
        rounds: usize,
        finish: impl FnOnce(Decision<'_>) -> R,
    ) -> Result<R, Asks> {
        let mut facts = InRounds { given: self, asked: HashSet::new(), closed: None };
        for round in 1.. {
            let questions = match deciding(self.set, event, &facts) {
                Ok(decision) => return Ok(finish(decision)),
                Err(Asks(questions)) => questions,
            };
            let is_missing =
                |question: &Question| matches!(self.answer(question.lookup, question.key.view()), Answer::Unknown);
            let (missing, known): (Vec<_>, Vec<_>) = questions.into_iter().partition(is_missing);
            if !missing.is_empty() {
                return Err(Asks(missing));
            }
            facts.asked.extend(known.iter().map(Question::identity));
            if round >= rounds {
                facts.closed = Some(rounds);
            }
        }
        Err(Asks(Vec::new()))
    }
}

/// What is given, as it becomes known to an event.
struct InRounds<'g> {
    given: &'g GivenFacts<'g>,
    asked: HashSet<(usize, String)>,
    /// After how many rounds nothing further is asked.
    closed: Option<usize>,
}

impl Facts for InRounds<'_> {
    fn setting(&self, name: &str) -> Option<&Value<'static>> {
        self.given.setting(name)
    }

    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let is_remote = self.given.set.lookups.get(lookup).is_some_and(Lookup::is_remote);
        if !is_remote || self.asked.contains(&(lookup, key_identity(key))) {
            return self.given.answer(lookup, key);
        }
        match self.closed {
            None => Answer::Unknown,
            Some(rounds) => Answer::Failed(asks_too_often(rounds)),
        }
    }
}

/// Why nothing further is asked for an event.
#[must_use]
pub fn asks_too_often(rounds: usize) -> String {
    format!("the event asks more often than {rounds} times in a row (`lookups.rounds` of gateway.yaml)")
}

impl Facts for GivenFacts<'_> {
    fn setting(&self, name: &str) -> Option<&Value<'static>> {
        self.settings?.get(name)
    }

    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let Some(declared) = self.set.lookups.get(lookup) else { return Answer::Unknown };
        let Some(given) = self.given.iter().find(|given| given.lookup == declared.name) else {
            return self.tables.answer(lookup, key);
        };
        let key = key_text(key);
        match given.answers.iter().find(|(known, _)| same_text(known, &key)) {
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
