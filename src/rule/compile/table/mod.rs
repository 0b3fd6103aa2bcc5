//! Reads decision tables, from a rule file or from a file of their own.

mod cell;
mod file;
mod rows;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod table;
