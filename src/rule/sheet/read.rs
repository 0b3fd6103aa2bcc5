//! Reads a table file as a table of cells, by its kind and by what is said where it is named.

use std::ops::Range;
use std::sync::Arc;

use super::cells::{Doubts, Sheet};
use super::form::Form;
use super::{csv, workbook};
use crate::diagnostic::{Diagnostic, File, Place, Report, code};
use crate::rule::encoding::{Encoding, NoText, is_web_page, line_of, no_text};
use crate::rule::source::Role;

/// Reads a CSV file or a workbook; `None` for files of other kinds, and for one that cannot be read, which is noted.
/// `named` is where the file is named.
pub fn read(role: Role, file: &Arc<File>, form: &Form, named: &Place, report: &mut Report) -> Option<Sheet> {
    match role {
        Role::Csv => {
            let file = csv::with_plain_lines(text(file, form, named, report)?);
            let records = csv::records(&file, report)?;
            Sheet::of(file, records, Doubts::new(), report)
        }
        Role::Workbook => {
            let rows = workbook::read(file, form, named, report)?;
            Sheet::of(rows.file, rows.records, rows.doubts, report)
        }
        Role::Yaml | Role::Json | Role::Tests | Role::Functions => None,
    }
}

/// The file as text.
fn text(file: &Arc<File>, form: &Form, named: &Place, report: &mut Report) -> Option<Arc<File>> {
    let encoding = form.encoding;
    if is_web_page(&file.text) {
        let message = format!("`{}` is a web page under the name of a CSV file", file.short_name());
        let finding = Diagnostic::error(&code::OTHER_ENCODING, named.clone(), message);
        report.push(
            finding.help("save the table itself: a download that asks for a login gives its page in place of the file"),
        );
        return None;
    }
    if file.bytes.is_empty() && !file.text.contains('\0') {
        if encoding.is_some() && !file.text.is_ascii() {
            let message = format!("`{}` is already Unicode, and is read as Unicode", file.short_name());
            let finding = Diagnostic::error(&code::OTHER_ENCODING, named.clone(), message).warning();
            report.push(finding.help("remove `encoding`"));
        }
        return Some(Arc::clone(file));
    }
    let bytes = if file.bytes.is_empty() { file.text.as_bytes() } else { &file.bytes };
    if let Some(text) = encoding.and_then(|encoding| encoding.decode(bytes)) {
        return Some(Arc::new(File::new(&*file.name, text).within(file.budget.as_ref())));
    }
    report.push(not_readable(file, bytes, form, named));
    None
}

fn not_readable(file: &Arc<File>, bytes: &[u8], form: &Form, named: &Place) -> Diagnostic {
    let name = file.short_name();
    let wrong = |message: String| Diagnostic::error(&code::OTHER_ENCODING, named.clone(), message);
    let in_excel = "in Excel choose `Save As` and the type `CSV UTF-8 (Comma delimited)`";
    match (no_text(bytes), form.encoding) {
        (NoText::Workbook, _) => {
            let finding = wrong(format!("`{name}` is a workbook under the name of a CSV file"));
            finding.help("let its name end in `.xlsx`").help(in_excel)
        }
        (NoText::OldWorkbook, _) => {
            wrong(format!("`{name}` is an old workbook under the name of a CSV file")).help(in_excel)
        }
        (NoText::BrokenUtf16, _) => {
            wrong(format!("`{name}` begins as UTF-16, but is cut off or not valid")).help(in_excel)
        }
        (NoText::Nul, _) => {
            let at = bytes.iter().position(|byte| *byte == 0).unwrap_or_default();
            let finding = wrong(format!(
                "`{name}` has NUL bytes, first in row {}, as UTF-16 has without its mark",
                line_of(bytes, at)
            ));
            finding.help(in_excel)
        }
        (NoText::OtherEncoding(_), Some(encoding)) => {
            wrong(format!("`{name}` cannot be read as `{}`", encoding.name())).help(in_excel)
        }
        (NoText::OtherEncoding(at), None) => {
            let message =
                format!("`{name}` is not in UTF-8: row {} has letters of another encoding", line_of(bytes, at));
            let place = guessed(file, bytes, at).unwrap_or_else(|| named.clone());
            let finding = Diagnostic::error(&code::OTHER_ENCODING, place, message).label("as it reads in windows-1252");
            let write = form.said.to_write("encoding", "windows-1252");
            finding.help(in_excel).help(format!("or, where it reads right here, {write}"))
        }
    }
}

/// The word with the byte at `at`, in the file as Excel most often writes it.
fn guessed(file: &File, bytes: &[u8], at: usize) -> Option<Place> {
    let text = Encoding::WINDOWS.decode(bytes)?;
    let start = Encoding::WINDOWS.decode(bytes.get(..at)?)?.len();
    let span = word(&text, start);
    Some(Place { file: Arc::new(File::new(&*file.name, text)), span })
}

/// The letters around a byte.
fn word(text: &str, at: usize) -> Range<usize> {
    let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.trim_end_matches(char::is_alphanumeric).len();
    let length = behind.len() - behind.trim_start_matches(char::is_alphanumeric).len();
    start..at + length.max(1)
}
