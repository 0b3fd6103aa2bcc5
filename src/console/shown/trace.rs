//! Shows what one rule did in a decision: held, or which condition failed with the value it saw.

use maud::{Markup, html};

use super::hidden::Clean;
use crate::console::frame::with_code;
use crate::console::parts::{PERSONAL, State, state};
use crate::engine::{Asked, Outcome, RuleTrace, Why};

/// One rule. `rows` may say more of the rows of its table; values are for those who may see them.
pub(in crate::console) fn rule(rule: &RuleTrace, clean: Clean<'_>, sees_values: bool, rows: &Markup) -> Markup {
    let (is, words) = match &rule.outcome {
        Outcome::Held => (State::Well, "held"),
        Outcome::NotHeld(_) => (State::Plain, "did not hold"),
        Outcome::Failed(_) => (State::Bad, "failed"),
        Outcome::Skipped(_) => (State::Warning, "was skipped"),
        Outcome::NotReached => (State::Plain, "was not reached"),
        Outcome::Off => (State::Plain, "is off"),
    };
    let value = |text: &str| {
        html! { @if sees_values { bdi { (with_code(&clean.text(text))) } } @else { span.soft { (PERSONAL) } } }
    };
    let saw = |why: &Why| {
        html! {
            div.why {
                code dir="auto" { (clean.text(&why.condition)) }
                p { (value(&why.saw)) " " code.soft { (why.at) } }
            }
        }
    };
    html! {
        bdi { strong { (rule.rule) } } " " (state(is, words))
        @if rule.is_audit { " " (state(State::Warning, "only watched: changes nothing")) }
        " " code.soft { (rule.at) }
        @match &rule.outcome {
            Outcome::NotHeld(Some(why)) => (saw(why)),
            Outcome::Held => { @for seen in &rule.seen { (saw(seen)) } }
            Outcome::Failed(message) | Outcome::Skipped(message) => p.why { (value(message)) },
            Outcome::NotHeld(None) | Outcome::NotReached | Outcome::Off => {}
        }
        @if !rule.rows.is_empty() {
            p.why {
                "by row " (rule.rows.iter().map(|row| (row + 1).to_string()).collect::<Vec<_>>().join(", ")) " of its table"
                (rows)
            }
        }
        @for asked in &rule.asked { (question(asked, clean, sees_values)) }
        @if !sees_values && !rule.did.is_empty() { p.why { "did: " span.soft { (PERSONAL) } } }
        @for did in rule.did.iter().filter(|_| sees_values) { p.why dir="auto" { (with_code(&clean.text(did))) } }
    }
}

/// A question to a lookup.
fn question(asked: &Asked, clean: Clean<'_>, sees_values: bool) -> Markup {
    html! {
        @if sees_values {
            @for line in asked.lines() { p.why dir="auto" { (with_code(&clean.text(&line))) } }
        } @else {
            p.why { "asked lookup " code { (asked.lookup) } ": " span.soft { (PERSONAL) } }
        }
    }
}
