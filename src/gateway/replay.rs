//! Recorded events decided again: by the same `decide`, on tokens, with nothing asked outside and nothing sent.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::live::Live;
use super::recorded_facts::{Keys, RecordedFacts};
use super::rounds::Deciding;
use crate::engine::{Asks, Decision, decide, explain};
use crate::event::token::{self, Digests};
use crate::event::{Event, Path};
use crate::journal::{Key, Outcome, Plain, Record, RecordedDelivery, RecordedOutcome, Tokenised, value};

/// Rules with all that is needed to try them on records.
#[derive(Debug)]
pub struct Replay<'r> {
    live: &'r Live,
    keys: Keys,
    key: String,
    by: Arc<dyn Digests>,
    plain: Plain,
}

/// What came of one record.
#[derive(Debug)]
pub enum Again {
    /// `is_by_same` tells whether the same rule decided.
    Same {
        is_by_same: bool,
    },
    Differs(Box<Difference>),
    Cannot(Cannot),
}

/// How a decision would differ.
#[derive(Debug)]
pub struct Difference {
    pub now: RecordedOutcome,
    /// What differs: `answer`, `user`, `deliveries`, `audits`, `skipped`.
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
    /// Tries these rules. The key must be the one that the records were made with; `plain` are the fields recorded as they are.
    #[must_use]
    pub fn new(live: &'r Live, key: Key, plain: &[Path]) -> Self {
        let id = key.id().to_owned();
        let by: Arc<dyn Digests> = Arc::new(key.remembering());
        Self { live, keys: Keys::of(live, &*by), key: id, by, plain: Plain::new(plain) }
    }

    /// Decides a record again and compares.
    #[must_use]
    pub fn again(&self, record: &Record) -> Again {
        let outcome = |event: &Event, decision: Decision<'_>| {
            let tokenised = Tokenised::new(&*self.by, event);
            RecordedOutcome::of(&Outcome::of(&decision, Vec::new(), &self.live.rules), &tokenised, &self.plain)
        };
        match self.decided(record, decide, outcome).and_then(|now| Ok((self.differing(&record.decision, &now)?, now))) {
            Err(cannot) => Again::Cannot(cannot),
            Ok((what, now)) if what.is_empty() => Again::Same { is_by_same: now.rule == record.decision.rule },
            Ok((what, now)) => Again::Differs(Box::new(Difference { now, what })),
        }
    }

    /// Decides a record again, noting what each rule did and why.
    ///
    /// # Errors
    /// When it cannot be decided again.
    pub fn explained<R>(&self, record: &Record, show: impl FnOnce(&Event, Decision<'_>) -> R) -> Result<R, Cannot> {
        self.decided(record, explain, show)
    }

    fn decided<R>(
        &self,
        record: &Record,
        deciding: Deciding,
        show: impl FnOnce(&Event, Decision<'_>) -> R,
    ) -> Result<R, Cannot> {
        if record.key != self.key {
            return Err(Cannot::because("was recorded with another key"));
        }
        let rules = &self.live.rules;
        let place = rules.hooks.rows.iter().position(|hook| hook.name == record.hook);
        let place = place.ok_or_else(|| Cannot::because(format!("there is no hook `{}`", record.hook)))?;
        let event = record.event(&rules.hooks, place, &self.by).map_err(Cannot::because)?;
        let facts = RecordedFacts::of(record, self.live, &self.keys, &self.by).map_err(Cannot::because)?;
        let decision = deciding(rules, &event, &facts).map_err(|Asks(questions)| {
            let asked = questions.first().and_then(|question| rules.lookups.get(question.lookup));
            let name = asked.map_or("", |lookup| &lookup.name);
            Cannot::because(format!("asks what was not recorded, of lookup `{name}`"))
        })?;
        if let Some(needs) = &decision.needs {
            let why = format!("needs the plain value of `{}`", needs.what);
            return Err(Cannot { why, rule: Some((needs.rule.clone(), needs.at.clone())) });
        }
        Ok(show(&event, decision))
    }

    /// In what two outcomes differ. Which rule brought them about is no difference to anybody outside.
    fn differing(&self, before: &RecordedOutcome, now: &RecordedOutcome) -> Result<Vec<&'static str>, Cannot> {
        if before.mapped.as_deref() == Some(token::SECRET) && now.mapped.is_some() {
            return Err(Cannot::because("maps a password, of which nothing is recorded"));
        }
        let is_same_answer = (&before.word, &before.code, &before.attribute, &before.mapped)
            == (&now.word, &now.code, &now.attribute, &now.mapped);
        let is_same_user = match (&before.user, &now.user) {
            (None, None) => true,
            (Some(before), Some(now)) => self.same(before, now),
            _ => false,
        };
        let alike = |(before, now): (&RecordedDelivery, &RecordedDelivery)| {
            (&before.to, &before.key) == (&now.to, &now.key) && self.same(&before.body, &now.body)
        };
        let (sent, sends) = (&before.deliveries, &now.deliveries);
        let is_same_sent = sent.len() == sends.len() && sent.iter().zip(sends).all(alike);
        let all = [
            ("answer", is_same_answer),
            ("user", is_same_user),
            ("deliveries", is_same_sent),
            ("audits", before.audits == now.audits),
            ("skipped", before.skipped == now.skipped),
        ];
        Ok(all.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect())
    }

    /// Whether two recorded values are the same, tokens or not.
    fn same(&self, before: &RawValue, now: &RawValue) -> bool {
        if before.get() == now.get() {
            return true;
        }
        match (value(before, &self.by), value(now, &self.by)) {
            (Ok(before), Ok(now)) => before.view().same(now.view()),
            _ => false,
        }
    }
}
