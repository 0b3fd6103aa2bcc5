//! What is in force: rules and tables together, never one without the other.

use std::path::Path;

use crate::diagnostic::Report;
use crate::event::Hooks;
use crate::lookup::Tables;
use crate::rule::{RuleSet, Sources, compile};

/// A rule set with the tables it asks.
#[derive(Debug)]
pub struct Live {
    pub rules: RuleSet,
    pub tables: Tables,
}

impl Live {
    /// Compiles what was read of a rules folder. Warnings stand in the report.
    ///
    /// # Errors
    /// Every mistake of every file; nothing is in force then.
    pub fn build(sources: &Sources, hooks: &Hooks) -> Result<(Self, Report), Report> {
        let mut report = Report::default();
        let (lookups, rules) = compile(sources, hooks, &mut report);
        let tables = Tables::load(&lookups, &mut report);
        report.sort();
        match rules {
            Some(rules) if !report.has_errors() => Ok((Self { rules, tables }, report)),
            _ => Err(report),
        }
    }

    /// Reads and compiles a rules folder.
    ///
    /// # Errors
    /// Every mistake of every file, and of the folder itself.
    pub fn read(folder: &Path, hooks: &Hooks) -> Result<(Self, Report), Report> {
        Self::build(&Sources::read(folder)?, hooks)
    }
}
