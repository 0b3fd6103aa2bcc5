//! Decides every person of an export on each hook, by one rules folder or by two.

use jiff::Timestamp;
use std::borrow::Cow;

use super::super::exit::Reason;
use super::super::progress::Progress;
use super::super::request;
use super::args::Args;
use super::body::Plan;
use super::compared::difference;
use super::export::{Content, Export, Row};
use super::groups::{OfHook, Seen};
use super::note::Note;
use super::outcome::{Finding, findings, not_decidable, word};
use crate::config::Settings;
use crate::engine::{Asks, GivenFacts, decide};
use crate::event::secret::HIDDEN;
use crate::event::{BadBody, Bounds, Context, Event, Hook, Value};
use crate::gateway::Live;
use crate::rule::GivenLookup;

/// What people are decided by.
pub(super) struct Deciding<'s> {
    pub(super) args: &'s Args,
    pub(super) settings: &'s Settings,
    pub(super) live: &'s Live,
    /// The rules from before, to compare with.
    pub(super) other: Option<&'s Live>,
    pub(super) given: &'s [GivenLookup],
    /// The events' clock: one for all, so that nobody's answer depends on how long the others took.
    pub(super) now: Timestamp,
}

/// What came of all people.
pub(super) struct Decided {
    /// How many could be decided, on one hook at least.
    pub(super) people: usize,
    pub(super) of_hooks: Vec<OfHook>,
    pub(super) notes: Vec<Note>,
}

impl Deciding<'_> {
    /// Decides every row on every hook.
    pub(super) fn all(&self, hooks: &[(usize, &Hook)], export: &Export, plan: &Plan, progress: &Progress) -> Decided {
        let of_hooks = hooks.iter().map(|(_, hook)| OfHook::new(&hook.name)).collect();
        let mut decided = Decided { people: 0, of_hooks, notes: Vec::new() };
        let mut seen = Seen::default();
        progress.steps("deciding", export.rows.len());
        for row in &export.rows {
            progress.step();
            let at = || export.at(row.line);
            let body = match self.body(row, plan) {
                Ok(body) => body,
                Err(why) => {
                    decided.notes.push(Note::lost(at(), why));
                    continue;
                }
            };
            let mut name = None;
            for ((place, hook), of_hook) in hooks.iter().zip(&mut decided.of_hooks) {
                match Event::read(&self.live.rules.hooks, *place, body.clone(), self.bounds(), self.context()) {
                    Ok(event) => {
                        // Where the tenant keeps logins secret, people are told by their places.
                        let person = event.person().map(Cow::into_owned).filter(|name| name != HIDDEN);
                        of_hook.take(person.as_ref(), row.line, self.decided(hook, &event));
                        name = Some(person);
                    }
                    Err(why) => {
                        let why = told(why, &row.content);
                        decided.notes.push(Note::lost(at(), format!("no event of `{}`: {why}", hook.name)));
                    }
                }
            }
            decided.people += usize::from(name.is_some());
            decided.notes.extend(name.flatten().and_then(|name| seen.again(name, row.line, at)));
        }
        decided
    }

    /// The request about a person, or why there can be none.
    fn body(&self, row: &Row, plan: &Plan) -> Result<Vec<u8>, String> {
        let body = plan.body(&row.content)?;
        request::with_changes(body, &self.args.set, self.bounds()).map_err(|failure| match failure.reason {
            Reason::Message { message, .. } => message,
            Reason::Report(report) => report.to_text(false),
        })
    }

    fn bounds(&self) -> Bounds {
        self.settings.server.bounds()
    }

    fn context(&self) -> Context {
        Context {
            id: "scan".to_owned(),
            now: self.now,
            calendar: self.settings.server.calendar.clone(),
            app: self.args.app.clone(),
            token: Value::Null,
            caller: Value::Null,
            bearer: None,
            trace: None,
        }
    }

    /// What is found of a person, or in a word that nothing is.
    fn decided(&self, hook: &Hook, event: &Event) -> (Option<String>, Vec<Finding>) {
        let rounds = self.settings.lookup.round_limit;
        let now = GivenFacts::new(&self.live.rules, self.given, &self.live.tables);
        let Some(other) = self.other else {
            let found = now.decided_by(decide, event, rounds, |decision| {
                let findings = findings(hook, event, &decision);
                let is_main = findings.iter().any(|finding| finding.group.what.is_main());
                ((!is_main).then(|| word(hook, event, &decision)), findings)
            });
            return found.unwrap_or_else(|asks| (None, vec![not_decidable([(&self.live.rules, asks)])]));
        };
        let before = GivenFacts::new(&other.rules, self.given, &other.tables);
        let compared = before.decided_by(decide, event, rounds, |before| {
            now.decided_by(decide, event, rounds, |now| match difference(hook, event, &before, &now) {
                Some(finding) => (None, vec![finding]),
                None => (Some(word(hook, event, &now)), Vec::new()),
            })
        });
        match compared {
            Ok(Ok(compared)) => compared,
            Ok(Err(asks)) => (None, vec![not_decidable([(&self.live.rules, asks)])]),
            Err(asks) => {
                let also: Option<Asks> = now.decided_by(decide, event, rounds, |_| ()).err();
                let also = also.map(|asks| (&self.live.rules, asks));
                (None, vec![not_decidable(also.into_iter().chain([(&other.rules, asks)]))])
            }
        }
    }
}

/// Why a body is not an event; where in it is of use to whoever has it.
fn told(why: BadBody, content: &Content) -> String {
    match (why, content) {
        (BadBody::Unreadable(why), Content::Cells(_)) => why.what.to_owned(),
        _ => why.to_string(),
    }
}
