//! The list as it grows: decisions that came since the last look.

use std::sync::Arc;
use std::time::Duration;

use maud::{Markup, html};

use super::page::{record, sought};
use super::row::rows;
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::live::{Event, Events};
use crate::console::past::{Listed, Wanted, listed};
use crate::journal::{Mark, newest};

/// How often it is looked for new ones.
const PERIOD: Duration = Duration::from_secs(1);
/// Most that are shown of one look: opening them takes the thread of the admin listener a few milliseconds.
const SHOWN: usize = 20;

/// New rows as they come.
pub(in crate::console) async fn live(console: &Arc<Console>, asked: &Asked) -> Answer {
    let query = match sought(console, asked) {
        Ok(query) => query,
        Err(bad) => return Answer::refused(bad.message, bad.help),
    };
    if let Err(refused) = record(console, asked, "watch decisions", &query) {
        return refused;
    }
    let mut mark: Option<Mark> = asked.get("after").and_then(|text| text.parse().ok());
    let (console, sees_people) = (Arc::clone(console), asked.rights().people);
    Answer::Events(Events::every(PERIOD, asked, move || {
        let now = console.settings.journal.file.as_deref().and_then(newest);
        if now.is_none() || now == mark {
            return Vec::new();
        }
        let wanted = Wanted { query: query.clone(), before: None, after: mark, limit: SHOWN };
        mark = now;
        match listed(&console.settings, &wanted, sees_people) {
            Ok(found) if !found.lines.is_empty() => vec![Event { part: "decisions", body: new(&found, &console) }],
            Ok(_) | Err(_) => Vec::new(),
        }
    }))
}

fn new(found: &Listed, console: &Console) -> Markup {
    html! {
        (rows(console, &found.lines, true))
        @if found.next.is_some() {
            tr { td colspan="6" { span.soft { "More came in this moment than is shown: load the page again to see all of them." } } }
        }
    }
}
