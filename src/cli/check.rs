//! `hookgate check`: every mistake of a rules folder at once, without running anything.

use std::fmt::Write as _;
use std::time::Instant;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Report, Severity};
use crate::engine::case::{self, Surroundings};
use crate::engine::prove;
use crate::gateway::Live;
use crate::rule::lint::{Allows, Lint, lint};
use crate::rule::{Sources, code};

use super::exit::{Exit, Failure, Output};

#[derive(ClapArgs, Debug)]
pub struct Args {
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// End with 1 on warnings too
    #[arg(long)]
    pub strict: bool,
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
    let checked = sources.as_ref().map_err(Clone::clone).and_then(|sources| Live::build(sources, &settings.hooks));
    let compile_time = began.elapsed().saturating_sub(read_time);
    let mut is_complete = true;
    let (live, mut report) = match checked {
        Ok((live, mut report)) => {
            check_idempotence(&live, settings, &mut report);
            is_complete = analyse(&live, settings, &mut report);
            (Some(live), report)
        }
        Err(report) => (None, report),
    };
    let allowed = sources.map_or(0, |sources| allow(&sources, live.is_some(), &mut report));
    report.sort();
    let rules = live.map_or(0, |live| live.rules.rules.len());
    let analysis_time = began.elapsed().saturating_sub(read_time + compile_time);
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let stdout = match args.format {
        Format::Text => {
            let mut out = report.to_text(styled);
            let mut counts = format!("{}, {}", counted(errors, "error"), counted(warnings, "warning"));
            if allowed > 0 {
                let _ = write!(counts, ", {allowed} allowed");
            }
            if !is_complete {
                counts += ", analysis cut short";
            }
            let _ = writeln!(
                out,
                "{counts} · {} in {} · {:.0} ms (read {:.0}, compile {:.0}, analysis {:.0})",
                counted(rules, "rule"),
                counted(files, "file"),
                millis(began.elapsed()),
                millis(read_time),
                millis(compile_time),
                millis(analysis_time),
            );
            out
        }
        Format::Json => {
            let mut out: String = report.findings.iter().map(|finding| finding.to_json().to_string() + "\n").collect();
            let sum = json!({
                "errors": errors,
                "warnings": warnings,
                "allowed": allowed,
                "complete": is_complete,
                "rules": rules,
                "files": files,
            });
            let _ = writeln!(out, "{sum}");
            out
        }
        Format::Github => report.findings.iter().map(|finding| finding.to_github() + "\n").collect(),
    };
    let is_found = errors > 0 || args.strict && warnings > 0;
    Ok(Output { stdout, exit: if is_found { Exit::Found } else { Exit::Well } })
}

/// `1 rule`, `2 rules`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// What can be known without running the rules; whether all of it was looked at.
fn analyse(live: &Live, settings: &Settings, report: &mut Report) -> bool {
    let surroundings = Surroundings { now: jiff::Timestamp::now(), zone: settings.server.time_zone.clone() };
    let Lint { findings, is_complete } = lint(&live.rules);
    let prove = |finding| prove(&live.rules, finding, &live.tables, &surroundings);
    report.findings.extend(findings.into_iter().filter_map(prove));
    is_complete
}

/// Takes out the warnings that remarks in the files allow; how many they were.
fn allow(sources: &Sources, is_analysed: bool, report: &mut Report) -> usize {
    let mut allows = Allows::read(sources, report);
    let allowed = allows.silence(report);
    if is_analysed {
        allows.warn_of_idle(report);
    }
    allowed
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
}
