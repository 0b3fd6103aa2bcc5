//! What was decided: listed, followed, verified, and erased.

mod follow;
mod forget;
mod journals;
mod list;
mod shown;
mod sought;
mod verified;

pub use forget::{Args as JournalArgs, run as journal};
pub(super) use journals::{Journals, Sighted, journals};
pub use list::{Args, run};
pub(super) use shown::time;
pub use sought::Sought;
