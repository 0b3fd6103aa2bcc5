//! Finds the files of decision tables that rule files name, and reports files that none names.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, File, Place, code, did_you_mean};
use crate::rule::compile::compiler::Compiler;
use crate::rule::encoding::Encoding;
use crate::rule::sheet::Form;
use crate::rule::source::Role;
use crate::yaml::{Node, listed};

impl Compiler<'_> {
    /// The file that `name` means beside the file being read; a mistake where there is none.
    pub fn table_file(&mut self, name: &str, span: &Range<usize>) -> Option<(Role, Arc<File>)> {
        let found = self.sources.beside(&self.reader.file.name, name).cloned();
        match &found {
            Some((_, file)) => {
                self.used_tables.insert(file.name.clone());
            }
            None if self.sources.has_other(&self.reader.file.name, name) => self.kind_not_read(name, span),
            None => self.table_not_found(name, span),
        }
        found
    }

    /// How a table file is to be read, as the mapping that names it says.
    pub fn form(&mut self, node: &Node, role: Option<Role>) -> Form {
        let mut form = Form::default();
        if let Some(node) = self.said_of(node, "sheet", role, Role::Workbook) {
            form.sheet = self.reader.text(node, "`sheet`").map(str::to_owned);
        }
        if let Some(node) = self.said_of(node, "encoding", role, Role::Csv) {
            let name = self.reader.text(node, "`encoding`");
            form.encoding = name.and_then(Encoding::named);
            if let (Some(name), None) = (name, form.encoding) {
                let message = format!("there is no encoding `{name}`");
                let finding = self.reader.mistake(&code::OTHER_ENCODING, &node.span, message);
                let help = "Excel's `CSV (Comma delimited)` is `windows-1252` in most of Europe and America; \
                            UTF-8, and UTF-16 with its mark, need not be said";
                self.reader.push(finding.help(help));
            }
        }
        form
    }

    /// What stands behind a key that only one kind of file has; of others it is a mistake.
    fn said_of<'n>(&mut self, node: &'n Node, key: &str, role: Option<Role>, only: Role) -> Option<&'n Node> {
        let said = node.get(key)?;
        if role.is_some_and(|role| role != only) {
            let kind = if only == Role::Workbook { "a workbook (`.xlsx`)" } else { "a CSV file" };
            let finding = self.reader.mistake(
                &code::BAD_TABLE,
                &said.span,
                format!("`{key}` belongs to {kind}, which this is not"),
            );
            self.reader.push(finding.help(format!("remove `{key}`")));
            return None;
        }
        Some(said)
    }

    fn kind_not_read(&mut self, name: &str, span: &Range<usize>) {
        let message = format!("`{name}` is there, and is of a kind that is not read");
        let finding = self.reader.mistake(&code::KIND_NOT_READ, span, message);
        let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase());
        self.reader.push(match extension.as_str() {
            _ if name.rsplit('/').next().is_some_and(|name| name.starts_with("~$")) => {
                finding.help("this is the mark that somebody has the workbook open; name the workbook itself")
            }
            "xls" | "xlsm" | "xlsb" | "ods" | "numbers" => finding.help(
                "open it and choose `Save As` with the type `Excel Workbook (*.xlsx)` or `CSV UTF-8 (Comma delimited)`",
            ),
            _ => finding.help("a table is a `.csv`, `.xlsx`, `.yaml`, `.yml` or `.json` file"),
        });
    }

    fn table_not_found(&mut self, name: &str, span: &Range<usize>) {
        let message = format!("there is no file `{name}` next to this rule file");
        let finding = self.reader.mistake(&code::TABLE_NOT_FOUND, span, message);
        let is_table = |role: &Role| matches!(role, Role::Csv | Role::Json | Role::Workbook);
        let files = self.sources.files.iter();
        let names: Vec<&str> = files.filter(|(role, _)| is_table(role)).map(|(_, file)| file.short_name()).collect();
        let help = match did_you_mean(name, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => "put the table into the rules folder, next to the rule file".to_owned(),
            None => format!("the tables are {}", listed(names.iter().copied())),
        };
        self.reader.push(finding.help(help));
    }

    /// A table nobody reads is most likely misspelt in a rule. A file with mistakes may hold what reads it.
    pub fn warn_of_unused_tables(&mut self) {
        if self.reader.report.has_errors() {
            return;
        }
        for (role, file) in &self.sources.files {
            let is_table = match role {
                Role::Csv | Role::Workbook => true,
                Role::Yaml => begins_a_list(&file.text),
                Role::Json | Role::Tests | Role::Functions => false,
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
