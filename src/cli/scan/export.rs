//! An export of people: columns, and rows of cells.

use super::note::Note;

/// An export.
#[derive(Debug, Default)]
pub(super) struct Export {
    pub(super) name: String,
    /// The sheet of a workbook.
    pub(super) sheet: Option<String>,
    /// The names of the columns, in the order in which they are first seen.
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) notes: Vec<Note>,
}

/// A person as the export has them.
#[derive(Debug)]
pub(super) struct Row {
    /// Counted from 1, as editors and spreadsheets do.
    pub(super) line: usize,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// What stands in each column; nothing behind the last that has something.
    Cells(Vec<Option<Cell>>),
    /// A request as the platform sends it, as JSON.
    Request(String),
}

/// What stands in a column, which is something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    /// A value as it stands in a JSON file, or as a cell has it.
    Json(String),
}

impl Export {
    /// Where a row stands.
    pub(super) fn at(&self, line: usize) -> String {
        match &self.sheet {
            Some(sheet) => format!("{}, sheet {sheet}, row {line}", self.name),
            None => format!("{}:{line}", self.name),
        }
    }

    /// How many rows are requests as the platform sends them.
    pub(super) fn requests(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.content, Content::Request(_))).count()
    }

    /// What stands in a column, with the lines.
    pub(super) fn cells_of(&mut self, column: usize) -> impl Iterator<Item = (usize, &mut Cell)> {
        self.rows.iter_mut().filter_map(move |row| match &mut row.content {
            Content::Cells(cells) => Some((row.line, cells.get_mut(column)?.as_mut()?)),
            Content::Request(_) => None,
        })
    }
}
