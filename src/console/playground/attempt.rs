//! Tries the edited rules on the request of the form.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::edited::{Edited, Reader};
use super::form::Form;
use crate::console::work::Time;
use crate::diagnostic::{File, Report};
use crate::event::{Context, Event, Value, date, sample};
use crate::gateway::{Live, Replay, TableRows};
use crate::journal::Record;
use crate::report::{DRY_RUN, Secrets, Tried, tried};
use crate::rule::given_lookups;

/// How the text box of given answers is called in findings.
const GIVEN: &str = "given answers";

/// What came of it.
#[derive(Debug)]
pub(super) enum Attempt {
    /// With the secrets that the tried rules have.
    Tried(Box<Tried>, Secrets),
    /// The rules, or the given answers, have mistakes.
    Broken(Vec<Json>),
    /// Why nothing could be tried, and what to do.
    Not { what: String, help: String },
}

fn not(what: impl Into<String>, help: impl Into<String>) -> Attempt {
    Attempt::Not { what: what.into(), help: help.into() }
}

/// The findings of a report as programs have them.
pub(super) fn findings(report: &Report) -> Vec<Json> {
    report.findings.iter().map(crate::diagnostic::Diagnostic::to_json).collect()
}

/// The request that is tried: what was written, else the hook's sample.
pub(super) fn request(form: &Form) -> Option<&str> {
    let written = form.request.as_deref().filter(|request| !request.trim().is_empty());
    written.or_else(|| sample::named(&form.hook))
}

/// Whether the request is the hook's sample, as it is.
pub(super) fn is_sample(form: &Form) -> bool {
    let same = |text: &str| text.split_whitespace().collect::<String>();
    let sample = sample::named(&form.hook);
    form.record.is_empty() && sample.is_some_and(|sample| request(form).map(same) == Some(same(sample)))
}

/// Tries the rules; on a recorded request with the answers of lookups that were recorded.
pub(super) fn attempt(reader: &Reader, edited: &Edited, form: &Form, record: Option<Record>, time: &Time) -> Attempt {
    let _alone = reader.in_force.alone();
    let sources = edited.sources();
    let live = match Live::build(&sources, &reader.tenant(&edited.text, &time.is_over)) {
        Ok((live, _)) => live,
        Err(mut report) => {
            report.sort();
            return Attempt::Broken(findings(&report));
        }
    };
    let attempted = match record {
        Some(record) => recorded(&live, form, record),
        None => written(&live, reader, form),
    };
    attempted.unwrap_or_else(|not| not)
}

fn written(live: &Live, reader: &Reader, form: &Form) -> Result<Attempt, Attempt> {
    let calendar = &reader.settings.server.calendar;
    let hooks = &live.rules.hooks;
    let place = hooks.position(&form.hook);
    let hook = place.and_then(|place| Some((place, hooks.rows.get(place)?)));
    let (place, hook) =
        hook.ok_or_else(|| not(format!("there is no hook `{}`", form.hook), "choose one of the list"))?;
    let body = request(form).ok_or_else(|| {
        not(format!("there is no sample for `{}`", hook.name), "paste a request, as the platform sends it")
    })?;
    let caller: Value<'static> = match form.caller.as_str() {
        "" => Value::Null,
        address => {
            let address: IpAddr = address.parse().map_err(|_| {
                not(format!("`{address}` is not an address"), "write it as 10.20.1.2, or leave it blank")
            })?;
            Value::Map(vec![("address".into(), Value::text(address.to_string()))])
        }
    };
    let app = Some(form.app.clone()).filter(|app| !app.is_empty());
    let (id, calendar, now) = (DRY_RUN.to_owned(), calendar.clone(), now(form, reader)?);
    let context = Context { id, now, calendar, app, token: Value::Null, caller, bearer: None, trace: None };
    let bounds = reader.settings.server.bounds();
    let event = Event::read(hooks, place, body.as_bytes().to_vec(), bounds, context).map_err(|why| {
        let what = format!("the request is not an event of `{}`: {why}", hook.name);
        not(what, "paste the whole body, as the platform sends it, or begin with the sample")
    })?;
    let mut report = Report::default();
    let given = given_lookups(&Arc::new(File::new(GIVEN, form.given.clone())), &live.rules.lookups, &mut report);
    if !form.given.trim().is_empty() && report.has_errors() {
        return Err(Attempt::Broken(findings(&report)));
    }
    let rounds = reader.settings.lookup.round_limit;
    let tried = tried(live, &event, hook, &given, rounds).map_err(|missing| {
        let help = format!("write `{missing}` into “Answers of lookups”, each with a row, a list of rows or null: nobody is asked from here");
        not("the rules ask lookups whose answers are not given", help)
    })?;
    Ok(Attempt::Tried(Box::new(tried), Secrets::of(&live.rules)))
}

/// The clock of the event.
fn now(form: &Form, reader: &Reader) -> Result<Timestamp, Attempt> {
    match form.now.as_str() {
        "" => Ok(Timestamp::now()),
        text => date::instant(text, &reader.settings.server.calendar).ok_or_else(|| {
            not(format!("`{text}` is not a date"), "write the clock as 2026-01-31T12:00:00Z, or leave it blank")
        }),
    }
}

/// A recorded request, perhaps with another body.
fn recorded(live: &Live, form: &Form, mut record: Record) -> Result<Attempt, Attempt> {
    let (_, hook) = live
        .rules
        .hooks
        .position(&record.hook)
        .and_then(|place| Some((place, live.rules.hooks.rows.get(place)?)))
        .ok_or_else(|| not(format!("there is no hook `{}` any more", record.hook), "choose another request"))?;
    if let Some(body) = &form.request {
        record.body = RawValue::from_string(body.trim().to_owned()).map_err(|error| {
            not(format!("the request is not JSON: {error}"), "correct it, or open the record once more")
        })?;
    }
    if !form.now.is_empty() {
        record.time.clone_from(&form.now);
    }
    let shown =
        Replay::new(live, TableRows::Then).explained(&record, |decision, event| Tried::of(decision, hook, event));
    let tried = shown.map_err(|cannot| {
        let rule = cannot.rule.map_or_else(String::new, |(name, at)| format!(", by rule `{name}` ({at})"));
        let help = "what was not recorded is asked nobody: change the request so that it is not needed, or clear the record and \
                    give the answers of lookups";
        not(format!("this request cannot be decided again: {}{rule}", cannot.why), help)
    })?;
    Ok(Attempt::Tried(Box::new(tried), Secrets::of(&live.rules)))
}
