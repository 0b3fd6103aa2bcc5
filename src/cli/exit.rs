//! The result of a command: what it prints, and the exit code for scripts and service managers.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use crate::diagnostic::{Report, escaped_page};

/// The exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything is well.
    Well,
    /// The command ran and found something: a mistake in the rules, a failed test.
    Found,
    /// The command could not run.
    CouldNotRun,
    /// A table keeps its rows from before, because its file lost too many: what was asked for is in force but for that.
    Kept,
    /// A service was not started because its settings or rules are wrong: starting it again helps nothing
    /// (`EX_CONFIG` of sysexits.h, which service managers know).
    BadConfiguration,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Well => 0,
            Exit::Found => 1,
            Exit::CouldNotRun => 2,
            Exit::Kept => 3,
            Exit::BadConfiguration => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// What a command that ran has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// May hold colours: they are taken out where no terminal shows them.
    pub stdout: String,
    pub exit: Exit,
}

impl Output {
    /// Everything is well, and this is what was asked for.
    #[must_use]
    pub fn well(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), exit: Exit::Well }
    }
}

/// What is told of a command beside its result, on standard error: who reads the result finds nothing else in it.
pub fn note(text: &str) {
    // Whoever closed standard error reads no notes.
    let _ = writeln!(std::io::stderr().lock(), "{}", escaped_page(&format!("note: {text}")));
}

/// Why a command could not run.
#[derive(Clone, Debug)]
pub struct Failure {
    pub reason: Reason,
    pub exit: Exit,
}

/// What is told on the standard error output.
#[derive(Clone, Debug)]
pub enum Reason {
    /// Mistakes in something a person wrote.
    Report(Report),
    /// Anything else, and what to do instead.
    Message { message: String, help: Option<String> },
}

/// Writes what a command made to a file.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write_file(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| Failure::message(format!("cannot write `{}`: {error}", file.display())))
}

impl Failure {
    /// Could not run for this reason: lower case, no full stop.
    pub fn message(message: impl Into<String>) -> Self {
        Self { reason: Reason::Message { message: message.into(), help: None }, exit: Exit::CouldNotRun }
    }

    /// The same with what to do instead.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        if let Reason::Message { help, .. } = &mut self.reason {
            *help = Some(text.into());
        }
        self
    }

    /// Could not run because of these mistakes in the settings.
    #[must_use]
    pub fn settings(report: Report) -> Self {
        Self { reason: Reason::Report(report), exit: Exit::CouldNotRun }
    }

    /// Could not run because of these mistakes in the rules.
    #[must_use]
    pub fn rules(report: Report) -> Self {
        Self::settings(report)
    }

    /// The same for a service that is being started: its manager must not try again.
    #[must_use]
    pub fn at_start(mut self) -> Self {
        self.exit = Exit::BadConfiguration;
        self
    }

    /// For people.
    #[must_use]
    pub fn to_text(&self) -> String {
        match &self.reason {
            Reason::Report(report) => report.to_text(true),
            Reason::Message { message, help: None } => format!("error: {message}\n"),
            Reason::Message { message, help: Some(help) } => format!("error: {message}\n  help: {help}\n"),
        }
    }
}
