//! What rules lean on: connections, destinations, the outbox, the journal, the certificate.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::console::console::Console;
use crate::console::parts::{State, duration, grouped, state, time};
use crate::lookup::Connections;
use crate::outbox::StoreAt;

pub(super) fn part(console: &Console, now: Timestamp) -> Markup {
    html! {
        h2 { "What it leans on" }
        dl {
            dt { "Connections" } dd { (connections(console)) }
            dt { "Destinations" } dd { (destinations(console)) }
            dt { "Outbox" } dd { (outbox(console)) }
            dt { "Journal" } dd { (journal(console)) }
            dt { "Certificate" } dd { (certificate(console, now)) }
        }
    }
}

fn connections(console: &Console) -> Markup {
    let connections: Vec<_> = console.watched.gateway.connections().into_iter().flat_map(Connections::lines).collect();
    html! {
        @if connections.is_empty() { "none: no rule asks anything outside" }
        @else {
            ul.plain {
                @for (name, line) in connections {
                    li {
                        span dir="auto" { (name) } ": " (breaker(line.breaker.word()))
                        @if line.source.is_refused() { ", " (state(State::Bad, "its login was refused: see Set up, doctor")) }
                    }
                }
            }
        }
    }
}

fn destinations(console: &Console) -> Markup {
    let destinations = console.watched.gateway.outbox().into_iter().flat_map(|outbox| outbox.destinations());
    let destinations: Vec<_> = destinations.collect();
    let paused = console.watched.gateway.outbox().map(|outbox| outbox.paused()).unwrap_or_default();
    html! {
        @if destinations.is_empty() { "none: no rule sends anything" }
        @else {
            ul.plain { @for (name, word) in destinations { li {
                    span dir="auto" { (name) } ": "
                    @if paused.contains(&name) { (state(State::Warning, "paused by somebody")) } @else { (breaker(word)) }
                } } }
        }
    }
}

/// The state of a breaker, in words.
pub(super) fn breaker(word: &str) -> Markup {
    match word {
        "closed" => state(State::Well, "in use"),
        "half_open" => state(State::Warning, "tried again after failures"),
        _ => state(State::Bad, "left alone for a while after failures"),
    }
}

fn outbox(console: &Console) -> Markup {
    let Some(outbox) = console.watched.gateway.outbox() else { return html! { "none: there are no destinations" } };
    let number = |count: i64| grouped(count.unsigned_abs());
    html! {
        @match &console.settings.outbox.store {
            StoreAt::File(file) => { "in the file " code dir="auto" { (file.display()) } ", for this gateway alone" }
            StoreAt::Postgres(store) => {
                "in PostgreSQL at " code dir="auto" { (store.address) } "; every gateway that names it shares it and shows the same number"
            }
        }
        @match outbox.last_count() {
            None => { ". What waits is being counted." }
            Some(count) => {
                ": " (number(count.waiting)) " wait"
                @if let Some(oldest_s) = count.oldest_s { ", the oldest for " (duration(oldest_s)) }
                ", " (number(count.dead)) " dead"
                @if count.in_memory > 0 {
                    ", " (state(State::Warning, &format!("{} with secrets in memory alone, which a stop loses", number(count.in_memory))))
                }
                "."
            }
        }
    }
}

fn journal(console: &Console) -> Markup {
    let Some(file) = &console.settings.journal.file else {
        return html! { "off (" code { "journal.file" } " is null)" };
    };
    html! {
        @match console.watched.gateway.recorded() {
            None => { (state(State::Bad, "not recording")) }
            Some((counts, is_writable)) => {
                @if is_writable { (state(State::Well, "recording")) } @else { (state(State::Bad, "cannot be written")) }
                ": " (grouped(counts.written)) " written, "
                (lost(counts.dropped, "dropped because too many waited")) ", "
                (lost(counts.failed, "failed")) ", since the start"
            }
        }
        ". In " code dir="auto" { (file.display()) } "."
    }
}

fn lost(count: u64, what: &str) -> Markup {
    let text = format!("{} {what}", grouped(count));
    if count > 0 {
        state(State::Warning, &text)
    } else {
        html! { (text) }
    }
}

fn certificate(console: &Console, now: Timestamp) -> Markup {
    let Some(expires_s) = console.watched.counters.certificate_expires_s() else {
        return html! { "none: hookgate itself speaks http with these settings" };
    };
    let at = Timestamp::from_second(expires_s).unwrap_or(now);
    html! { "ends at " (time(at, console.zone())) ", in " (duration((expires_s - now.as_second()).max(0))) }
}
