//! Lookups in tables beside the rules, which are read when rules are loaded and kept in memory.

mod document;
mod doubt;
mod index;
mod key_form;
mod sheet;
mod shrink;
mod size;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod table;
mod tables;
mod valid;

pub use shrink::{Before, Shrunk, TableBefore, shrunk, with_files};
pub use size::counted;
pub use tables::Tables;
