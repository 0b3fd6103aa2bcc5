//! `lookups:`, read: which table, which key.

use super::compiler::Compiler;
use crate::diagnostic::did_you_mean;
use crate::rule::code;
use crate::rule::grammar;
use crate::rule::lookup::Lookup;
use crate::rule::read::listed;
use crate::rule::syntax::Entry;
use std::ops::Range;

impl Compiler<'_> {
    /// Reads one entry of `lookups:`.
    pub(super) fn declare_lookup(&mut self, entry: &Entry) {
        let place = self.reader.place(&entry.key_span);
        if let Some(earlier) = self.lookups.iter().find(|lookup| lookup.name == entry.key) {
            let message = format!("lookup `{}` is declared twice", entry.key);
            let finding = self.reader.mistake(&code::DUPLICATE_DECLARATION, &entry.key_span, message);
            let finding = finding.related(earlier.place.clone(), "first here");
            self.reader.push(finding.help("lookups are shared by all files of the folder: declare each once"));
            return;
        }
        if self.reader.fields(&entry.value, &grammar::LOOKUP).is_none() {
            return;
        }
        if let Some(remote) = ["sql", "http", "ldap"].iter().find(|kind| entry.value.get(kind).is_some()) {
            let message = format!("`{remote}` lookups are not in this version of hookgate yet");
            let finding = self.reader.mistake(&code::NOT_YET, &entry.key_span, message);
            self.reader.push(finding.help("use a table: `{ table: people.csv, key: mobile }`"));
            return;
        }
        let (Some(table), Some(key)) = (entry.value.get("table"), entry.value.get("key")) else {
            let finding = self.reader.mistake(&code::MISSING_KEY, &entry.key_span, "a lookup needs `table` and `key`");
            self.reader.push(finding.help("write `{ table: people.csv, key: mobile }`"));
            return;
        };
        let ignore_case = entry.value.get("ignore_case").and_then(|node| self.reader.boolean(node, "`ignore_case`"));
        let (Some(table_name), Some(key_name)) = (self.reader.text(table, "`table`"), self.reader.text(key, "`key`"))
        else {
            return;
        };
        let file = self.table_file(table_name, &table.span);
        self.lookups.push(Lookup {
            name: entry.key.clone(),
            table: file,
            table_place: self.reader.place(&table.span),
            key: key_name.to_owned(),
            key_place: self.reader.place(&key.span),
            ignore_case: ignore_case.unwrap_or_default(),
            place,
            columns_read: Vec::new(),
        });
    }

    /// The place among the lookups of the one called `name`; an unknown one is a mistake.
    pub(super) fn lookup_named(&mut self, name: &str, span: &Range<usize>) -> Option<usize> {
        if let Some(place) = self.lookups.iter().position(|lookup| lookup.name == name) {
            return Some(place);
        }
        let finding = self.reader.mistake(&code::UNKNOWN_LOOKUP, span, format!("there is no lookup `{name}`"));
        let names: Vec<&str> = self.lookups.iter().map(|lookup| lookup.name.as_str()).collect();
        let finding = match did_you_mean(name, names.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None if names.is_empty() => {
                finding.help("declare it: `lookups: { NAME: { table: people.csv, key: mobile } }`")
            }
            None => finding.help(format!("the lookups are {}", listed(names.iter().copied()))),
        };
        self.reader.push(finding);
        None
    }

    /// Notes that a rule reads a column of a lookup's rows, for the check against the table's header.
    pub(super) fn note_column(&mut self, lookup: usize, column: &str, span: &Range<usize>) {
        let place = self.reader.place(span);
        let Some(lookup) = self.lookups.get_mut(lookup) else { return };
        if !lookup.columns_read.iter().any(|(known, _)| known == column) {
            lookup.columns_read.push((column.to_owned(), place));
        }
    }
}
