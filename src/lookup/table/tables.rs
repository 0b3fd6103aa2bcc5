//! Every table that lookups name, by its key: loaded and replaced with the rules.

use std::collections::HashMap;
use std::sync::Arc;

use super::index::Index;
use super::size::check_size;
use super::table::Table;
use super::valid::check_validity;
use super::{document, doubt};
use crate::diagnostic::{Diagnostic, File, Place, Report, code, did_you_mean};
use crate::engine::{Answer, Facts};
use crate::event::View;
use crate::rule::sheet::Form;
use crate::rule::{KeyPart, Lookup, Role, Source, TableSource, sheet};
use crate::yaml::{hold, listed};

/// The tables of a rule set, in the order of its lookups.
#[derive(Debug, Default)]
pub struct Tables {
    /// Nothing at the place of a lookup over a connection.
    indexes: Vec<Option<Index>>,
    /// How many rows the table of each lookup has; nothing where there is none.
    rows: Vec<Option<usize>>,
}

impl Facts for Tables {
    fn answer<'f>(&'f self, lookup: usize, key: View<'_>) -> Answer<'f> {
        let Some(Some(index)) = self.indexes.get(lookup) else { return Answer::Unknown };
        match index.rows(key) {
            Ok(rows) => Answer::Rows(rows),
            Err(why) => Answer::Failed(why),
        }
    }
}

impl Tables {
    /// How many rows the table of a lookup has; `None` for a lookup over a connection, or a table that cannot be read.
    #[must_use]
    pub fn rows(&self, lookup: usize) -> Option<usize> {
        *self.rows.get(lookup)?
    }

    /// Loads the tables that the lookups name. Mistakes are noted; then what is given out is not complete.
    pub fn load(lookups: &[Lookup], report: &mut Report) -> Self {
        let mut tables: HashMap<(String, Form), Option<Table>> = HashMap::new();
        let mut asked: HashMap<(String, Form), usize> = HashMap::new();
        for source in lookups.iter().filter_map(table_of) {
            *asked.entry(source).or_default() += 1;
        }
        let mut indexes = Vec::with_capacity(lookups.len());
        let mut rows = vec![None; lookups.len()];
        for (lookup, rows) in lookups.iter().zip(&mut rows) {
            let Source::Table(source) = &lookup.source else {
                indexes.push(None);
                continue;
            };
            let Some((role, file)) = &source.file else { continue };
            let name = (file.name.clone(), source.form.clone());
            let left = asked.get_mut(&name).map_or(0, |left| {
                *left -= 1;
                *left
            });
            let table = tables.entry(name.clone()).or_insert_with(|| read(*role, file, source, report));
            if let Some(table) = table {
                let mut index = indexed(table, lookup, source, report);
                check_columns(table, lookup, report);
                check_size(table.rows.len(), source, file, report);
                check_validity(table, lookup, &index, report);
                *rows = Some(table.rows.len());
                // Every further lookup has rows of its own.
                if left > 0 && hold(file, table.bytes(), &(0..1), report).is_none() {
                    break;
                }
                index.fill(&mut table.rows, left == 0);
                indexes.push(Some(index));
            }
            if left == 0 {
                tables.remove(&name);
            }
        }
        Self { indexes, rows }
    }
}

/// The table that a lookup asks, and how it is read.
fn table_of(lookup: &Lookup) -> Option<(String, Form)> {
    let Source::Table(source) = &lookup.source else { return None };
    source.file.as_ref().map(|(_, file)| (file.name.clone(), source.form.clone()))
}

fn read(role: Role, file: &Arc<File>, lookup: &TableSource, report: &mut Report) -> Option<Table> {
    match role {
        Role::Csv | Role::Workbook => {
            sheet::read(role, file, &lookup.form, &lookup.file_place, report).map(super::sheet::table)
        }
        Role::Json => document::read_json(file, report),
        Role::Yaml => document::read_yaml(file, report),
        Role::Tests | Role::Functions => {
            let message = format!("`{}` is not a table", file.name);
            let finding = Diagnostic::error(&code::BAD_TABLE, lookup.file_place.clone(), message);
            report.push(finding.help("a table is a `.csv`, `.xlsx`, `.yaml` or `.json` file"));
            None
        }
    }
}

/// The table by the lookup's key, with a word on all that is wrong or suspect.
fn indexed(table: &Table, lookup: &Lookup, source: &TableSource, report: &mut Report) -> Index {
    let key: Vec<KeyPart> = source.key.iter().map(|part| in_table(part, table)).collect();
    let mut is_there = true;
    for part in &key {
        for column in part.columns().into_iter().filter(|column| !has_column(table, column)) {
            let finding = unknown_column(table, column, &part.place).with_code(&code::KEY_COLUMN_MISSING);
            report.push(match &part.no_function {
                Some(why) => finding.help(format!("nor is it a function of columns: {why}")),
                None => finding,
            });
            is_there = false;
        }
    }
    if !is_there {
        return Index::default();
    }
    let (index, noted) = Index::of(table, &key, source.ignore_case);
    if let Some(part) = noted.unsteady.and_then(|part| key.get(part)) {
        let message =
            format!("`{}` depends on the day or the zone of an event, or on how dates are written", part.written);
        let finding = Diagnostic::error(&code::BAD_KEY, part.place.clone(), message);
        report.push(
            finding.help("let the key be what stands in the columns, and compute with it where the lookup is asked"),
        );
    }
    doubt::look(table, lookup, &key, (&index, &noted), report);
    index
}

/// A column may have the name of a function's call.
fn in_table(part: &KeyPart, table: &Table) -> KeyPart {
    let is_column = table.columns.contains(&part.written);
    KeyPart { computed: part.computed.clone().filter(|_| !is_column), ..part.clone() }
}

/// Of a table without any row and header nothing is known.
fn has_column(table: &Table, column: &str) -> bool {
    table.columns.is_empty() || table.columns.iter().any(|known| known == column)
}

fn check_columns(table: &Table, lookup: &Lookup, report: &mut Report) {
    for (column, place) in &lookup.columns_read {
        if !has_column(table, column) {
            report.push(unknown_column(table, column, place));
        }
    }
}

fn unknown_column(table: &Table, column: &str, place: &Place) -> Diagnostic {
    let name = table.file.short_name();
    let message = format!("table `{name}` has no column `{column}`");
    let finding = Diagnostic::error(&code::UNKNOWN_COLUMN, place.clone(), message);
    match did_you_mean(column, table.columns.iter().map(String::as_str)) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(format!("its columns are {}", listed(table.columns.iter().map(String::as_str)))),
    }
}
