//! The warnings of the rules in force: logged at a start and at each change, and shown for as long as they hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tracing::warn;

use crate::diagnostic::{Diagnostic, File, Report, Severity, code};
use crate::lint::Allows;
use crate::rule::{Sources, tables_told};

/// Most warnings that are logged and shown.
const WARNING_LIMIT: usize = 20;

/// The warnings of a rule set in force.
#[derive(Clone, Debug, Default)]
pub struct Warnings {
    /// How many there are.
    pub count: usize,
    /// The first of them, as they are told: they keep no file that nothing else keeps.
    told: Vec<LoggedWarning>,
    /// The tables among the files that those are about, by their names.
    pub tables: BTreeSet<String>,
    /// Files with a field that is probably misspelt.
    misspelt_in: Vec<Arc<File>>,
}

/// A warning as the log has it, and as programs have it.
#[derive(Clone, Debug)]
struct LoggedWarning {
    log: String,
    json: Value,
}

impl Warnings {
    /// The warnings of a report, but for those that remarks in the files allow; before them those that nothing silences.
    pub(super) fn of(report: &Report, sources: &Sources, first: &[Diagnostic]) -> Self {
        let is_misspelt = |finding: &&Diagnostic| finding.code == &code::MISSPELT_FIELD;
        let mut misspelt_in: Vec<Arc<File>> = Vec::new();
        for place in report.findings.iter().filter(is_misspelt).filter_map(|finding| finding.place.as_ref()) {
            if !misspelt_in.iter().any(|file| Arc::ptr_eq(file, &place.file)) {
                misspelt_in.push(Arc::clone(&place.file));
            }
        }
        let mut left = report.clone();
        // A remark that cannot be understood allows nothing; `check` says so.
        Allows::read(sources, &mut Report::default()).silence(&mut left);
        left.findings.retain(|finding| finding.severity == Severity::Warning);
        left.findings.splice(0..0, first.iter().cloned());
        let count = left.findings.len();
        left.findings.truncate(WARNING_LIMIT);
        let tables = tables_told(&left);
        let told = left
            .findings
            .iter()
            .map(|finding| LoggedWarning { log: finding.to_log(), json: finding.to_json() })
            .collect();
        Self { count, told, tables, misspelt_in }
    }

    /// Writes them to the log, the first of them if there are many.
    pub fn tell(&self) {
        for warning in &self.told {
            warn!(laid_out = true, "{}", warning.log);
        }
        let more = self.more();
        if more > 0 {
            warn!(warnings = self.count, "and {more} more warnings; `hookgate check` prints them all");
        }
    }

    /// The files that have a field that is probably misspelt.
    #[must_use]
    pub fn misspelt_in(&self) -> &[Arc<File>] {
        &self.misspelt_in
    }

    /// For programs: a finding each as `hookgate check --format json` has it; the first of them if there are many.
    #[must_use]
    pub fn to_json(&self) -> Vec<Value> {
        self.told.iter().map(|told| told.json.clone()).collect()
    }

    /// How many are not among those that are told.
    fn more(&self) -> usize {
        self.count - self.told.len()
    }
}
