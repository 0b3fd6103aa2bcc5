//! Tables beside the rules: read when rules are loaded, kept in memory, and found by their keys.

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

pub use shrink::{Before, Shrunk, TableBefore, shrunk, with_files};
pub use size::counted;
pub use tables::Tables;
