//! Shows what became of changes of the rules since the start, those that were refused with their findings.

use maud::{Markup, html};

use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{PERSONAL, State, empty, state, time};
use crate::console::shown::{Clean, Findings, told};
use crate::gateway::{Came, Failure, Happened, Origin};
use crate::report::Secrets;
use crate::rule::short_hash;

/// The changes, the newest first.
pub(super) fn history(console: &Console, asked: &Asked) -> Markup {
    let changes = console.watched.reload.history();
    if changes.is_empty() {
        return empty("nothing was loaded or refused since the start", "save a rule file, and it stands here");
    }
    html! { ol.history { @for happened in &changes { li { (entry(console, asked, happened)) } } } }
}

fn entry(console: &Console, asked: &Asked, Happened { at, what }: &Happened) -> Markup {
    html! {
        @if !matches!(what, Came::Refused(_)) { (time(*at, console.zone())) " " }
        @match what {
            Came::Loaded { hash, origin, files, warnings } => {
                (state(State::Well, match origin {
                    Origin::Folder => "loaded",
                    Origin::LastGood => "the last good rules serve: those of the folder had a mistake",
                    Origin::RolledBack => "rolled back",
                }))
                " to " code title=(hash) { (short_hash(hash)) }
                @if let Some(files) = files { ", " (crate::report::counted(*files, "file")) }
                @if let Some(warnings) = warnings { ", " (crate::report::counted(*warnings, "warning")) }
                @if files.is_none() { ", at the start" }
            }
            Came::TakenBack => (state(State::Plain, "the folder holds the rules in force again")),
            Came::Refused(failure) => (refusal(console, asked, failure, "refused")),
        }
    }
}

/// What was refused, with its findings.
pub(super) fn refusal(console: &Console, asked: &Asked, failure: &Failure, what: &str) -> Markup {
    let live = console.watched.gateway.current();
    let secrets = Secrets::of(&live.rules);
    let clean = Clean { secrets: &secrets, names: &live.rules.hooks.secrets };
    let is_personal_shown = asked.rights().people;
    html! {
        details.refused open[what != "refused"] {
            summary {
                (time(failure.at, console.zone())) " " (state(State::Bad, what)) ": " (told(&failure.findings))
                @if let Some(hash) = &failure.hash { ", " code title=(hash) { (short_hash(hash)) } }
            }
            @if failure.findings.is_empty() {
                pre tabindex="0" { (if is_personal_shown { clean.text(&failure.report) } else { PERSONAL.to_owned() }) }
            }
            (Findings { findings: &failure.findings, text: None, is_personal_shown, tables: &failure.tables, clean }.shown())
        }
    }
}
