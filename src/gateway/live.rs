//! What is in force: rules, tables and lookups together, never one without the others.

use std::path::Path;

use super::tally::Tally;
use crate::diagnostic::Report;
use crate::lookup::{Connections, Remotes, Tables};
use crate::rule::{RuleSet, Sources, Tenant, compile};

/// A rule set with what it asks.
#[derive(Debug)]
pub struct Live {
    pub rules: RuleSet,
    pub tables: Tables,
    /// Lookups over connections; none answers before `connect`.
    pub remotes: Remotes,
    /// The files it was read from.
    pub files: Vec<String>,
    /// What its rules decided; counts nothing before a gateway has it in force.
    pub(super) tally: Tally,
}

impl Live {
    /// Compiles what was read of a rules folder. Warnings stand in the report.
    ///
    /// # Errors
    /// Every mistake of every file; nothing is in force then.
    pub fn build(sources: &Sources, tenant: &Tenant) -> Result<(Self, Report), Report> {
        let mut report = Report::default();
        let (lookups, rules) = compile(sources, tenant, &mut report);
        let tables = Tables::load(&lookups, &mut report);
        report.sort();
        match rules {
            Some(rules) if !report.has_errors() => {
                let files = sources.files.iter().map(|(_, file)| file.name.clone()).collect();
                Ok((Self { rules, tables, remotes: Remotes::default(), files, tally: Tally::default() }, report))
            }
            _ => Err(report),
        }
    }

    /// Reads and compiles a rules folder.
    ///
    /// # Errors
    /// Every mistake of every file, and of the folder itself.
    pub fn read(folder: &Path, tenant: &Tenant) -> Result<(Self, Report), Report> {
        Self::build(&Sources::read(folder)?, tenant)
    }

    /// The same with lookups that ask these connections.
    #[must_use]
    pub fn connect(self, connections: &Connections) -> Self {
        let remotes = Remotes::new(&self.rules.lookups, connections);
        Self { remotes, ..self }
    }
}
