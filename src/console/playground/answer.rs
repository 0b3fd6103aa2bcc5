//! Shows what came of an attempt: the answer, changes, deliveries that would go, and what each rule did.

use maud::{Markup, html};

use super::attempt::Attempt;
use super::edited::Edited;
use super::laid_out::laid_out;
use crate::console::frame::with_code;
use crate::console::parts::{State, empty, notice, state, wide};
use crate::console::rules::link;
use crate::console::shown::{Findings, told, without_secrets};
use crate::engine::{Asked, Change, Delivery, Outcome, RuleTrace};
use crate::event::SecretNames;
use crate::report::Tried;

/// Most rules of a trace that are shown of those that did nothing, and of the others.
const QUIET_SHOWN: usize = 100;
const TELLING_SHOWN: usize = 300;

/// What came of it.
pub(super) fn answer(attempt: &Attempt, edited: &Edited, is_personal_shown: bool) -> Markup {
    let secrets = &edited.live().rules.hooks.secrets;
    html! {
        @match attempt {
            Attempt::Tried(tried) => (self::tried(tried, edited, secrets)),
            Attempt::Not { what, help } => (notice(State::Bad, what, help)),
            Attempt::Broken(findings) => {
                (notice(State::Bad, &format!("nothing was tried: {}", told(findings)), "correct what stands below; nothing of it is in force"))
                (Findings { findings, text: Some((edited.name(), &edited.text)), is_personal_shown, secrets }.shown())
            }
        }
    }
}

fn tried(tried: &Tried, edited: &Edited, secrets: &SecretNames) -> Markup {
    let decision = tried.headline.split_once(": ").map_or(tried.headline.as_str(), |(_, decision)| decision);
    let is = match decision {
        refused if refused.starts_with("rejected") => State::Warning,
        failed if failed.starts_with("a rule failed") => State::Bad,
        _ => State::Well,
    };
    html! {
        div.notice .well[is == State::Well] .warning[is == State::Warning] .bad[is == State::Bad] role="status" {
            @for line in tried.headline.lines() { p { (without_secrets(line.trim(), secrets)) } }
        }
        h3 { "Reply" }
        pre tabindex="0" { code dir="auto" { (laid_out(&tried.reply)) } }
        h3 { "Changes" }
        (changes(&tried.changes))
        h3 { "Deliveries" }
        (deliveries(&tried.deliveries))
        h3 { "What each rule did" }
        (trace(tried, edited, secrets))
    }
}

fn changes(changes: &[Change]) -> Markup {
    if changes.is_empty() {
        return empty("the rules change nothing of the user", "");
    }
    wide(
        "Changes of the user",
        &html! {
            table.diff {
                thead { tr { th scope="col" { "Field" } th scope="col" { "Before" } th scope="col" { "After" } } }
                tbody {
                    @for change in changes {
                        tr {
                            th scope="row" { code { (change.path) } }
                            td.removed dir="auto" { @match &change.before { Some(before) => { "− " code { (before) } }, None => span.soft { "absent" } } }
                            td.added dir="auto" { @match &change.after { Some(after) => { "+ " code { (after) } }, None => span.soft { "absent" } } }
                        }
                    }
                }
            }
        },
    )
}

fn deliveries(deliveries: &[Delivery]) -> Markup {
    if deliveries.is_empty() {
        return empty("nothing would be sent", "");
    }
    html! {
        p.help { "These would go. Nothing is sent from here." }
        (wide("Deliveries that would go", &html! {
            table {
                thead { tr { th scope="col" { "To" } th scope="col" { "By rule" } th scope="col" { "Key" } th scope="col" { "Body" } } }
                tbody {
                    @for delivery in deliveries {
                        tr {
                            th scope="row" { (delivery.to) } td { bdi { (delivery.rule) } } td.cut dir="auto" { (delivery.key) }
                            td { pre { code dir="auto" { (laid_out(&delivery.shown())) } } }
                        }
                    }
                }
            }
        }))
    }
}

fn trace(tried: &Tried, edited: &Edited, secrets: &SecretNames) -> Markup {
    let is_telling = |rule: &&RuleTrace| {
        matches!(rule.outcome, Outcome::Held | Outcome::Failed(_) | Outcome::Skipped(_))
            || Some(&rule.rule) == tried.decided_by.as_ref()
    };
    let (telling, quiet): (Vec<&RuleTrace>, Vec<&RuleTrace>) = tried.trace.iter().partition(is_telling);
    if tried.trace.is_empty() {
        return empty("no rule stands on this hook", "choose a file, and write one");
    }
    html! {
        @if telling.is_empty() { p { "No rule held." } }
        ol.trace { @for rule in telling.iter().take(TELLING_SHOWN) { (rule_trace(rule, edited, secrets)) } }
        @if telling.len() > TELLING_SHOWN { p.help { "and " (telling.len() - TELLING_SHOWN) " more that held" } }
        @if !quiet.is_empty() {
            details open[quiet.len() <= 20] {
                summary { (crate::report::counted(quiet.len(), "rule")) " did nothing" }
                ol.trace { @for rule in quiet.iter().take(QUIET_SHOWN) { (rule_trace(rule, edited, secrets)) } }
                @if quiet.len() > QUIET_SHOWN {
                    p.help { "and " (quiet.len() - QUIET_SHOWN) " more; `hookgate dry-run --explain` shows all" }
                }
            }
        }
    }
}

fn rule_trace(rule: &RuleTrace, edited: &Edited, secrets: &SecretNames) -> Markup {
    let (is, words) = match &rule.outcome {
        Outcome::Held => (State::Well, "held"),
        Outcome::NotHeld(_) => (State::Plain, "did not hold"),
        Outcome::Failed(_) => (State::Bad, "failed"),
        Outcome::Skipped(_) => (State::Warning, "was skipped"),
        Outcome::NotReached => (State::Plain, "was not reached"),
        Outcome::Off => (State::Plain, "is off"),
    };
    let rows = rule.rows.iter().map(|row| (row + 1).to_string()).collect::<Vec<_>>().join(",");
    let clean = |text: &str| without_secrets(text, secrets);
    html! {
        li {
            bdi { strong { (rule.rule) } } " " (state(is, words))
            @if rule.is_audit { " " (state(State::Warning, "only watched: changes nothing")) }
            " " code.soft { (rule.at) }
            @match &rule.outcome {
                Outcome::NotHeld(Some(why)) => {
                    div.why {
                        code dir="auto" { (clean(&why.condition)) }
                        p { (with_code(&clean(&why.saw))) " " code.soft { (why.at) } }
                    }
                }
                Outcome::Failed(message) | Outcome::Skipped(message) => p.why { (clean(message)) },
                Outcome::Held | Outcome::NotHeld(None) | Outcome::NotReached | Outcome::Off => {}
            }
            @if !rule.rows.is_empty() {
                p.why {
                    "by row " (rows.replace(',', ", ")) " of its table"
                    @if !edited.is_edited() { ": " a href=(link("rules/rule", &[("name", &rule.rule), ("row", &rows)])) { "show it in the table" } }
                }
            }
            @for line in rule.asked.iter().flat_map(Asked::lines) { p.why dir="auto" { (with_code(&line)) } }
            @for did in &rule.did { p.why dir="auto" { (with_code(&clean(did))) } }
        }
    }
}
