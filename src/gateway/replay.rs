//! Decides recorded events again: with the facts of then, asking nothing outside and sending nothing.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::live::Live;
use super::recorded_facts::{RecordedFacts, TableRows};
use super::rounds::Deciding;
use crate::engine::{Asks, Decision, Notes, decide, explain};
use crate::event::Event;
use crate::journal::{Outcome, Record, RecordedDelivery, RecordedOutcome, value};

/// Rules with all that is needed to try them on records.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'r> {
    live: &'r Live,
    table_rows: TableRows,
}

/// What came of one record.
#[derive(Debug)]
pub struct Decided {
    pub again: Again,
    /// Who the event was about, where that can be told; see [`Event::person`].
    pub person: Option<String>,
    /// Tables, and settings (`setting.NAME`), that answer otherwise now than they did then.
    pub changed_tables: BTreeSet<String>,
}

/// How it came out, beside what was recorded.
#[derive(Debug)]
pub enum Again {
    /// `is_by_same` tells whether the same rule decided.
    Same {
        is_by_same: bool,
    },
    Differs(Box<Difference>),
    Cannot(Cannot),
}

/// How a decision would differ. Two secrets count as equal: which they were is not recorded.
#[derive(Debug)]
pub struct Difference {
    pub now: RecordedOutcome,
    /// What differs: `answer`, `user`, `deliveries`, `refusals`, `audits`, `skipped`.
    pub what: Vec<&'static str>,
}

/// Why a record cannot be decided again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cannot {
    pub why: String,
    /// The rule that needs what is not there, and its `file:line`.
    pub rule: Option<(String, String)>,
}

impl Cannot {
    fn because(why: impl Into<String>) -> Self {
        Self { why: why.into(), rule: None }
    }
}

impl<'r> Replay<'r> {
    /// Tries these rules.
    #[must_use]
    pub fn new(live: &'r Live, table_rows: TableRows) -> Self {
        Self { live, table_rows }
    }

    /// Decides a record again and compares.
    #[must_use]
    pub fn again(&self, record: &Record) -> Decided {
        let (mut person, mut changed_tables) = (None, BTreeSet::new());
        let again = self.event(record).and_then(|event| {
            person = event.person().map(std::borrow::Cow::into_owned);
            let facts = self.facts(record)?;
            let outcome = |decision: Decision<'_>| Outcome::of(&decision, Notes::default(), &self.live.rules);
            let now = self.decided(&event, &facts, decide, outcome);
            changed_tables = facts.changed_tables();
            now
        });
        let again = match again.map(|now| RecordedOutcome::of(&now)) {
            Err(cannot) => Again::Cannot(cannot),
            Ok(now) => match differing(&record.decision, &now) {
                what if what.is_empty() => Again::Same { is_by_same: now.rule == record.decision.rule },
                _ if record.erased => Again::Cannot(Cannot::because("somebody was erased in it")),
                what => Again::Differs(Box::new(Difference { now, what })),
            },
        };
        Decided { again, person, changed_tables }
    }

    /// Decides a record again, noting what each rule did and why.
    ///
    /// # Errors
    /// When it cannot be decided again.
    pub fn explained<R>(&self, record: &Record, show: impl FnOnce(Decision<'_>, &Event) -> R) -> Result<R, Cannot> {
        let event = self.event(record)?;
        self.decided(&event, &self.facts(record)?, explain, |decision| show(decision, &event))
    }

    fn event(&self, record: &Record) -> Result<Event, Cannot> {
        if record.is_of_old_form() {
            return Err(Cannot::because("of the old form, with tokens in place of values"));
        }
        let hooks = &self.live.rules.hooks;
        let place = hooks.position(&record.hook);
        let place = place.ok_or_else(|| Cannot::because(format!("there is no hook `{}`", record.hook)))?;
        record.event(hooks, place).map_err(Cannot::because)
    }

    fn facts<'f>(&'f self, record: &'f Record) -> Result<RecordedFacts<'f>, Cannot> {
        RecordedFacts::of(record, self.live, self.table_rows).map_err(Cannot::because)
    }

    fn decided<R>(
        &self,
        event: &Event,
        facts: &RecordedFacts<'_>,
        deciding: Deciding,
        show: impl FnOnce(Decision<'_>) -> R,
    ) -> Result<R, Cannot> {
        let rules = &self.live.rules;
        let decision = deciding(rules, event, facts).map_err(|Asks(questions)| {
            let asked = questions.first().and_then(|question| rules.lookups.get(question.lookup));
            let name = asked.map_or("", |lookup| &lookup.name);
            Cannot::because(format!("asks what was not recorded, of lookup `{name}`"))
        })?;
        match &decision.undecidable {
            Some(lack) => Err(Cannot { why: lack.why.clone(), rule: Some((lack.rule.clone(), lack.at.clone())) }),
            None => Ok(show(decision)),
        }
    }
}

/// In what two outcomes differ. Which rule brought them about is no difference to anybody outside.
fn differing(before: &RecordedOutcome, now: &RecordedOutcome) -> Vec<&'static str> {
    let is_same_answer = (&before.word, &before.code, &before.attribute, &before.mapped)
        == (&now.word, &now.code, &now.attribute, &now.mapped);
    let is_same_user = match (&before.user, &now.user) {
        (None, None) => true,
        (Some(before), Some(now)) => is_same(before, now),
        (Some(_), None) | (None, Some(_)) => false,
    };
    let alike = |(before, now): (&RecordedDelivery, &RecordedDelivery)| {
        (&before.to, &before.key) == (&now.to, &now.key) && is_same(&before.body, &now.body)
    };
    // Where they were not collected then or are not now, only the first is known.
    let is_same_refusals = match (&before.refusals, &now.refusals) {
        (Some(before), Some(now)) => before.iter().map(|one| &one.code).eq(now.iter().map(|one| &one.code)),
        (None, _) | (_, None) => true,
    };
    let (sent, sends) = (&before.deliveries, &now.deliveries);
    let is_same_sent = sent.len() == sends.len() && sent.iter().zip(sends).all(alike);
    let all = [
        ("answer", is_same_answer),
        ("user", is_same_user),
        ("deliveries", is_same_sent),
        ("refusals", is_same_refusals),
        ("audits", before.audits == now.audits),
        ("skipped", before.skipped == now.skipped),
    ];
    all.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
}

/// Whether two recorded values are the same.
fn is_same(before: &RawValue, now: &RawValue) -> bool {
    before.get() == now.get()
        || matches!((value(before), value(now)), (Ok(before), Ok(now)) if before.view().same(now.view()))
}
