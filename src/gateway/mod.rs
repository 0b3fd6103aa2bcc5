//! The running whole: the rule set in force, the events it answers, and its replacement while it runs.

mod handle;
mod settings;

pub use handle::{Gateway, Reply};
pub use settings::Settings;
