//! The screen *Set up*: what to type into the platform's screen, its "save & test" played here, and `doctor`.
//!
//! - What is on the page? `page.rs`; the newest calls: `calls.rs`; what doctor found: `trials.rs`.
//! - What do its buttons do? `acts.rs`, with what came of it last in `state.rs`.

mod acts;
mod calls;
mod page;
mod state;
mod trials;

pub(super) use acts::{examine, play};
pub(super) use page::{live, page};
pub(super) use state::SetUp;
