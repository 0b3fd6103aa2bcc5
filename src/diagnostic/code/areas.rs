//! The list of the areas of codes; the codes of a check stand in the file of the check.

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
