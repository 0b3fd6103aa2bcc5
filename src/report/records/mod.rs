//! What is told of past decisions: in a list, in words, and why.
//!
//! - A decision in a line? `shown.rs`, `remembered.rs`.
//! - What comes of them when they are decided again? `replay.rs`.
//! - Which moments can be written? `period.rs`.

pub mod period;
mod remembered;
mod replay;
mod shown;

pub use remembered::{answer, shown, words};
pub use replay::{Group, Kind, Sum, replayed};
pub use shown::{Shown, time};
