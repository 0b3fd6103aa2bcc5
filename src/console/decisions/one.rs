//! One decision: what was answered and why, request and reply, lookups, changes, deliveries.

use std::sync::Arc;

use maud::{Markup, html};
use serde_json::Value as Json;

use super::link::linked;
use super::row::{answered, moment};
use super::{rules, sent};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::frame::capital;
use crate::console::parts::{PERSONAL, State, notice};
use crate::console::past::{Not, Rules, aside, newest};
use crate::console::screen::Screen;
use crate::console::shown::Clean;
use crate::console::used::About;
use crate::gateway::Live;
use crate::journal::{Clear, Found, Query, Record, RecordedFact, holder_of, name_of_person};
use crate::report::Secrets;
use crate::report::records::{Explained, by_kept, differences, explained, shown};

/// What is read of a decision.
struct Read {
    clear: Box<Clear<'static>>,
    record: Box<Record>,
    /// What each rule did, or why that is not known.
    explained: Result<Explained, String>,
    /// By what name the outbox knows the person.
    person: Option<String>,
    /// Which kept rules explain it, in words; none where they are in force.
    by: Option<String>,
    live: Arc<Live>,
}

/// One decision, as a part or a page.
pub(in crate::console) async fn one(console: &Arc<Console>, asked: &Asked) -> Answer {
    answer(console, asked).await.unwrap_or_else(|refused| refused)
}

async fn answer(console: &Arc<Console>, asked: &Asked) -> Result<Answer, Answer> {
    let id = asked.get("id").unwrap_or_default().to_owned();
    let sees_people = asked.rights().people;
    if sees_people {
        console.used.record(asked, "show decision", About::Thing(&id))?;
    }
    let at = Arc::clone(console);
    let sought = id.clone();
    let read = aside(move || read(&at, &sought)).await??;
    let sent = sent::list(console, &read.record, read.person.clone(), sees_people).await;
    let body = whole(console, &read, &sent, sees_people);
    Ok(match asked.get("part") {
        Some(_) => Answer::Part(body),
        None => Answer::Page { screen: Screen::Decisions, title: "One decision".to_owned(), body },
    })
}

fn read(console: &Console, id: &str) -> Result<Read, Not> {
    let query = Query { id: Some(id.to_owned()), ..Query::default() };
    let (clear, record) = match newest(&console.settings, &query)? {
        Some(Found::Line { clear, record: Ok(record), .. }) => (clear, record),
        Some(Found::Line { record: Err(why), .. } | Found::Unread { why, .. }) => {
            let help = "give the master key back in `journal.key`, or take the file `….keys` from the backup";
            return Err(Not::shown(format!("the record cannot be opened: {why}"), help));
        }
        Some(Found::Old(_)) | None => return Err(unknown(id)),
    };
    let rules = console.past.rules(&record, &console.watched, &console.settings.tenant);
    let live = rules.as_ref().map_or_else(|_| console.watched.gateway.current(), |rules| Arc::clone(rules.live()));
    let by = match &rules {
        Ok(Rules::Kept(_, hash, at)) => Some(by_kept(hash, *at, console.zone())),
        Ok(Rules::InForce(_)) | Err(_) => None,
    };
    let explained = match rules {
        _ if !console.settings.journal.shows_facts => {
            Err("what the rules saw is not shown (`journal.show_facts: false`)".to_owned())
        }
        rules => rules.and_then(|rules| explained(&record, rules.live())),
    };
    let hooks = console.watched.gateway.hooks();
    let event = hooks.position(&record.hook).and_then(|place| record.event(hooks, place).ok());
    let person = event.and_then(|event| event.person().map(std::borrow::Cow::into_owned));
    Ok(Read { clear, record, explained, person, by, live })
}

fn unknown(id: &str) -> Not {
    let what = format!("no decision with the id `{id}` is recorded");
    let help = "check that the id is the whole of `x-request-id`, and of this gateway: each has a journal of its own. It may \
                be older than what is kept (`journal.keep_files`)";
    Not { is_unknown: true, ..Not::shown(what, help) }
}

fn whole(console: &Console, read: &Read, sent: &Markup, sees_people: bool) -> Markup {
    let Read { clear, record, explained, by, .. } = read;
    html! {
        h2 { (clear.hook) ": " (answered(clear, console.watched.gateway.hooks())) }
        @if sees_people {
            div.actions {
                a.button href=(linked("/console/playground", &[("record", clear.id.to_string())])) { "Open in playground" }
                a.button href=(linked("/console/decisions/test", &[("id", clear.id.to_string())])) { "Make a test of it" }
            }
        }
        (head(console, read, sees_people))
        h3 { "Rules" }
        @match explained {
            Ok(Explained { trace, .. }) => {
                @if let Some(by) = by { (notice(State::Plain, by, "")) }
                (rules::list(trace, Clean { secrets: &Secrets::of(&read.live.rules), names: &read.live.rules.hooks.secrets }, sees_people))
            }
            Err(why) => { (notice(State::Plain, why, "")) }
        }
        (lookups(&record.facts, sees_people && console.settings.journal.shows_facts))
        (changes(record, sees_people))
        (sent)
        @if sees_people {
            h3 { "Request" }
            pre dir="auto" { (pretty(record.body.get())) }
            @if let Ok(Explained { reply, .. }) = explained {
                h3 { "Reply" }
                pre dir="auto" { (reply.as_deref().map_or_else(|| "none: the call was turned away with HTTP 503".to_owned(), pretty)) }
            }
        } @else {
            p.soft { "The request and the reply are shown to those who have the right `people`." }
        }
    }
}

/// What is known without the rules.
fn head(console: &Console, read: &Read, sees_people: bool) -> Markup {
    let Read { clear, record, live, .. } = read;
    let decision = &record.decision;
    let code = decision.code.as_ref().and_then(|code| live.rules.codes.get(code));
    let rule = decision.rule.as_ref().and_then(|name| live.rules.rules.iter().find(|rule| rule.name == *name));
    let holder =
        decision.code.as_ref().and_then(|_| holder_of(record)).filter(|_| console.settings.journal.shows_facts);
    let person = name_of_person(record);
    let named = |name: Option<String>| match name {
        Some(name) if sees_people => html! { bdi { (name) } },
        Some(_) => html! { span.soft { (PERSONAL) } },
        None => html! { span.soft { "nobody named" } },
    };
    html! {
        dl {
            dt { "Time" } dd { (moment(&clear.time, console.zone())) }
            dt { "Person" } dd { (named(person)) }
            @if let Some(code) = code { dt { "Meaning" } dd { (code) } }
            dt { "Rule" } dd {
                @match (&decision.rule, &decision.at) {
                    (Some(rule), Some(at)) => { strong { (rule) } " " code { (at) } }
                    _ => { "no rule decided" }
                }
            }
            @for (key, text) in rule.iter().flat_map(|rule| rule.ownership.said()) { dt { (capital(key)) } dd { (text) } }
            @for refusal in decision.refusals.iter().flatten().skip(1) { dt { "and" } dd { (refusal.code) " by " (refusal.rule) } }
            @if holder.is_some() { dt { "Held then by" } dd { (named(holder)) } }
            @if let Some(failure) = &decision.failure {
                dt { "Failed" } dd { @if sees_people { (failure) } @else { (PERSONAL) } " " code { (decision.failed_at.as_deref().unwrap_or_default()) } }
            }
            @if !decision.audits.is_empty() { dt { "Audit" } dd { (decision.audits.join(", ")) } }
            @if !decision.skipped.is_empty() { dt { "Skipped" } dd { (decision.skipped.join(", ")) } }
            @if let Some(app) = &clear.app { dt { "Application" } dd { (app) } }
            dt { "Answered" } dd { "HTTP " (clear.status) " after " (format!("{:.1} ms", clear.ms)) }
            dt { "Rules" } dd { code { (record.rules.get(..12).unwrap_or(&record.rules)) } }
            @if let Some(instance) = &clear.instance { dt { "Instance" } dd { (instance) } }
            @if let Some(trace) = &clear.trace { dt { "Trace" } dd { code { (trace) } } }
            dt { "Request id" } dd { code { (clear.id) } }
        }
    }
}

fn lookups(facts: &[RecordedFact], sees_rows: bool) -> Markup {
    html! {
        @if !facts.is_empty() {
            h3 { "Lookups" }
            ul {
                @for fact in facts {
                    li {
                        strong { (fact.lookup) } " of "
                        @if sees_rows { bdi { (shown(fact.key.get())) } } @else { (PERSONAL) }
                        ": "
                        @match (&fact.failed, &fact.degraded) {
                            (Some(why), _) => { "no answer" @if sees_rows { ": " (why) } }
                            (None, Some(why)) => { "could not be asked, `on_error` stands in" @if sees_rows { ": " (why) } }
                            (None, None) if fact.count == 0 => { "nothing found" }
                            (None, None) => { (fact.count) " found" }
                        }
                        @if sees_rows && fact.count > 0 { pre dir="auto" { (pretty(fact.rows.get())) } }
                    }
                }
            }
        }
    }
}

/// What the rules changed in the user.
fn changes(record: &Record, sees_people: bool) -> Markup {
    let Some(after) = &record.decision.user else { return html! {} };
    let after = serde_json::from_str::<Json>(&shown(after.get())).unwrap_or_default();
    let body = serde_json::from_str::<Json>(&shown(record.body.get())).unwrap_or_default();
    let before = body.pointer("/request/user").or_else(|| body.get("user")).cloned().unwrap_or_default();
    let found = differences("user", Some(&before), Some(&after));
    let side = |value: Option<&Json>| match value {
        None => "(absent)".to_owned(),
        Some(_) if !sees_people => PERSONAL.to_owned(),
        Some(value) => value.to_string(),
    };
    html! {
        h3 { "Changes" }
        table {
            thead { tr { th scope="col" { "Field" } th scope="col" { "Before" } th scope="col" { "After" } } }
            tbody {
                @for (path, before, after) in &found {
                    tr { th scope="row" { code { (path) } } td dir="auto" { (side(*before)) } td dir="auto" { (side(*after)) } }
                }
            }
        }
    }
}

/// JSON over several lines, with words in the places of secrets.
fn pretty(json: &str) -> String {
    let json = shown(json);
    let read = serde_json::from_str::<Json>(&json).and_then(|json| serde_json::to_string_pretty(&json));
    read.unwrap_or(json)
}
