//! The list of decisions: the newest first, with a search and pages.

use std::sync::Arc;

use jiff::Timestamp;
use maud::{Markup, html};

use super::link::linked;
use super::row::{rows, table};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{State, empty, notice};
use crate::console::past::{Listed, Wanted, aside, cautions, listed};
use crate::console::screen::Screen;
use crate::console::used::About;
use crate::journal::{Query, newest};
use crate::report::records::{BadSearch, search};

/// How many decisions a page has.
const PAGE: usize = 50;
/// Most rows that a list has that grows.
const ROWS_LIMIT: usize = 200;

/// What the search box asks for; persons are sought by those alone who may see them.
pub(super) fn sought(console: &Console, asked: &Asked) -> Result<Query, BadSearch> {
    let query = search(asked.get("q").unwrap_or_default(), Timestamp::now(), console.zone())?;
    match query.person.is_some() && !asked.rights().people {
        false => Ok(query),
        true => Err(BadSearch {
            message: "a person is found by those alone who have the right `people`".to_owned(),
            help: "search by `hook:`, `code:`, `rule:`, `outcome:`, `app:`, `id:`, `since:` or `until:`, or ask for the right"
                .to_owned(),
        }),
    }
}

/// Records that somebody looks at people's decisions.
pub(super) fn record(console: &Console, asked: &Asked, does: &str, query: &Query) -> Result<(), Answer> {
    if !asked.rights().people {
        return Ok(());
    }
    let about = match (&query.person, &query.id) {
        (Some(person), _) => About::Person(person),
        (None, Some(id)) => About::Thing(id),
        (None, None) => About::Nothing,
    };
    console.used.record(asked, does, about)
}

/// The list.
pub(in crate::console) async fn page(console: &Arc<Console>, asked: &Asked) -> Answer {
    let query = match sought(console, asked) {
        Ok(query) => query,
        Err(bad) => {
            let body = html! { (form(asked)) (notice(State::Bad, &bad.message, &bad.help)) };
            return Answer::page(Screen::Decisions, body);
        }
    };
    answered(console, asked, query).await.unwrap_or_else(|refused| refused)
}

async fn answered(console: &Arc<Console>, asked: &Asked, query: Query) -> Result<Answer, Answer> {
    record(console, asked, "list decisions", &query)?;
    let before = asked.get("before").and_then(|text| text.parse().ok());
    // Before the page is read: what comes meanwhile comes by the stream.
    let mark = console.settings.journal.file.as_deref().and_then(newest);
    let is_first = before.is_none();
    let wanted = Wanted { query, before, after: None, limit: PAGE };
    let (settings, sees_people) = (console.settings.clone(), asked.rights().people);
    let found = aside(move || listed(&settings, &wanted, sees_people)).await??;
    let q = asked.get("q").unwrap_or_default();
    let pairs = [Some(("q", q.to_owned())), mark.map(|mark| ("after", mark.to_string()))];
    let live = linked("/console/decisions/live", &pairs.into_iter().flatten().collect::<Vec<_>>());
    let list = html! {
        @if is_first {
            div data-live=(live) {
                p.actions { button type="button" data-pause hidden aria-pressed="false" { "Pause" } span.soft { "New decisions appear by themselves." } }
                (table(&html! { tbody #decisions data-add="before" data-limit=(ROWS_LIMIT) { (rows(console, &found.lines, false)) } }))
            }
        } @else {
            (table(&html! { tbody { (rows(console, &found.lines, false)) } }))
        }
        (below(console, &found, q, is_first))
    };
    let body = html! {
        (form(asked))
        div.beside { div { (list) } section #panel hidden tabindex="-1" aria-label="One decision" {} }
    };
    Ok(Answer::page(Screen::Decisions, body))
}

/// The search box, with what can be written.
fn form(asked: &Asked) -> Markup {
    let example = match asked.rights().people {
        true => "hook:validateUser code:MobileAlreadyExist since:1h asha.rao",
        false => "hook:validateUser code:MobileAlreadyExist since:1h",
    };
    html! {
        form.search role="search" method="get" action="/console/decisions" {
            label.grow { "Search" input type="search" name="q" value=(asked.get("q").unwrap_or_default()) placeholder=(example) autocomplete="off" spellcheck="false"; }
            button.main { "Search" }
        }
        details.help {
            summary { "What can be searched" }
            p {
                code { "hook:" } " " code { "code:" } " " code { "rule:" } " " code { "outcome:" } " " code { "app:" } " " code { "id:" } " "
                code { "person:" } " with a name behind the colon. " code { "since:" } " and " code { "until:" } " take "
                code { "1h" } ", " code { "3d" } ", " code { "today" } ", " code { "2026-01-31" } " or " code { "2026-01-31T09:30" } "."
                " A word without a colon is the login, e-mail address or id of a person. All of it must hold."
            }
        }
    }
}

/// What stands below a list: why it is empty, and where older decisions are.
fn below(console: &Console, found: &Listed, q: &str, is_first: bool) -> Markup {
    let older = found
        .next
        .as_ref()
        .map(|next| linked("/console/decisions", &[("q", q.to_owned()), ("before", next.to_string())]));
    html! {
        (cautions(&console.watched, &console.settings, found.keyless))
        @if found.lines.is_empty() && !found.is_cut { (nothing(q, is_first)) }
        @if found.is_cut {
            (notice(State::Plain, "a million decisions were looked at for this page, and older ones were not yet", "go on with *Older*, or narrow the search with `until:`"))
        }
        nav.actions aria-label="Pages" {
            @if !is_first { a.button href=(linked("/console/decisions", &[("q", q.to_owned())])) { "Newest" } }
            @if let Some(older) = older { a.button href=(older) rel="next" { "Older" } }
        }
    }
}

fn nothing(q: &str, is_first: bool) -> Markup {
    match (q.is_empty(), is_first) {
        (true, true) => {
            empty("no decision is recorded yet", "it appears here when the platform calls, or after `hookgate send`")
        }
        (_, false) => empty(
            "there is nothing older",
            "the oldest files are removed (`journal.keep_files`, `journal.total_bytes`)",
        ),
        (false, true) => empty(
            "no such decision is recorded",
            "check the names, and that they are of this gateway: each has a journal of its own. The oldest files are removed \
             (`journal.keep_files`, `journal.total_bytes`)",
        ),
    }
}
