//! Commands about past decisions: list, follow, explain, replay, verify, erase.

mod decisions;
mod follow;
mod forget;
mod journals;
mod list;
pub mod replay;
mod sought;
mod verified;
pub mod why;

pub use decisions::run;
pub use forget::{Args as JournalArgs, run as journal};
pub use list::Args;
