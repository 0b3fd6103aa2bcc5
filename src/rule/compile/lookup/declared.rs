//! Reads `lookups:`: a table by its key, or a question to a connection.

use crate::diagnostic::{code, did_you_mean};
use crate::rule::compile::compiler::Compiler;
use crate::rule::expression::Expression;
use crate::rule::lookup::{Asked, ConnectionKind, KeyPart, Lookup, Source, TABLE_LOOKUP, TableSize, TableSource};
use crate::rule::script::{Form as ScriptForm, Lowered, Mistake};
use crate::rule::sheet::Form;
use crate::yaml::{Entry, Node, listed};
use std::ops::Range;

impl Compiler<'_> {
    /// Reads one entry of `lookups:`.
    pub fn declare_lookup(&mut self, entry: &Entry) {
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
        let valid = match &source {
            Source::Table(table) => table.valid.as_deref(),
            Source::Remote(_) => None,
        };
        let columns =
            valid.into_iter().flat_map(|valid| valid.columns().map(|column| (column.to_owned(), valid.place.clone())));
        let columns_read = columns.collect();
        self.lookups.push(Lookup { name: entry.key.clone(), source, place, columns_read, asked: Vec::new() });
    }

    /// What is asked: the key that only one kind of lookup has says which it is.
    fn source(&mut self, entry: &Entry) -> Option<Source> {
        self.reader.entries(&entry.value, "a lookup")?;
        let kinds = ConnectionKind::ALL.iter().map(|kind| (kind.word(), Some(*kind)));
        let kinds: Vec<_> =
            kinds.chain([("table", None)]).filter(|(word, _)| entry.value.get(word).is_some()).collect();
        let asked = ConnectionKind::ALL.iter().map(|kind| format!(", `{}: CONNECTION`", kind.word()));
        let help = format!("write one of `table: people.csv`{}", asked.collect::<String>());
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
        self.reader.fields(node, &TABLE_LOOKUP)?;
        let (table, key) = (node.get("table")?, node.get("key")?);
        let ignore_case = node.get("ignore_case").and_then(|node| self.reader.boolean(node, "`ignore_case`"));
        let size = self.table_size(node);
        let valid = node.get("valid").and_then(|node| self.validity(node)).map(Box::new);
        let table_name = self.reader.text(table, "`table`");
        let file = table_name.and_then(|name| self.table_file(name, &table.span));
        let form = self.form(node, file.as_ref().map(|(role, _)| *role));
        let key = self.table_key(key);
        if key.is_empty() {
            return None;
        }
        let (file_place, ignore_case) = (self.reader.place(&table.span), ignore_case.unwrap_or_default());
        Some(Source::Table(TableSource { file, file_place, form, key, ignore_case, valid, size }))
    }

    /// By what rows are found: a column, or several, each perhaps through functions.
    fn table_key(&mut self, node: &Node) -> Vec<KeyPart> {
        let mut parts: Vec<KeyPart> = Vec::new();
        for (written, span) in self.reader.texts(node, "`key`") {
            let part = self.key_part(written, span);
            let Some(name) = part.columns().first().map(|name| (*name).to_owned()) else {
                let message = format!("`{written}` reads no column");
                let finding = self.reader.mistake(&code::BAD_KEY, span, message);
                self.reader.push(finding.help("write the column, or a function of it: `key: lower(email)`"));
                continue;
            };
            if let Some(first) = parts.iter().find(|other| other.name == name) {
                let message = format!("column `{name}` appears twice in this key");
                let finding = self.reader.mistake(&code::BAD_KEY, span, message);
                self.reader.push(finding.related(first.place.clone(), "first here").help("name each column once"));
                continue;
            }
            parts.push(KeyPart { name, ..part });
        }
        parts
    }

    fn key_part(&mut self, written: &str, span: &Range<usize>) -> KeyPart {
        let (computed, no_function) = match self.scripts.compile(written, ScriptForm::Expression) {
            Ok(script) => match script.lowered() {
                Some(lowered @ (Lowered::Call(..) | Lowered::Coalesce(..))) => (Some(lowered.clone()), None),
                Some(Lowered::Path(_) | Lowered::Constant(_)) => (None, None),
                None => (None, Some("a key is a column, or functions of columns".to_owned())),
            },
            Err(mistakes) => {
                let told =
                    |mistake: Mistake| [Some(mistake.message), mistake.help].into_iter().flatten().collect::<Vec<_>>();
                (None, mistakes.into_iter().next().map(|mistake| told(mistake).join("; ")))
            }
        };
        // A column may have any name: only what has brackets is meant as a function.
        let no_function = no_function.filter(|_| written.contains('('));
        let place = self.reader.place(span);
        KeyPart { name: String::new(), written: written.trim().to_owned(), computed, no_function, place }
    }

    fn no_source(&self, span: &Range<usize>) -> Source {
        let file_place = self.reader.place(span);
        Source::Table(TableSource {
            file: None,
            file_place,
            form: Form::default(),
            key: Vec::new(),
            ignore_case: false,
            valid: None,
            size: TableSize::default(),
        })
    }

    /// The place among the lookups of the one called `name`; an unknown one is a mistake.
    pub fn lookup_named(&mut self, name: &str, span: &Range<usize>) -> Option<usize> {
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

    /// Notes what a rule asks a table with, for the check against its keys.
    pub fn note_asked(&mut self, lookup: usize, key: &Expression, span: &Range<usize>) {
        let place = self.reader.place(span);
        let Some(lookup) = self.lookups.get_mut(lookup).filter(|lookup| lookup.remote().is_none()) else { return };
        let several: Vec<(Option<&str>, &Expression)> = match key {
            Expression::Map(fields) => fields.iter().map(|(name, field)| (Some(name.as_str()), field)).collect(),
            whole => vec![(None, whole)],
        };
        for (part, value) in several {
            let value = if let Expression::Coalesce(first, _) = value { first } else { value };
            let Expression::Call(function, values) = value else { continue };
            let rest: Option<Vec<_>> = values.iter().skip(1).map(|value| value.constant().cloned()).collect();
            if let Some(rest) = rest.filter(|_| Asked::is_telling(function)) {
                let part = part.map(str::to_owned);
                lookup.asked.push(Asked { part, function, rest, place: place.clone() });
            }
        }
    }

    /// Notes that a rule reads a column of a lookup's rows, for the check against the table's header.
    pub fn note_column(&mut self, lookup: usize, column: &str, span: &Range<usize>) {
        let place = self.reader.place(span);
        let Some(lookup) = self.lookups.get_mut(lookup) else { return };
        if !lookup.columns_read.iter().any(|(known, _)| known == column) {
            lookup.columns_read.push((column.to_owned(), place));
        }
    }
}
