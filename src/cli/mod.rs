//! The command line: commands, what they print, and their exit codes.
//!
//! - What does a command do? The file of its name: `setup/` to begin with, `rules/` for people who write rules,
//!   `service/` around a running gateway, `records/` about past decisions, `outbox/` about deliveries, `scan/` about exports.
//! - Which commands and flags are there? `args.rs`. Who prints, and with which exit code? `run.rs`, `exit.rs`.
//! - From what is a request made? `request.rs`, for a dry run and for `send`.
//! - What do the rules say in plain words? `rules/docs/`: words (`condition.rs`, `verb.rs`, `value.rs`), order
//!   (`summary.rs`), a model (`page.rs`) that `markdown.rs` and `html.rs` write.
//! - What is tried by `doctor`? `service/doctor/`. Where is a running gateway? `service/running.rs`.

mod args;
mod completions;
mod console;
mod exit;
mod format;
mod man;
mod outbox;
mod progress;
mod records;
mod request;
mod rules;
mod run;
mod scan;
mod service;
mod setup;

pub use args::{Cli, Global};
pub use run::run;
