//! Lookups as declared: which table, which key. What a source answers is the `lookup` room's business.

use std::sync::Arc;

use super::source::Role;
use crate::diagnostic::{File, Place};

/// A declared lookup.
#[derive(Clone, Debug)]
pub struct Lookup {
    pub name: String,
    /// The table's file, and where it is named; `None` for one that is not there.
    pub table: Option<(Role, Arc<File>)>,
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
