//! Checks the edited rules while somebody types, as `hookgate check` does.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use maud::{Markup, html};
use serde_json::Value as Json;

use super::attempt::findings;
use super::edited::{Edited, Reader};
use super::form::Form;
use crate::console::answer::Answer;
use crate::console::asked::Asked;
use crate::console::console::Console;
use crate::console::parts::{State, notice, state};
use crate::console::shown::{Clean, Findings, told};
use crate::console::work::Time;
use crate::engine::testing::case::Surroundings;
use crate::report;
use crate::report::Secrets;

/// What a check found.
#[derive(Debug)]
pub(super) struct Checked {
    findings: Vec<Json>,
    /// Those that the checked rules have.
    secrets: Secrets,
    rules: Option<usize>,
    files: usize,
    is_complete: bool,
}

/// Checks, until its time ends.
pub(super) fn checked(
    reader: &Reader,
    edited: &Edited,
    surroundings: &Surroundings,
    is_over: &Arc<AtomicBool>,
    goes_on: &dyn Fn() -> bool,
) -> Checked {
    let _alone = reader.in_force.alone();
    let (sources, tenant) = (edited.sources(), reader.tenant(&edited.text, is_over));
    let checked = report::check(&sources, &tenant, surroundings, &mut |_| goes_on(), |report| report);
    Checked {
        findings: findings(&checked.report),
        secrets: checked.live.as_ref().map(|live| Secrets::of(&live.rules)).unwrap_or_default(),
        rules: checked.live.map(|live| live.rules.rules.len()),
        files: sources.files.len(),
        is_complete: checked.is_complete,
    }
}

impl Checked {
    /// What was found, each under its line.
    pub fn shown(&self, edited: &Edited, is_personal_shown: bool) -> Markup {
        let clean = Clean { secrets: &self.secrets, names: &edited.live().rules.hooks.secrets };
        let is = match (self.rules, self.findings.is_empty()) {
            (None, _) => State::Bad,
            (Some(_), false) => State::Warning,
            (Some(_), true) => State::Well,
        };
        let text = Some((edited.name(), edited.text.as_str()));
        html! {
            p role="status" {
                (state(is, &told(&self.findings)))
                @if let Some(rules) = self.rules { " in " (report::counted(rules, "rule")) " of " (report::counted(self.files, "file")) }
                @if !self.is_complete { ". The analysis was cut short: what it warns of is so, and more may be there" }
                "."
            }
            (Findings { findings: &self.findings, text, is_personal_shown, tables: edited.tables(), clean }.shown())
        }
    }
}

/// Whose check was asked for last; one of somebody else does not end it.
static NEWEST: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());
/// Most visitors that are remembered.
const VISITORS_LIMIT: usize = 1_000;

/// A check among those of one session.
struct Turn {
    of: String,
    number: u64,
}

impl Turn {
    fn next(asked: &Asked) -> Self {
        let of = asked.csrf().to_owned();
        let mut newest = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.len() > VISITORS_LIMIT {
            newest.clear();
        }
        let number = newest.entry(of.clone()).or_default();
        *number += 1;
        Self { number: *number, of }
    }

    fn is_newest(&self) -> bool {
        let newest = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
        newest.get(&self.of).is_none_or(|newest| *newest == self.number)
    }
}

/// The findings as somebody types: a part of the page.
pub(in crate::console) async fn check(console: &Console, asked: &Asked) -> Answer {
    let form = match Form::of_fields(asked) {
        Ok(form) => form,
        Err(answer) => return Answer::Part(html! { (shown_refusal(&answer)) }),
    };
    let (reader, surroundings) = (reader(console, asked), console.surroundings());
    let personal = reader.rights.people;
    // Whoever types on has no use for what was asked before.
    let turn = Turn::next(asked);
    let work = move |time: &Time| {
        if !turn.is_newest() {
            return Err("you have typed on".to_owned());
        }
        let edited = reader.edited(&form)?;
        let checked = checked(&reader, &edited, &surroundings, &time.is_over, &|| time.goes_on() && turn.is_newest());
        Ok::<_, String>(checked.shown(&edited, personal))
    };
    Answer::Part(match console.apart.run(asked, work).await {
        Ok(Ok(shown)) => shown,
        Ok(Err(why)) => notice(State::Bad, &why, "load the page again"),
        Err(late) => {
            let (what, help) = late.told();
            notice(State::Warning, what, help)
        }
    })
}

/// What reads the rules for whoever asks.
pub(super) fn reader(console: &Console, asked: &Asked) -> Reader {
    Reader {
        in_force: std::sync::Arc::clone(&console.in_force),
        watched: console.watched.clone(),
        settings: console.settings.clone(),
        rights: asked.rights(),
    }
}

/// A refusal within a page.
fn shown_refusal(answer: &Answer) -> Markup {
    if let Answer::Refused { what, help, .. } = answer {
        notice(State::Bad, what, help)
    } else {
        html! {}
    }
}
