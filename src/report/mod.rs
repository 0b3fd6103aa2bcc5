//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What did each rule do, and why? `trace.rs`.
//! - What do the rules say, in sentences? `docs/`.

mod counted;
pub mod docs;
mod trace;

pub use counted::counted;
pub use trace::{explanation, headline};
