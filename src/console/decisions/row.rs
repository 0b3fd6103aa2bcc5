//! A decision as a row of a list.

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::link::link;
use crate::console::console::Console;
use crate::console::parts::{PERSONAL, State, state, time, wide};
use crate::event::{Hooks, Kind};
use crate::journal::{Clear, Mark};
use crate::report::records::Shown;

/// A list of decisions; `body` is the body of the table, with its id where it grows.
pub(super) fn table(body: &Markup) -> Markup {
    let table = html! {
        table.decisions {
            thead {
                tr {
                    th scope="col" { "Time" }
                    th scope="col" { "Hook" }
                    th scope="col" { "Person" }
                    th scope="col" { "Answer" }
                    th scope="col" { "Rule" }
                    th.number scope="col" { "Took" }
                }
            }
            (body)
        }
    };
    wide("Decisions", &table)
}

/// The rows, the newest first.
pub(super) fn rows(console: &Console, lines: &[(Mark, Shown)], is_new: bool) -> Markup {
    html! {
        @for (mark, shown) in lines {
            tr data-key=(mark) class=[is_new.then_some("new")] { (cells(console, shown)) }
        }
    }
}

fn cells(console: &Console, shown: &Shown) -> Markup {
    match shown {
        Shown::Unread { at, why } => {
            html! { td colspan="6" { (state(State::Bad, "cannot be read")) " " (at) ": " (why) } }
        }
        Shown::Decision { clear, person, holder, sealed } => html! {
            td { a href=(link(&clear.id)) data-panel { (moment(&clear.time, console.zone())) } }
            td { (clear.hook) @if let Some(app) = &clear.app { span.soft { " (" (app) ")" } } }
            td { div.cut dir="auto" { (who(clear, person.as_deref(), sealed.as_deref())) } }
            td {
                (answered(clear, console.watched.gateway.hooks()))
                @if let Some(holder) = holder { span.soft { ", held by " bdi { (holder) } } }
            }
            td { div.cut { (clear.rule.as_deref().unwrap_or("no rule")) } }
            td.number { (format!("{:.1} ms", clear.ms)) }
        },
    }
}

/// When, in the zone of gateway.yaml.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Markup {
    match text.parse() {
        Ok(at) => time(at, zone),
        Err(_) => html! { (text) },
    }
}

fn who(clear: &Clear<'_>, person: Option<&str>, sealed: Option<&str>) -> Markup {
    match (person, sealed) {
        (Some(person), _) => html! { (person) },
        (None, Some(why)) => html! { span.soft title=(why) { "cannot be opened" } },
        (None, None) if !clear.person.is_empty() => html! { span.soft { (PERSONAL) } },
        (None, None) => html! { span.soft { "nobody named" } },
    }
}

/// What was answered, in a word or two.
pub(in crate::console) fn answered(clear: &Clear<'_>, hooks: &Hooks) -> Markup {
    let codes: Vec<&str> = clear.code.iter().chain(&clear.also).map(AsRef::as_ref).collect();
    let is = match &*clear.outcome {
        "rejected" => State::Warning,
        "failed" => State::Bad,
        _ => State::Plain,
    };
    let word =
        if codes.is_empty() { clear.outcome.to_string() } else { format!("{} {}", clear.outcome, codes.join(", ")) };
    let hook = hooks.position(&clear.hook).and_then(|place| hooks.rows.get(place));
    state(
        is,
        match (&*word, hook.map(|hook| hook.kind)) {
            ("undecided", Some(Kind::Validate)) => "accepted",
            ("undecided", Some(Kind::Transform)) => "unchanged",
            ("undecided", _) => "nothing decided",
            _ => &word,
        },
    )
}
