//! `hookgate check`: reports every mistake of a rules folder at once, without running anything.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use clap::{Args as ClapArgs, ValueEnum};
use serde_json::json;

use crate::cli::exit::{Exit, Failure, Output};
use crate::cli::progress::Progress;
use crate::cli::setup::explained;
use crate::config::Settings;
use crate::diagnostic::{Report, Severity};
use crate::report::{Step, check, counted};
use crate::rule::short_hash;

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
    let checked = checked(settings);
    let stdout = match args.format {
        Format::Text => checked.to_text(styled),
        Format::Json => checked.to_json(),
        Format::Github => checked.report.findings.iter().map(|finding| finding.to_github() + "\n").collect(),
    };
    let is_found = checked.report.has_errors() || args.strict && !checked.report.findings.is_empty();
    Ok(Output { stdout, exit: if is_found { Exit::Found } else { Exit::Well } })
}

fn checked(settings: &Settings) -> Checked {
    let began = Instant::now();
    let progress = Progress::begin("reading the rules");
    let read = settings.gateway.sources(&settings.tenant);
    let read_time = began.elapsed();
    let (explained, mut compiled) = (|report| explained(report, &settings.gateway.rules), read_time);
    let sources = match read {
        Ok(sources) => sources,
        Err(report) => return unread(explained(report), began, read_time),
    };
    let mut doing = |step| {
        match step {
            Step::Compiling => progress.doing("compiling"),
            Step::Analysing => {
                compiled = began.elapsed();
                progress.doing("looking for what is suspect");
            }
            Step::GoingOn => {}
        }
        true
    };
    let surroundings = settings.surroundings();
    let checked = check(&sources, &settings.tenant, &surroundings, &mut doing, explained);
    let all = began.elapsed();
    let times = [all, read_time, compiled.saturating_sub(read_time), all.saturating_sub(compiled)];
    Checked {
        report: checked.report,
        hash: Some(sources.hash),
        rules: checked.live.map_or(0, |live| live.rules.rules.len()),
        files: sources.files.len(),
        allowed: checked.allowed,
        is_complete: checked.is_complete,
        millis: times.map(millis),
    }
}

/// What is told of a folder that cannot be read.
fn unread(mut report: Report, began: Instant, read_time: Duration) -> Checked {
    report.sort();
    let millis = [began.elapsed(), read_time, Duration::ZERO, Duration::ZERO].map(millis);
    Checked { report, hash: None, rules: 0, files: 0, allowed: 0, is_complete: true, millis }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
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
        let hash = self.hash.as_deref().map(short_hash);
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
