//! Other gateways beside this one: whether each is ready, its rules, its requests and its outbox.

use maud::{Markup, html};

use super::peers::{How, PeerState, Said};
use crate::console::console::Console;
use crate::console::frame::with_code;
use crate::console::parts::{State, duration, grouped, state, wide};
use crate::lookup::Connections;
use crate::rule::short_hash;

/// All of them; nothing where gateway.yaml names none. Without `names` only how many of them answer.
pub(super) fn part(console: &Console, names: bool) -> Markup {
    let runtime = console.watched.gateway.connections().map(Connections::runtime);
    let peers = console.peers.look(runtime.as_ref());
    if peers.is_empty() {
        return Markup::default();
    }
    let ready = peers.iter().filter(|peer| matches!(&peer.how, How::Said(said) if said.is_ready)).count();
    let asking = peers.iter().filter(|peer| matches!(peer.how, How::Asked)).count();
    let here = console.watched.gateway.current().rules.hash.clone();
    html! {
        h2 { "Other gateways" }
        @if !names {
            p {
                (ready) " of " (peers.len()) " are ready"
                @if asking > 0 { ", " (asking) " are being asked" }
                "."
            }
        } @else {
            (wide("Other gateways", &html! {
                table {
                    thead { tr {
                        th scope="col" { "Gateway" }
                        th scope="col" { "State" }
                        th scope="col" { "Rules" }
                        th.number scope="col" { "Requests" }
                        th.number scope="col" { "A minute" }
                        th.number scope="col" { "Deliveries wait" }
                        th.number scope="col" { "Oldest" }
                    } }
                    tbody { @for peer in &peers { (row(peer, &here)) } }
                }
            }))
        }
    }
}

fn row(peer: &PeerState, here: &str) -> Markup {
    let name = html! {
        th scope="row" { span dir="auto" title=(peer.address) { (peer.name) } }
    };
    match &peer.how {
        How::Asked => html! { tr { (name) td colspan="6" { span.soft { "is being asked" } } } },
        How::Silent(why) => html! {
            tr { (name) td colspan="6" { (state(State::Bad, "tells nothing")) ": " span dir="auto" { (with_code(why)) } } }
        },
        How::Said(said) => html! { tr { (name) (cells(said, here)) } },
    }
}

fn cells(said: &Said, here: &str) -> Markup {
    let number = |number: Option<u64>| number.map(grouped).unwrap_or_default();
    html! {
        td {
            @if said.is_ready { (state(State::Well, "ready")) } @else { (state(State::Bad, "not ready")) }
            @for reason in &said.reasons { div.soft dir="auto" { (reason) } }
        }
        td {
            @if let Some(hash) = &said.hash {
                code { (short_hash(hash)) } " "
                @if hash == here { span.soft { "as here" } } @else { (state(State::Warning, "other than here")) }
            }
            @if said.has_refused { div { (state(State::Bad, "a change was refused")) } }
        }
        td.number { (number(said.requests)) }
        td.number { @if let Some(rate) = said.per_minute { (format!("{rate:.0}")) } @else { "–" } }
        td.number { @if said.waiting.is_some() { (number(said.waiting)) } @else { "–" } }
        td.number { @if let Some(seconds) = said.oldest_s { (duration(i64::try_from(seconds).unwrap_or(i64::MAX))) } }
    }
}
