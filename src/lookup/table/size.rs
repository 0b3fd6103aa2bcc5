//! Checks that a table has as many rows as its lookup requires.

use crate::diagnostic::{Diagnostic, File, Report, code};
use crate::rule::TableSource;

/// Fewer rows than `at_least` are a mistake.
pub fn check_size(rows: usize, source: &TableSource, file: &File, report: &mut Report) {
    let Some((at_least, place)) = &source.size.at_least else { return };
    if rows < *at_least {
        let message = format!("table `{}` has {}, fewer than {at_least}", file.short_name(), counted(rows));
        let finding = Diagnostic::error(&code::TOO_FEW_ROWS, place.clone(), message);
        report
            .push(finding.help("write the file again with all of its rows, or lower `at_least` if there are no more"));
    }
}

/// `no rows`, `1 row`, `2 rows`.
#[must_use]
pub fn counted(rows: usize) -> String {
    match rows {
        0 => "no rows".to_owned(),
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    }
}
