//! What each rule did in a decision: held, or which condition failed with the value it saw.

use maud::{Markup, html};

use crate::console::frame::with_code;
use crate::console::parts::{PERSONAL, State, state};
use crate::engine::{Asked, Outcome, RuleTrace};

/// Most rules that did not hold that are shown.
const SHOWN: usize = 200;

/// The rules in their order. Values are for those who may see people.
pub(super) fn list(trace: &[RuleTrace], sees_people: bool) -> Markup {
    let is_reached = |rule: &&RuleTrace| !matches!(rule.outcome, Outcome::NotReached | Outcome::Off);
    let mut quiet = 0;
    let shown = trace.iter().filter(is_reached).filter(|rule| {
        quiet += usize::from(matches!(rule.outcome, Outcome::NotHeld(_)));
        !matches!(rule.outcome, Outcome::NotHeld(_)) || quiet <= SHOWN
    });
    let shown: Vec<&RuleTrace> = shown.collect();
    let reached = trace.iter().filter(is_reached).count();
    html! {
        ol.rules { @for rule in &shown { li { (one(rule, sees_people)) } } }
        @if shown.len() < reached { p.soft { (reached - shown.len()) " more rules did not hold." } }
        @if reached < trace.len() { p.soft { (trace.len() - reached) " rules behind them were not reached, or are off." } }
        @if trace.is_empty() { p.soft { "No rule runs on this hook." } }
    }
}

fn one(rule: &RuleTrace, sees_people: bool) -> Markup {
    let (is, words) = match &rule.outcome {
        Outcome::Held => (State::Well, "held"),
        Outcome::NotHeld(_) => (State::Plain, "did not hold"),
        Outcome::Failed(_) => (State::Bad, "failed"),
        Outcome::Skipped(_) => (State::Warning, "was skipped"),
        Outcome::NotReached => (State::Plain, "was not reached"),
        Outcome::Off => (State::Plain, "is off"),
    };
    let personal =
        |text: &str| html! { @if sees_people { bdi { (with_code(text)) } } @else { span.soft { (PERSONAL) } } };
    html! {
        div { strong { (rule.rule) } " " (state(is, words)) @if rule.is_audit { span.soft { " (audit: changes nothing)" } } " " code.soft { (rule.at) } }
        @match &rule.outcome {
            Outcome::NotHeld(Some(why)) => {
                div.why { code { (why.condition) } " " code.soft { (why.at) } }
                div.why { "saw: " (personal(&why.saw)) }
            }
            Outcome::Held => {
                @for seen in &rule.seen {
                    div.why { code { (seen.condition) } " " code.soft { (seen.at) } }
                    div.why { "saw: " (personal(&seen.saw)) }
                }
            }
            Outcome::Failed(message) | Outcome::Skipped(message) => { div.why { (personal(message)) } }
            _ => {}
        }
        @for row in &rule.rows { div.why { "row " (row + 1) " of its table" } }
        @for asked in &rule.asked { div.why { (question(asked, sees_people)) } }
        @if !sees_people && !rule.did.is_empty() { div.why { "did: " span.soft { (PERSONAL) } } }
        @for did in rule.did.iter().filter(|_| sees_people) { div.why { bdi { (with_code(did)) } } }
    }
}

/// A question to a lookup.
fn question(asked: &Asked, sees_people: bool) -> Markup {
    match sees_people {
        true => html! { @for line in asked.lines() { div { bdi { (with_code(&line)) } } } },
        false => html! { "asked lookup " code { (asked.lookup) } ": " span.soft { (PERSONAL) } },
    }
}
