//! The page of the screen *Now*, and its live parts.

use std::time::Duration;

use maud::{Markup, html};

use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::live::{Event, Events};
use crate::console::parts::{State, tile};
use crate::console::screen::Screen;
use crate::server::Watched;

/// How often the parts are looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// What runs at this moment.
pub(in crate::console) async fn page(console: &Console, _asked: &Asked) -> Answer {
    let body = html! { div data-live="/console/now/live" { div #tiles { (tiles(&console.watched)) } } };
    Answer::page(Screen::Now, body)
}

/// The parts of the page as they change.
pub(in crate::console) async fn live(console: &Console, asked: &Asked) -> Answer {
    let watched = console.watched.clone();
    let mut before = String::new();
    Answer::Events(Events::every(PERIOD, asked, move || {
        let body = tiles(&watched);
        if body.0 == before {
            return Vec::new();
        }
        before.clone_from(&body.0);
        vec![Event { part: "tiles", body }]
    }))
}

fn tiles(watched: &Watched) -> Markup {
    let live = watched.gateway.current();
    html! { div.tiles { (tile(&live.rules.rules.len().to_string(), "", "rules in force", State::Plain)) } }
}
