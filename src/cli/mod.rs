//! The door for people: commands, what they print and how they end.

mod args;
mod completions;
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

pub use args::{Cli, Global};
pub use rules::STARTER;
pub use run::run;
