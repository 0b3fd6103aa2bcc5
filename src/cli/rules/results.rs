//! Prints the results of tests: for people, for programs, for build servers.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::coverage;

use crate::diagnostic::{escaped, escaped_page};
use crate::engine::testing::case::{CaseResult, CaseVerdict, Mismatch};
use crate::engine::testing::coverage::Coverage;
use crate::engine::{Outcome, RuleTrace};
use crate::report::explanation;
use crate::rule::Case;

/// A case that was run.
pub struct Ran {
    pub case: Case,
    pub result: CaseResult,
    /// The rules folder it was run with.
    pub folder: PathBuf,
}

/// Everything that was run.
#[derive(Default)]
pub struct Results {
    pub ran: Vec<Ran>,
    /// The settings file that was named on the command line.
    pub config: Option<PathBuf>,
    /// What the tests reached of the rules, where that is wanted.
    pub coverage: Option<Coverage>,
    pub seconds: f64,
}

/// Whether everything came out as expected.
pub fn is_passed(result: &CaseResult) -> bool {
    matches!(result.verdict, CaseVerdict::Passed)
}

/// For people: every test that did not pass, in full, then the sum.
pub fn to_text(results: &Results) -> String {
    let mut out = String::new();
    for ran in results.ran.iter().filter(|ran| !is_passed(&ran.result)) {
        out += &failed(ran, results.config.as_deref());
    }
    let count = |wanted: fn(&CaseVerdict) -> bool| results.ran.iter().filter(|ran| wanted(&ran.result.verdict)).count();
    let passed = count(|verdict| matches!(verdict, CaseVerdict::Passed));
    let failed = count(|verdict| matches!(verdict, CaseVerdict::Failed(_)));
    let errors = count(|verdict| matches!(verdict, CaseVerdict::Error(_)));
    let millis = results.seconds * 1e3;
    let _ = writeln!(out, "{passed} passed, {failed} failed, {errors} could not be run · {millis:.0} ms");
    out += &results.coverage.as_ref().map_or_else(String::new, coverage::to_text);
    out
}

fn failed(ran: &Ran, config: Option<&Path>) -> String {
    let at = ran.case.place().file_line();
    let mut out = String::new();
    match &ran.result.verdict {
        CaseVerdict::Passed => return out,
        CaseVerdict::Error(why) => {
            let _ = writeln!(out, "error: {}  {}\n  {}", escaped(&ran.case.name), escaped(&at), escaped(why));
        }
        CaseVerdict::Failed(mismatches) => {
            let _ = writeln!(out, "failed: {}  {}", escaped(&ran.case.name), escaped(&at));
            mismatches.iter().for_each(|mismatch| out += &difference(mismatch));
            let telling: Vec<RuleTrace> = telling(&ran.result).cloned().collect();
            out += &explanation(&telling);
        }
    }
    let _ = writeln!(out, "  again: {}\n", escaped(&command(ran, config)));
    out
}

fn difference(mismatch: &Mismatch) -> String {
    let [what, expected, got] = [&mismatch.what, &mismatch.expected, &mismatch.got].map(|text| escaped(text));
    format!("  {what}\n    expected: {expected}\n    got:      {got}\n")
}

/// The rules that explain a result: the one that decided, and those that held or failed.
fn telling(result: &CaseResult) -> impl Iterator<Item = &RuleTrace> {
    let is_telling = |rule: &&RuleTrace| {
        let decided = result.decided_by.as_ref() == Some(&rule.rule);
        decided
            || matches!(rule.outcome, Outcome::Held | Outcome::Failed(_) | Outcome::Skipped(_))
            || result.decided_by.is_none()
    };
    result.trace.iter().filter(is_telling)
}

/// The command that shows the same again.
fn command(ran: &Ran, config: Option<&Path>) -> String {
    let flag = |name: &str, path: &Path| format!(" --{name} {}", word(&path.display().to_string()));
    let config = config.map_or_else(String::new, |file| flag("config", file));
    format!("hookgate dry-run{config}{} --explain --case {}", flag("rules", &ran.folder), quoted(&ran.case.name))
}

/// A text as one word of a shell.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if text.chars().all(is_plain) && !text.is_empty() { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// For programs.
pub fn to_json(results: &Results) -> String {
    let case = |ran: &Ran| {
        let (status, differences, why) = match &ran.result.verdict {
            CaseVerdict::Passed => ("passed", Vec::new(), None),
            CaseVerdict::Failed(mismatches) => ("failed", mismatches.clone(), None),
            CaseVerdict::Error(why) => ("error", Vec::new(), Some(why)),
        };
        let difference = |m: &Mismatch| json!({ "what": m.what, "expected": m.expected, "got": m.got });
        json!({
            "name": ran.case.name,
            "at": ran.case.place().file_line(),
            "status": status,
            "differences": differences.iter().map(difference).collect::<Vec<_>>(),
            "error": why,
            "decided_by": ran.result.decided_by,
            "again": if status == "passed" { None } else { Some(command(ran, results.config.as_deref())) },
        })
    };
    let mut json = json!({ "tests": results.ran.iter().map(case).collect::<Vec<_>>() });
    if let (Some(object), Some(coverage)) = (json.as_object_mut(), &results.coverage) {
        object.insert("coverage".to_owned(), coverage::to_json(coverage));
    }
    json.to_string() + "\n"
}

/// For build servers: the XML of `JUnit`.
pub fn to_junit(results: &Results) -> String {
    let count = |wanted: fn(&CaseVerdict) -> bool| results.ran.iter().filter(|ran| wanted(&ran.result.verdict)).count();
    let failures = count(|verdict| matches!(verdict, CaseVerdict::Failed(_)));
    let errors = count(|verdict| matches!(verdict, CaseVerdict::Error(_)));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuite name=\"hookgate\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{:.3}\">",
        results.ran.len(),
        results.seconds
    );
    for ran in &results.ran {
        let (name, file) = (xml(&ran.case.name), xml(&ran.case.file.name));
        let _ = write!(out, "  <testcase name=\"{name}\" classname=\"{file}\"");
        let _ = match &ran.result.verdict {
            CaseVerdict::Passed => writeln!(out, "/>"),
            CaseVerdict::Failed(_) => {
                writeln!(out, "><failure>{}</failure></testcase>", xml(&failed(ran, results.config.as_deref())))
            }
            CaseVerdict::Error(_) => {
                writeln!(out, "><error>{}</error></testcase>", xml(&failed(ran, results.config.as_deref())))
            }
        };
    }
    if let Some(coverage) = &results.coverage {
        let _ = writeln!(out, "  <system-out>{}</system-out>", xml(&coverage::to_text(coverage)));
    }
    out + "</testsuite>\n"
}

fn xml(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    escaped_page(&escaped).into_owned()
}
