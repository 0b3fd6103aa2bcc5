//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What is wrong with rules, or suspect in them? `check.rs`.
//! - What was decided, in words? `remembered.rs`; what comes of it when it is decided again: `replay.rs`.
//! - What did each rule do, and why? `trace.rs`.
//! - What do the rules say, in sentences? `docs/`.

mod check;
mod counted;
pub mod docs;
mod remembered;
mod replay;
mod trace;

pub use check::{Checked, Step, check};
pub use counted::counted;
pub use remembered::{answer, shown, words};
pub use replay::{Group, Kind, Sum, replayed};
pub use trace::{explanation, headline};
