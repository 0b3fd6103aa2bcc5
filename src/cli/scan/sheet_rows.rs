//! Reads people from a CSV file or a workbook: cells are texts, and an empty cell is an absent field.

use std::sync::Arc;

use super::super::exit::Failure;
use super::export::{Cell, Content, Export, Row};
use super::note::Note;
use crate::diagnostic::{File, Place, Report};
use crate::rule::Role;
use crate::rule::sheet::{self, Form, Sheet, rows_named};

/// Reads the table.
///
/// # Errors
/// When it cannot be read as one.
pub(super) fn read(role: Role, file: &Arc<File>, form: &Form) -> Result<Export, Failure> {
    let mut report = Report::default();
    let named = Place { file: Arc::clone(file), span: 0..0 };
    let sheet = sheet::read(role, file, form, &named, &mut report);
    let mut notes: Vec<Note> = report.findings.iter().map(|finding| Note::of(finding, &file.name)).collect();
    let Some(sheet) = sheet else {
        let why = notes.into_iter().find(|note| note.is_lost);
        return Err(why.map_or_else(|| Failure::message(format!("cannot read `{}`", file.name)), Note::failure));
    };
    notes.extend(spoilt(&sheet));
    let columns = sheet.columns.iter().map(|column| column.text.clone()).collect();
    let (name, of_sheet) = (file.name.clone(), sheet.file.sheet.clone());
    let line = |row: &[sheet::Cell]| row.first().map_or(0, |cell| sheet.place(cell).line());
    let lines: Vec<usize> = sheet.rows.iter().map(|row| line(row)).collect();
    let cell = |cell: sheet::Cell| (!cell.text.is_empty()).then_some(Cell::Text(cell.text));
    let row = |(row, line): (Vec<sheet::Cell>, usize)| Row {
        line,
        content: Content::Cells(row.into_iter().map(cell).collect()),
    };
    let rows = sheet.rows.into_iter().zip(lines).map(row).collect();
    Ok(Export { name, sheet: of_sheet, columns, rows, notes })
}

/// Cells of which a spreadsheet has kept something else than what was typed, a column a note.
fn spoilt(sheet: &Sheet) -> Vec<Note> {
    let of_column = |(n, column): (usize, &sheet::Cell)| {
        let cells = sheet.spoilt_in(n);
        let first = cells.first()?;
        let message = format!("column `{}` has damaged cells, {}: {}", column.text, rows_named(&cells), first.why);
        let help = "in the spreadsheet make the column a text, enter the values again, and save";
        Some(Note::suspect(first.place.file_line(), message).help(help))
    };
    sheet.columns.iter().enumerate().filter_map(of_column).collect()
}
