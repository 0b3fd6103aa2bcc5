//! Tables in CSV: every cell is text.

use std::sync::Arc;

use super::table::Table;
use crate::diagnostic::{File, Report};
use crate::event::{Value, nfc};
use crate::rule::csv;

/// Reads a CSV file with a header.
pub(super) fn read(file: &Arc<File>, report: &mut Report) -> Option<Table> {
    let sheet = csv::read(file, report)?;
    let columns: Vec<String> = sheet.columns.into_iter().map(|column| nfc(&column.text).into_owned()).collect();
    let row = |cells: Vec<csv::Cell>| {
        let cells = columns.iter().zip(cells);
        Value::Map(cells.map(|(column, cell)| (column.clone().into(), Value::text(cell.text))).collect())
    };
    let rows = sheet.rows.into_iter().map(row).collect();
    Some(Table { columns, rows })
}
