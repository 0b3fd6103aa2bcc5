//! What somebody should look at now: rules that were refused, rules that are not the folder's, trouble with what runs.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maud::{Markup, html};

use crate::console::console::Console;
use crate::console::parts::{State, notice, time};
use crate::console::shown::{Clean, Findings};
use crate::gateway::Failure;
use crate::report::Secrets;

/// Notices, the worst first. With `names` each has its cause; without, only that there is one.
pub(super) fn part(console: &Console, now: Timestamp, names: bool) -> Markup {
    let watched = &console.watched;
    let status = watched.reload.status();
    html! {
        @if let Some(trouble) = watched.gateway.outbox().and_then(|outbox| outbox.trouble()) {
            @if names {
                (notice(State::Bad, &format!("deliveries cannot be stored: {}", trouble.message), &trouble.help))
            } @else {
                (notice(State::Bad, "deliveries cannot be stored: events that send something get 503", LOG_IN))
            }
        }
        @if let Some(failure) = &status.last_failure { (refused(console, failure, names)) }
        @if let Some(note) = status.origin.note() {
            @if names { (notice(State::Warning, note.message, "")) }
            @else { (notice(State::Warning, "the rules in force are not those of the rules folder", LOG_IN)) }
        }
        @if let Some(expires_s) = watched.counters.certificate_expires_s().filter(|at| *at <= now.as_second()) {
            @let at = Timestamp::from_second(expires_s).unwrap_or(now);
            div class="notice state bad" role="alert" {
                p { "The certificate expired at " (time(at, console.zone())) ": the platform cannot call." }
                p.help { "Put a new one where " code { "tls.certificate" } " names it; it is read again by itself." }
            }
        }
        (journal(console))
    }
}

/// Findings about rules as somebody sees them who may see no rows of tables.
pub(super) fn findings(console: &Console, findings: &[serde_json::Value], tables: &BTreeSet<String>) -> Markup {
    let live = console.watched.gateway.current();
    let clean = Clean { secrets: &Secrets::of(&live.rules), names: &live.rules.hooks.secrets };
    Findings { findings, text: None, is_personal_shown: false, tables, clean }.shown()
}

const LOG_IN: &str = "log in to see why";

fn refused(console: &Console, failure: &Failure, names: bool) -> Markup {
    let help = "correct the rules folder: what is right comes into force by itself, and the rules from before serve until then";
    html! {
        div class="notice state bad" role="alert" {
            p {
                "A change of the rules was refused at " (time(failure.at, console.zone()))
                ": the rules from before stay in force."
            }
            @if names {
                p.help { (crate::console::frame::sentence(help)) }
                @if failure.findings.is_empty() {
                    p.help { "Why stands in the log, and under Changes for whoever has the right " code { "people" } "." }
                } @else { (findings(console, &failure.findings, &failure.tables)) }
            } @else { p.help { "Log in to see why." } }
        }
    }
}

fn journal(console: &Console) -> Markup {
    let is_wanted = console.settings.journal.file.is_some();
    match console.watched.gateway.recorded() {
        None if is_wanted => notice(
            State::Bad,
            "decisions are not recorded: the journal could not be begun when hookgate started",
            "see Set up, where doctor says why; correct it and start hookgate again",
        ),
        Some((_, false)) => notice(
            State::Bad,
            "decisions cannot be written to the journal now; events are answered all the same",
            "see that its disk has room and its folder can be written; the log has the cause",
        ),
        _ => Markup::default(),
    }
}
