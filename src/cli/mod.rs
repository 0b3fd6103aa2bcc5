//! The door for people: commands, what they print and how they end.

mod admin_call;
mod args;
mod cert;
mod check;
mod completions;
mod core_dump;
mod coverage;
mod docs;
mod doctor;
mod dry_run;
mod exit;
mod explain;
mod facts;
mod healthcheck;
mod init;
mod man;
mod memory;
mod outbox;
mod progress;
mod reload;
mod remembered;
mod replay;
mod request;
mod results;
mod rules;
mod run;
mod running;
mod schema;
mod send;
mod serve;
mod test;
mod trace;
mod why;

pub use args::{Cli, Global};
pub use init::STARTER;
pub use run::run;
