//! What is remembered of decisions: recorded without saying who it was, explained, decided again.

mod commands;
mod crash;
mod privacy;
mod replayable;
mod writing;

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::event::{Context, Event, Value};
use hookgate::gateway::{Answered, Gateway, Live, Outside};
use hookgate::journal::{Journal, Key, Line, Lines, Record, Settings, files};
use hookgate::rule::{Role, Sources, Tenant};

/// A journal in this folder, that keeps whatever is thrown at it.
fn settings(folder: &Path) -> Settings {
    Settings {
        file: Some(folder.join("journal.jsonl")),
        queue_limit_records: 100_000,
        rotate_bytes: 1 << 40,
        ..Settings::default()
    }
}

fn open(settings: &Settings) -> Arc<Journal> {
    Arc::new(Journal::open(settings.file.as_ref().unwrap(), settings).unwrap())
}

/// A rules folder in memory: `rules.yaml` and tables beside it.
fn live(rules: &str, tables: &[(&str, &str)]) -> Live {
    let mut files = vec![(Role::Tests, Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned())))];
    files.clear();
    let mut sources = Sources::of(vec![File::new("rules.yaml".to_owned(), rules.to_owned())]);
    for (name, text) in tables {
        sources.tables.push((Role::Csv, Arc::new(File::new((*name).to_owned(), (*text).to_owned()))));
    }
    Live::build(&sources, &Tenant::standard()).unwrap_or_else(|report| panic!("{}", report.to_text(false))).0
}

fn recording(live: Live, journal: &Arc<Journal>) -> Arc<Gateway> {
    Arc::new(Gateway::with(live, Outside { journal: Some(Arc::clone(journal)), ..Outside::default() }))
}

fn event(gateway: &Gateway, hook: &str, id: &str, body: &str) -> Event {
    let place = gateway.hooks().position(hook).unwrap();
    let context = Context {
        id: id.to_owned(),
        now: "2026-01-31T12:00:00Z".parse().unwrap(),
        zone: jiff::tz::TimeZone::get("Asia/Kolkata").unwrap(),
        app: None,
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
    };
    Event::read(place, gateway.hooks().rows[place].kind, body.as_bytes().to_vec(), 64, context).unwrap()
}

/// Decides an event at once.
fn decide(gateway: &Arc<Gateway>, hook: &str, id: &str, body: &str) -> String {
    match gateway.handle(event(gateway, hook, id, body)) {
        Answered::Now(reply) => reply.body,
        Answered::Later(_) => panic!("it waits"),
    }
}

/// All records of a journal.
fn records(settings: &Settings) -> Vec<Record> {
    let lines = Lines::of(files(settings.file.as_ref().unwrap()).unwrap());
    lines
        .map(|line| match line {
            Line::Record(record) => *record,
            Line::Unreadable { at, why } => panic!("{at}: {why}"),
        })
        .collect()
}

fn key(settings: &Settings) -> Key {
    Key::existing(settings).unwrap()
}
