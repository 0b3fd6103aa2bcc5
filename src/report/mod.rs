//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What is wrong with rules, or suspect in them? `check.rs`.
//! - What did each rule do, and why? `trace.rs`.
//! - What do the rules say, in sentences? `docs/`.

mod check;
mod counted;
pub mod docs;
mod trace;

pub use check::{Checked, Step, check};
pub use counted::counted;
pub use trace::{explanation, headline};
