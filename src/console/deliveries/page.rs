//! The list of deliveries, by destination.

use std::sync::Arc;

use maud::{Markup, html};

use super::row::{attempts, link, next, status, word};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{PERSONAL, State, duration, empty, notice, state, tile, wide};
use crate::console::screen::Screen;
use crate::console::used::About;
use crate::outbox::{Outbox, Waiting, Wanted};

/// Most deliveries of a destination that are shown, and of all.
const SHOWN: usize = 50;

/// The screen.
pub(in crate::console) async fn page(console: &Arc<Console>, asked: &Asked) -> Answer {
    let Some(outbox) = console.watched.gateway.outbox() else {
        let help =
            "write a destination into `destinations` of gateway.yaml, and a rule with `deliver`; then restart hookgate";
        return Answer::page(Screen::Deliveries, empty("nothing is sent: gateway.yaml has no destinations", help));
    };
    answer(console, outbox, asked).await.unwrap_or_else(|refused| refused)
}

async fn answer(console: &Console, outbox: &Outbox, asked: &Asked) -> Result<Answer, Answer> {
    let sees_people = asked.rights().people;
    if sees_people {
        console.used.record(asked, "list deliveries", asked.get("person").map_or(About::Nothing, About::Person))?;
    }
    let is_dead = match asked.get("state") {
        Some("dead") => Some(true),
        Some("waiting") => Some(false),
        _ => None,
    };
    let person = asked.get("person").filter(|_| sees_people).map(str::to_owned);
    let wanted = Wanted { to: asked.get("to").map(str::to_owned), is_dead, person, limit: SHOWN, ..Wanted::default() };
    let refused = |trouble: crate::outbox::Trouble| Answer::refused(trouble.message, trouble.help);
    let found = outbox.find(&wanted).await.map_err(refused)?;
    let (count, now_ms) = (outbox.store().count().await.map_err(refused)?, outbox.now_ms());
    let oldest = count.oldest_ms.map_or_else(|| "none".to_owned(), |at| duration((now_ms - at).max(0) / 1_000));
    let is = |is_so: bool, bad: State| if is_so { bad } else { State::Plain };
    let body = html! {
        (done(asked))
        div.tiles {
            (tile(&count.waiting.to_string(), "", "waiting", State::Plain))
            (tile(&count.dead.to_string(), "", "dead", is(count.dead > 0, State::Bad)))
            (tile(&oldest, "", "age of the oldest that waits", State::Plain))
        }
        h2 { "Destinations" }
        (destinations(outbox, asked))
        h2 { "Waiting, on the way, and dead" }
        (form(outbox, asked))
        div.beside {
            div { (list(&found, now_ms, sees_people)) }
            section #panel hidden tabindex="-1" aria-label="One delivery" {}
        }
    };
    Ok(Answer::page(Screen::Deliveries, body))
}

/// `1 delivery`, `2 deliveries`.
fn counted(count: u64) -> String {
    if count == 1 { "1 delivery".to_owned() } else { format!("{count} deliveries") }
}

/// What was just done.
fn done(asked: &Asked) -> Markup {
    let count = asked.get("count").unwrap_or("0").parse::<u64>().unwrap_or_default();
    let told = match (asked.get("done"), count) {
        (Some("retry" | "drop"), 0) => {
            Some((State::Warning, "no such delivery waits any more: it arrived, or somebody was faster".to_owned()))
        }
        (Some("retry"), count) => Some((
            State::Well,
            format!("sent again as soon as the destination takes it, with all attempts anew: {}", counted(count)),
        )),
        (Some("drop"), count) => Some((State::Well, format!("dropped and forgotten: {}", counted(count)))),
        (Some("pause"), _) => Some((State::Well, "the destination is paused: what is for it waits".to_owned())),
        (Some("resume"), _) => Some((State::Well, "the destination goes on".to_owned())),
        _ => None,
    };
    html! { @if let Some((is, message)) = told { (notice(is, &message, "")) } }
}

fn destinations(outbox: &Outbox, asked: &Asked) -> Markup {
    let paused = outbox.paused();
    let acts = asked.rights().act;
    let has_dead = outbox.last_count().is_some_and(|count| count.dead > 0);
    let table = html! {
        table {
            thead { tr { th scope="col" { "Destination" } th scope="col" { "State" } @if acts { th scope="col" { "Change" } } } }
            tbody {
                @for (name, breaker) in outbox.destinations() {
                    @let is_paused = paused.contains(&name);
                    tr {
                        th scope="row" { a href=(format!("/console/deliveries?to={}", encoded(name))) { (name) } }
                        td {
                            @match (is_paused, breaker) {
                                (true, _) => (state(State::Warning, "paused")),
                                (false, "closed") => (state(State::Well, "in use")),
                                (false, "open") => (state(State::Bad, "not used: it failed too often, and is tried again soon")),
                                (false, _) => (state(State::Warning, "tried again")),
                            }
                        }
                        @if acts {
                            td.actions {
                                form method="post" action="/console/deliveries/pause" {
                                    input type="hidden" name="csrf" value=(asked.csrf());
                                    input type="hidden" name="to" value=(name);
                                    input type="hidden" name="does" value=(if is_paused { "resume" } else { "pause" });
                                    button { (if is_paused { "Resume" } else { "Pause" }) " " (name) }
                                }
                                @if has_dead {
                                    form method="post" action="/console/deliveries/change" {
                                        input type="hidden" name="csrf" value=(asked.csrf());
                                        input type="hidden" name="to" value=(name);
                                        button name="does" value="retry" { "Redrive all dead ones of " (name) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    html! {
        (wide("Destinations", &table))
        @if !paused.is_empty() {
            (notice(State::Warning, "a pause holds until somebody resumes it, or hookgate restarts",
                if outbox.is_shared() { "other gateways that share this outbox go on: pause it in the console of each" } else { "what is for it is stored meanwhile, and nothing is lost" }))
        }
    }
}

fn form(outbox: &Outbox, asked: &Asked) -> Markup {
    let chosen = |name: &str, value: &str| asked.get(name) == Some(value);
    html! {
        form.search method="get" action="/console/deliveries" {
            label { "Destination"
                select name="to" {
                    option value="" { "all" }
                    @for (name, _) in outbox.destinations() { option value=(name) selected[chosen("to", name)] { (name) } }
                }
            }
            label { "State"
                select name="state" {
                    @for (value, word) in [("", "all"), ("waiting", "waiting or on the way"), ("dead", "dead")] { option value=(value) selected[chosen("state", value)] { (word) } }
                }
            }
            @if asked.rights().people { label { "Person" input name="person" value=(asked.get("person").unwrap_or_default()) dir="auto" autocomplete="off"; } }
            button { "Show" }
        }
    }
}

fn list(found: &[Waiting], now_ms: i64, sees_people: bool) -> Markup {
    if found.is_empty() {
        return empty("nothing waits", "what was sent has arrived; what is sent appears here until it has");
    }
    let table = html! {
        table {
            thead { tr { th scope="col" { "Stored" } th scope="col" { "To" } th scope="col" { "Hook" } th scope="col" { "Person" } th scope="col" { "State" } th scope="col" { "Next" } th scope="col" { "Last answer" } } }
            tbody {
                @for waiting in found {
                    @let delivery = &waiting.row.delivery;
                    @let (is, word) = word(waiting, now_ms);
                    tr {
                        td { a href=(link(&delivery.key)) data-panel { (duration((now_ms - delivery.created_ms).max(0) / 1_000)) " ago" } }
                        td { (delivery.to) }
                        td { (delivery.hook) }
                        td { div.cut dir="auto" { (if sees_people { &delivery.person } else { PERSONAL }) } }
                        td { (state(is, word)) " " span.soft { (attempts(delivery.attempts)) } }
                        td { (next(waiting, now_ms)) }
                        td { div.cut dir="auto" { @if let Some(error) = &waiting.row.error { @if sees_people { (error) } @else { (status(error)) } } } }
                    }
                }
            }
        }
    };
    html! {
        (wide("Deliveries", &table))
        @if found.len() >= SHOWN { p.soft { "The oldest " (SHOWN) ": choose a destination, a state or a person to see others." } }
    }
}

pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
