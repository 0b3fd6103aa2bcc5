//! What a decision sent, and how far it is on its way.

use maud::{Markup, html};

use crate::console::parts::PERSONAL;

use crate::console::console::Console;
use crate::console::deliveries::condition;
use crate::journal::{Record, RecordedDelivery};
use crate::outbox::{Waiting, Wanted};
use crate::report::records::shown;

/// Most deliveries of one person that are looked through.
const LOOKED_AT: usize = 500;

/// The deliveries with what is known of each in the outbox.
pub(super) async fn list(console: &Console, record: &Record, person: Option<String>, sees_people: bool) -> Markup {
    let sent = &record.decision.deliveries;
    if sent.is_empty() {
        return html! {};
    }
    let waiting = match console.watched.gateway.outbox() {
        None => Err("this gateway has no outbox now".to_owned()),
        Some(outbox) => {
            let wanted = Wanted { hook: Some(record.hook.clone()), person, limit: LOOKED_AT, ..Wanted::default() };
            outbox.find(&wanted).await.map_err(|trouble| trouble.to_string())
        }
    };
    let now_ms = console.watched.gateway.outbox().map_or(0, |outbox| outbox.now_ms());
    html! {
        h3 { "Deliveries" }
        @for delivery in sent {
            div.delivery {
                div { strong { (delivery.to) } " by " (delivery.rule) " " span.soft { "in order of " @if sees_people { bdi { (delivery.key) } } @else { (PERSONAL) } } }
                @match &waiting {
                    Err(why) => { p.soft { "Where it is cannot be told: " (why) "." } }
                    Ok(waiting) => {
                        @match waiting.iter().find(|waiting| is_it(record, delivery, waiting)) {
                            Some(waiting) => { (condition(waiting, now_ms, console.zone(), sees_people)) }
                            None => { p.soft { "It does not wait any more: it arrived, or was dropped." } }
                        }
                    }
                }
                @if sees_people { details { summary { "What was sent" } pre { (shown(delivery.body.get())) } } }
            }
        }
    }
}

/// Whether a delivery that waits is the one of a record: keys in the outbox are made of secrets that no record has.
fn is_it(record: &Record, delivery: &RecordedDelivery, waiting: &Waiting) -> bool {
    let stored = &waiting.row.delivery;
    let came_ms = record.time.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_millisecond);
    // What was sent again by an operator is as old as that.
    let is_as_old = stored.created_ms == came_ms || stored.attempts == 0 && stored.created_ms > came_ms;
    stored.to == delivery.to && stored.ordering_key == delivery.key && is_as_old
}
