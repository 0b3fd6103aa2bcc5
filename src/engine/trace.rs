//! The trace of a decision: what each rule did and why, for `--explain`, failed tests and the log.

use std::iter;
use std::ops::Range;

use jiff::civil::Date;
use serde_json::json;

use super::facts::Answer;
use crate::event::secret::SecretNames;
use crate::event::{Value, View};
use crate::rule::Rule;

/// One rule's part in a decision.
#[derive(Clone, Debug)]
pub struct RuleTrace {
    pub rule: String,
    /// `file:line` of the rule.
    pub at: String,
    pub is_audit: bool,
    /// The last day of the audit, where one is said.
    pub audit_until: Option<Date>,
    pub outcome: Outcome,
    /// The rows of its table that held, from 0.
    pub rows: Vec<usize>,
    /// The conditions of its `when` that were looked at, by their places in the rule's file, and whether each held.
    pub tested: Vec<(Range<usize>, bool)>,
    /// Of a rule that held: the tests of its `when` that held, and the value that each saw.
    pub seen: Vec<Why>,
    /// What the rule did, or in audit mode would have done.
    pub did: Vec<String>,
    /// What it asked of lookups, each question once, in the order in which it asked.
    pub asked: Vec<Asked>,
}

/// A question to a lookup and what came of it, for a person to read: secrets are hidden, long values cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub lookup: String,
    /// The key as JSON.
    pub key: String,
    pub found: Found,
}

/// What a lookup answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The first rows, at most 3 of them; how many there were; and why they stand in for a source that could not be asked.
    Rows {
        first: Vec<String>,
        count: usize,
        stand_in: Option<String>,
    },
    /// The key was absent or blank: nobody was asked, and nothing is found.
    NoKey,
    Failed(String),
}

/// Most rows of one answer that a trace shows.
const ROWS_SHOWN: usize = 3;

impl Found {
    /// The answer to a key, columns of these names hidden; nothing where nobody has asked yet.
    pub(super) fn of(key: View<'_>, answer: &Answer<'_>, names: &SecretNames) -> Option<Self> {
        match answer {
            Answer::Rows(rows) => Some(Self::rows(key, rows, None, names)),
            Answer::Degraded(rows, why) => Some(Self::rows(key, rows, Some(why), names)),
            Answer::Failed(why) => Some(Self::Failed(why.clone())),
            Answer::Unknown => None,
        }
    }

    /// Rows found by `key`, or that stand in. A row may say again by what it was found: one found by a secret is hidden.
    fn rows(key: View<'_>, rows: &[Value<'static>], stand_in: Option<&str>, names: &SecretNames) -> Self {
        let shown = |row: &Value<'static>| match key.holds_secret() {
            true => row.clone().into_secret().view().shown(),
            false => names.hide(row.clone()).view().shown(),
        };
        let first = rows.iter().take(ROWS_SHOWN).map(shown).collect();
        Self::Rows { first, count: rows.len(), stand_in: stand_in.map(str::to_owned) }
    }
}

impl Asked {
    /// The question and its answer in a line, and the rows in a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let Self { lookup, key, found } = self;
        let (answer, first, count) = match found {
            Found::NoKey => ("was not asked: its key is absent or blank, which finds nothing".to_owned(), &[][..], 0),
            Found::Failed(why) => (format!("was asked for {key} and failed: {why}"), &[][..], 0),
            Found::Rows { first, count, stand_in } => {
                let rows = match count {
                    0 => "no row".to_owned(),
                    1 => "1 row".to_owned(),
                    more => format!("{more} rows"),
                };
                let answer = match stand_in {
                    None => format!("has {rows} for {key}"),
                    Some(why) => format!("could not be asked for {key}, `on_error` stands in with {rows}: {why}"),
                };
                (answer, first.as_slice(), *count)
            }
        };
        let left = count - first.len();
        let more = (left > 0).then(|| format!("  and {left} more"));
        let rows = first.iter().map(|row| format!("  {row}"));
        iter::once(format!("lookup `{lookup}` {answer}")).chain(rows).chain(more).collect()
    }

    fn to_json(&self) -> serde_json::Value {
        let Self { lookup, key, found } = self;
        match found {
            Found::NoKey => {
                json!({ "lookup": lookup, "count": 0, "not_asked": "the key is absent or blank" })
            }
            Found::Failed(why) => json!({ "lookup": lookup, "key": key, "failure": why }),
            Found::Rows { first, count, stand_in: None } => {
                json!({ "lookup": lookup, "key": key, "count": count, "rows": first })
            }
            Found::Rows { first, count, stand_in: Some(why) } => {
                json!({ "lookup": lookup, "key": key, "count": count, "rows": first, "stand_in": why })
            }
        }
    }
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

/// What is noted of a rule while it is evaluated. But for `did`, only while tracing.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Why its condition does not hold.
    pub why: Option<Why>,
    /// The conditions that were looked at, each with whether it held.
    pub tested: Vec<(Range<usize>, bool)>,
    /// The tests that held, each with the value that it saw.
    pub seen: Vec<Why>,
    /// What it did, or in audit mode would have done.
    pub did: Vec<String>,
    /// What it asked of lookups.
    pub consulted: Vec<Asked>,
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
            audit_until: rule.audit_until,
            outcome: Outcome::NotReached,
            rows: Vec::new(),
            tested: Vec::new(),
            seen: Vec::new(),
            did: Vec::new(),
            asked: Vec::new(),
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
            if let Some(last) = self.audit_until.filter(|_| self.is_audit) {
                object.insert("audit_until".to_owned(), json!(last.to_string()));
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
            if !self.asked.is_empty() {
                let asked: Vec<_> = self.asked.iter().map(Asked::to_json).collect();
                object.insert("lookups".to_owned(), json!(asked));
            }
            if !self.did.is_empty() {
                object.insert("did".to_owned(), json!(self.did));
            }
        }
        json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_for_programs_says_what_there_is_to_say_and_no_more() {
        let plain = RuleTrace {
            rule: "r".to_owned(),
            at: "a.yaml:3".to_owned(),
            is_audit: false,
            audit_until: None,
            outcome: Outcome::Held,
            rows: Vec::new(),
            tested: vec![(0..1, true)],
            seen: Vec::new(),
            did: Vec::new(),
            asked: Vec::new(),
        };
        let (last, why) = (Some("2026-12-31".parse().unwrap()), || "late".to_owned());
        let reason = Why { condition: "c".to_owned(), saw: "s".to_owned(), at: "a.yaml:4".to_owned() };
        let with = |outcome| RuleTrace { outcome, ..plain.clone() };
        for (trace, outcome, rest) in [
            (plain.clone(), "held", json!({})),
            (RuleTrace { audit_until: last, ..plain.clone() }, "held", json!({})),
            (RuleTrace { is_audit: true, ..plain.clone() }, "held", json!({ "mode": "audit" })),
            (
                RuleTrace { is_audit: true, audit_until: last, ..plain.clone() },
                "held",
                json!({ "mode": "audit", "audit_until": "2026-12-31" }),
            ),
            (with(Outcome::NotHeld(None)), "not held", json!({})),
            (
                with(Outcome::NotHeld(Some(reason))),
                "not held",
                json!({ "why": { "condition": "c", "saw": "s", "at": "a.yaml:4" } }),
            ),
            (with(Outcome::Failed(why())), "failed", json!({ "failure": "late" })),
            (with(Outcome::Skipped(why())), "skipped", json!({ "failure": "late" })),
            (with(Outcome::NotReached), "not reached", json!({})),
            (with(Outcome::Off), "off", json!({})),
            (
                RuleTrace { rows: vec![0, 2], did: vec!["stop".to_owned()], ..plain.clone() },
                "held",
                json!({ "rows": [1, 3], "did": ["stop"] }),
            ),
        ] {
            let mut expected = json!({ "rule": "r", "at": "a.yaml:3", "outcome": outcome });
            expected.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            assert_eq!(trace.to_json(), expected);
        }
    }

    #[test]
    fn what_a_lookup_answered_is_told_in_lines_and_to_programs() {
        let asked = |found| Asked { lookup: "l".to_owned(), key: "\"k\"".to_owned(), found };
        let rows = |count: usize, stand_in: Option<&str>| {
            let first = (0..count.min(ROWS_SHOWN)).map(|n| format!("row {n}")).collect();
            asked(Found::Rows { first, count, stand_in: stand_in.map(str::to_owned) })
        };
        for (asked, lines, json) in [
            (
                asked(Found::NoKey),
                vec!["lookup `l` was not asked: its key is absent or blank, which finds nothing"],
                json!({ "lookup": "l", "count": 0, "not_asked": "the key is absent or blank" }),
            ),
            (
                asked(Found::Failed("gone".to_owned())),
                vec!["lookup `l` was asked for \"k\" and failed: gone"],
                json!({ "lookup": "l", "key": "\"k\"", "failure": "gone" }),
            ),
            (
                rows(0, None),
                vec!["lookup `l` has no row for \"k\""],
                json!({ "lookup": "l", "key": "\"k\"", "count": 0, "rows": [] }),
            ),
            (
                rows(1, Some("gone")),
                vec!["lookup `l` could not be asked for \"k\", `on_error` stands in with 1 row: gone", "  row 0"],
                json!({ "lookup": "l", "key": "\"k\"", "count": 1, "rows": ["row 0"], "stand_in": "gone" }),
            ),
            (
                rows(3, None),
                vec!["lookup `l` has 3 rows for \"k\"", "  row 0", "  row 1", "  row 2"],
                json!({ "lookup": "l", "key": "\"k\"", "count": 3, "rows": ["row 0", "row 1", "row 2"] }),
            ),
            (
                rows(5, None),
                vec!["lookup `l` has 5 rows for \"k\"", "  row 0", "  row 1", "  row 2", "  and 2 more"],
                json!({ "lookup": "l", "key": "\"k\"", "count": 5, "rows": ["row 0", "row 1", "row 2"] }),
            ),
        ] {
            assert_eq!((asked.lines(), asked.to_json()), (lines.iter().map(ToString::to_string).collect(), json));
        }
    }
}
