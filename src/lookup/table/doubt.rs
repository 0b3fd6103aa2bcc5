//! Warns of suspicious rows in a table that can be read; nothing is refused for them.

use std::collections::HashSet;
use std::sync::Arc;

use super::index::{Index, Noted, no_clock};
use super::table::Table;
use crate::diagnostic::{Diagnostic, Place, Report, code};
use crate::rule::sheet::{Doubtful, rows_named, warn_of_spoilt};
use crate::rule::{Asked, KeyPart, Lookup};

/// Tells of all that is suspect in the table of a lookup.
pub fn look(table: &Table, lookup: &Lookup, key: &[KeyPart], found: (&Index, &Noted), report: &mut Report) {
    let mut doubts = Report::default();
    doubts_of(table, lookup, key, found, &mut doubts);
    // A remark above the lookup allows what is told of its table.
    let of_lookup = |finding: Diagnostic| finding.related(lookup.place.clone(), "the table of this lookup");
    report.findings.extend(doubts.findings.into_iter().map(of_lookup));
}

fn doubts_of(table: &Table, lookup: &Lookup, key: &[KeyPart], found: (&Index, &Noted), report: &mut Report) {
    let (index, noted) = found;
    if table.rows.is_empty() {
        report.push(without_rows(table, lookup));
    }
    let mut columns: Vec<&str> = key.iter().flat_map(KeyPart::columns).collect();
    for (column, _) in &lookup.columns_read {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let mut spoilt = HashSet::new();
    for column in columns {
        let cells = table.spoilt_in(column);
        warn_of_spoilt(&cells, column, &table.file, report);
        spoilt.extend(cells.into_iter().map(|cell| cell.row));
    }
    for ((part, rows), texts) in key.iter().zip(&noted.without_key).zip(&noted.texts) {
        let rows: Vec<Doubtful> = rows.iter().filter(|cell| !spoilt.contains(&cell.row)).cloned().collect();
        report.findings.extend(without_key(table, part, &rows));
        report.findings.extend(with_lines(table, part, texts));
    }
    let mut told: Vec<&Asked> = Vec::new();
    for asked in &lookup.asked {
        let is_same = |known: &&Asked| known.part == asked.part && known.call_of("") == asked.call_of("");
        if told.iter().any(is_same) {
            continue;
        }
        told.push(asked);
        for (part, texts) in key.iter().zip(&noted.texts) {
            if asked.part.as_ref().is_none_or(|name| *name == part.name) {
                report.findings.extend(never_found(table, part, asked, (texts, &spoilt), index));
            }
        }
    }
}

fn without_rows(table: &Table, lookup: &Lookup) -> Diagnostic {
    let header = table.file.text.lines().next().map_or(0, str::len);
    let place = Place { file: Arc::clone(&table.file), span: 0..header };
    let message = format!("table `{}` has no rows: lookup `{}` finds nobody", table.file.short_name(), lookup.name);
    let finding = Diagnostic::error(&code::NO_ROWS, place, message).warning();
    finding.help("see whether its export has failed")
}

fn without_key(table: &Table, part: &KeyPart, rows: &[Doubtful]) -> Option<Diagnostic> {
    let first = rows.first()?;
    let has = if rows.len() == 1 { "1 row has".to_owned() } else { format!("{} rows have", rows.len()) };
    let message = format!("{has} no key by `{}` in `{}`: {}", part.written, table.file.short_name(), rows_named(rows));
    let finding = Diagnostic::error(&code::NO_KEY, first.place.clone(), message).warning().label(first.why);
    Some(finding.help("correct the cells, or write a `key` that can read them"))
}

fn with_lines(table: &Table, part: &KeyPart, texts: &[(usize, String)]) -> Option<Diagnostic> {
    let with_lines = texts.iter().filter(|(_, text)| text.contains('\n'));
    let rows: Vec<Doubtful> = with_lines.map(|(row, _)| table.doubtful(*row, &part.name, "")).collect();
    let first = rows.first()?;
    let message = format!("the key of `{}` has a line break in it: {}", table.file.short_name(), rows_named(&rows));
    let finding = Diagnostic::error(&code::LINE_BREAK_IN_CELL, first.place.clone(), message).warning();
    Some(finding.help("see whether a quote is missing: no value of a user is found by a key of several lines"))
}

fn never_found(
    table: &Table,
    part: &KeyPart,
    asked: &Asked,
    (texts, spoilt): (&[(usize, String)], &HashSet<usize>),
    index: &Index,
) -> Option<Diagnostic> {
    let clock = no_clock();
    let same = |a: &str, b: &str| index.normal(a) == index.normal(b);
    let never = texts.iter().filter(|(_, text)| !asked.can_answer(text, &clock, same));
    let cells = never.map(|(row, _)| table.doubtful(*row, &part.name, "never what it answers"));
    let rows: Vec<Doubtful> = cells.filter(|cell| !spoilt.contains(&cell.row)).collect();
    let first = rows.first()?;
    let is = if rows.len() == 1 { "is" } else { "are" };
    let (name, rows) = (table.file.short_name(), rows_named(&rows));
    let message = format!("{rows} of `{name}` {is} never found by `{}`", asked.call_of("…"));
    let finding = Diagnostic::error(&code::NEVER_FOUND, first.place.clone(), message).warning().label(first.why);
    let finding = finding.related(asked.place.clone(), "asked here");
    Some(match &part.computed {
        None => {
            finding.help(format!("let the column go through the same function: `key: '{}'`", asked.call_of(&part.name)))
        }
        Some(_) => finding.help(format!("the key is `{}`: ask with the same function", part.written)),
    })
}
