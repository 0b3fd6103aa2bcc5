//! Makes a test of a recorded decision: the same case with made-up values in place of personal ones.
//!
//! - How is it made, and is it sure to pass? `case.rs`.
//! - What stands in place of a value? `made_up.rs`; what may stay because rules have it: `literals.rs`.
//! - Which answers of lookups are given? `answers.rs`. How is the case written? `written.rs`.

mod answers;
#[expect(clippy::module_inception, reason = "the folder is named after what it makes")]
mod case;
mod literals;
mod made_up;
mod written;

pub use case::{Made, made};
