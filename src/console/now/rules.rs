//! The rules in force: which, since when, from where, and what is suspect in them.

use jiff::Timestamp;
use maud::{Markup, html};

use super::notices::findings;
use crate::console::console::Console;
use crate::console::parts::{State, duration, grouped, state, time};
use crate::gateway::{Kept, Origin};
use crate::rule::{Mode, short_hash};

pub(super) fn part(console: &Console, now: Timestamp) -> Markup {
    let (live, status) = (console.watched.gateway.current(), console.watched.reload.status());
    let hash = short_hash(&live.rules.hash);
    let audits = live.rules.rules.iter().filter(|rule| rule.mode == Mode::Audit).count();
    html! {
        h2 { "Rules in force" }
        dl {
            dt { "Hash" } dd { code { (hash) } }
            @if let Some(at) = status.loaded_at {
                dt { "Loaded" }
                dd { (time(at, console.zone())) ", " (duration(now.duration_since(at).as_secs().max(0))) " ago" }
            }
            dt { "From" } dd { (origin(console, status.origin)) }
            dt { "After a restart" }
            dd { @if status.survives { "the same" } @else { (state(State::Warning, "those of the folder")) } }
            dt { "Rules" }
            dd { (grouped(live.rules.rules.len() as u64)) " in " (live.files.len()) " files, " (audits) " of them only watch (audit)" }
            dt { "Changes" }
            dd {
                (status.loads) " loaded, " (status.failures) " refused since the start; the folder is "
                @if status.watching { "watched" } @else { "read every few seconds" }
            }
        }
        @if !live.kept.is_empty() { (kept(&live.kept, console, now)) }
        h3 { "Warnings" }
        @if live.warnings.count == 0 { p.soft { "None was found when they were loaded. The playground's " em { "Check" } " and " code { "hookgate check" } " look deeper." } }
        @else {
            @let told = live.warnings.to_json();
            (findings(console, &told, &live.warnings.tables))
            @if live.warnings.count > told.len() {
                p.soft { (live.warnings.count) " in all: " code { "hookgate check" } " prints them." }
            }
        }
    }
}

fn origin(console: &Console, origin: Origin) -> Markup {
    let folder = console.settings.gateway.rules.display().to_string();
    match origin {
        Origin::Folder => html! { "the rules folder " code dir="auto" { (folder) } },
        Origin::LastGood => {
            state(State::Warning, "the last good rules: those of the folder had a mistake at the start")
        }
        Origin::RolledBack => state(State::Warning, "a rollback: the folder counts again once its content changes"),
    }
}

/// Tables whose rows are not those of their files.
fn kept(kept: &[Kept], console: &Console, now: Timestamp) -> Markup {
    html! {
        h3 { "Tables that keep their rows from before" }
        ul {
            @for table in kept {
                li {
                    code dir="auto" { (table.table) } ": " (grouped(table.rows as u64)) " rows from "
                    (time(table.loaded_at, console.zone())) " (" (duration(table.age_seconds(now))) " old) stay in force; its file has "
                    (grouped(table.rows_in_file as u64)) ", fewer than the " (grouped(table.fewest as u64)) " that come into force by themselves."
                }
            }
        }
    }
}
