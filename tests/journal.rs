//! What is remembered of decisions: recorded without their secrets, explained, decided again.

mod commands;
mod corpus;
mod crash;
mod decisions;
mod erased;
mod paging;
mod replayable;
mod sealed;
mod secrets;
mod writing;

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::event::{Context, Event, Value};
use hookgate::gateway::{Again, Replay, TableRows};
use hookgate::gateway::{Answered, Gateway, Live, Outside};
use hookgate::journal::{Archive, Found, Journal, Query, Record, Settings};
use hookgate::rule::{Role, Sources};

use crate::support::server::tenant_of;

/// One connection, and one place to send to.
const TENANT: &str =
    "connections: { api: { http: \"https://api.example\" } }\ndestinations: { itsm: { file: itsm.jsonl } }\n";

/// A journal in this folder, that keeps whatever is thrown at it.
pub(crate) fn settings(folder: &Path) -> Settings {
    Settings {
        file: Some(folder.join("journal.jsonl")),
        queue_limit_records: 100_000,
        rotate_bytes: 1 << 40,
        ..Settings::default()
    }
}

pub(crate) fn open(settings: &Settings) -> Arc<Journal> {
    Arc::new(Journal::open(settings.file.as_ref().unwrap(), settings).unwrap())
}

/// Rules of one file, and tables beside it.
fn live(rules: &str, tables: &[(&str, &str)]) -> Live {
    live_of(TENANT, rules, tables)
}

/// The same where gateway.yaml says this.
pub(crate) fn live_of(tenant: &str, rules: &str, tables: &[(&str, &str)]) -> Live {
    let file = |role, name: &str, text: &str| (role, Arc::new(File::new(name.to_owned(), text.to_owned())));
    let tables = tables.iter().map(|(name, text)| file(Role::Csv, name, text));
    let files = tables.chain([file(Role::Yaml, "rules.yaml", rules)]).collect();
    let built = Live::build(&Sources::from_files(Path::new("rules"), files), &tenant_of(tenant));
    built.unwrap_or_else(|report| panic!("{}\n{rules}", report.to_text(false))).0
}

pub(crate) fn recording(live: Live, journal: &Arc<Journal>) -> Arc<Gateway> {
    Arc::new(Gateway::with(live, Outside { journal: Some(Arc::clone(journal)), ..Outside::default() }))
}

fn event(gateway: &Gateway, hook: &str, id: &str, body: &str) -> Event {
    let zone = jiff::tz::TimeZone::get("Asia/Kolkata").unwrap();
    event_in(gateway, hook, id, body, hookgate::event::Calendar::of(zone))
}

/// The same where dates are meant so.
fn event_in(gateway: &Gateway, hook: &str, id: &str, body: &str, calendar: hookgate::event::Calendar) -> Event {
    let place = gateway.hooks().position(hook).unwrap();
    let context = Context {
        id: id.to_owned(),
        now: "2026-01-31T12:00:00Z".parse().unwrap(),
        calendar,
        app: None,
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    };
    Event::read(gateway.hooks(), place, body.as_bytes().to_vec(), 64, context).unwrap()
}

/// What is answered to an event.
pub(crate) fn decide(gateway: &Arc<Gateway>, hook: &str, id: &str, body: &str) -> String {
    match gateway.handle(event(gateway, hook, id, body)) {
        Answered::Now(reply) => reply.body,
        Answered::Later(reply) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(reply).body
        }
    }
}

/// All that is found in a journal, the lines that cannot be read behind the others.
fn found(file: &Path, settings: &Settings) -> Vec<Found> {
    let archive = Archive::of(file, &settings.keys).unwrap();
    let places = archive.places(&Query::default()).unwrap();
    let lines = places.lines.iter().map(|place| archive.open(place));
    lines.chain(places.unread.iter().map(|unread| archive.open_unread(unread))).collect()
}

/// All records of a journal.
pub(crate) fn records(settings: &Settings) -> Vec<Record> {
    let found = found(settings.file.as_ref().unwrap(), settings);
    let records = found.into_iter().map(|found| match found {
        Found::Line { record, .. } => *record.unwrap(),
        Found::Old(record) => *record,
        Found::Unread { at, why } => panic!("{at}: {why}"),
    });
    records.collect()
}

/// All of a record, as it is opened.
fn text(record: &Record) -> String {
    serde_json::to_string(record).unwrap()
}

/// What comes of a record by these rules.
fn again(live: &Live, record: &Record) -> Again {
    Replay::new(live, TableRows::Then).again(record).again
}

/// A folder with rules of one file and a table of people.
fn tempdir_with(rules: &str, people: &str) -> tempfile::TempDir {
    crate::support::program::folder(&[("rules/validate.yaml", rules), ("rules/people.csv", people)])
}
