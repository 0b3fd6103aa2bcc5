//! Reads the mapping file, which says what columns are.

use std::path::Path as FilePath;
use std::sync::Arc;

use super::super::exit::Failure;
use super::columns::{Mapping, folded, is_target};
use crate::diagnostic::{File, Report, code, did_you_mean};
use crate::event::Path;
use crate::outside::read_small_file;
use crate::yaml::syntax::parse;
use crate::yaml::{Entry, Reader, listed};

/// Largest mapping file, in bytes.
const MAPPING_LIMIT_BYTES: u64 = 1 << 20;

/// Reads what a file says of these columns.
///
/// # Errors
/// Every mistake in it, columns that are not there included.
pub(super) fn read(path: &FilePath, columns: &[String]) -> Result<Mapping, Failure> {
    let name = path.display().to_string();
    let text = read_small_file(path, MAPPING_LIMIT_BYTES)
        .map_err(|error| Failure::message(format!("cannot read `{name}`: {error}")))?;
    let file = Arc::new(File::new(name, text));
    let mut report = Report::default();
    let mut mapping = Mapping::new();
    if let Some(root) = parse(&file, &mut report) {
        let mut reader = Reader { file, report: &mut report };
        for entry in reader.entries(&root, "a mapping of columns").unwrap_or_default() {
            let column = column(&mut reader, entry, columns);
            let target = target(&mut reader, entry);
            let (Some(column), Some(target)) = (column, target) else { continue };
            if mapping.insert(column, target).is_some() {
                let message = format!("column `{}` is mapped twice", entry.key);
                let finding = reader.mistake(&code::DUPLICATE_DECLARATION, &entry.key_span, message);
                reader.push(finding.help("keep one of the two lines"));
            }
        }
    }
    if report.has_errors() { Err(Failure::rules(report)) } else { Ok(mapping) }
}

/// The column of this name, as it is written or else but for case, spaces, `_` and `-`.
fn column(reader: &mut Reader<'_>, entry: &Entry, columns: &[String]) -> Option<usize> {
    let exactly = columns.iter().position(|column| *column == entry.key);
    let found = exactly.or_else(|| columns.iter().position(|column| folded(column) == folded(&entry.key)));
    if found.is_none() {
        let message = format!("the export has no column `{}`", entry.key);
        let finding = reader.mistake(&code::UNKNOWN_KEY, &entry.key_span, message);
        let names = || columns.iter().map(String::as_str);
        reader.push(match did_you_mean(&entry.key, names()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help(format!("its columns are {}", listed(names()))),
        });
    }
    found
}

/// What stands behind a column's name; the inner nothing is a column that is left out.
#[expect(
    clippy::option_option,
    reason = "a mistake, a column that is left out, and one that is taken are three things"
)]
fn target(reader: &mut Reader<'_>, entry: &Entry) -> Option<Option<Path>> {
    if entry.value.is_null() {
        return Some(None);
    }
    let text = reader.text(&entry.value, "what a column is")?;
    match Path::read(text) {
        Ok(path) if is_target(&path) => Some(Some(path)),
        _ => {
            let message = format!("`{text}` is nothing that a column can be");
            let finding = reader.mistake(&code::BAD_PATH, &entry.value.span, message);
            let help = "write `user.FIELD`, `attr.NAME` for a custom attribute, `request.FIELD`, or `null` to leave the column out";
            reader.push(finding.help(help));
            None
        }
    }
}
