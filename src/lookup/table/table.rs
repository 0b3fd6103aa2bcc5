//! A table as rows, whatever file it came from.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{File, Place};
use crate::event::{Shape, Value, View};
use crate::rule::sheet::{Doubtful, Doubts, spoilt};
use crate::yaml::{CELL_BYTES, ROW_BYTES};

/// The rows of a table.
#[derive(Debug)]
pub struct Table {
    /// The file in which its rows have their places.
    pub file: Arc<File>,
    /// The names of its columns, in their order.
    pub columns: Vec<String>,
    /// Objects of its columns.
    pub rows: Vec<Value<'static>>,
    /// Where the cells of each row stand in the order of the columns, or where the row stands; nothing in JSON.
    pub places: Vec<Vec<Range<usize>>>,
    /// Cells whose text is not what a person sees there.
    pub doubts: Doubts,
}

impl Table {
    /// A table without rows.
    pub fn of(file: &Arc<File>) -> Self {
        let (columns, rows, places) = (Vec::new(), Vec::new(), Vec::new());
        Self { file: Arc::clone(file), columns, rows, places, doubts: Doubts::new() }
    }

    /// Takes in an object, with where it stands, if that is known.
    pub fn push(&mut self, value: Value<'static>, place: Option<Range<usize>>) {
        if let Shape::Map(map) = value.view().shape() {
            for (column, _) in map.iter() {
                if !self.columns.iter().any(|known| *known == column) {
                    self.columns.push(column.into_owned());
                }
            }
        }
        self.rows.push(value);
        self.places.push(place.into_iter().collect());
    }

    /// What its rows hold in memory, in bytes.
    pub fn bytes(&self) -> usize {
        let cells = self.rows.len().saturating_mul(self.columns.len());
        self.file.text.len() + self.rows.len() * ROW_BYTES + cells.saturating_mul(CELL_BYTES)
    }

    /// Something about a row, in its cell of this column where that has a place.
    pub fn doubtful(&self, row: usize, column: &str, why: &'static str) -> Doubtful {
        let cells = self.places.get(row).map(Vec::as_slice).unwrap_or_default();
        let at = self.columns.iter().position(|known| known == column).and_then(|column| cells.get(column));
        let span = at.or(cells.first()).cloned();
        let is_known = span.is_some();
        let place = Place { file: Arc::clone(&self.file), span: span.unwrap_or(0..1) };
        Doubtful { row: if is_known { place.line() } else { row + 1 }, place, why }
    }

    /// The spoilt cells of a column.
    pub fn spoilt_in(&self, column: &str) -> Vec<Doubtful> {
        let cells = self.rows.iter().enumerate().filter_map(|(row, value)| {
            let Some(Shape::Text(text)) = value.view().field(column).map(View::shape) else { return None };
            let doubtful = self.doubtful(row, column, "");
            let why = self.doubts.get(&doubtful.place.span.start).copied().or_else(|| spoilt(&text))?;
            Some(Doubtful { why, ..doubtful })
        });
        cells.collect()
    }
}
