//! The solver of the checks: which events a condition holds of, and an event that shows it.

pub mod clause;
mod constant;
pub mod coverage;
mod dates;
mod domain;
mod intersection;
pub mod key;
mod number_sample;
mod pattern;
mod predicate;
mod search;
mod variable;

pub use intersection::Intersection;
pub use search::{Budget, Found, Wish, Witness, search, search_any};
pub use variable::Variables;
