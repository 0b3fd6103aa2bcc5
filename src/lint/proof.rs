//! Runs the examples of findings before they are reported, to see whether they show the claim.

use super::finding::{Call, Claim, Finding};
use crate::diagnostic::Diagnostic;
use crate::engine::testing::case::Surroundings;
use crate::engine::{Decision, Facts, Outcome, RuleTrace, Verdict, explain};
use crate::event::{Context, Event, Path, Value};
use crate::rule::RuleSet;

/// Deepest nesting of an example.
const DEPTH_LIMIT: usize = 64;

/// A finding with the first of its examples that shows it; `None` where it needs one and none does.
#[must_use]
pub fn prove(set: &RuleSet, finding: Finding, facts: &dyn Facts, surroundings: &Surroundings) -> Option<Diagnostic> {
    let Finding { mut diagnostic, claim, calls, is_certain } = finding;
    let shown = claim.and_then(|claim| calls.into_iter().find(|call| is_shown(set, &claim, call, facts, surroundings)));
    if shown.is_none() && !is_certain {
        return None;
    }
    diagnostic.example = shown.map(|call| call.example);
    Some(diagnostic)
}

fn is_shown(set: &RuleSet, claim: &Claim, call: &Call, facts: &dyn Facts, surroundings: &Surroundings) -> bool {
    let context = Context {
        id: "check".to_owned(),
        now: surroundings.now,
        calendar: surroundings.calendar.clone(),
        app: call.app.clone(),
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    };
    let body = call.example.body.clone().into_bytes();
    let event = Event::read(&set.hooks, call.hook, body, DEPTH_LIMIT, context);
    event.is_ok_and(|event| explain(set, &event, facts).is_ok_and(|decision| shows(set, claim, &decision)))
}

/// Whether an explained decision shows the claim.
#[must_use]
pub fn shows(set: &RuleSet, claim: &Claim, decision: &Decision<'_>) -> bool {
    let trace = |rule: usize| {
        let name = &set.rules.get(rule)?.name;
        decision.trace.iter().find(|trace| trace.rule == *name)
    };
    let held = |rule: usize| trace(rule).filter(|trace| matches!(trace.outcome, Outcome::Held));
    match claim {
        Claim::BothRows { rule, first, second } => {
            let both = format!("rows {} and {} of its table both hold", first + 1, second + 1);
            trace(*rule)
                .is_some_and(|trace| matches!(&trace.outcome, Outcome::Failed(message) if message.starts_with(&both)))
        }
        Claim::RowLoses { rule, row } => {
            held(*rule).is_some_and(|trace| trace.rows.first().is_some_and(|first| first < row))
        }
        Claim::NoRow { rule } => trace(*rule).is_some_and(has_no_row),
        Claim::NotReached { rule, by } => {
            let is_by = |rule: &crate::rule::Rule| {
                by.iter().any(|by| set.rules.get(*by).is_some_and(|by| by.name == rule.name))
            };
            let ended =
                decision.trace.iter().rev().find(|trace| !matches!(trace.outcome, Outcome::NotReached | Outcome::Off));
            let is_ended_by =
                ended.is_some_and(|last| by.iter().any(|by| set.rules.get(*by).is_some_and(|by| by.name == last.rule)));
            trace(*rule).is_some_and(|trace| matches!(trace.outcome, Outcome::NotReached))
                && (is_ended_by || decision.decided_by.is_some_and(is_by))
        }
        Claim::BothChange { first, second, path, yields } => {
            let is_whole = matches!(decision.verdict, Verdict::Undecided);
            let changes =
                |rule: usize| held(rule).map(|trace| trace.did.iter().filter(|did| is_change(did, path)).count());
            match (changes(*first), changes(*second)) {
                (Some(twice), _) if first == second => is_whole && twice > 1,
                (Some(1..), Some(second)) => is_whole && (second > 0 || *yields),
                _ => false,
            }
        }
        Claim::Holds { rule } => held(*rule).is_some(),
    }
}

fn has_no_row(trace: &RuleTrace) -> bool {
    matches!(&trace.outcome, Outcome::NotHeld(Some(why)) if why.condition == "no row of the table holds")
}

/// Whether what a rule did is a change of this field.
fn is_change(did: &str, path: &Path) -> bool {
    did.starts_with(&format!("set {path} = ")) || did == format!("remove {path}")
}
