//! Why changed rules are not in force: the findings, in words and for programs.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::look::Findings;

/// Why what is in the folder is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The content hash of what was refused; `None` when it could not even be read.
    pub hash: Option<String>,
    /// What is wrong, and in which file; cut off after some findings.
    pub report: String,
    /// The same for programs, a finding each as `hookgate check --format json` has it.
    pub findings: Vec<serde_json::Value>,
    /// The tables among the files that they are about, by their names.
    pub tables: BTreeSet<String>,
    pub at: Timestamp,
}

impl Failure {
    /// What is wrong with what has this hash, or could not be read.
    #[must_use]
    pub fn of(hash: Option<String>, Findings { text, findings, tables }: Findings) -> Self {
        Self { hash, report: text, findings, tables, at: Timestamp::now() }
    }
}
