//! `hookgate check`: reports every mistake of a rules folder at once, without running anything.

use std::fmt::Write as _;
use std::time::Instant;

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::progress::Progress;
use crate::cli::setup::explained;
use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Report, Severity, code};
use crate::engine::testing::case;
use crate::engine::testing::case::Surroundings;
use crate::gateway::Live;
use crate::lint::{Allows, Lint, audits, lint, prove};
use crate::report::counted;
use crate::rule::Sources;

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

/// Most findings that are shown to people; mistakes in such numbers have few causes.
const SHOWN_FINDINGS: usize = 1_000;

/// What a check came to.
struct Checked {
    report: Report,
    /// Of the folder, if it could be read.
    hash: Option<String>,
    rules: usize,
    files: usize,
    /// Warnings that remarks in the files silenced.
    allowed: usize,
    /// Whether the analysis looked at everything.
    is_complete: bool,
    /// Milliseconds in all, and of them for reading, compiling and analysing.
    millis: [f64; 4],
}

/// Checks the rules folder.
///
/// # Errors
/// Never: a folder that cannot be read is a finding like any other.
pub fn run(args: &Args, settings: &Settings, styled: bool) -> Result<Output, Failure> {
    let checked = check(settings);
    let stdout = match args.format {
        Format::Text => checked.to_text(styled),
        Format::Json => checked.to_json(),
        Format::Github => checked.report.findings.iter().map(|finding| finding.to_github() + "\n").collect(),
    };
    let is_found = checked.report.has_errors() || args.strict && !checked.report.findings.is_empty();
    Ok(Output { stdout, exit: if is_found { Exit::Found } else { Exit::Well } })
}

fn check(settings: &Settings) -> Checked {
    let began = Instant::now();
    let progress = Progress::begin("reading the rules");
    let sources = settings.gateway.sources(&settings.tenant);
    let read_time = began.elapsed();
    let files = sources.as_ref().map_or(0, |sources| sources.files.len());
    let hash = sources.as_ref().ok().map(|sources| sources.hash.clone());
    progress.doing("compiling");
    let checked = sources.as_ref().map_err(Clone::clone).and_then(|sources| Live::build(sources, &settings.tenant));
    let compile_time = began.elapsed().saturating_sub(read_time);
    progress.doing("looking for what is suspect");
    let (mut is_complete, mut rules, is_whole) = (true, 0, checked.is_ok());
    let mut report = match checked {
        Ok((live, mut report)) => {
            check_idempotence(&live, settings, &mut report);
            is_complete = analyse(&live, settings, &mut report);
            rules = live.rules.rules.len();
            report
        }
        Err(report) => explained(report, &settings.gateway.rules),
    };
    let allowed = sources.map_or(0, |sources| allow(&sources, is_whole, &mut report));
    report.sort();
    let analysis_time = began.elapsed().saturating_sub(read_time + compile_time);
    let millis = [began.elapsed(), read_time, compile_time, analysis_time].map(|time| time.as_secs_f64() * 1e3);
    Checked { report, hash, rules, files, allowed, is_complete, millis }
}

impl Checked {
    fn to_text(&self, styled: bool) -> String {
        let mut out = self.report.to_text_of(SHOWN_FINDINGS, styled);
        let count = |severity: Severity, what: &str| counted(self.report.count(severity), what);
        let mut counts = format!("{}, {}", count(Severity::Error, "error"), count(Severity::Warning, "warning"));
        if self.allowed > 0 {
            let _ = write!(counts, ", {} allowed", self.allowed);
        }
        if !self.is_complete {
            counts += ", analysis cut short: what it warns of is so, and more may be there";
        }
        let left_out = self.report.findings.len().saturating_sub(SHOWN_FINDINGS);
        if left_out > 0 {
            let _ = write!(counts, ", the last {left_out} of them not shown (`--format json` has all)");
        }
        let (rules, files) = (counted(self.rules, "rule"), counted(self.files, "file"));
        let [all, read, compile, analysis] = self.millis;
        let times = format!("{all:.0} ms (read {read:.0}, compile {compile:.0}, analysis {analysis:.0})");
        let hash = self.hash.as_deref().and_then(|hash| hash.get(..12));
        let hash = hash.map_or(String::new(), |hash| format!(" · hash {hash}"));
        let _ = writeln!(out, "{counts} · {rules} in {files}{hash} · {times}");
        out
    }

    fn to_json(&self) -> String {
        let findings = self.report.findings.iter().map(|finding| finding.to_json().to_string() + "\n");
        let sum = json!({
            "errors": self.report.count(Severity::Error),
            "warnings": self.report.count(Severity::Warning),
            "allowed": self.allowed,
            "complete": self.is_complete,
            "hash": self.hash,
            "rules": self.rules,
            "files": self.files,
        });
        findings.chain([format!("{sum}\n")]).collect()
    }
}

/// What can be known without running the rules; whether all of it was looked at.
fn analyse(live: &Live, settings: &Settings, report: &mut Report) -> bool {
    let surroundings = Surroundings {
        now: jiff::Timestamp::now(),
        calendar: settings.server.calendar.clone(),
        rounds: settings.lookup.round_limit,
    };
    let Lint { findings, is_complete } = lint(&live.rules);
    let prove = |finding| prove(&live.rules, finding, &live.tables, &surroundings);
    report.findings.extend(findings.into_iter().filter_map(prove));
    report.findings.extend(audits(&live.rules, surroundings.calendar.day(surroundings.now)));
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
    let surroundings = Surroundings {
        now: jiff::Timestamp::now(),
        calendar: settings.server.calendar.clone(),
        rounds: settings.lookup.round_limit,
    };
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
