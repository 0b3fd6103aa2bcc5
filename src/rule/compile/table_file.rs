//! Tables in files of their own: found where a rule file names them, and told where none does.

use std::ops::Range;
use std::sync::Arc;

use super::compiler::Compiler;
use crate::diagnostic::{Diagnostic, File, Place, did_you_mean};
use crate::rule::code;
use crate::rule::read::listed;
use crate::rule::source::Role;

impl Compiler<'_> {
    /// The file that `name` means beside the file being read; a mistake where there is none.
    pub(super) fn table_file(&mut self, name: &str, span: &Range<usize>) -> Option<(Role, Arc<File>)> {
        let found = self.sources.beside(&self.reader.file.name, name).cloned();
        match &found {
            Some((_, file)) => {
                self.used_tables.insert(file.name.clone());
            }
            None => self.table_not_found(name, span),
        }
        found
    }

    fn table_not_found(&mut self, name: &str, span: &Range<usize>) {
        let message = format!("there is no file `{name}` beside this one");
        let finding = self.reader.mistake(&code::TABLE_NOT_FOUND, span, message);
        let is_table = |role: &Role| matches!(role, Role::Csv | Role::Json);
        let files = self.sources.files.iter();
        let names: Vec<&str> = files.filter(|(role, _)| is_table(role)).map(|(_, file)| file.short_name()).collect();
        let help = match did_you_mean(name, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => "put the table into the rules folder, beside the rule file".to_owned(),
            None => format!("the tables are {}", listed(names.iter().copied())),
        };
        self.reader.push(finding.help(help));
    }

    /// A table nobody reads is most likely misspelt in a rule. A file with mistakes may hold what reads it.
    pub(super) fn warn_of_unused_tables(&mut self) {
        if self.reader.report.has_errors() {
            return;
        }
        for (role, file) in &self.sources.files {
            let is_table = match role {
                Role::Csv => true,
                Role::Yaml => begins_a_list(&file.text),
                _ => false,
            };
            if is_table && !self.used_tables.contains(&file.name) {
                let message = format!("no lookup or decision table reads `{}`", file.short_name());
                let place = Place { file: Arc::clone(file), span: 0..file.text.lines().next().map_or(0, str::len) };
                self.reader.push(Diagnostic::error(&code::UNUSED_TABLE, place, message).warning());
            }
        }
    }
}

/// Whether a YAML file is a list: its first line that says anything begins one.
fn begins_a_list(text: &str) -> bool {
    let says_something = |line: &&str| !line.is_empty() && !line.starts_with('#') && *line != "---";
    text.lines().map(str::trim).find(says_something).is_some_and(|line| line.starts_with("- ") || line.starts_with('['))
}
