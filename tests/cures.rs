//! Mistakes as people make them who come from other tools: none passes in silence, each message has the cure and the line.

mod bounds;
mod expressions;
mod files;
mod shapes;
mod silent;

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::{File, Report};
use hookgate::gateway::Live;
use hookgate::lint::lint;
use hookgate::rule::{Role, Sources, Tenant};

/// What `hookgate check` says of one file: line, and message with all help.
fn told(text: &str) -> Vec<(usize, String)> {
    let file = Arc::new(File::new("rules.yaml", text));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    let report = match Live::build(&sources, &Tenant::standard()) {
        Ok((live, mut report)) => {
            report.findings.extend(lint(&live.rules).findings.into_iter().map(|finding| finding.diagnostic));
            report
        }
        Err(report) => report,
    };
    lines(&report)
}

fn lines(report: &Report) -> Vec<(usize, String)> {
    let line =
        |place: &Option<hookgate::diagnostic::Place>| place.as_ref().map_or(0, hookgate::diagnostic::Place::line);
    let all = report.findings.iter();
    all.map(|finding| (line(&finding.place), format!("{} | {}", finding.message, finding.help.join(" | ")))).collect()
}

/// Holds each file against the line and the words that must be told of it.
fn hold<'c>(cases: impl IntoIterator<Item = (&'c str, usize, String, &'c str)>) {
    let mut wrong = Vec::new();
    for (from, line, text, cure) in cases {
        let told = told(&text);
        if !told.iter().any(|(at, words)| *at == line && words.contains(cure)) {
            wrong.push(format!("{from}\n{text}\nline {line} is not told `{cure}`, but {told:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// What is wrong is told with the words, and what the cure makes of it loads without any.
fn hold_cures<'c>(cases: impl IntoIterator<Item = (String, &'c str, String)>) {
    let mut failed = Vec::new();
    for (wrong, cure, right) in cases {
        let (of_wrong, of_right) = (told(&wrong), told(&right));
        if !of_wrong.iter().any(|(_, words)| words.contains(cure)) {
            failed.push(format!("{wrong}\nis not told `{cure}`, but {of_wrong:#?}"));
        }
        if !of_right.is_empty() {
            failed.push(format!("the cure\n{right}\nis told {of_right:#?}"));
        }
    }
    assert!(failed.is_empty(), "{} wrong\n{}", failed.len(), failed.join("\n"));
}
