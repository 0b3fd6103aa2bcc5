//! One look at the rules folder: its contents, or its failure, in a form that two looks can be compared by.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Report, code};
use crate::gateway::settings::Settings;
use crate::rule::foreign::name::unread;
use crate::rule::{Role, Sources, Tenant, tables_told};

/// What is seen of the rules folder of these settings now: its hash, or what is wrong with it.
#[must_use]
pub fn seen_of(settings: &Settings, tenant: &Tenant) -> String {
    Look::at(&settings.rules, &settings.follow, tenant.memory_bytes).seen
}

/// Most findings of a failure that are kept and logged.
const FAILURE_LIMIT_FINDINGS: usize = 20;

/// What a look found.
pub(super) struct Look {
    /// Equal when the same was found: the content hash, or what is wrong.
    pub seen: String,
    pub found: Result<Sources, Report>,
}

/// What is wrong, for people and for programs; cut off after some findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "they are what the value is about")]
pub struct Findings {
    pub text: String,
    pub findings: Vec<serde_json::Value>,
    /// The tables among the files that they are about, by their names.
    pub tables: BTreeSet<String>,
}

impl Look {
    /// Looks now; links may lead to the folders of `follow`, and loading what is found may hold so many bytes. A folder without a
    /// rule file is one that cannot be used.
    pub fn at(folder: &Path, follow: &[PathBuf], memory_bytes: usize) -> Self {
        let found = Sources::read_within(folder, follow, memory_bytes).and_then(|sources| {
            if sources.files.iter().any(|(role, _)| *role == Role::Yaml) {
                return Ok(sources);
            }
            let message = format!("folder `{}` holds no rule file", folder.display());
            let mut report = Report::default();
            report.push(Diagnostic::nowhere(&code::NO_RULES, message));
            report.findings.extend(unread(&sources));
            Err(report)
        });
        let seen = match &found {
            Ok(sources) => sources.hash.clone(),
            Err(report) => Findings::of(report.clone()).text,
        };
        Self { seen, found }
    }
}

impl Findings {
    /// The findings, the first of them if there are many.
    pub fn of(mut report: Report) -> Self {
        report.sort();
        let more = report.findings.len().saturating_sub(FAILURE_LIMIT_FINDINGS);
        report.findings.truncate(FAILURE_LIMIT_FINDINGS);
        let findings = report.findings.iter().map(Diagnostic::to_json).collect();
        let text = report.to_log();
        let text =
            if more == 0 { text } else { format!("{text}\nand {more} more; `hookgate check` prints them all\n") };
        Self { text, findings, tables: tables_told(&report) }
    }
}
