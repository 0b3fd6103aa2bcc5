//! Reads the rows of a decision table from a rule file, a CSV file or a workbook.

use std::ops::Range;
use std::sync::Arc;

use super::table::Column;
use crate::diagnostic::{File, code, did_you_mean};
use crate::rule::compile::compiler::Compiler;
use crate::rule::sheet;
use crate::rule::sheet::Sheet;
use crate::rule::source::Role;
use crate::yaml::{Content, Node, RULE_CELL_BYTES, Style, hold};

/// Rows as written, with the file they stand in; the cells in the order of the columns.
pub struct Written {
    pub file: Arc<File>,
    pub is_csv: bool,
    pub rows: Vec<(Vec<Node>, Range<usize>)>,
}

impl Compiler<'_> {
    /// The rows of a rule file. One without any cell content is no row.
    pub fn inline_rows(&mut self, table: &Node, items: &[Node], columns: &[Column<'_>]) -> Written {
        for key in ["sheet", "encoding"] {
            if let Some(said) = table.get(key) {
                let message = format!("`{key}` belongs to a file, and the rows stand here");
                let finding = self.reader.mistake(&code::BAD_TABLE, &said.span, message);
                self.reader.push(finding.help(format!("remove `{key}`")));
            }
        }
        let mut rows = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            let Some(cells) = self.reader.items(item, "a row") else { continue };
            if !cells.is_empty() && cells.iter().all(is_nothing) {
                continue;
            }
            if cells.len() == columns.len() {
                rows.push((cells.to_vec(), item.span.clone()));
                continue;
            }
            let counted = format!("row {} has {} cells", number + 1, cells.len());
            let message = format!("{counted}, and the table has {} columns", columns.len());
            let finding = self.reader.mistake(&code::ROW_LENGTH, &item.span, message);
            let heads = listed_in_order(columns.iter().map(|column| column.head));
            self.reader.push(finding.help(format!("a row has a cell for each of {heads}; `\"-\"` matches anything")));
        }
        Written { file: Arc::clone(&self.reader.file), is_csv: false, rows }
    }

    /// The rows of a CSV file or of a workbook.
    pub fn sheet_rows(&mut self, table: &Node, node: &Node, columns: &[Column<'_>]) -> Option<Written> {
        let name = self.reader.text(node, "`rows`")?;
        let (role, file) = self.table_file(name, &node.span)?;
        if !matches!(role, Role::Csv | Role::Workbook) {
            let message = format!("the rows of a decision table stand in a CSV file or workbook, and `{name}` is none");
            let finding = self.reader.mistake(&code::BAD_TABLE, &node.span, message);
            self.reader.push(finding.help("name a `.csv` or `.xlsx` file, or write the rows here as a list"));
            return None;
        }
        let form = self.form(table, Some(role));
        let named = self.reader.place(&node.span);
        let sheet = sheet::read(role, &file, &form, &named, self.reader.report)?;
        let places = self.columns_of(&sheet, columns)?;
        for (column, place) in columns.iter().zip(&places) {
            sheet::warn_of_spoilt(&sheet.spoilt_in(*place), column.head, &sheet.file, self.reader.report);
        }
        let held = sheet.rows.len().saturating_mul(places.len()).saturating_mul(RULE_CELL_BYTES);
        hold(&sheet.file, held, &(0..1), self.reader.report)?;
        let mut rows = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            let cells: Vec<_> = places.iter().filter_map(|place| row.get(*place)).collect();
            // What is noted beside a row makes none.
            if cells.iter().all(|cell| cell.text.is_empty()) {
                continue;
            }
            let cells = cells.into_iter().map(|cell| Node {
                content: Content::Scalar { text: cell.text.clone(), style: Style::Quoted },
                span: cell.span.clone(),
            });
            rows.push((cells.collect(), sheet::span_of(row)));
        }
        Some(Written { file: sheet.file, is_csv: true, rows })
    }

    /// For each column, which of the sheet's it is. Every column is in the sheet, and every one of the sheet is used.
    fn columns_of(&mut self, sheet: &Sheet, columns: &[Column<'_>]) -> Option<Vec<usize>> {
        let file = &sheet.file;
        let name = file.short_name();
        let heads = || sheet.columns.iter().map(|column| column.text.as_str());
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            let place = heads().position(|head| head == column.head);
            if place.is_none() {
                let message = format!("`{name}` has no column `{}`", column.head);
                let finding = self.reader.mistake(&code::UNKNOWN_COLUMN, column.span, message);
                self.reader.push(match did_you_mean(column.head, heads()) {
                    Some(meant) => finding.help(format!("its first line has `{meant}`: did you mean that?")),
                    None => finding.help(format!("its first line has {}", listed_in_order(heads()))),
                });
            }
            places.push(place);
        }
        let home = std::mem::replace(&mut self.reader.file, Arc::clone(file));
        for cell in sheet.columns.iter().filter(|cell| !cell.text.starts_with('#')) {
            if !columns.iter().any(|column| column.head == cell.text) {
                let message = format!("column `{}` is no input and no output of the table", cell.text);
                let finding = self.reader.mistake(&code::EXTRA_COLUMN, &cell.span, message);
                let help =
                    format!("add it to `inputs` or `outputs`, or call it `#{}` if it only holds notes", cell.text);
                self.reader.push(finding.help(help));
            }
        }
        self.reader.file = home;
        places.into_iter().collect()
    }
}

/// Whether a cell has nothing in it; `-` says something.
fn is_nothing(cell: &Node) -> bool {
    cell.is_null() || cell.scalar().is_some_and(|text| text.trim().is_empty())
}

/// "`a`, `b`, `c`": what all must be there, in this order.
fn listed_in_order<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
