//! The numbers at the top of *Now*: what a glance should tell.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::console::parts::{State, duration, grouped, tile};
use crate::gateway::Origin;
use crate::server::Watched;
use crate::telemetry::metrics::{HookCounts, Minute};

/// Days before its end at which a certificate is worth a look, and at which it is urgent.
const CERTIFICATE_SOON_DAYS: i64 = 30;
const CERTIFICATE_URGENT_DAYS: i64 = 7;
const DAY_S: i64 = 86_400;

/// Numbers and states, none of which names anything.
pub(super) fn part(watched: &Watched, minutes: &[Minute], now: Timestamp, records: bool) -> Markup {
    let (live, status) = (watched.gateway.current(), watched.reload.status());
    let in_hour: u64 = minutes.iter().flat_map(|minute| minute.hooks.values()).map(HookCounts::requests).sum();
    let age = status.loaded_at.map(|at| duration(now.duration_since(at).as_secs().max(0)));
    let origin = if status.origin == Origin::Folder { State::Plain } else { State::Warning };
    html! {
        div.tiles {
            (readiness(watched))
            (tile(&grouped(in_hour), "", "requests in the last hour", State::Plain))
            (tile(&watched.counters.in_flight().to_string(), "", "requests being answered", State::Plain))
            (tile(&grouped(watched.counters.connections() as u64), "", "connections of callers", State::Plain))
            (tile(&grouped(live.rules.rules.len() as u64), "", "rules in force", origin))
            @if let Some(age) = age { (tile(&age, "", "since they were loaded", State::Plain)) }
            (outbox(watched))
            (certificate(watched, now))
            (journal(watched, records))
        }
    }
}

/// Whether events can be answered, by what is known without asking anybody.
fn readiness(watched: &Watched) -> Markup {
    let is_stored = watched.gateway.outbox().is_none_or(|outbox| outbox.trouble().is_none());
    let (word, state) = match (watched.counters.is_stopping(), is_stored) {
        (true, _) => ("stopping", State::Warning),
        (false, false) => ("not ready", State::Bad),
        (false, true) => ("ready", State::Well),
    };
    tile(word, "", "this gateway", state)
}

fn outbox(watched: &Watched) -> Markup {
    let Some(outbox) = watched.gateway.outbox() else { return Markup::default() };
    let Some(count) = outbox.last_count() else { return tile("…", "", "deliveries are being counted", State::Plain) };
    let dead = if count.dead > 0 { State::Warning } else { State::Plain };
    let number = |count: i64| grouped(count.unsigned_abs());
    html! {
        (tile(&number(count.waiting + count.in_memory), "", "deliveries wait", State::Plain))
        @if let Some(oldest_s) = count.oldest_s { (tile(&duration(oldest_s), "", "age of the oldest that waits", State::Plain)) }
        (tile(&number(count.dead), "", "dead letters", dead))
    }
}

fn certificate(watched: &Watched, now: Timestamp) -> Markup {
    let Some(expires_s) = watched.counters.certificate_expires_s() else { return Markup::default() };
    let days = (expires_s - now.as_second()).div_euclid(DAY_S);
    let state = match days {
        ..CERTIFICATE_URGENT_DAYS => State::Bad,
        CERTIFICATE_URGENT_DAYS..CERTIFICATE_SOON_DAYS => State::Warning,
        _ => State::Plain,
    };
    if days < 0 {
        return tile("expired", "", "certificate", State::Bad);
    }
    tile(&days.to_string(), "days", "until the certificate ends", state)
}

/// `records`: the settings name a journal.
fn journal(watched: &Watched, records: bool) -> Markup {
    match watched.gateway.recorded() {
        None if records => tile("not recording", "", "journal", State::Bad),
        None => tile("off", "", "journal", State::Plain),
        Some((_, false)) => tile("not writable", "", "journal", State::Bad),
        Some((counts, true)) if counts.dropped + counts.failed > 0 => {
            let lost = counts.dropped + counts.failed;
            tile(&grouped(lost), "", "decisions not recorded since the start", State::Warning)
        }
        Some((_, true)) => tile("recording", "", "journal", State::Well),
    }
}
