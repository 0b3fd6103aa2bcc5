//! A table as rows, whatever file it came from.

use std::borrow::Cow;

use crate::event::Value;

/// The rows of a table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The names of its columns, in their order.
    pub columns: Vec<String>,
    /// Objects of its columns.
    pub rows: Vec<Value<'static>>,
}

/// The text of one column of a row; `None` where it is absent, null or blank.
pub(super) fn text_of<'r>(row: &'r Value<'static>, column: &str) -> Option<Cow<'r, str>> {
    let cell = row.view().field(column)?;
    (!cell.is_empty()).then(|| cell.as_text())
}
