//! What each rule did in a decision: held, or which condition failed with the value it saw.

use maud::{Markup, html};

use crate::console::shown::{Clean, rule_trace};
use crate::engine::{Outcome, RuleTrace};

/// Most rules that did not hold that are shown.
const SHOWN: usize = 200;

/// The rules in their order. Values are for those who may see people.
pub(super) fn list(trace: &[RuleTrace], clean: Clean<'_>, sees_people: bool) -> Markup {
    let is_reached = |rule: &&RuleTrace| !matches!(rule.outcome, Outcome::NotReached | Outcome::Off);
    let mut quiet = 0;
    let shown = trace.iter().filter(is_reached).filter(|rule| {
        quiet += usize::from(matches!(rule.outcome, Outcome::NotHeld(_)));
        !matches!(rule.outcome, Outcome::NotHeld(_)) || quiet <= SHOWN
    });
    let shown: Vec<&RuleTrace> = shown.collect();
    let reached = trace.iter().filter(is_reached).count();
    html! {
        ol.rules { @for rule in &shown { li { (rule_trace(rule, clean, sees_people, &html! {})) } } }
        @if shown.len() < reached { p.soft { (reached - shown.len()) " more rules did not hold." } }
        @if reached < trace.len() { p.soft { (trace.len() - reached) " rules behind them were not reached, or are off." } }
        @if trace.is_empty() { p.soft { "No rule runs on this hook." } }
    }
}
