//! Notes on an export itself: unreadable rows, spoilt cells, people who stand there twice.
//!
//! Never with a cell's contents, which may be a password.

use serde_json::json;

use super::super::exit::Failure;
use crate::diagnostic::{Diagnostic, Severity, code};

/// What loading an export may hold in memory, in bytes.
pub(super) const MEMORY_BYTES: usize = 1 << 30;

/// A remark on an export.
#[derive(Clone, Debug)]
pub(super) struct Note {
    /// `people.csv:7`, or `people.xlsx, sheet People, row 7`.
    pub(super) at: String,
    /// What is so: lower case, no full stop.
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
    /// Whether somebody is not decided because of it.
    pub(super) is_lost: bool,
}

impl Note {
    /// Somebody who is not decided.
    pub(super) fn lost(at: String, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None, is_lost: true }
    }

    /// What is suspect.
    pub(super) fn suspect(at: String, message: impl Into<String>) -> Self {
        Self { is_lost: false, ..Self::lost(at, message) }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// What the reader of tables found, without the lines of the file.
    pub(super) fn of(finding: &Diagnostic, file: &str) -> Self {
        let at = finding.place.as_ref().map_or_else(|| file.to_owned(), crate::diagnostic::Place::file_line);
        if finding.code == &code::OVER_BUDGET {
            let limit = MEMORY_BYTES >> 20;
            let message = format!("the export is too large: reading it takes more than {limit} MiB of memory");
            return Self::lost(at, message).help("split it, or leave out the columns that no rule reads");
        }
        let note = match finding.severity {
            Severity::Error => Self::lost(at, &*finding.message),
            Severity::Warning => Self::suspect(at, &*finding.message),
        };
        Self { help: (!finding.help.is_empty()).then(|| finding.help.join("; ")), ..note }
    }

    /// The scan ends because of it.
    pub(super) fn failure(self) -> Failure {
        let failure = Failure::message(format!("{}: {}", self.at, self.message));
        match self.help {
            Some(help) => failure.help(help),
            None => failure,
        }
    }

    /// For programs.
    pub(super) fn to_json(&self) -> serde_json::Value {
        json!({ "at": self.at, "message": self.message, "help": self.help, "lost": self.is_lost })
    }
}
