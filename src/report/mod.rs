//! What the commands and the console both tell: of decisions, rules and what runs.
//!
//! - What is wrong with rules, or suspect in them? `check.rs`.
//! - What was decided, in words? `remembered.rs`; what comes of it when it is decided again: `replay.rs`.
//! - What would be answered to an event? `dry_run.rs`.
//! - What did each rule do, and why? `trace.rs`.
//! - What do the rules say, in sentences? `docs/`.

mod check;
mod counted;
pub mod docs;
mod dry_run;
mod remembered;
mod replay;
mod trace;

pub use check::{Checked, Step, check};
pub use counted::counted;
pub use dry_run::{DRY_RUN, Tried, tried};
pub use remembered::{answer, shown, words};
pub use replay::{Group, Kind, Sum, replayed};
pub use trace::{explanation, headline};
