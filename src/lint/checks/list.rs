//! The list of all checks, in the order in which they run.

use super::{
    absent, audit, blank, compared, dates, dead_row, everybody, gap, leak, never, order, overlap, shadow, unused,
    written,
};
use crate::diagnostic::Code;
use crate::lint::rule_model::RuleModel;

/// One check: its codes, and what looks for them.
pub type Pass = (&'static [&'static Code], fn(&mut RuleModel<'_>));

/// Codes of what depends on the day, which is looked at beside the checks.
pub const OF_THE_DAY: &[&Code] = audit::ALL;

/// The checks, in the order in which they are run.
pub const CHECKS: [Pass; 14] = [
    (overlap::ALL, overlap::look),
    (dead_row::ALL, dead_row::look),
    (gap::ALL, gap::look),
    (shadow::ALL, shadow::look),
    (never::ALL, never::look),
    (order::ALL, order::look),
    (unused::ALL, unused::look),
    (leak::ALL, leak::look),
    (blank::ALL, blank::look),
    (dates::ALL, dates::look),
    (compared::ALL, compared::look),
    (absent::ALL, absent::look),
    (everybody::ALL, everybody::look),
    (written::ALL, written::look),
];
