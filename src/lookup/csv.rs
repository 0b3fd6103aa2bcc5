//! Tables in CSV: a header line, then a row a line; every cell is text. Opens in a spreadsheet.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, File, Place, Report};
use crate::event::Value;
use crate::rule::code;

use super::table::Table;

/// Reads a CSV file separated by commas, or by semicolons as some spreadsheets write it.
pub(super) fn read(file: &Arc<File>, report: &mut Report) -> Option<Table> {
    let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
    let skipped = file.text.len() - text.len();
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let place = |span: Range<usize>| Place { file: Arc::clone(file), span };
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_owned).collect(),
        Err(error) => {
            report.push(Diagnostic::error(
                &code::BAD_TABLE,
                place(0..1),
                format!("the header cannot be read: {error}"),
            ));
            return None;
        }
    };
    if let Some(finding) = bad_header(&columns, place(skipped..skipped + header.len())) {
        report.push(finding);
        return None;
    }
    let mut table = Table { columns, rows: Vec::new() };
    for record in reader.records() {
        match record {
            Ok(record) => {
                let cells = table.columns.iter().zip(record.iter());
                let fields = cells.map(|(column, cell)| (column.clone().into(), Value::text(cell))).collect();
                table.rows.push(Value::Map(fields));
            }
            Err(error) => report.push(bad_row(&error, file, skipped)),
        }
    }
    Some(table)
}

fn bad_header(columns: &[String], place: Place) -> Option<Diagnostic> {
    let twice = columns.iter().enumerate().find(|(n, column)| columns.iter().take(*n).any(|other| other == *column));
    if let Some((_, column)) = twice.filter(|(_, column)| !column.is_empty()) {
        let message = format!("column `{column}` stands twice in the header");
        return Some(Diagnostic::error(&code::BAD_TABLE, place, message).help("give each column a name of its own"));
    }
    if columns.iter().any(String::is_empty) {
        let finding = Diagnostic::error(&code::BAD_TABLE, place, "a column has no name in the header");
        return Some(finding.help("the first line of a CSV table names its columns"));
    }
    None
}

fn bad_row(error: &csv::Error, file: &Arc<File>, skipped: usize) -> Diagnostic {
    let at = error.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0) + skipped;
    let length = file.text.get(at..).and_then(|rest| rest.lines().next()).map_or(1, str::len).max(1);
    let place = Place { file: Arc::clone(file), span: at..at + length };
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let message = format!("this row has {len} cells, and the header has {expected_len}");
            let finding = Diagnostic::error(&code::BAD_TABLE, place, message);
            finding.help("put a cell that holds the separator into double quotes")
        }
        _ => Diagnostic::error(&code::BAD_TABLE, place, format!("this row cannot be read: {error}")),
    }
}
