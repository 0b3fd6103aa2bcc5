//! Static analysis, for `check` alone: what is wrong with rules that can be read. One question a file.

mod allow;
mod call;
pub mod catalogue;
mod checks;
mod finding;
mod guard;
mod known;
mod proof;
mod rule_model;
mod run;
mod signs;
mod solver;
mod walk;
mod write;

pub use allow::Allows;
pub use finding::{Call, Claim, Finding};
pub use proof::prove;
pub use run::{Lint, lint};
