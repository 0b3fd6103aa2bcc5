//! The screen *Changes*: which rules were loaded or refused, which are kept, how two sets differ, and the way back.

mod act;
mod compared;
mod history;
mod page;

pub(super) use act::{accept, reload, roll_back};
pub(super) use compared::compared;
pub(super) use page::page;
