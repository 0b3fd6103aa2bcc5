//! Tries rules on one event: what would be answered, changed and sent, and what each rule did.

use super::trace::headline;
use crate::engine::{Asks, Change, Decision, Delivery, GivenFacts, RuleTrace, refusals, unanswered};
use crate::event::{Event, Hook, problem};
use crate::gateway::Live;
use crate::rule::GivenLookup;

/// What stands in place of the request's id.
pub const DRY_RUN: &str = "dry-run";

/// What came of an event that was tried.
#[derive(Debug)]
pub struct Tried {
    /// The decision in a line.
    pub headline: String,
    /// The body that would be answered, secrets hidden.
    pub reply: String,
    /// The rule that decided.
    pub decided_by: Option<String>,
    /// Every refusal by its code and its rule.
    pub refusals: Vec<(String, String)>,
    pub changes: Vec<Change>,
    pub deliveries: Vec<Delivery>,
    pub trace: Vec<RuleTrace>,
}

impl Tried {
    /// What there is to tell of a decision.
    #[must_use]
    pub fn of(decision: Decision<'_>, hook: &Hook, event: &Event) -> Self {
        Self {
            headline: headline(&hook.name, &decision),
            reply: decision.shown_reply(hook, event).unwrap_or_else(|| problem("RulesFailed", DRY_RUN)),
            decided_by: decision.decided_by.map(|rule| rule.name.clone()),
            refusals: refusals(&decision),
            changes: decision.changes(event),
            deliveries: decision.deliveries,
            trace: decision.trace,
        }
    }
}

/// Decides with these answers of lookups; tables answer for themselves.
///
/// # Errors
/// What is asked and not given, as a person writes it: `LOOKUP: { "KEY": … }`.
pub fn tried(live: &Live, event: &Event, hook: &Hook, given: &[GivenLookup], rounds: usize) -> Result<Tried, String> {
    let facts = GivenFacts::new(&live.rules, given, &live.tables);
    let tried = facts.decided(event, rounds, |decision| Tried::of(decision, hook, event));
    tried.map_err(|Asks(questions)| unanswered(&live.rules, &questions))
}
