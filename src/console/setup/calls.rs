//! The newest calls of "save & test": what each method of `auth` found, and what to do.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::console::console::Console;
use crate::console::frame::sentence;
use crate::console::parts::{PERSONAL, State, empty, state, time};
use crate::report::connect::{Call, Method, Reply, other_path};
use crate::server::{Reason, callers};

/// Calls that are shown.
const SHOWN: usize = 8;

/// What the running gateway remembers of them, the oldest first.
pub(super) fn newest(console: &Console) -> Vec<Call> {
    let told = callers(&console.watched, Timestamp::now());
    serde_json::from_value::<Reply>(told).map(|reply| reply.calls).unwrap_or_default()
}

/// The list, the newest first.
pub(super) fn part(console: &Console) -> Markup {
    let calls = newest(console);
    html! {
        h2 { "Newest calls of save & test" }
        @if calls.is_empty() {
            (empty(
                "none has come since hookgate started",
                "press save & test on the platform's screen. Where it says that it cannot connect, look at the name and port of \
                 Server, a firewall between, and whether the platform trusts the certificate's issuer",
            ))
        } @else {
            ul.calls { @for call in calls.iter().rev().take(SHOWN) { li { (one(console, call)) } } }
        }
    }
}

/// One call: accepted or not, by which method, and what to do.
pub(super) fn one(console: &Console, call: &Call) -> Markup {
    let at = call.at.parse::<Timestamp>().map(|at| time(at, console.zone()));
    html! {
        div {
            @if let Ok(at) = at { (at) } @else { (call.at) }
            " "
            @match &call.code {
                None => { (state(State::Well, "accepted")) }
                Some(code) => { (state(State::Bad, &format!("refused with {} {code}", call.status))) }
            }
            " · hook " span dir="auto" { (call.hook) }
            @if let Some(from) = &call.from { " · from " (from) }
            " · request id " code { (call.request_id) }
        }
        @if let (Some(_), Some(above)) = (&call.code, &call.above) {
            div { "There is no hook under " code dir="auto" { (above) } "." }
            div.help { (sentence(&other_path(&console.settings.server.prefixes))) }
        } @else if let (Some(_), true, Some(cause)) = (&call.code, call.methods.is_empty(), &call.cause) {
            div { (sentence(cause)) }
        }
        @if call.accepted && call.methods.is_empty() { div.soft { "No method under " code { "auth" } " looked at it." } }
        @for method in &call.methods { (found(method)) }
    }
}

/// What it found. A claim may name a person, unless it is the tenant's.
fn why(method: &Method) -> &str {
    let is_claim = method.reason.as_deref() == Some(Reason::TokenClaim.name());
    if is_claim && !method.why.contains("`tenantId`") { PERSONAL } else { &method.why }
}

fn found(method: &Method) -> Markup {
    html! {
        div {
            code { (method.name) } ": "
            @let is = if method.reason.is_none() { State::Well } else { State::Bad };
            (state(is, &method.verdict)) ": " span dir="auto" { (why(method)) }
        }
        @if let Some(help) = method.help() { div.help { (sentence(help)) } }
    }
}
