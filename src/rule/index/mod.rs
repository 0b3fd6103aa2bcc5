//! The index: proposes the rules and rows that can hold of an event, without evaluating each.

mod access_path;
mod bits;
mod build;
mod candidates;
mod choice;
mod gates;
mod key;
mod leading;
mod lists;
mod memo;
mod patterns;
mod ranges;
mod values;

pub use candidates::Candidates;
pub use gates::Index;
pub use key::scalar;
pub use leading::is_certain;
pub use values::Values;
