//! Findings about what a person wrote: place, message, help; printed as text, JSON or GitHub annotations.

mod budget;
pub mod code;
#[expect(clippy::module_inception, reason = "the folder is named after what the file holds")]
mod diagnostic;
mod example;
mod file;
mod shown;

pub use budget::{Budget, Spent};
pub use diagnostic::{Code, Diagnostic, Report, Severity, did_you_mean};
pub use example::Example;
pub use file::{File, Place};
pub use shown::{escape, escaped, escaped_page, escaped_report, is_unseen};
