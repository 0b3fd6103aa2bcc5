//! What doctor found: a line for everything that gateway.yaml connects to.

use maud::{Markup, html};

use super::state::{OfTrials, Work};
use crate::console::console::Console;
use crate::console::frame::sentence;
use crate::console::parts::{State, empty, notice, state, time, wide};
use crate::report::counted;
use crate::report::doctor::{Kind, Obstacle, Trials, Tried, Wrong};

pub(super) fn part(console: &Console, trials: &Work<OfTrials>) -> Markup {
    match trials {
        Work::Never => {
            empty("doctor has not been asked since hookgate started", "press the button: nothing is sent or changed")
        }
        Work::Since(at) => {
            html! { p role="status" { "Looking since " (time(*at, console.zone())) ": at most some seconds." } }
        }
        Work::Done { at, what } => html! {
            p.soft { "Looked at " (time(*at, console.zone())) "." }
            @match &**what {
                Err(wrong) => { (notice(State::Bad, &wrong.message, wrong.help.as_deref().unwrap_or_default())) }
                Ok(trials) => { (found(trials)) }
            }
        },
    }
}

fn found(trials: &Trials) -> Markup {
    html! {
        @if trials.is_well() { (notice(State::Well, &trials.sum(), "")) }
        @for Obstacle { name, wrong, consequence } in &trials.obstacles {
            (notice(State::Bad, &format!("{}: {name}: {}", consequence.told(), wrong.message), wrong.help.as_deref().unwrap_or_default()))
        }
        @if !trials.has_rules {
            (notice(State::Bad, &format!("there are no rules in `{}`", trials.rules), "name their folder under `rules` in gateway.yaml"))
        } @else if !trials.compiles {
            (notice(
                State::Bad,
                &format!("the rules in `{}` do not compile, so nobody knows what they ask", trials.rules),
                "see Now, or `hookgate check`: it names each mistake with its line",
            ))
        }
        @if !trials.tried.is_empty() {
            (wide("What doctor tried", &html! {
                table {
                    thead { tr {
                        th scope="col" { "Name" }
                        th scope="col" { "Kind" }
                        th scope="col" { "Address" }
                        th.number scope="col" { "Time" }
                        th scope="col" { "Found" }
                    } }
                    tbody { @for tried in &trials.tried { (line(tried)) } }
                }
            }))
        } @else if !trials.is_well() { p.soft { (sentence(&trials.sum())) } }
    }
}

fn line(tried: &Tried) -> Markup {
    let asked = match (tried.kind, tried.lookups) {
        (Kind::Connection(_), Some(0)) => "asked by no lookup".to_owned(),
        (Kind::Connection(_), Some(count)) => format!("asked by {}", counted(count, "lookup")),
        _ => String::new(),
    };
    html! {
        tr {
            th scope="row" { span dir="auto" { (tried.name) } }
            td { (tried.kind.word()) }
            td { code dir="auto" { (tried.address) } }
            td.number { (tried.millis) " ms" }
            td {
                @match &tried.outcome {
                    Ok(found) => { (state(State::Well, "ok")) ": " span dir="auto" { (found) } }
                    Err(Wrong { message, help }) => {
                        (state(State::Bad, "failed")) ": " span dir="auto" { (message) }
                        @if let Some(help) = help { div.help dir="auto" { (sentence(help)) } }
                    }
                }
                @if !asked.is_empty() { div.soft { (asked) } }
            }
        }
    }
}
