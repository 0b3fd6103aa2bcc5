//! The page: rules in force, tables that keep their rows, changes since the start, kept sets, uses of the console.

use jiff::Timestamp;
use maud::{Markup, html};

use super::history::{history, refusal};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{State, duration, empty, notice, state, tile, time, wide};
use crate::console::rules::link;
use crate::console::screen::Screen;
use crate::console::shown::{Clean, Findings, told};
use crate::gateway::{KeptSet, Live, Status};
use crate::report::Secrets;
use crate::rule::short_hash;

/// Uses of the console that are shown.
const USES_SHOWN: usize = 50;

/// The page.
pub(in crate::console) async fn page(console: &Console, asked: &Asked) -> Answer {
    let sets = console.watched.sets.clone();
    let listed = tokio::task::spawn_blocking(move || sets.map(|sets| sets.list())).await;
    let sets = match listed {
        Ok(None) => Kept::Nowhere,
        Ok(Some(Ok(sets))) => Kept::Sets(sets),
        Ok(Some(Err(error))) => Kept::Unreadable(error.to_string()),
        Err(_) => Kept::Unreadable("reading them broke off".to_owned()),
    };
    let (live, status) = (console.watched.gateway.current(), console.watched.reload.status());
    let body = html! {
        @if let Some(done) = asked.get("done").and_then(done) { (notice(State::Well, done, "")) }
        (in_force(console, asked, &live, &status))
        (kept_tables(console, asked, &live))
        h2 { "What happened since the start" }
        (history(console, asked))
        h2 { "Rules that are kept" }
        (kept_sets(console, asked, &sets, &live.rules.hash))
        @if asked.rights().act { h2 { "Who used the console" } (uses(console)) }
    };
    Answer::page(Screen::Changes, body)
}

/// What a button did, for those that it leads back here.
fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "reload" => "the rules folder was read; what it has is in force",
        "rollback" => "the rules you chose are in force again",
        "unchanged" => "the rules folder was read; it has not changed, so that the rules in force stay as they are",
        "accept" => "the rows of the file are in force",
        _ => return None,
    })
}

/// Sets of rules that can be gone back to.
enum Kept {
    Sets(Vec<KeptSet>),
    /// The settings keep none.
    Nowhere,
    Unreadable(String),
}

fn in_force(console: &Console, asked: &Asked, live: &Live, status: &Status) -> Markup {
    let now = Timestamp::now();
    let age = status.loaded_at.map(|at| duration(now.duration_since(at).as_secs().max(0)));
    let warnings = live.warnings.to_json();
    let secrets = Secrets::of(&live.rules);
    let clean = Clean { secrets: &secrets, names: &live.rules.hooks.secrets };
    html! {
        p { "The rules in force have the hash " code title=(live.rules.hash) { (short_hash(&live.rules.hash)) } "." }
        div.tiles {
            (tile(&live.rules.rules.len().to_string(), "rules", "in force", State::Plain))
            (tile(age.as_deref().unwrap_or("–"), "", "ago loaded", State::Plain))
            (tile(&status.loads.to_string(), times(status.loads), "loaded since the start", State::Plain))
            (tile(&status.failures.to_string(), times(status.failures), "refused since the start", if status.last_failure.is_some() { State::Bad } else { State::Plain }))
        }
        @if let Some(note) = status.origin.note() { (notice(State::Warning, note.message, "")) }
        @if !status.survives { (notice(State::Warning, "a restart will not find these rules in force", "`reload.state` in gateway.yaml says where they are kept: let hookgate's user write there")) }
        @if let Some(failure) = &status.last_failure { (refusal(console, asked, failure, "what the folder has is not in force")) }
        @if let Some(failure) = &status.rollback_failure { (refusal(console, asked, failure, "the last rollback came to nothing")) }
        @if !warnings.is_empty() {
            details {
                summary { (told(&warnings)) " in the rules in force" @if live.warnings.count > warnings.len() { ", the first of " (live.warnings.count) } }
                (Findings { findings: &warnings, text: None, is_personal_shown: asked.rights().people, tables: &live.warnings.tables, clean }.shown())
            }
        }
        @if asked.rights().act {
            div.actions {
                (button(asked, "/console/changes/reload", "Read the rules folder now", &[]))
                span.help { "It is read by itself where its files change, unless " code { "reload.watch" } " is false." }
            }
        }
    }
}

fn times(count: u64) -> &'static str {
    if count == 1 { "time" } else { "times" }
}

/// A form with nothing but a button.
fn button(asked: &Asked, path: &str, words: &str, fields: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action=(path) {
            input type="hidden" name="csrf" value=(asked.csrf());
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button { (words) }
        }
    }
}

/// Tables whose old rows are still in force.
fn kept_tables(console: &Console, asked: &Asked, live: &Live) -> Markup {
    if live.kept.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Tables whose old rows are still in force" }
        (notice(State::Warning, "these files lost so many rows at once that their rows from before stay in force",
            "write the file again with all its rows, and it comes into force by itself; or accept it, if it is right as it is"))
        (wide("Tables", &html! {
            table {
                thead { tr {
                    th scope="col" { "Table" } th.number scope="col" { "Rows in force" } th.number scope="col" { "Rows of the file" }
                    th.number scope="col" { "By itself from" } th scope="col" { "Since" } th scope="col" { "Rows are of" } th scope="col" { "" }
                } }
                tbody {
                    @for kept in &live.kept {
                        tr {
                            th scope="row" { code { (kept.table) } }
                            td.number { (kept.rows) } td.number { (kept.rows_in_file) } td.number { (kept.fewest) " rows" }
                            td { (time(kept.since, console.zone())) } td { (time(kept.loaded_at, console.zone())) }
                            td {
                                @if asked.rights().act {
                                    (button(asked, "/console/changes/accept", &format!("Accept the {} rows", kept.rows_in_file), &[("table", &kept.table), ("rows", &kept.rows_in_file.to_string())]))
                                }
                            }
                        }
                    }
                }
            }
        }))
    }
}

fn kept_sets(console: &Console, asked: &Asked, sets: &Kept, in_force: &str) -> Markup {
    let sets = match sets {
        Kept::Sets(sets) if sets.is_empty() => {
            return empty("no rules are kept yet", "they are kept once they came into force");
        }
        Kept::Sets(sets) => sets,
        Kept::Nowhere => {
            return empty(
                "no rules are kept to go back to",
                "`reload.state` and `reload.keep` in gateway.yaml say where and how many",
            );
        }
        Kept::Unreadable(why) => {
            return notice(
                State::Bad,
                &format!("the kept rules cannot be read: {why}"),
                "let hookgate's user read the folder of `reload.state`",
            );
        }
    };
    let now = Timestamp::now();
    // Those that came into force this moment are written down in the next.
    let is_kept = sets.iter().any(|set| set.hash == in_force);
    let other = sets.iter().find(|set| set.hash != in_force).map_or("", |set| set.hash.as_str());
    html! {
        (wide("Kept rules", &html! {
            table {
                thead { tr {
                    th scope="col" { "Hash" } th scope="col" { "Last came into force" } th scope="col" { "Ago" }
                    th.number scope="col" { "Size" } th scope="col" { "Difference" } th scope="col" { "" }
                } }
                tbody {
                    @for set in sets {
                        @let is_in_force = set.hash == in_force;
                        tr {
                            th scope="row" { code title=(set.hash) { (short_hash(&set.hash)) } @if is_in_force { " " (state(State::Well, "in force")) } }
                            td { (time(set.at, console.zone())) }
                            td { (duration(now.duration_since(set.at).as_secs().max(0))) }
                            td.number { (set.bytes.div_ceil(1024)) " KiB" }
                            td { @if !is_in_force && is_kept { a href=(link("changes/diff", &[("from", short_hash(&set.hash)), ("to", short_hash(in_force))])) { "to those in force" } } }
                            td {
                                @if asked.rights().act && !is_in_force {
                                    (button(asked, "/console/changes/rollback", "Go back to these", &[("hash", &set.hash)]))
                                }
                            }
                        }
                    }
                }
            }
        }))
        @if sets.len() > 1 {
            form.search method="get" action="/console/changes/diff" {
                (choice("from", "Difference from", sets, other))
                (choice("to", "to", sets, in_force))
                button { "Show" }
            }
        }
    }
}

fn choice(name: &str, label: &str, sets: &[KeptSet], chosen: &str) -> Markup {
    html! {
        label { (label)
            select name=(name) {
                @for set in sets { option value=(short_hash(&set.hash)) selected[set.hash == chosen] { (short_hash(&set.hash)) " of " (set.at.strftime("%Y-%m-%d %H:%MZ")) } }
            }
        }
    }
}

/// Who used the console for what, the newest first.
fn uses(console: &Console) -> Markup {
    let uses = console.used.newest(USES_SHOWN);
    if uses.is_empty() {
        return empty(
            "nobody used it for anything that is recorded",
            "showing what is recorded of people, and each change, are",
        );
    }
    let text = |entry: &serde_json::Value, key: &str| {
        entry.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    wide(
        "Uses of the console",
        &html! {
            table {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "Of what, or the digest of a person" } } }
                tbody {
                    @for entry in &uses {
                        tr {
                            td { @match text(entry, "time").parse() { Ok(at) => (time(at, console.zone())), Err(_) => "–" } }
                            td.cut dir="auto" { (text(entry, "who")) }
                            td { (text(entry, "does")) }
                            td.cut { code { (text(entry, "thing")) (text(entry, "person")) } }
                        }
                    }
                }
            }
        },
    )
}
