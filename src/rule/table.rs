//! Decision tables: rows of conditions on the same names, and what is done where a row holds.

use std::ops::Range;
use std::sync::Arc;

use super::action::Action;
use super::condition::Test;
use super::expression::Read;
use crate::diagnostic::{File, Place};

/// A table of a rule.
#[derive(Debug)]
pub struct Table {
    pub hit: Hit,
    pub inputs: Vec<Input>,
    /// The heads of the output columns, as written: `mappedValue`, `set user.email`.
    pub outputs: Vec<String>,
    pub rows: Vec<Row>,
    /// Where the rows stand: the rule file, or a CSV file or workbook beside it.
    pub file: Arc<File>,
    /// Whether the rows stand in such a file of their own, where every cell is text.
    pub is_csv: bool,
}

/// What follows from several rows that hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// At most one may hold; two are a failure of the rule.
    Unique,
    /// The first decides, later ones are not looked at.
    First,
    /// All do what they say, from top to bottom.
    Collect,
}

/// A column that is tested.
#[derive(Debug)]
pub struct Input {
    pub read: Read,
    /// The name in the rule file.
    pub span: Range<usize>,
    /// Whether its cells tell `A` from `a` all the same.
    pub ignore_case: bool,
}

/// A row.
#[derive(Debug)]
pub struct Row {
    /// What each input must be, in the columns' order; `None` for anything.
    pub tests: Vec<Option<Test>>,
    pub actions: Vec<Action>,
    /// Every cell, inputs and outputs, in the columns' order.
    pub cells: Vec<Range<usize>>,
    /// The row.
    pub span: Range<usize>,
}

impl Hit {
    /// The policies with their words.
    pub const ALL: [(&'static str, Hit); 3] =
        [("unique", Hit::Unique), ("first", Hit::First), ("collect", Hit::Collect)];
}

impl Table {
    /// Where the row at `number` (from 0) stands.
    #[must_use]
    pub fn place(&self, number: usize) -> Place {
        let span = self.rows.get(number).map_or(0..0, |row| row.span.clone());
        Place { file: Arc::clone(&self.file), span }
    }

    /// A cell as it is written, without the quotes around it.
    #[must_use]
    pub fn cell(&self, row: &Row, column: usize) -> &str {
        let written =
            row.cells.get(column).and_then(|span| self.file.text.get(span.clone())).unwrap_or_default().trim();
        let quoted = |quote: char| written.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        quoted('"').or_else(|| quoted('\'')).unwrap_or(written)
    }
}
