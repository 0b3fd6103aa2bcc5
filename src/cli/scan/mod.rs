//! `hookgate scan`: decides a whole export, and lists who would be refused, changed or deprovisioned.

mod args;
mod body;
mod columns;
mod compared;
mod deciding;
mod export;
mod groups;
mod json_rows;
mod mapping;
mod note;
mod outcome;
mod reading;
mod report;
mod run;
mod sheet_rows;

pub use args::Args;
pub use run::run;
