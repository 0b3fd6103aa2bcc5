//! A delivery in words: where it stands, how often it was tried, and what the last attempt was answered.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::console::parts::{PERSONAL, State, duration, state, time};
use crate::outbox::Waiting;

/// Where it stands: on its way, waiting, or dead.
pub(super) fn word(waiting: &Waiting, now_ms: i64) -> (State, &'static str) {
    match &waiting.row {
        row if row.is_dead => (State::Bad, "dead"),
        row if row.leased_ms > now_ms => (State::Plain, "on its way"),
        row if row.delivery.attempts > 0 => (State::Warning, "waiting"),
        _ => (State::Plain, "waiting"),
    }
}

/// When it is tried next.
pub(super) fn next(waiting: &Waiting, now_ms: i64) -> String {
    match &waiting.row {
        row if row.is_dead => "never, unless it is sent again".to_owned(),
        row if row.due_ms > now_ms => format!("in {}", duration((row.due_ms - now_ms) / 1_000)),
        _ => "now".to_owned(),
    }
}

/// All of that in a few lines. What a receiver answered may name somebody.
pub(in crate::console) fn condition(waiting: &Waiting, now_ms: i64, zone: &TimeZone, sees_people: bool) -> Markup {
    let (is, word) = word(waiting, now_ms);
    let delivery = &waiting.row.delivery;
    html! {
        div {
            (state(is, word)) ", " (attempts(delivery.attempts)) ", next attempt " (next(waiting, now_ms))
            @if let Ok(stored) = Timestamp::from_millisecond(delivery.created_ms) { ", stored " (time(stored, zone)) }
            @if waiting.is_in_memory { ", in memory: a stop loses it" }
        }
        @if let Some(error) = &waiting.row.error { div.why { "last answer: " @if sees_people { bdi { (error) } } @else { (status(error)) } } }
        div.soft { "key " a href=(link(&delivery.key)) data-panel { code { (delivery.key) } } }
    }
}

pub(super) fn attempts(count: u32) -> String {
    match count {
        0 => "no failed attempt yet".to_owned(),
        1 => "1 failed attempt".to_owned(),
        more => format!("{more} failed attempts"),
    }
}

/// The part of an error that names nobody: the status of an answer.
pub(super) fn status(error: &str) -> String {
    let is_status =
        error.strip_prefix("status ").map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    is_status
        .filter(|digits| !digits.is_empty())
        .map_or_else(|| PERSONAL.to_owned(), |digits| format!("status {digits}"))
}

/// Where a delivery is shown.
pub(super) fn link(key: &str) -> String {
    format!("/console/deliveries/one?key={}", url::form_urlencoded::byte_serialize(key.as_bytes()).collect::<String>())
}
