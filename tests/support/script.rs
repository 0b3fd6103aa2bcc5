//! A script engine and an event to run scripts on.

use std::sync::Arc;

use hookgate::diagnostic::Report;
use hookgate::event::{Calendar, Path, Value};
use hookgate::rule::{Answers, Clock, Form, Inputs, Run, Script, Scripts};
use jiff::Timestamp;
use serde_json::json;

pub fn now() -> Timestamp {
    "2026-05-04T10:00:00Z".parse().unwrap()
}

pub fn clock() -> Clock {
    Clock { now: now(), calendar: Calendar::utc() }
}

pub fn engine() -> Scripts {
    let mut report = Report::default();
    let scripts = Scripts::new(&[], &mut report);
    assert!(!report.has_errors(), "{}", report.to_text(false));
    scripts
}

pub fn event() -> Value<'static> {
    Value::from(json!({
        "user": {
            "firstName": "Zoë", "login": "zoe", "mobile": "+91 98200-12345", "employeeId": 4711,
            "roles": ["admin", "sales"], "manager": null, "country": "India", "salary": 12.5, "big": 12_345_678_901_234_567_890_u64,
            "attributes": [{ "name": "PAN", "value": "ABCDE1234F" }],
        },
        "owner": { "login": "asha.rao" },
        "list": [{ "c": "India" }, { "c": "Nepal" }],
    }))
}

/// What stands at a path of the sample event.
pub fn read(path: &Path) -> Option<Value<'static>> {
    let event = event();
    let root = match path.root.name() {
        "attr" => {
            let user = event.view().field("user")?;
            let name = path.keys().next()?;
            return Some(hookgate::event::attribute::read(&user.to_value(), name, &[])?.into_static());
        }
        name => event.view().field(name)?,
    };
    Some(root.walk(&path.segments)?.to_value().into_static())
}

pub fn run_with(scripts: &Scripts, script: &Script, answers: Answers) -> Run {
    let reads = script.reads().iter().map(read).collect();
    scripts.run(script, Inputs { reads, now: now(), calendar: Calendar::utc(), answers: Arc::new(answers) })
}

pub fn compile(scripts: &Scripts, text: &str) -> Script {
    scripts.compile(text, Form::Block).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
}

pub fn value(scripts: &Scripts, text: &str) -> String {
    let script = compile(scripts, text);
    match run_with(scripts, &script, Answers::default()) {
        Run::Done(outcome) => outcome.value.to_json(),
        other => panic!("{text}: {other:?}"),
    }
}
