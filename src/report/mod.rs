//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What did each rule do, and why? `trace.rs`.
//! - A test made of a decision? `case/`.
//! - What is told of past decisions? `records/`.

pub mod case;
pub mod records;
mod trace;

pub use trace::{explanation, headline};
