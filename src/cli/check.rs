//! `hookgate check`: every mistake of a rules folder at once, without running anything.

use std::fmt::Write as _;
use std::time::Instant;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::engine::case::{self, Surroundings};
use crate::gateway::Live;
use crate::rule::{Sources, code};

use super::exit::{Exit, Failure, Output};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: the source line with the words underlined
    Text,
    /// For programs: one JSON object a finding, and one for the sum
    Json,
    /// For GitHub: workflow commands that annotate the lines
    Github,
}

/// Checks the rules folder.
///
/// # Errors
/// Never: a folder that cannot be read is a finding like any other.
pub fn run(args: &Args, settings: &Settings, styled: bool) -> Result<Output, Failure> {
    let began = Instant::now();
    let sources = Sources::read(&settings.gateway.rules);
    let read_time = began.elapsed();
    let files = sources.as_ref().map_or(0, |sources| sources.files.len());
    let checked = sources.and_then(|sources| Live::build(&sources, &settings.hooks));
    let compile_time = began.elapsed().saturating_sub(read_time);
    let (rules, report) = match checked {
        Ok((live, mut report)) => {
            check_idempotence(&live, settings, &mut report);
            (live.rules.rules.len(), report)
        }
        Err(report) => (0, report),
    };
    let test_time = began.elapsed().saturating_sub(read_time + compile_time);
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let stdout = match args.format {
        Format::Text => {
            let mut out = report.to_text(styled);
            let counts = format!("{}, {}", counted(errors, "error"), counted(warnings, "warning"));
            let _ = writeln!(
                out,
                "{counts} · {} in {} · {:.0} ms (read {:.0}, compile {:.0}, tests {:.0})",
                counted(rules, "rule"),
                counted(files, "file"),
                millis(began.elapsed()),
                millis(read_time),
                millis(compile_time),
                millis(test_time),
            );
            out
        }
        Format::Json => {
            let mut out: String = report.findings.iter().map(|finding| finding.to_json().to_string() + "\n").collect();
            let sum = json!({ "errors": errors, "warnings": warnings, "rules": rules, "files": files });
            let _ = writeln!(out, "{sum}");
            out
        }
        Format::Github => report.findings.iter().map(|finding| finding.to_github() + "\n").collect(),
    };
    Ok(Output { stdout, exit: if errors > 0 { Exit::Found } else { Exit::Well } })
}

/// `1 rule`, `2 rules`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Rules that change their own output when they run on it again are found on the tests.
fn check_idempotence(live: &Live, settings: &Settings, report: &mut Report) {
    let surroundings = Surroundings { now: jiff::Timestamp::now(), zone: settings.server.time_zone.clone() };
    for case in &live.rules.cases {
        let changed = case::second_run_changes(&live.rules, case, &live.tables, &surroundings);
        if let Some(path) = changed.first() {
            let message = format!("run on their own output, the rules change `{path}` once more");
            let finding = Diagnostic::error(&code::NOT_IDEMPOTENT, case.place(), message).label("seen in this test");
            let help =
                "the platform may call twice: let the rule test what it is going to write, or use `default` or `add`";
            report.push(finding.help(help).warning());
        }
    }
    report.sort();
}
