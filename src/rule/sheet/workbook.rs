//! Reads a sheet of a workbook (`.xlsx`) into cells, and into a text with a line for each row.
//!
//! The cells are as a CSV file would have them, and have their places in that text.
//!
//! A workbook is an archive: a small file can unpack to any size, and two cells can span millions. So it is first
//! unpacked without keeping anything, to see how large it is and what a reader holds at once, and cells are read one
//! by one.

use std::io::{self, Cursor, Read as _};
use std::sync::Arc;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx};
use zip::ZipArchive;

use super::cells::{Cell, Doubts};
use super::form::{Form, Said};
use super::pieces::Pieces;
use super::value::{Shown, shown};
use crate::diagnostic::{Budget, Diagnostic, File, Place, Report, Spent, code, did_you_mean};
use crate::rule::encoding::{NoText, no_text};
use crate::yaml::{CELL_BYTES, ROW_BYTES, beyond, listed};

/// Largest workbook when unpacked, in bytes.
const UNPACKED_LIMIT_BYTES: u64 = 256 << 20;
/// Largest list of the formats of a workbook, in bytes: each takes much more in memory.
const STYLES_LIMIT_BYTES: u64 = 8 << 20;
/// Most cells of a sheet, blank ones between others included.
const CELL_LIMIT: usize = 2_000_000;
/// Largest text of all cells of a sheet, in bytes: cells may share one text.
const TEXT_LIMIT_BYTES: usize = 64 << 20;
/// What a text that cells share takes in memory, in parts of what it takes in its file: `<si/>` is one.
const SHARED_TIMES: usize = 6;
/// How often a reader has the largest piece of XML in hand: as it stands, as a text, and as a cell.
const PIECE_TIMES: usize = 4;
/// A cell as it is found, in bytes, without its text.
const FOUND_BYTES: usize = 100;
/// Rows that Excel has.
const ROW_LIMIT: u32 = 1 << 20;

/// The rows of a sheet.
pub(super) struct Rows {
    /// A line of text for each row of the sheet, its cells between bars.
    pub file: Arc<File>,
    /// The rows with content, all of one length.
    pub records: Vec<Vec<Cell>>,
    pub doubts: Doubts,
}

/// A cell with content: its row and column, from 0, and what it shows.
type Found = ((u32, u32), Shown);

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Why a workbook is not read.
enum Trouble {
    /// A message, and what to do.
    Wrong(String, String),
    /// More would be held in memory than may be.
    Spent(Spent),
}

impl From<Spent> for Trouble {
    fn from(spent: Spent) -> Self {
        Trouble::Spent(spent)
    }
}

/// Reads the sheet that is said, or the only one that is not empty. `named` is where the workbook is named.
pub(super) fn read(file: &Arc<File>, form: &Form, named: &Place, report: &mut Report) -> Option<Rows> {
    match rows(file, form) {
        Ok(rows) => Some(rows),
        Err(Trouble::Spent(spent)) => {
            let budget = file.budget.as_ref().filter(|_| spent.is_news);
            report.findings.extend(budget.map(|budget| beyond(named.clone(), budget.limit())));
            None
        }
        Err(Trouble::Wrong(message, help)) => {
            report.push(Diagnostic::error(&code::BAD_WORKBOOK, named.clone(), message).help(help));
            None
        }
    }
}

fn rows(file: &Arc<File>, form: &Form) -> Result<Rows, Trouble> {
    let name = file.short_name();
    let budget = file.budget.as_deref();
    let hold = |bytes: usize| budget.map_or(Ok(()), |budget| budget.hold(bytes));
    check_size(name, &file.bytes, budget)?;
    let broken = |error| unreadable(name, &file.bytes, &error);
    let mut book: Book<'_> = Xlsx::new(Cursor::new(&*file.bytes)).map_err(broken)?;
    let sheet = match &form.sheet {
        Some(wanted) => sheet_named(name, &book, wanted)?,
        None => only_sheet(name, &mut book, form.said).map_err(broken)??,
    };
    let found = cells(name, &mut book, &sheet, &hold).map_err(broken)??;
    let width = found.iter().map(|((_, column), _)| *column as usize + 1).max().unwrap_or_default();
    let rows = found.chunk_by(|a, b| a.0.0 == b.0.0).count();
    if rows.saturating_mul(width) > CELL_LIMIT {
        return Err(too_large(name, &format!("sheet `{sheet}` has more than {CELL_LIMIT} cells")));
    }
    // Rows are filled up with blank cells.
    hold(rows.saturating_mul(ROW_BYTES.saturating_add(width.saturating_mul(CELL_BYTES))))?;
    let mut rows = laid_out(&file.name, &sheet, found, width);
    if let Some(sheet) = Arc::get_mut(&mut rows.file) {
        sheet.budget.clone_from(&file.budget);
    }
    Ok(rows)
}

/// Unpacks every part into nothing: what an archive says of its size need not be true. Holds what is read as a whole, the texts
/// that cells share and the formats, and the largest piece that is in hand at once.
fn check_size(name: &str, bytes: &[u8], budget: Option<&Budget>) -> Result<(), Trouble> {
    let broken = |error: &dyn std::fmt::Display| unreadable(name, bytes, &error);
    let hold = |bytes: usize| budget.map_or(Ok(()), |budget| budget.hold(bytes));
    let most = budget.map_or(usize::MAX, |budget| budget.limit().saturating_sub(budget.held()) / PIECE_TIMES);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let (mut left, mut whole, mut largest) = (UNPACKED_LIMIT_BYTES, 0, 0);
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|error| broken(&error))?;
        let mut pieces = Pieces::within(most);
        let unpacked = io::copy(&mut part.take(left + 1), &mut pieces);
        if pieces.largest > most {
            hold(pieces.largest.saturating_mul(PIECE_TIMES))?;
        }
        let unpacked = unpacked.map_err(|error| broken(&error))?;
        let limit = if pieces.has_formats { left.min(STYLES_LIMIT_BYTES) } else { left };
        if unpacked > limit {
            let what = if pieces.has_formats { "its formats are" } else { "unpacked it is" };
            return Err(too_large(name, &format!("{what} larger than {} MiB", limit_of(pieces.has_formats) >> 20)));
        }
        left -= unpacked;
        whole += if pieces.has_formats || pieces.has_entries { unpacked } else { 0 };
        largest = largest.max(pieces.largest);
    }
    let whole = usize::try_from(whole).unwrap_or(usize::MAX);
    Ok(hold(whole.saturating_mul(SHARED_TIMES).saturating_add(largest.saturating_mul(PIECE_TIMES)))?)
}

fn limit_of(is_styles: bool) -> u64 {
    if is_styles { STYLES_LIMIT_BYTES } else { UNPACKED_LIMIT_BYTES }
}

fn too_large(name: &str, why: &str) -> Trouble {
    let help = "keep in the sheet only the columns and rows that rules need, or save it as `CSV UTF-8`";
    Trouble::Wrong(format!("workbook `{name}` is too large: {why}"), help.to_owned())
}

fn unreadable(name: &str, bytes: &[u8], error: &dyn std::fmt::Display) -> Trouble {
    let in_excel = "in Excel choose `Save As` and the type `Excel Workbook (*.xlsx)`, or `CSV UTF-8 (Comma delimited)`";
    let message = match no_text(bytes) {
        NoText::Workbook => format!("workbook `{name}` cannot be read: {error}"),
        NoText::OldWorkbook => format!("`{name}` is protected by a password, or an old workbook under a new name"),
        _ => format!("`{name}` is not a workbook, whatever its name says"),
    };
    Trouble::Wrong(message, in_excel.to_owned())
}

fn worksheets<'b>(book: &'b Book<'_>) -> impl Iterator<Item = &'b calamine::Sheet> {
    book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet)
}

/// Excel does not tell sheets apart by capital letters.
fn sheet_named(name: &str, book: &Book<'_>, wanted: &str) -> Result<String, Trouble> {
    let names = || worksheets(book).map(|sheet| sheet.name.as_str());
    if let Some(found) = names().find(|name| name.to_lowercase() == wanted.trim().to_lowercase()) {
        return Ok(found.to_owned());
    }
    let help = match did_you_mean(wanted, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("its sheets are {}", listed(names())),
    };
    Err(Trouble::Wrong(format!("workbook `{name}` has no sheet `{wanted}`"), help))
}

/// The first visible sheet, where no other has anything in it.
fn only_sheet(name: &str, book: &mut Book<'_>, said: Said) -> Result<Result<String, Trouble>, calamine::XlsxError> {
    let visible = worksheets(book).filter(|sheet| sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = visible.map(|sheet| sheet.name.clone()).collect();
    let mut filled = Vec::new();
    for sheet in &names {
        let mut reader = book.worksheet_cells_reader(sheet)?;
        while let Some(cell) = reader.next_cell()? {
            if *cell.get_value() != DataRef::Empty {
                filled.push(sheet.as_str());
                break;
            }
        }
    }
    Ok(match (filled.as_slice(), names.first()) {
        ([only], _) => Ok((*only).to_owned()),
        ([], Some(first)) => Ok(first.clone()),
        ([], None) => {
            Err(Trouble::Wrong(format!("workbook `{name}` has no sheet"), "put the table into it".to_owned()))
        }
        (several, _) => {
            let message = format!("workbook `{name}` has several sheets, and which one is meant is not said");
            let write = said.to_write("sheet", "NAME");
            Err(Trouble::Wrong(message, format!("{write}, with {}", listed(several.iter().copied()))))
        }
    })
}

/// The cells with content, row by row.
fn cells(
    name: &str,
    book: &mut Book<'_>,
    sheet: &str,
    hold: &dyn Fn(usize) -> Result<(), Spent>,
) -> Result<Result<Vec<Found>, Trouble>, calamine::XlsxError> {
    let mut found: Vec<Found> = Vec::new();
    let mut blank = Vec::new();
    let mut text_bytes = 0;
    let mut reader = book.worksheet_cells_reader(sheet)?;
    while let Some((cell, style)) = reader.next_cell_with_style_id()? {
        let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
        let shown = shown(cell.get_value(), format.map_or("", |format| &format.format_code));
        if *cell.get_value() == DataRef::Empty {
            blank.push(cell.get_position());
        }
        if let Err(spent) = hold(FOUND_BYTES + shown.text.len()) {
            return Ok(Err(spent.into()));
        }
        text_bytes += shown.text.len();
        if !shown.text.is_empty() {
            found.push((cell.get_position(), shown));
        }
        let is_beyond = cell.get_position().0 >= ROW_LIMIT;
        if is_beyond || found.len().max(blank.len()) > CELL_LIMIT || text_bytes > TEXT_LIMIT_BYTES {
            let (cells, bytes) = (CELL_LIMIT, TEXT_LIMIT_BYTES >> 20);
            return Ok(Err(too_large(name, &format!("sheet `{sheet}` has more than {cells} cells or {bytes} MiB"))));
        }
    }
    drop(reader);
    match formulas_without_a_value(book, sheet, blank, hold)? {
        Ok(formulas) => found.extend(formulas),
        Err(spent) => return Ok(Err(spent.into())),
    }
    // The order of an archive's parts is whatever a program wrote; of two cells at one place the last counts.
    found.reverse();
    found.sort_by_key(|(position, _)| *position);
    found.dedup_by_key(|(position, _)| *position);
    Ok(Ok(found))
}

/// Programs write formulas and leave it to Excel to compute them: what they come to is nowhere until it has.
fn formulas_without_a_value(
    book: &mut Book<'_>,
    sheet: &str,
    mut blank: Vec<(u32, u32)>,
    hold: &dyn Fn(usize) -> Result<(), Spent>,
) -> Result<Result<Vec<Found>, Spent>, calamine::XlsxError> {
    let mut found = Vec::new();
    if blank.is_empty() {
        return Ok(Ok(found));
    }
    blank.sort_unstable();
    let mut reader = book.worksheet_cells_reader(sheet)?;
    while let Some(cell) = reader.next_formula()? {
        // The reader keeps formulas that several cells share.
        if let Err(spent) = hold(cell.get_value().len()) {
            return Ok(Err(spent));
        }
        if !cell.get_value().is_empty() && blank.binary_search(&cell.get_position()).is_ok() {
            let doubt = Some("a formula that was never computed: open the workbook in Excel and save it");
            found.push((cell.get_position(), Shown { text: format!("={}", cell.get_value()), doubt }));
        }
    }
    Ok(Ok(found))
}

/// A line for each row of the sheet, and the rows with content as cells in it.
fn laid_out(name: &str, sheet: &str, found: Vec<Found>, width: usize) -> Rows {
    let (mut text, mut records, mut doubts) = (String::new(), Vec::new(), Doubts::new());
    let mut found = found.into_iter().peekable();
    let mut row = 0;
    while let Some(((at, _), _)) = found.peek() {
        while row < *at {
            text.push('\n');
            row += 1;
        }
        let mut record = Vec::with_capacity(width);
        for column in 0..width {
            if column > 0 {
                text += " | ";
            }
            let start = text.len();
            let is_here = |((at, of), _): &Found| (*at, *of as usize) == (row, column);
            let Some((_, shown)) = found.next_if(is_here) else {
                record.push(Cell { text: String::new(), span: start..start });
                continue;
            };
            text.extend(shown.text.chars().map(|c| if c.is_control() { ' ' } else { c }));
            doubts.extend(shown.doubt.map(|doubt| (start, doubt)));
            record.push(Cell { text: shown.text, span: start..text.len() });
        }
        records.push(record);
    }
    text.push('\n');
    Rows { file: Arc::new(File::of_sheet(name, sheet, text)), records, doubts }
}
