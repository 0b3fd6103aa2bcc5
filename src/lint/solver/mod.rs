//! What the checks reason with: which events a condition holds of, and an event that shows it.

mod constant;
pub mod cover;
pub mod cube;
mod domain;
pub mod key;
mod meeting;
mod number_sample;
mod pattern_sample;
mod predicate;
mod search;
mod variable;

pub use cover::takers;
pub use cube::{Cube, both};
pub use meeting::Meeting;
pub use search::{Budget, Found, Wish, Witness, search, search_any};
pub use variable::Variables;
