//! The door for people: commands, what they print and how they end.

mod args;
mod exit;
mod explain;
mod run;

pub use args::{Cli, Command, Global};
pub use exit::{Exit, Failure, Output};
pub use run::run;
