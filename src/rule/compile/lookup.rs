//! `lookups:`, read: a table by its key, or a question to a connection.

use super::compiler::Compiler;
use crate::diagnostic::did_you_mean;
use crate::rule::code;
use crate::rule::grammar;
use crate::rule::lookup::{ConnectionKind, Lookup, Source, TableSize, TableSource};
use crate::rule::read::listed;
use crate::rule::syntax::{Entry, Node};
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
        let source = self.source(entry);
        // One that cannot be read is declared all the same: those who ask it are told of their own mistakes.
        let source = source.unwrap_or_else(|| self.no_source(&entry.key_span));
        self.lookups.push(Lookup { name: entry.key.clone(), source, place, columns_read: Vec::new() });
    }

    /// What is asked: the key that only one kind of lookup has says which it is.
    fn source(&mut self, entry: &Entry) -> Option<Source> {
        self.reader.entries(&entry.value, "a lookup")?;
        let kinds = ConnectionKind::ALL.iter().map(|(word, kind)| (*word, Some(*kind)));
        let kinds: Vec<_> =
            kinds.chain([("table", None)]).filter(|(word, _)| entry.value.get(word).is_some()).collect();
        let help = "write one of `table: people.csv`, `http: CONNECTION`, `sql: CONNECTION`, `ldap: CONNECTION`";
        let message = match kinds.as_slice() {
            [(_, None)] => return self.table_source(&entry.value),
            [(_, Some(kind))] => return self.remote(&entry.value, *kind),
            [] => format!("lookup `{}` does not say what is asked", entry.key),
            [(first, _), (second, _), ..] => format!("lookup `{}` has both `{first}` and `{second}`", entry.key),
        };
        let finding = self.reader.mistake(&code::MISSING_KEY, &entry.key_span, message);
        self.reader.push(finding.help(help));
        None
    }

    fn table_source(&mut self, node: &Node) -> Option<Source> {
        self.reader.fields(node, &grammar::TABLE_LOOKUP)?;
        let (table, key) = (node.get("table")?, node.get("key")?);
        let ignore_case = node.get("ignore_case").and_then(|node| self.reader.boolean(node, "`ignore_case`"));
        let (table_name, key_name) = (self.reader.text(table, "`table`"), self.reader.text(key, "`key`"));
        let size = self.table_size(node);
        let file = table_name.and_then(|name| self.table_file(name, &table.span));
        Some(Source::Table(TableSource {
            file,
            file_place: self.reader.place(&table.span),
            key: key_name?.to_owned(),
            key_place: self.reader.place(&key.span),
            ignore_case: ignore_case.unwrap_or_default(),
            size,
        }))
    }

    fn no_source(&self, span: &Range<usize>) -> Source {
        let place = self.reader.place(span);
        let (file_place, key_place) = (place.clone(), place);
        Source::Table(TableSource {
            file: None,
            file_place,
            key: String::new(),
            key_place,
            ignore_case: false,
            size: TableSize::default(),
        })
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
