//! Table files as administrators keep them: CSV in every dress, workbooks, and what is told of damaged ones.

use std::fs;
use std::path::Path;

use hookgate::diagnostic::Report;
use hookgate::engine::testing::case::{CaseVerdict, Surroundings, run};
use hookgate::engine::{Answer, Facts};
use hookgate::event::{Calendar, Value};
use hookgate::gateway::Live;
use hookgate::rule::{Sources, Tenant};

mod faults;
mod keys;
mod prefixes;
mod same;
mod workbooks;

/// A rules folder on the disk with these files.
pub fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// What is loaded of a folder, with its warnings, or its mistakes.
pub fn load(folder: &Path) -> Result<(Live, Report), Report> {
    Live::build(&Sources::read(folder)?, &Tenant::standard())
}

/// What is told of a folder: code and message of each finding. Where one of them is a mistake, no rule set is made of it.
pub fn told(files: &[(&str, &[u8])]) -> Vec<String> {
    let folder = folder(files);
    let (report, is_taken) = match load(folder.path()) {
        Ok((_, report)) => (report, true),
        Err(report) => (report, false),
    };
    assert_ne!(is_taken, report.has_errors(), "{}", report.to_text(false));
    report.findings.iter().map(|finding| format!("{}: {}", finding.code.id, finding.message)).collect()
}

/// A rules folder with one rule that asks a lookup declared so.
pub fn asking(lookup: &str, key: &str) -> String {
    format!(
        "lookups: {{ people: {lookup} }}\nrules:\n  - name: taken\n    hook: validateUser\n    let: {{ owner: {{ lookup: people, key: {key} }} }}\n    when: {{ owner.login: {{ present: true }} }}\n    reject: MobileAlreadyExist\n"
    )
}

/// The login of the first row that a lookup has under a key.
pub fn found(live: &Live, key: &Value<'_>) -> Option<String> {
    match live.tables.answer(0, key.view()) {
        Answer::Rows(rows) => rows.first().map(|row| row.view().field("login").unwrap().as_text().into_owned()),
        other => panic!("{other:?}"),
    }
}

/// The one finding of a folder.
pub fn only(files: &[(&str, &[u8])]) -> String {
    let told = told(files);
    assert_eq!(told.len(), 1, "{told:?}");
    told.into_iter().next().unwrap()
}

/// The tests of a folder's rules that do not pass.
pub fn failing(live: &Live) -> Vec<String> {
    let surroundings = Surroundings { now: jiff::Timestamp::UNIX_EPOCH, calendar: Calendar::utc(), rounds: 8 };
    let run = |case| (case, run(&live.rules, case, &live.tables, &surroundings).verdict);
    let cases = live.rules.cases.iter().map(run);
    let failed = cases.filter(|(_, verdict)| !matches!(verdict, CaseVerdict::Passed));
    failed.map(|(case, verdict)| format!("{}: {verdict:?}", case.name)).collect()
}
