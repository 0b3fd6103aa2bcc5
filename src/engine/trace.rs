//! What each rule did to an event and why, for `--explain`, failed tests and the log.

use std::ops::Range;

use serde_json::json;

use crate::rule::Rule;

/// One rule's part in a decision.
#[derive(Clone, Debug)]
pub struct RuleTrace {
    pub rule: String,
    /// `file:line` of the rule.
    pub at: String,
    pub is_audit: bool,
    pub outcome: Outcome,
    /// The rows of its table that held, from 0.
    pub rows: Vec<usize>,
    /// The conditions of its `when` that were looked at, by their places in the rule's file, and whether each held.
    pub tested: Vec<(Range<usize>, bool)>,
    /// What the rule did, or in audit mode would have done.
    pub did: Vec<String>,
    /// Answers it read that stood in for a source that could not be asked.
    pub degraded: Vec<String>,
}

/// How far a rule came.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Its condition held.
    Held,
    /// Its condition did not hold, and why.
    NotHeld(Option<Why>),
    /// It could not be evaluated.
    Failed(String),
    /// It was passed over: it could not be known whether it holds, or it failed and says `on_failure: skip`.
    Skipped(String),
    /// An earlier rule had decided, or said `stop`.
    NotReached,
    /// `mode: off`.
    Off,
}

/// The condition that failed and the value it saw.
#[derive(Clone, Debug)]
pub struct Why {
    /// The condition as it is written.
    pub condition: String,
    /// In words: "`user.country` is \"France\"".
    pub saw: String,
    /// `file:line` of the condition.
    pub at: String,
}

impl RuleTrace {
    /// A rule that was not evaluated.
    #[must_use]
    pub fn unevaluated(rule: &Rule, outcome: Outcome) -> Self {
        Self { outcome, ..Self::of(rule) }
    }

    /// A rule of which nothing is known yet.
    #[must_use]
    pub fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.name.clone(),
            at: rule.place().file_line(),
            is_audit: rule.mode == crate::rule::Mode::Audit,
            outcome: Outcome::NotReached,
            rows: Vec::new(),
            tested: Vec::new(),
            did: Vec::new(),
            degraded: Vec::new(),
        }
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let (outcome, why, failure) = match &self.outcome {
            Outcome::Held => ("held", None, None),
            Outcome::NotHeld(why) => ("not held", why.as_ref(), None),
            Outcome::Failed(message) => ("failed", None, Some(message)),
            Outcome::Skipped(message) => ("skipped", None, Some(message)),
            Outcome::NotReached => ("not reached", None, None),
            Outcome::Off => ("off", None, None),
        };
        let mut json = json!({ "rule": self.rule, "at": self.at, "outcome": outcome });
        if let Some(object) = json.as_object_mut() {
            if self.is_audit {
                object.insert("mode".to_owned(), json!("audit"));
            }
            if let Some(why) = why {
                let why = json!({ "condition": why.condition, "saw": why.saw, "at": why.at });
                object.insert("why".to_owned(), why);
            }
            if let Some(message) = failure {
                object.insert("failure".to_owned(), json!(message));
            }
            if !self.rows.is_empty() {
                let from_one: Vec<usize> = self.rows.iter().map(|row| row + 1).collect();
                object.insert("rows".to_owned(), json!(from_one));
            }
            if !self.degraded.is_empty() {
                object.insert("degraded".to_owned(), json!(self.degraded));
            }
            if !self.did.is_empty() {
                object.insert("did".to_owned(), json!(self.did));
            }
        }
        json
    }
}
