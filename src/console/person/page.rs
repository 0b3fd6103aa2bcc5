//! What a help desk asks: type a login, an e-mail address or an id.

use std::collections::BTreeSet;
use std::sync::Arc;

use maud::{Markup, html};
use url::form_urlencoded;

use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::decisions::{answered, link};
use crate::console::deliveries::condition;
use crate::console::frame::with_code;
use crate::console::parts::{State, empty, notice, time};
use crate::console::past::{Not, archive, aside, cautions, unreadable};
use crate::console::screen::Screen;
use crate::console::used::About;
use crate::engine::Outcome;
use crate::journal::{Clear, Cursor, Found, Query, Record, holder_of};
use crate::outbox::{Waiting, Wanted};
use crate::report::records::{explained, is_by};

/// How many decisions a page has.
const PAGE: usize = 25;
/// Most deliveries that are shown.
const DELIVERIES: usize = 50;
/// Most names by which the outbox is asked for a person.
const NAMES: usize = 8;

/// A decision about the person.
struct Told {
    clear: Box<Clear<'static>>,
    rule: Option<String>,
    at: Option<String>,
    meaning: Option<String>,
    holder: Option<String>,
    /// The conditions of the deciding rule that held, in words.
    why: Option<String>,
    /// Whether other rules are in force now.
    is_by_older: bool,
}

/// What is known of somebody.
struct Known {
    decisions: Vec<Told>,
    next: Option<Cursor>,
    is_cut: bool,
    keyless: u64,
    names: BTreeSet<String>,
}

/// The page of a person.
pub(in crate::console) async fn page(console: &Arc<Console>, asked: &Asked) -> Answer {
    let Some(name) = asked.get("q") else {
        let why = "type the login, the e-mail address or the id of somebody";
        let help = "the page then shows what was asked about the person, what was answered and why, and what is on its way. Each \
                    use is recorded";
        return Answer::page(Screen::Person, html! { (form("")) (empty(why, help)) });
    };
    answer(console, asked, name).await.unwrap_or_else(|refused| refused)
}

async fn answer(console: &Arc<Console>, asked: &Asked, name: &str) -> Result<Answer, Answer> {
    console.used.record(asked, "search person", About::Person(name))?;
    let query = Query { person: Some(name.to_owned()), ..Query::default() };
    let before: Option<Cursor> = asked.get("before").and_then(|text| text.parse().ok());
    let (at, is_first) = (Arc::clone(console), before.is_none());
    let mut known = aside(move || read(&at, &query, before.as_ref())).await??;
    known.names.insert(name.to_owned());
    let waiting = waiting(console, &known.names).await;
    let body = html! {
        (form(name))
        div.beside {
            div {
                h2 { "What was asked, and what was answered" }
                (decisions(console, &known, name, is_first))
                h2 { "What is on its way" }
                (on_its_way(console, &waiting))
            }
            section #panel hidden tabindex="-1" aria-label="One decision" {}
        }
    };
    Ok(Answer::page(Screen::Person, body))
}

fn read(console: &Console, query: &Query, before: Option<&Cursor>) -> Result<Known, Not> {
    let mut known = Known { decisions: Vec::new(), next: None, is_cut: false, keyless: 0, names: BTreeSet::new() };
    let Some(archive) = archive(&console.settings)? else { return Ok(known) };
    let page = archive.page(query, before, None, PAGE).map_err(|error| unreadable(&error))?;
    (known.next, known.is_cut, known.keyless) = (page.next, page.is_cut, page.keyless);
    for place in &page.lines {
        if let Found::Line { clear, record, .. } = archive.open(place) {
            let record = record.ok();
            let names = record.iter().flat_map(|record| record.names());
            known.names.extend(names.map(|(_, name)| name).take(NAMES));
            known.decisions.push(about(console, clear, record.as_deref()));
        }
    }
    Ok(known)
}

fn about(console: &Console, clear: Box<Clear<'static>>, record: Option<&Record>) -> Told {
    let shows_facts = console.settings.journal.shows_facts;
    let live = console.watched.gateway.current();
    let decision = record.map(|record| &record.decision);
    let meaning = clear.code.as_deref().and_then(|code| live.rules.codes.get(code).cloned());
    let refused = record.filter(|_| clear.code.is_some() && shows_facts);
    let rules = refused.and_then(|record| console.past.rules(record, &console.watched, &console.settings.tenant).ok());
    let why = refused.zip(rules).and_then(|(record, rules)| {
        let trace = explained(record, rules.live()).ok()?.trace;
        let rule = trace.into_iter().find(|rule| Some(&rule.rule) == record.decision.rule.as_ref())?;
        let asked = rule.asked.iter().flat_map(|asked| asked.lines().into_iter().take(1));
        let seen = rule.seen.iter().map(|seen| seen.saw.clone());
        matches!(rule.outcome, Outcome::Held).then(|| seen.chain(asked).collect::<Vec<_>>().join("; "))
    });
    Told {
        rule: decision.and_then(|decision| decision.rule.clone()),
        at: decision.and_then(|decision| decision.at.clone()),
        meaning,
        holder: refused.and_then(holder_of),
        why: why.filter(|why| !why.is_empty()),
        is_by_older: record.is_some_and(|record| !is_by(record, &live)),
        clear,
    }
}

/// What waits for the person, by each name that is known.
async fn waiting(console: &Console, names: &BTreeSet<String>) -> Result<Vec<Waiting>, String> {
    let Some(outbox) = console.watched.gateway.outbox() else { return Ok(Vec::new()) };
    let mut found: Vec<Waiting> = Vec::new();
    for name in names.iter().take(NAMES) {
        let wanted = Wanted { person: Some(name.clone()), limit: DELIVERIES, ..Wanted::default() };
        found.extend(outbox.find(&wanted).await.map_err(|trouble| trouble.to_string())?);
    }
    found.sort_by_key(|waiting| waiting.row.delivery.created_ms);
    Ok(found)
}

fn form(name: &str) -> Markup {
    html! {
        form.search role="search" method="get" action="/console/person" {
            label.grow { "Login, e-mail address or id" input type="search" name="q" value=(name) dir="auto" autocomplete="off" spellcheck="false" required; }
            button.main { "Search" }
        }
    }
}

fn decisions(console: &Console, known: &Known, name: &str, is_first: bool) -> Markup {
    let page = |before: Option<&Cursor>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", name);
        query.extend_pairs(before.iter().map(|before| ("before", before.to_string())));
        format!("/console/person?{}", query.finish())
    };
    html! {
        (cautions(&console.watched, &console.settings, known.keyless))
        @if known.decisions.is_empty() && !known.is_cut {
            (match is_first {
                true => empty("nothing about this person is recorded",
                    "write the whole login, e-mail address or id; capital letters do not matter. The oldest files of the journal are removed (`journal.keep_files`)"),
                false => empty("there is nothing older", ""),
            })
        }
        @if known.is_cut { (notice(State::Plain, "a million decisions were looked at for this page, and older ones were not yet", "go on with *Older*")) }
        ol.story {
            @for about in &known.decisions { li { (decision(console, about)) } }
        }
        nav.actions aria-label="Pages" {
            @if !is_first { a.button href=(page(None)) { "Newest" } }
            @if let Some(next) = &known.next { a.button href=(page(Some(next))) rel="next" { "Older" } }
        }
    }
}

fn decision(console: &Console, about: &Told) -> Markup {
    let Told { clear, rule, at, meaning, holder, why, is_by_older } = about;
    html! {
        div {
            a href=(link(&clear.id)) data-panel {
                @match clear.time.parse() { Ok(at) => (time(at, console.zone())), Err(_) => { (clear.time) } }
            }
            " " (clear.hook) @if let Some(app) = &clear.app { " (" (app) ")" } ": " strong { (answered(clear, console.watched.gateway.hooks())) }
        }
        @if let Some(meaning) = meaning { div { (meaning) } }
        @if let Some(rule) = rule { div.soft { "by rule " strong { (rule) } @if let Some(at) = at { " " code { (at) } } @if *is_by_older { ", of rules that are no longer in force" } } }
        @if let Some(holder) = holder {
            div { "Held then by " a href=(format!("/console/person?{}", form_urlencoded::Serializer::new(String::new()).append_pair("q", holder).finish())) { bdi { (holder) } } }
        }
        @if let Some(why) = why { div.soft { bdi { (with_code(why)) } } }
    }
}

fn on_its_way(console: &Console, waiting: &Result<Vec<Waiting>, String>) -> Markup {
    let now_ms = console.watched.gateway.outbox().map_or(0, |outbox| outbox.now_ms());
    html! {
        @match waiting {
            Err(why) => (notice(State::Bad, why, "")),
            Ok(waiting) if waiting.is_empty() => (empty("nothing waits for this person", "what was sent has arrived, or was dropped; what was sent stands with each decision above")),
            Ok(waiting) => {
                ul.story { @for waiting in waiting.iter().take(DELIVERIES) { li { strong { (waiting.row.delivery.to) } " " (condition(waiting, now_ms, console.zone(), true)) } } }
            }
        }
    }
}
