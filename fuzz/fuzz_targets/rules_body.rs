//! A rules folder out of any bytes: it compiles or says what is wrong; what compiles decides the sample events and runs its tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::engine::testing::case;
use hookgate::engine::{Verdict, decide, explain};
use hookgate::event::{Context, Event, Value, sample};
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};
use jiff::Timestamp;

/// Names of the files, by the digit behind a separator. Bytes before the first separator are the first.
const NAMES: [&str; 8] = [
    "rules/a.yaml",
    "rules/b.yaml",
    "rules/people.csv",
    "rules/people.json",
    "rules/people.yaml",
    "rules/identity.rhai",
    "rules/a.test.yaml",
    "rules/below/c.yaml",
];

/// Stands between files: a byte that no UTF-8 text has.
const SEPARATOR: u8 = 0xff;

/// Most tests of a folder that are run, so that a slow one of them is not taken for a loop without an end.
const CASE_LIMIT: usize = 8;

fn files(bytes: &[u8]) -> Vec<(Role, Arc<File>)> {
    let mut texts = BTreeMap::new();
    for (n, part) in bytes.split(|byte| *byte == SEPARATOR).enumerate() {
        let (number, text) = match part.split_first() {
            Some((number, text)) if n > 0 => (usize::from(number.wrapping_sub(b'0')), text),
            _ => (0, part),
        };
        let Some(name) = NAMES.get(number % NAMES.len()) else { continue };
        texts.entry(*name).or_insert_with(|| String::from_utf8_lossy(text).into_owned());
    }
    let file = |(name, text): (&str, String)| {
        let role = Role::of(name.rsplit('/').next().unwrap_or_default())?;
        Some((role, Arc::new(File::new(name.to_owned(), text))))
    };
    texts.into_iter().filter_map(file).collect()
}

pub fn run(bytes: &[u8]) {
    let sources = Sources::from_files(Path::new("rules"), files(bytes));
    let live = match Live::build(&sources, &Tenant::standard()) {
        Ok((live, _)) => live,
        Err(report) => {
            assert!(report.has_errors(), "a folder is refused and nothing said");
            let (text, json) =
                (report.to_text(false), report.findings.iter().map(hookgate::diagnostic::Diagnostic::to_json));
            assert!(!text.is_empty() && json.count() > 0);
            report.findings.iter().for_each(|finding| drop(finding.to_github()));
            return;
        }
    };
    (0..live.rules.hooks.rows.len()).for_each(|hook| decide_sample(&live, hook));
    let surroundings = case::Surroundings { now: now(), calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    for test in live.rules.cases.iter().take(CASE_LIMIT) {
        drop(case::run(&live.rules, test, &live.tables, &surroundings));
        drop(case::second_run_changes(&live.rules, test, &live.tables, &surroundings));
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_768_046_400).expect("a moment in 2026")
}

/// The index may leave out only rules that do not hold: looking at each rule answers the same.
fn decide_sample(live: &Live, place: usize) {
    let Some(hook) = live.rules.hooks.rows.get(place) else { return };
    let body = sample::named(&hook.name).expect("each of the twelve has a sample").as_bytes().to_vec();
    let context = Context {
        id: "fuzz".to_owned(),
        now: now(),
        calendar: hookgate::event::Calendar::utc(),
        app: Some("app".to_owned()),
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    };
    let event = Event::read(&live.rules.hooks, place, body, 64, context).expect("a sample is an event");
    let quick = decide(&live.rules, &event, &live.tables).unwrap();
    let slow = explain(&live.rules, &event, &live.tables).unwrap();
    let (reply, same) = (quick.reply(hook, &event), slow.reply(hook, &event));
    let has_failed = [&quick, &slow].iter().any(|decision| matches!(decision.verdict, Verdict::Failed(_)));
    // A script may run out of time in one of them.
    assert!(has_failed || reply == same, "with and without the index the answers differ");
    if let Some(reply) = reply {
        let reply: serde_json::Value = serde_json::from_str(&reply).expect("a reply is JSON");
        assert!(reply.get("response").is_some_and(serde_json::Value::is_object));
    }
}
