//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What is wrong with rules, or suspect in them? `check.rs`.
//! - What is told of past decisions? `records/`.
//! - What would be answered to an event? `dry_run.rs`.
//! - What did each rule do, and why? `trace.rs`.
//! - What do the rules say, in sentences? `docs/`.

mod check;
mod counted;
pub mod docs;
mod dry_run;
pub mod records;
mod trace;

pub use check::{Checked, Step, check};
pub use counted::counted;
pub use dry_run::{DRY_RUN, Tried, tried};
pub use trace::{explanation, headline};
