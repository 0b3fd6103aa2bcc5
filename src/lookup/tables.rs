//! Every table that lookups name, indexed by its key: loaded with the rules, replaced with them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, File, Place, Report, did_you_mean};
use crate::engine::{Answer, Facts};
use crate::event::{Value, View};
use crate::rule::{Lookup, Role, Source, TableSource, code, listed};

use super::key_form::key_form;
use super::table::{Table, text_of};
use super::{csv, document};

/// The tables of a rule set, in the order of its lookups.
#[derive(Debug, Default)]
pub struct Tables {
    /// Nothing at the place of a lookup over a connection.
    indexes: Vec<Option<Index>>,
}

/// Rows by their key.
#[derive(Debug, Default)]
struct Index {
    ignore_case: bool,
    rows: HashMap<String, Vec<Value<'static>>>,
}

impl Facts for Tables {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let Some(Some(index)) = self.indexes.get(lookup) else { return Answer::Unknown };
        let key = key.as_text();
        let rows = index.rows.get(&*key_form(&key, index.ignore_case));
        Answer::Rows(rows.map_or(&[], Vec::as_slice))
    }
}

impl Tables {
    /// The keys of a table in NFC, for those who know keys by tokens alone, and whether they are in small letters; `None` for a
    /// lookup over a connection.
    #[must_use]
    pub fn keys(&self, lookup: usize) -> Option<(bool, impl Iterator<Item = &str>)> {
        let index = self.indexes.get(lookup)?.as_ref()?;
        Some((index.ignore_case, index.rows.keys().map(String::as_str)))
    }

    /// Loads the tables that the lookups name. Mistakes are noted; then what is given out is not complete.
    pub fn load(lookups: &[Lookup], report: &mut Report) -> Self {
        let mut tables: HashMap<String, Option<Table>> = HashMap::new();
        let mut indexes = Vec::with_capacity(lookups.len());
        for lookup in lookups {
            let Source::Table(source) = &lookup.source else {
                indexes.push(None);
                continue;
            };
            let Some((role, file)) = &source.file else { continue };
            let table = tables.entry(file.name.clone()).or_insert_with(|| read(*role, file, source, report));
            if let Some(table) = table {
                indexes.push(Some(index(table, source, file, report)));
                check_columns(table, lookup, file, report);
            }
        }
        Self { indexes }
    }
}

fn read(role: Role, file: &Arc<File>, lookup: &TableSource, report: &mut Report) -> Option<Table> {
    match role {
        Role::Csv => csv::read(file, report),
        Role::Json => document::read_json(file, report),
        Role::Yaml => document::read_yaml(file, report),
        Role::Tests | Role::Functions => {
            let message = format!("`{}` is no table", file.name);
            let finding = Diagnostic::error(&code::BAD_TABLE, lookup.file_place.clone(), message);
            report.push(finding.help("a table is a `.csv`, `.yaml` or `.json` file"));
            None
        }
    }
}

fn index(table: &Table, lookup: &TableSource, file: &Arc<File>, report: &mut Report) -> Index {
    let mut index = Index { ignore_case: lookup.ignore_case, rows: HashMap::with_capacity(table.rows.len()) };
    let has_key = table.rows.is_empty() || table.columns.contains(&lookup.key);
    if !has_key || (!table.columns.is_empty() && !table.columns.contains(&lookup.key)) {
        report.push(unknown_column(table, &lookup.key, &lookup.key_place, file).with_code(&code::KEY_COLUMN_MISSING));
        return index;
    }
    for row in &table.rows {
        // A blank key is no key: it would be found by everybody whose value is blank.
        let Some(key) = text_of(row, &lookup.key) else { continue };
        let key = key_form(&key, lookup.ignore_case).into_owned();
        index.rows.entry(key).or_default().push(row.clone());
    }
    index
}

fn check_columns(table: &Table, lookup: &Lookup, file: &Arc<File>, report: &mut Report) {
    for (column, place) in &lookup.columns_read {
        if !table.columns.is_empty() && !table.columns.contains(column) {
            report.push(unknown_column(table, column, place, file));
        }
    }
}

fn unknown_column(table: &Table, column: &str, place: &Place, file: &Arc<File>) -> Diagnostic {
    let name = file.short_name();
    let message = format!("table `{name}` has no column `{column}`");
    let finding = Diagnostic::error(&code::UNKNOWN_COLUMN, place.clone(), message);
    match did_you_mean(column, table.columns.iter().map(String::as_str)) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(format!("its columns are {}", listed(table.columns.iter().map(String::as_str)))),
    }
}
