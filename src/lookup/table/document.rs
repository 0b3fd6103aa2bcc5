//! Reads tables in YAML and JSON: a list of objects.

use std::sync::Arc;

use super::table::Table;
use crate::diagnostic::{Diagnostic, File, Place, Report, code};
use crate::event::Value;
use crate::yaml::{CELL_BYTES, Content, ROW_BYTES, Reader, hold, syntax};

/// Reads a YAML list of mappings.
pub fn read_yaml(file: &Arc<File>, report: &mut Report) -> Option<Table> {
    let held = || file.budget.as_ref().map_or(0, |budget| budget.held());
    let before = held();
    let root = syntax::parse(file, report)?;
    // The rows that are made of the tree are about as large.
    hold(file, held() - before, &(0..1), report)?;
    let mut reader = Reader { file: Arc::clone(file), report };
    let mut table = Table::of(file);
    for item in reader.items(&root, "a table")? {
        if matches!(item.content, Content::Map(_)) {
            let value = reader.row(item);
            table.push(value, Some(item.span.clone()));
        } else {
            reader.entries(item, "a row of a table");
        }
    }
    Some(table)
}

/// Reads a JSON array of objects.
pub fn read_json(file: &Arc<File>, report: &mut Report) -> Option<Table> {
    hold(file, json_bytes(&file.text), &(0..1), report)?;
    let place = |at: usize| Place { file: Arc::clone(file), span: at..at + 1 };
    let rows: Vec<serde_json::Value> = match serde_json::from_str(&file.text) {
        Ok(rows) => rows,
        Err(error) => {
            let line_start: usize =
                file.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let at = (line_start + error.column().saturating_sub(1)).min(file.text.len().saturating_sub(1));
            let message = "this JSON file is not a table, which is a list of objects: `[{…}, {…}]`";
            report.push(Diagnostic::error(&code::BAD_TABLE, place(at), message).label(error.to_string()));
            return None;
        }
    };
    let mut table = Table::of(file);
    for row in rows {
        if !row.is_object() {
            report.push(Diagnostic::error(&code::BAD_TABLE, place(0), "every row of a JSON table is an object"));
            return None;
        }
        table.push(Value::from(row), None);
    }
    Some(table)
}

/// What the values of a JSON text hold in memory, by the signs between them, in bytes.
fn json_bytes(text: &str) -> usize {
    let (mut is_text, mut is_escaped, mut bytes) = (false, false, text.len());
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b':' | b',' | b'[' if !is_text => bytes += CELL_BYTES,
            b'{' if !is_text => bytes += ROW_BYTES,
            _ => {}
        }
    }
    bytes
}
