//! What is in force: rules, tables and lookups, built and replaced together.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::settings::Settings;
use super::state::{InTable, Kept};
use super::tally::Tally;
use super::warnings::Warnings;
use crate::diagnostic::{Diagnostic, Report};
use crate::lookup::{Before, Connections, Remotes, Shrunk, Tables, shrunk, with_files};
use crate::rule::{Lookup, Occasion, RuleSet, Shrink, Sources, Tenant, below, compile};

/// A rule set with what it asks.
#[derive(Debug)]
pub struct Live {
    pub rules: RuleSet,
    pub tables: Tables,
    /// Lookups over connections; none answers before `connect`.
    pub remotes: Remotes,
    /// The rules folder.
    pub(super) folder: PathBuf,
    /// The files it was read from.
    pub files: Vec<String>,
    /// What is suspect in it.
    pub warnings: Warnings,
    /// Tables whose rows are not those of their files.
    pub kept: Vec<Kept>,
    /// What its rules decided; counts nothing before a gateway has it in force.
    pub(super) tally: Tally,
}

/// What becomes of tables that lost their rows.
#[derive(Clone, Copy)]
pub(super) struct Keeping<'k> {
    /// The tables in force.
    pub(super) before: &'k Before,
    /// How many rows a table may lose whose lookups say nothing of it.
    pub(super) shrink: Shrink,
    /// What is told of one that lost more.
    pub(super) keep: &'k dyn Fn(&Shrunk) -> Kept,
}

impl Live {
    /// Compiles what was read of a rules folder, to check it or to try it out. Warnings stand in the report.
    ///
    /// # Errors
    /// Every mistake of every file; nothing is in force then.
    pub fn build(sources: &Sources, tenant: &Tenant) -> Result<(Self, Report), Report> {
        Self::build_on(sources, tenant, Occasion::CHANGE)
    }

    /// The same on any occasion.
    ///
    /// # Errors
    /// As [`Live::build`].
    pub fn build_on(sources: &Sources, tenant: &Tenant, occasion: Occasion<'_>) -> Result<(Self, Report), Report> {
        let nothing = |shrunk: &Shrunk| Kept::new("", shrunk, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        Self::build_keeping(
            sources,
            tenant,
            occasion,
            Keeping { before: &Before::new(), shrink: Shrink::Any, keep: &nothing },
        )
    }

    /// The same where tables that lost too many rows have those from before.
    pub(super) fn build_keeping(
        sources: &Sources,
        tenant: &Tenant,
        occasion: Occasion<'_>,
        Keeping { before, shrink, keep }: Keeping<'_>,
    ) -> Result<(Self, Report), Report> {
        let mut report = Report::default();
        let (mut lookups, rules) = compile(sources, tenant, occasion, &mut report);
        let of_rules = report.clone();
        let mut tables = Tables::load(&lookups, &mut report);
        let has_errors = report.has_errors();
        let lost = if has_errors { Vec::new() } else { shrunk(&lookups, &tables, before, shrink) };
        let kept: Vec<Kept> = lost.iter().map(keep).collect();
        let told: Vec<Diagnostic> = kept.iter().zip(&lost).map(|(kept, lost)| kept.finding(lost, &lookups)).collect();
        if !lost.is_empty() {
            lookups = with_files(&lookups, &lost);
            // What is suspect in a file whose rows are not in force is no warning of those that are.
            report = of_rules;
            // The rows from the files are gone before those from before are read, which count where they were first read.
            drop(std::mem::take(&mut tables));
            for file in lost.iter().map(|lost| &lost.before.1) {
                file.budget.iter().for_each(|budget| budget.begin(0));
            }
            tables = Tables::load(&lookups, &mut report);
        }
        report.sort();
        let warnings = Warnings::of(&report, sources, &told);
        report.findings.extend(told);
        match rules {
            Some(rules) if !report.has_errors() => {
                let rules = RuleSet { lookups, ..rules };
                let files = sources.files.iter().map(|(_, file)| file.name.clone()).collect();
                let folder = sources.folder.clone();
                let (remotes, tally) = (Remotes::default(), Tally::default());
                Ok((Self { rules, tables, remotes, folder, files, warnings, kept, tally }, report))
            }
            _ => Err(report),
        }
    }

    /// Reads and compiles a rules folder in which no link leads out of it.
    ///
    /// # Errors
    /// Every mistake of every file, and of the folder itself.
    pub fn read(folder: &Path, tenant: &Tenant) -> Result<(Self, Report), Report> {
        Self::build(&Sources::read_within(folder, &[], tenant.memory_bytes)?, tenant)
    }

    /// The rules folder of these settings as a gateway starts with it: for those who look at what one runs.
    ///
    /// # Errors
    /// As [`Live::read`].
    pub fn read_as_started(settings: &Settings, tenant: &Tenant) -> Result<(Self, Report), Report> {
        Self::build_on(&settings.sources(tenant)?, tenant, Occasion::Start)
    }

    /// How many rows the table of this file has; the first lookup that asks it knows. `None` where none does.
    #[must_use]
    pub fn rows_of(&self, file: &str) -> Option<usize> {
        let is_of = |lookup: &Lookup| lookup.table_file().is_some_and(|found| found.name == file);
        self.tables.rows(self.rules.lookups.iter().position(is_of)?)
    }

    /// The tables that lookups ask, each once.
    #[must_use]
    pub fn in_tables(&self) -> Vec<InTable> {
        let mut found: Vec<InTable> = Vec::new();
        for (n, lookup) in self.rules.lookups.iter().enumerate() {
            let (Some(file), Some(rows)) = (lookup.table_file(), self.tables.rows(n)) else { continue };
            if !found.iter().any(|known| known.file == file.name) {
                found.push(InTable {
                    table: below(&self.folder, &file.name).to_owned(),
                    file: file.name.clone(),
                    rows,
                });
            }
        }
        found
    }

    /// The same with lookups that ask these connections.
    #[must_use]
    pub fn connect(self, connections: &Connections) -> Self {
        let remotes = Remotes::new(&self.rules.lookups, connections);
        Self { remotes, ..self }
    }
}
