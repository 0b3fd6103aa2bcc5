//! What was decided: listed, followed, verified, and erased.

mod follow;
mod forget;
mod journals;
mod list;
mod shown;
mod sought;
mod verified;

pub use forget::{Args as JournalArgs, run as journal};
pub use list::{Args, run};
pub(super) use journals::{Journals, journals};
pub(super) use shown::Shown;
pub use sought::Sought;
