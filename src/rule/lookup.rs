//! Lookups as declared: which table, which key. What a source answers is the `lookup` room's business.

use crate::diagnostic::Place;

/// A declared lookup.
#[derive(Clone, Debug)]
pub struct Lookup {
    pub name: String,
    /// The table's file as written, and where.
    pub table: String,
    pub table_place: Place,
    /// The key column, and where it is written.
    pub key: String,
    pub key_place: Place,
    pub ignore_case: bool,
    /// The declaration's name in the file.
    pub place: Place,
    /// Columns that rules read of its rows, each with the first place that does.
    pub columns_read: Vec<(String, Place)>,
}
