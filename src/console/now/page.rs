//! The page of the screen *Now*, and its live parts.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use maud::{Markup, html};

use super::{beside, hour, notices, rules, service, tiles};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::live::{Event, Events};
use crate::console::screen::Screen;

/// How often the parts are looked at.
const PERIOD: Duration = Duration::from_secs(1);
/// How often, in periods, those that cost more: the charts of the hour, and all that lists something.
const SLOW_PERIODS: u32 = 5;
/// How long the page waits for the outbox to be counted, which it need not be for long.
const COUNT_PATIENCE: Duration = Duration::from_millis(40);

/// A part of the page.
type Part = (&'static str, fn(&Console, bool) -> Markup);

/// Those that are looked at each period.
const QUICK: [Part; 2] = [("notices", notices_part), ("tiles", tiles_part)];
/// Those that are looked at more rarely.
const SLOW: [Part; 4] =
    [("hour", hour_part), ("beside", beside::part), ("rules", rules_part), ("service", service_part)];

/// What runs at this moment.
pub(in crate::console) async fn page(console: &Arc<Console>, asked: &Asked) -> Answer {
    count(console).await;
    let names = asked.rights().look;
    let body = html! {
        div data-live="/console/now/live" {
            @for (id, part) in QUICK.iter().chain(&SLOW) { div id=(id) { (part(console, names)) } }
        }
        @if !names { p.soft { "Names, causes and the hooks one by one are shown to those who " a href="/console/login" { "log in" } "." } }
    };
    Answer::page(Screen::Now, body)
}

/// The parts of the page as they change.
pub(in crate::console) async fn live(console: &Arc<Console>, asked: &Asked) -> Answer {
    let (console, names) = (Arc::clone(console), asked.rights().look);
    let mut before: Vec<(&'static str, String)> = Vec::new();
    let mut periods = 0_u32;
    Answer::Events(Events::every(PERIOD, asked, move || {
        let slow = if periods.is_multiple_of(SLOW_PERIODS) { SLOW.as_slice() } else { &[] };
        periods = periods.wrapping_add(1);
        if !slow.is_empty() {
            drop(counting(&console));
        }
        let parts = QUICK.iter().chain(slow).map(|(id, part)| Event { part: id, body: part(&console, names) });
        parts.filter(|event| is_new(&mut before, event)).collect()
    }))
}

/// Whether a part is other than what was sent last.
fn is_new(before: &mut Vec<(&'static str, String)>, event: &Event) -> bool {
    match before.iter_mut().find(|(part, _)| *part == event.part) {
        Some((_, body)) if *body == event.body.0 => false,
        Some((_, body)) => {
            body.clone_from(&event.body.0);
            true
        }
        None => {
            before.push((event.part, event.body.0.clone()));
            true
        }
    }
}

fn notices_part(console: &Console, names: bool) -> Markup {
    notices::part(console, Timestamp::now(), names)
}

fn tiles_part(console: &Console, _names: bool) -> Markup {
    let now = Timestamp::now();
    let records = console.settings.journal.file.is_some();
    tiles::part(&console.watched, &console.watched.history.minutes(now), now, records)
}

fn hour_part(console: &Console, names: bool) -> Markup {
    hour::part(&console.watched.history.minutes(Timestamp::now()), names)
}

fn rules_part(console: &Console, names: bool) -> Markup {
    if names { rules::part(console, Timestamp::now()) } else { Markup::default() }
}

fn service_part(console: &Console, names: bool) -> Markup {
    if names { service::part(console, Timestamp::now()) } else { Markup::default() }
}

/// Has the outbox counted where the last count is old, and waits a moment for it.
async fn count(console: &Console) {
    if let Some(counting) = counting(console) {
        let _ = tokio::time::timeout(COUNT_PATIENCE, counting).await;
    }
}

/// The count under way on the couriers' runtime, which goes on whether or not anybody waits for it.
fn counting(console: &Console) -> Option<tokio::task::JoinHandle<()>> {
    let outbox = Arc::clone(console.watched.gateway.outbox()?);
    let runtime = outbox.runtime();
    Some(runtime.spawn(async move {
        // Trouble that has passed is seen to have passed, although no event comes and nobody asks for `/ready`.
        let _ = outbox.is_ready().await;
        outbox.take_stock().await;
    }))
}
