//! A test made of a decision, shown and offered as a file.

use std::sync::Arc;

use maud::html;

use super::link::{link, linked};
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{State, notice};
use crate::console::past::{Not, aside, newest};
use crate::console::screen::Screen;
use crate::console::used::About;
use crate::journal::{Found, Query};
use crate::report::case::{Made, made};

/// The test, with made-up values in place of personal ones.
pub(in crate::console) async fn test(console: &Arc<Console>, asked: &Asked) -> Answer {
    answer(console, asked).await.unwrap_or_else(|refused| refused)
}

async fn answer(console: &Arc<Console>, asked: &Asked) -> Result<Answer, Answer> {
    let id = asked.get("id").unwrap_or_default().to_owned();
    console.used.record(asked, "make test", About::Thing(&id))?;
    let (at, sought) = (Arc::clone(console), id.clone());
    // The file that is taken has the values that were shown.
    let seed = asked.get("seed").and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().1);
    let made = aside(move || make(&at, &sought, seed)).await??;
    if asked.get("as") == Some("file") {
        return Ok(Answer::File { name: "made-from-a-decision.test.yaml".to_owned(), text: made.yaml });
    }
    let file = [("id", id.clone()), ("seed", seed.to_string()), ("as", "file".to_owned())];
    let body = html! {
        p { a href=(link(&id)) { "The decision it is made of" } }
        @match &made.fails {
            None => {
                (notice(State::Well, "it passes with the rules of the folder", "put the file into the rules folder, or the case behind `tests:` of a rule file; then `hookgate test` runs it each time"))
                p { "Names, numbers and other texts are made up, the same for the same. What rules compare with, dates, and fields like the user type are as they were: read it before you share it." }
                div.actions { a.button href=(linked("/console/decisions/test", &file)) { "Take it as a file" } }
            }
            Some(why) => { (notice(State::Warning, &format!("it could not be made to pass: {why}"), "change what is expected, or the request, and run `hookgate test`")) }
        }
        pre dir="auto" { (made.yaml) }
    };
    Ok(Answer::Page { screen: Screen::Decisions, title: "A test of a decision".to_owned(), body })
}

fn make(console: &Console, id: &str, seed: u64) -> Result<Made, Not> {
    let query = Query { id: Some(id.to_owned()), ..Query::default() };
    let Some(Found::Line { record: Ok(record), .. }) = newest(&console.settings, &query)? else {
        return Err(Not {
            is_unknown: true,
            ..Not::shown("this decision cannot be opened, or is not recorded", "choose another in the list")
        });
    };
    let settings = &console.settings;
    let no_rules = |_| {
        Not::shown("the rules folder cannot be read, so that no test can be tried", "run `hookgate check`: it says why")
    };
    let sources = settings.gateway.sources(&settings.tenant).map_err(no_rules)?;
    let surroundings = settings.surroundings();
    let help = "make the test by hand: `hookgate docs` and the page of tests say how";
    made(&record, &sources, &settings.tenant, &surroundings, seed)
        .map_err(|why| Not::shown(format!("no test can be made of this decision: {why}"), help))
}
