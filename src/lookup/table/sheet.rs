//! Reads tables in CSV files and workbooks, where every cell is text.

use super::table::Table;
use crate::event::{Value, nfc};
use crate::rule::sheet::Sheet;

/// The rows of a sheet as objects of its columns.
pub fn table(sheet: Sheet) -> Table {
    let columns: Vec<String> = sheet.columns.into_iter().map(|column| nfc(&column.text).into_owned()).collect();
    let (mut rows, mut places) = (Vec::with_capacity(sheet.rows.len()), Vec::with_capacity(sheet.rows.len()));
    for row in sheet.rows {
        places.push(row.iter().map(|cell| cell.span.clone()).collect());
        let cells = columns.iter().zip(row);
        rows.push(Value::Map(cells.map(|(column, cell)| (column.clone().into(), Value::text(cell.text))).collect()));
    }
    Table { file: sheet.file, columns, rows, places, doubts: sheet.doubts }
}
