//! Checks the days on which rows of a table are valid: each can be read, none ends before it begins, and of one key no two overlap.

use super::index::{Index, no_clock};
use super::table::Table;
use crate::diagnostic::{Diagnostic, Report, code};
use crate::event::Calendar;
use crate::rule::sheet::{Doubtful, rows_named};
use crate::rule::{Days, Lookup, Validity};

/// Tells of each such row.
pub fn check_validity(table: &Table, lookup: &Lookup, index: &Index, report: &mut Report) {
    let Some(validity) = lookup.validity() else { return };
    let calendar = Calendar { style: validity.style, ..no_clock().calendar };
    let mut days: Vec<Option<Days>> = Vec::with_capacity(table.rows.len());
    let (mut unread, mut reversed) = (Vec::new(), Vec::new());
    for (number, row) in table.rows.iter().enumerate() {
        days.push(match validity.days(row.view(), &calendar) {
            Ok(days) if days.to < days.from => {
                reversed.push(table.doubtful(number, ends_at(validity), "before it begins"));
                None
            }
            Ok(days) => Some(days),
            Err(no_day) => {
                unread.push((table.doubtful(number, &no_day.column, "no date that can be read"), no_day));
                None
            }
        });
    }
    let name = table.file.short_name();
    if let Some((first, no_day)) = unread.first() {
        let cells: Vec<Doubtful> = unread.iter().map(|(cell, _)| cell.clone()).collect();
        let message = format!("of `{name}` {} cannot be valid: {no_day}", rows_named(&cells));
        let finding = Diagnostic::error(&code::BAD_VALIDITY, first.place.clone(), message).label(first.why);
        report
            .push(finding.help("write days as 2026-01-31, or leave the cell blank where there is no beginning or end"));
    }
    if let Some(first) = reversed.first() {
        let message = format!("of `{name}` {} ends before it begins", rows_named(&reversed));
        let finding = Diagnostic::error(&code::BAD_VALIDITY, first.place.clone(), message).label(first.why);
        report.push(
            finding.help("correct the two days: a row is valid from the first to the last of them, both included"),
        );
    }
    let overlapping = overlapping(&days, index);
    let cells: Vec<Doubtful> =
        overlapping.iter().map(|row| table.doubtful(*row, begins_at(validity), "another row is valid then")).collect();
    if let Some(first) = cells.first() {
        let message = format!("of `{name}` {} overlap an earlier row of the same key", rows_named(&cells));
        let finding = Diagnostic::error(&code::OVERLAPPING_ROWS, first.place.clone(), message).warning();
        let finding = finding.label(first.why).related(lookup.place.clone(), "the table of this lookup");
        report.push(finding.help("let each row end on the day before the next begins: of several the first is taken"));
    }
}

fn begins_at(validity: &Validity) -> &str {
    validity.from.as_deref().or(validity.to.as_deref()).unwrap_or_default()
}

fn ends_at(validity: &Validity) -> &str {
    validity.to.as_deref().or(validity.from.as_deref()).unwrap_or_default()
}

/// Rows that are valid on a day on which another of their key is, the one that begins later of each two.
fn overlapping(days: &[Option<Days>], index: &Index) -> Vec<usize> {
    let mut found = Vec::new();
    for rows in index.numbered() {
        let mut of_key: Vec<(Days, usize)> = rows.iter().filter_map(|row| Some(((*days.get(*row)?)?, *row))).collect();
        of_key.sort_by_key(|(days, row)| (days.from, *row));
        let mut latest = None;
        for (days, row) in of_key {
            if latest.is_some_and(|latest| days.from <= latest) {
                found.push(row);
            }
            latest = latest.max(Some(days.to));
        }
    }
    found.sort_unstable();
    found
}
