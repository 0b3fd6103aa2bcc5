//! A table of cells from any file: a header, and rows of the same length.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, File, Place, Report, code};

/// The table of a CSV file, or of a sheet of a workbook.
#[derive(Debug)]
pub struct Sheet {
    /// The file in which the cells have their places.
    pub file: Arc<File>,
    /// The header: no name is blank, none appears twice.
    pub columns: Vec<Cell>,
    /// Each has as many cells as there are columns, and says something in one of them.
    pub rows: Vec<Vec<Cell>>,
    /// Cells whose text is not what a person sees there, by where they begin, and why.
    pub doubts: Doubts,
}

/// Why the text of some cells is doubtful, by where they begin.
pub type Doubts = HashMap<usize, &'static str>;

/// A cell: its text without quotes and without the spaces around it, and where it stands with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    pub span: Range<usize>,
}

/// From the first cell of a row to its last.
#[must_use]
pub fn span_of(row: &[Cell]) -> Range<usize> {
    match (row.first(), row.last()) {
        (Some(first), Some(last)) => first.span.start..last.span.end,
        _ => 0..0,
    }
}

/// What was typed into a cell that has this text, without spaces around it: `="0042"` is how some programs write a text
/// that Excel is not to take for a number.
pub(super) fn typed(text: &str) -> String {
    let text = text.trim();
    let inside = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let inside = inside.map(|inside| inside.replace("\"\"", "\u{0}")).filter(|inside| !inside.contains('"'));
    inside.map_or_else(|| text.to_owned(), |inside| inside.replace('\u{0}', "\"").trim().to_owned())
}

/// Whether a row says anything.
pub(super) fn has_content(record: &[Cell]) -> bool {
    record.iter().any(|cell| !cell.text.is_empty())
}

impl Sheet {
    /// The table in these rows, of which the first that says something is the header. Rows without any content are no
    /// rows, columns without a name and content no columns. Rows of another length than the header are noted and left out.
    pub(super) fn of(file: Arc<File>, records: Vec<Vec<Cell>>, doubts: Doubts, report: &mut Report) -> Option<Self> {
        let mut records = records.into_iter().filter(|record| has_content(record));
        let Some(header) = records.next() else {
            let message = format!("`{}` has nothing in it", file.short_name());
            let finding = Diagnostic::error(&code::BAD_TABLE, Place { file, span: 0..0 }, message);
            report.push(finding.help("the first line of a table names its columns"));
            return None;
        };
        let mut rows = Vec::new();
        for row in records {
            if row.len() == header.len() {
                rows.push(row);
            } else {
                report.push(of_another_length(&file, &row, header.len()));
            }
        }
        let is_used = |n: usize| rows.iter().any(|row| row.get(n).is_some_and(|cell| !cell.text.is_empty()));
        let kept: Vec<bool> = header.iter().enumerate().map(|(n, head)| !head.text.is_empty() || is_used(n)).collect();
        let mut columns = only(header, &kept);
        if kept.contains(&false) {
            rows = rows.into_iter().map(|row| only(row, &kept)).collect();
        }
        // A line break in a head is how spreadsheets make a narrow column; nobody can write it in a rule.
        for head in columns.iter_mut().filter(|head| head.text.contains('\n')) {
            head.text = head.text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        match bad_header(&columns, &file) {
            Some(finding) => {
                report.push(finding);
                None
            }
            None => Some(Self { file, columns, rows, doubts }),
        }
    }

    /// Where a cell stands.
    #[must_use]
    pub fn place(&self, cell: &Cell) -> Place {
        Place { file: Arc::clone(&self.file), span: cell.span.clone() }
    }
}

fn only(row: Vec<Cell>, kept: &[bool]) -> Vec<Cell> {
    row.into_iter().zip(kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell).collect()
}

fn of_another_length(file: &Arc<File>, row: &[Cell], wanted: usize) -> Diagnostic {
    let place = Place { file: Arc::clone(file), span: span_of(row) };
    let message = format!("this row has {} cells, and the header has {wanted}", row.len());
    let finding = Diagnostic::error(&code::BAD_TABLE, place, message);
    finding.help("put a cell that holds the separator into double quotes")
}

fn bad_header(columns: &[Cell], file: &Arc<File>) -> Option<Diagnostic> {
    let wrong = |span: &Range<usize>, message: String| {
        Diagnostic::error(&code::BAD_TABLE, Place { file: Arc::clone(file), span: span.clone() }, message)
    };
    if let Some(column) = columns.iter().find(|column| column.text.is_empty()) {
        let finding = wrong(&column.span, "a column has no name in the header".to_owned());
        return Some(finding.help("the first line of a table names its columns"));
    }
    let earlier = |n: usize, name: &str| columns.iter().take(n).any(|other| other.text == name);
    let (_, twice) = columns.iter().enumerate().find(|(n, column)| earlier(*n, &column.text))?;
    let finding = wrong(&twice.span, format!("column `{}` appears twice in the header", twice.text));
    Some(finding.help("give each column a name of its own"))
}
