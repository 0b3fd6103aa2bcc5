//! Static analysis for `hookgate check`: finds faults in rules that can be read. One check a file.
//!
//! - What is checked? `checks/`, one question a file, with its codes; all of them: `checks/list.rs`, run by `run.rs`.
//! - Which codes are there? `catalogue.rs`.
//! - Which events does a condition hold of? `solver/`: alternatives (`clause.rs`), kinds of values (`domain.rs`), and
//!   one search over both (`search.rs`).
//! - Is an example true? `proof.rs` runs it before it is reported; as a command: `call.rs`.
//! - How is a warning allowed? `allow.rs`.

mod allow;
mod answered;
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
pub use checks::audits;
pub use finding::{Call, Claim, Finding};
pub use proof::prove;
pub use run::{Lint, lint};
