//! Who else would change: recorded requests are decided again with the edited rules, as a job.

use std::sync::Arc;
use std::time::Duration;

use maud::{Markup, html};

use super::checked::reader;
use super::edited::Reader;
use super::form::Form;
use super::sum::{Replayed, shown};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::live::{Event, Events};
use crate::console::parts::{State, duration, empty, notice};
use crate::console::screen::Screen;
use crate::console::used::About;
use crate::console::work::{Jobs, Progress, Seen};
use crate::gateway::{Live, TableRows};
use crate::journal::{Archive, Query};
use crate::report::records::replayed;

/// How many requests may be decided again.
pub(super) const COUNTS: [usize; 3] = [1_000, 10_000, 100_000];
/// Why nothing can be decided again, and what to do.
pub(super) const NOT_RECORDED: (&str, &str) = (
    "Nothing is recorded",
    "name a file in `journal.file` of gateway.yaml; what comes from then on can be decided again",
);
/// How often the part is looked at while the job runs.
const PERIOD: Duration = Duration::from_millis(500);

/// Begins the job.
pub(in crate::console) async fn begin(console: &Console, asked: &Asked) -> Answer {
    let form = match Form::of_fields(asked) {
        Ok(form) => form,
        Err(answer) => return answer,
    };
    let count = asked.field("count").and_then(|count| count.parse().ok()).filter(|count| COUNTS.contains(count));
    let Some(count) = count else {
        return Answer::refused("so many requests are not decided again", "choose one of the numbers of the list");
    };
    if let Err(answer) = console.used.record(asked, "decide recorded requests again", About::Nothing) {
        return answer;
    }
    let reader = reader(console, asked);
    let title = format!("the last {count} requests, decided again");
    let begun = console.jobs.begin(asked, &title, move |progress| work(&reader, &form, count, progress));
    match begun {
        Ok(()) => Answer::Moved("/console/playground/others".to_owned()),
        Err(why) => Answer::refused(why, "wait until it is done, or ask them to end it"),
    }
}

fn work(reader: &Reader, form: &Form, count: usize, progress: &Progress) -> Result<Replayed, String> {
    let edited = reader.edited(form)?;
    let built = {
        let _alone = reader.in_force.alone();
        Live::build(&edited.sources(), &reader.tenant(&edited.text, &Arc::default()))
    };
    let (live, _) = built.map_err(|report| {
        let first = report.findings.first().map_or_else(String::new, |finding| finding.message.clone());
        format!("the rules have mistakes, so that nothing was decided again: {first}")
    })?;
    let unreadable = |error: std::io::Error| format!("the journal cannot be read: {error}");
    let journal = &reader.settings.journal;
    let file = journal.file.as_ref().ok_or(NOT_RECORDED.0)?;
    let archive = Archive::of(file, &journal.keys).map_err(unreadable)?;
    let mut places = archive.places(&Query::default()).map_err(unreadable)?.lines;
    places.sort_by_key(crate::journal::Place::micros);
    let newest = places.split_off(places.len().saturating_sub(count));
    progress.steps(newest.len());
    let found = newest.iter().map(|place| archive.open(place));
    let sum = replayed(found, &live, TableRows::Then, &mut |done| progress.goes_on(done));
    let edited_file = edited.is_edited().then(|| edited.path().to_owned());
    Ok(Replayed { sum, edited_file, is_in_force: edited.are_in_force() })
}

/// The page of the job.
pub(in crate::console) async fn others(console: &Console, asked: &Asked) -> Answer {
    let body = html! {
        p { a href="/console/playground" { "Back to the playground" } }
        @match console.jobs.seen::<Replayed>(asked) {
            Seen::Running { .. } => div data-live="/console/playground/others/live" {
                div #job { (part(&console.jobs, asked)) }
                (cancelling(asked))
            },
            _ => div #job { (part(&console.jobs, asked)) },
        }
    };
    Answer::Page { screen: Screen::Playground, title: "Who else would change?".to_owned(), body }
}

/// The button that ends the job.
fn cancelling(asked: &Asked) -> Markup {
    html! {
        form.actions method="post" action="/console/playground/others/cancel" {
            input type="hidden" name="csrf" value=(asked.csrf());
            button { "End it" }
            a href="/console/playground/others" { "Load this page again" }
        }
    }
}

fn part(jobs: &Jobs, asked: &Asked) -> Markup {
    match jobs.seen::<Replayed>(asked) {
        Seen::Nothing => {
            empty("nothing was decided again yet", "choose how many requests in the playground, below its rules")
        }
        Seen::Running { title, of, done, all, seconds } => html! {
            @match &of {
                None => p role="status" { (title) " …" },
                Some(of) => (notice(State::Plain, &format!("`{of}` runs a job now: {title}"), "only one runs at a time: wait until it is done")),
            }
            p {
                progress max=(all.max(1)) value=(done) aria-label="Requests that are decided" {}
                " " (done) " of " (all) " requests, since " (duration(i64::try_from(seconds).unwrap_or(i64::MAX)))
            }
        },
        Seen::Failed(why) => notice(State::Bad, &why, "go back to the playground, correct it, and try again"),
        Seen::Done(replayed) => shown(&replayed),
    }
}

/// The part as it changes.
pub(in crate::console) async fn live(console: &Console, asked: &Asked) -> Answer {
    let (jobs, of, mut before) = (console.jobs.clone(), Arc::new(asked.clone()), String::new());
    Answer::Events(Events::every(PERIOD, asked, move || {
        let body = part(&jobs, &of);
        if body.0 == before {
            return Vec::new();
        }
        before.clone_from(&body.0);
        vec![Event { part: "job", body }]
    }))
}

/// Ends the job of whoever asks.
pub(in crate::console) async fn cancel(console: &Console, asked: &Asked) -> Answer {
    console.jobs.cancel(asked);
    Answer::Moved("/console/playground/others".to_owned())
}
