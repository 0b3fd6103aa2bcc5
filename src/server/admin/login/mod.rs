//! Who may look at the console.

mod visitor;

pub use visitor::{Rights, Visitor, Ways};
