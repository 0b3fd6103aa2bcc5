//! The codes of what can be wrong with files, rules and settings; those of a check stand beside its question.

use crate::diagnostic::Code;

/// The codes, an area each.
pub const AREAS: [&[&Code]; 11] = [
    super::case::ALL,
    super::cell::ALL,
    super::file::ALL,
    super::lookup::ALL,
    super::meaning::ALL,
    super::name::ALL,
    super::rule::ALL,
    super::secret::ALL,
    super::setting::ALL,
    super::table::ALL,
    super::value::ALL,
];
