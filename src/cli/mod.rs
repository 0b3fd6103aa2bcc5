//! The command line: commands, what they print, and their exit codes.

mod args;
mod completions;
mod exit;
mod man;
mod outbox;
mod progress;
mod records;
mod request;
mod rules;
mod run;
mod scan;
mod service;

pub use args::{Cli, Global};
pub use rules::STARTER;
pub use run::run;
