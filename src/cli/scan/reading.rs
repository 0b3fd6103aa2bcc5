//! Reads an export's file: its kind, and its size limit.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::super::exit::Failure;
use super::export::Export;
use super::note::MEMORY_BYTES;
use super::{json_rows, sheet_rows};
use crate::diagnostic::Budget;
use crate::outside::read_small_bytes;
use crate::rule::Role;
use crate::rule::sheet::Form;

/// Largest export that is read, in bytes.
const EXPORT_LIMIT_BYTES: u64 = 64 << 20;

/// Reads an export; its name says which kind it is.
///
/// # Errors
/// When it cannot be read, or nobody stands in it.
pub(super) fn read(path: &Path, form: &Form) -> Result<Export, Failure> {
    let name = path.display().to_string();
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let role = match extension.as_deref() {
        Some("csv" | "tsv" | "txt") => Role::Csv,
        Some("xlsx") => Role::Workbook,
        Some("json" | "jsonl" | "ndjson") => Role::Json,
        _ => {
            let help = "save it as CSV or as a workbook, or write an object of JSON a line";
            let message = format!("`{name}` is no .csv, .xlsx, .json or .jsonl file");
            return Err(Failure::message(message).help(help));
        }
    };
    let mut bytes = read_small_bytes(path, EXPORT_LIMIT_BYTES).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => {
            let limit = EXPORT_LIMIT_BYTES >> 20;
            let help = "split it into several files, or leave out the columns that no rule reads";
            Failure::message(format!("`{name}` is larger than {limit} MiB")).help(help)
        }
        _ => Failure::message(format!("cannot read `{name}`: {error}")),
    })?;
    let budget = Arc::new(Budget::new(MEMORY_BYTES));
    let file = Arc::new(role.file(&name, std::mem::take(&mut *bytes)).within(Some(&budget)));
    let export = match role {
        Role::Json => json_rows::read(&file)?,
        Role::Csv | Role::Workbook | Role::Yaml | Role::Tests | Role::Functions => sheet_rows::read(role, &file, form)?,
    };
    match export.rows.is_empty() {
        // What is wrong with each row says more than that none is left.
        true if export.notes.is_empty() => {
            let help = "a table has a person a row below the names of its columns";
            Err(Failure::message(format!("`{name}` has no people in it")).help(help))
        }
        _ => Ok(export),
    }
}
