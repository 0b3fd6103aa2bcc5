//! What is told of past decisions: in a list, in words, and why.
//!
//! - A decision in a line? `shown.rs`, `remembered.rs`.
//! - What comes of them when they are decided again? `replay.rs`.
//! - What did the rules change in a user? `differences.rs`.
//! - Which moments can be written? `period.rs`; what a search box takes: `search.rs`.
//! - What did each rule do, and by which rules is that known? `why.rs`.

mod differences;
pub mod period;
mod remembered;
mod replay;
mod search;
mod shown;
mod why;

pub use differences::differences;
pub use remembered::{answer, shown, words};
pub use replay::{Group, Kind, Sum, replayed};
pub use search::{ACCEPTED, BadSearch, OUTCOMES, UNDECIDED, WORDS, search};
pub use shown::{Shown, time};
pub use why::{Explained, by_kept, explained, is_by, kept_rules, kept_set};
