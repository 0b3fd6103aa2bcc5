//! What is told of past decisions: in a list, in words, and why.
//!
//! - A decision in a line? `shown.rs`, `remembered.rs`.
//! - Which moments can be written? `period.rs`.

pub mod period;
mod remembered;
mod shown;

pub use remembered::{answer, shown, words};
pub use shown::{Shown, time};
