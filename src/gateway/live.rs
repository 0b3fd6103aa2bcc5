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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::File;
    use crate::lookup::TableBefore;
    use crate::rule::Role;

    const RULES: &str = "hook: validateUser
codes: { Known: Somebody is in a table. }
lookups:
  people: { table: people.csv, key: login, at_least: 20 }
  others: { table: others.csv, key: login }
rules:
  - { name: a, when: { user.login: { found_in: people } }, reject: Known }
  - { name: b, when: { user.login: { found_in: others } }, reject: Known }
";

    fn table(rows: usize) -> String {
        "login\n".to_owned() + &(0..rows).map(|n| format!("p{n}\n")).collect::<Vec<_>>().concat()
    }

    /// What comes of these tables where each had 100 rows before: rows in force, and what is told.
    fn built(people: &str, others: &str) -> (Option<[usize; 2]>, Vec<&'static str>) {
        let file = |name: &str, text: &str| Arc::new(File::new(name.to_owned(), text.to_owned()));
        let before = |name: &str| {
            (name.to_owned(), TableBefore { role: Role::Csv, file: file(name, &table(100)), lately: None })
        };
        let files = vec![
            (Role::Yaml, file("a.yaml", RULES)),
            (Role::Csv, file("people.csv", people)),
            (Role::Csv, file("others.csv", others)),
        ];
        let sources = Sources::from_files(Path::new("rules"), files);
        let keep = |shrunk: &Shrunk| Kept::new("", shrunk, Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let keeping = Keeping {
            before: &Before::from([before("people.csv"), before("others.csv")]),
            shrink: Shrink::Percent(20),
            keep: &keep,
        };
        let built = Live::build_keeping(&sources, &Tenant::standard(), Occasion::CHANGE, keeping);
        let (live, report) = built.map_or_else(|report| (None, report), |(live, report)| (Some(live), report));
        let rows = live.map(|live| ["people.csv", "others.csv"].map(|name| live.rows_of(name).unwrap()));
        (rows, report.findings.iter().map(|finding| finding.code.id).collect())
    }

    #[test]
    fn a_table_that_lost_too_many_rows_keeps_those_from_before_unless_there_is_a_mistake() {
        let no_key = "name\np0\n".to_owned();
        for (people, others, rows, told) in [
            (table(100), table(100), Some([100, 100]), &[][..]),
            (table(80), table(80), Some([80, 80]), &[]),
            (table(79), table(80), Some([100, 80]), &["H521"]),
            (table(20), table(0), Some([100, 100]), &["H521", "H521"]),
            // With a mistake nothing is kept, since nothing comes into force.
            (table(19), table(100), None, &["H520"]),
            (table(79), no_key.clone(), None, &["H503"]),
            (no_key, table(79), None, &["H503", "H520"]),
        ] {
            assert_eq!(built(&people, &others), (rows, told.to_vec()), "{} {}", people.len(), others.len());
        }
    }
}
