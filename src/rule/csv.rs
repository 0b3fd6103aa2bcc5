//! CSV as it is written: a header line, then a row a line; every cell knows its place. Opens in a spreadsheet.

use std::ops::Range;
use std::sync::Arc;

use csv_core::{ReadFieldResult, ReaderBuilder};

use super::code;
use crate::diagnostic::{Diagnostic, File, Place, Report};

/// A CSV file.
#[derive(Debug)]
pub struct Sheet {
    /// The header: no name is blank, none stands twice.
    pub columns: Vec<Cell>,
    /// Each has as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell: its text without quotes and without the spaces around it, and where it stands with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    pub span: Range<usize>,
}

/// Reads a file separated by commas, or by semicolons as some spreadsheets write it. Rows of another length than the
/// header are noted and left out.
pub fn read(file: &Arc<File>, report: &mut Report) -> Option<Sheet> {
    let mut records = records(&file.text).into_iter();
    let columns = records.next().unwrap_or_default();
    if let Some(finding) = bad_header(&columns, file) {
        report.push(finding);
        return None;
    }
    let mut rows = Vec::new();
    for row in records {
        if row.len() == columns.len() {
            rows.push(row);
        } else {
            let place = Place { file: Arc::clone(file), span: span_of(&row) };
            let message = format!("this row has {} cells, and the header has {}", row.len(), columns.len());
            let finding = Diagnostic::error(&code::BAD_TABLE, place, message);
            report.push(finding.help("put a cell that holds the separator into double quotes"));
        }
    }
    Some(Sheet { columns, rows })
}

/// From the first cell of a row to its last.
#[must_use]
pub fn span_of(row: &[Cell]) -> Range<usize> {
    match (row.first(), row.last()) {
        (Some(first), Some(last)) => first.span.start..last.span.end,
        _ => 0..0,
    }
}

fn records(text: &str) -> Vec<Vec<Cell>> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let header = text.get(start..).and_then(|text| text.lines().next()).unwrap_or_default();
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    // Reading a cell never needs more room than the cell is written with.
    let mut unquoted = vec![0; text.len()];
    let mut records = Vec::new();
    let mut record = Vec::new();
    let (mut at, mut written) = (start, 0);
    let mut cell_start = at;
    loop {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let room = unquoted.get_mut(written..).unwrap_or_default();
        let (result, read, wrote) = reader.read_field(rest, room);
        at += read;
        written += wrote;
        match result {
            ReadFieldResult::Field { record_end } => {
                let read = unquoted.get(..written).unwrap_or_default();
                record.push(cell(text, cell_start..at, delimiter, read));
                (cell_start, written) = (at, 0);
                if record_end {
                    records.push(std::mem::take(&mut record));
                }
            }
            // An empty input tells the reader that nothing follows.
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::OutputFull | ReadFieldResult::End => return records,
        }
    }
}

/// The cell read of what stands at `span`, with the separator behind it and blank lines before it.
fn cell(text: &str, span: Range<usize>, delimiter: u8, read: &[u8]) -> Cell {
    let written = text.get(span.clone()).unwrap_or_default();
    let before = written.len() - written.trim_start().len();
    let mut inside = written.trim();
    // Only a cell that others follow ends with the separator; in quotes it ends with a quote.
    inside = inside.strip_suffix(char::from(delimiter)).unwrap_or(inside).trim_end();
    let start = span.start + before.min(span.len());
    Cell { text: String::from_utf8_lossy(read).trim().to_owned(), span: start..start + inside.len() }
}

fn bad_header(columns: &[Cell], file: &Arc<File>) -> Option<Diagnostic> {
    let wrong = |span: &Range<usize>, message: String| {
        Diagnostic::error(&code::BAD_TABLE, Place { file: Arc::clone(file), span: span.clone() }, message)
    };
    let blank = columns.iter().find(|column| column.text.is_empty());
    if let Some(column) = blank.map(|column| column.span.clone()).or_else(|| columns.is_empty().then_some(0..0)) {
        let finding = wrong(&column, "a column has no name in the header".to_owned());
        return Some(finding.help("the first line of a CSV table names its columns"));
    }
    let earlier = |n: usize, name: &str| columns.iter().take(n).any(|other| other.text == name);
    let (_, twice) = columns.iter().enumerate().find(|(n, column)| earlier(*n, &column.text))?;
    let finding = wrong(&twice.span, format!("column `{}` stands twice in the header", twice.text));
    Some(finding.help("give each column a name of its own"))
}
