//! Findings about what a person wrote: place, message, help; printed as text, JSON or GitHub annotations.
//!
//! - What is a finding? `diagnostic.rs`; where: `file.rs`; an event that shows it: `example.rs`.
//! - What can be wrong, and what then? `code/`, an area a file; what only a check finds: the file of the check.
//! - What stands at the head of the generated page of codes, and of others? `contents.rs`.
//! - Which characters are shown as their numbers? `shown.rs`, for everything that is printed, logged or answered by
//!   the admin listener.

mod budget;
pub mod code;
mod contents;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod diagnostic;
mod example;
mod file;
mod shown;

pub use budget::{Budget, Spent};
pub use contents::with_contents;
pub use diagnostic::{Code, Diagnostic, Report, Severity, did_you_mean};
pub use example::Example;
pub use file::{File, Place};
pub use shown::{escape, escaped, escaped_page, escaped_report, is_unseen};
