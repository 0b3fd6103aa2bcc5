//! Shows what came of an attempt: the answer, changes, deliveries that would go, and what each rule did.

use maud::{Markup, html};

use super::attempt::Attempt;
use super::edited::Edited;
use super::laid_out::laid_out;
use crate::console::parts::{State, empty, notice, wide};
use crate::console::rules::link;
use crate::console::shown::{Clean, Findings, rule_trace, told};
use crate::engine::{Change, Delivery, Outcome, RuleTrace};
use crate::report::{Secrets, Tried};

/// Most rules of a trace that are shown of those that did nothing, and of the others.
const QUIET_SHOWN: usize = 100;
const TELLING_SHOWN: usize = 300;

/// What came of it.
pub(super) fn answer(attempt: &Attempt, edited: &Edited, is_personal_shown: bool) -> Markup {
    let names = &edited.live().rules.hooks.secrets;
    html! {
        @match attempt {
            Attempt::Tried(tried, secrets) => (self::tried(tried, edited, Clean { secrets, names })),
            Attempt::Not { what, help } => (notice(State::Bad, what, help)),
            Attempt::Broken(findings) => {
                (notice(State::Bad, &format!("nothing was tried: {}", told(findings)), "correct what stands below; nothing of it is in force"))
                (Findings { findings, text: Some((edited.name(), &edited.text)), is_personal_shown, tables: edited.tables(), clean: Clean { secrets: &Secrets::default(), names } }.shown())
            }
        }
    }
}

fn tried(tried: &Tried, edited: &Edited, clean: Clean<'_>) -> Markup {
    let decision = tried.headline.split_once(": ").map_or(tried.headline.as_str(), |(_, decision)| decision);
    let is = match decision {
        refused if refused.starts_with("rejected") => State::Warning,
        failed if failed.starts_with("a rule failed") => State::Bad,
        _ => State::Well,
    };
    html! {
        div.notice .well[is == State::Well] .warning[is == State::Warning] .bad[is == State::Bad] role="status" {
            @for line in tried.headline.lines() { p { (clean.text(line.trim())) } }
        }
        h3 { "Reply" }
        pre tabindex="0" { code dir="auto" { (laid_out(&clean.secrets.hide(&tried.reply))) } }
        h3 { "Changes" }
        (changes(&tried.changes, clean))
        h3 { "Deliveries" }
        (deliveries(&tried.deliveries, clean))
        h3 { "What each rule did" }
        (trace(tried, edited, clean))
    }
}

fn changes(changes: &[Change], clean: Clean<'_>) -> Markup {
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
                            td.removed dir="auto" { @match &change.before { Some(before) => { "− " code { (clean.secrets.hide(before)) } }, None => span.soft { "absent" } } }
                            td.added dir="auto" { @match &change.after { Some(after) => { "+ " code { (clean.secrets.hide(after)) } }, None => span.soft { "absent" } } }
                        }
                    }
                }
            }
        },
    )
}

fn deliveries(deliveries: &[Delivery], clean: Clean<'_>) -> Markup {
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
                            th scope="row" { (delivery.to) } td { bdi { (delivery.rule) } } td.cut dir="auto" { (clean.secrets.hide(&delivery.key)) }
                            td { pre { code dir="auto" { (laid_out(&clean.secrets.hide(&delivery.shown()))) } } }
                        }
                    }
                }
            }
        }))
    }
}

fn trace(tried: &Tried, edited: &Edited, clean: Clean<'_>) -> Markup {
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
        ol.trace { @for rule in telling.iter().take(TELLING_SHOWN) { (one(rule, edited, clean)) } }
        @if telling.len() > TELLING_SHOWN { p.help { "and " (telling.len() - TELLING_SHOWN) " more that held" } }
        @if !quiet.is_empty() {
            details open[quiet.len() <= 20] {
                summary { (crate::report::counted(quiet.len(), "rule")) " did nothing" }
                ol.trace { @for rule in quiet.iter().take(QUIET_SHOWN) { (one(rule, edited, clean)) } }
                @if quiet.len() > QUIET_SHOWN {
                    p.help { "and " (quiet.len() - QUIET_SHOWN) " more; `hookgate dry-run --explain` shows all" }
                }
            }
        }
    }
}

/// What one rule did, with a link to the rows of its table in the rules in force.
fn one(rule: &RuleTrace, edited: &Edited, clean: Clean<'_>) -> Markup {
    let rows = rule.rows.iter().map(|row| (row + 1).to_string()).collect::<Vec<_>>().join(",");
    let to_table = html! {
        @if !edited.is_edited() { ": " a href=(link("rules/rule", &[("name", &rule.rule), ("row", &rows)])) { "show it in the table" } }
    };
    html! { li { (rule_trace(rule, clean, true, &to_table)) } }
}
