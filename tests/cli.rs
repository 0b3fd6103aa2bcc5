//! The commands as people run them: what they print, where, and the code they end with.

mod cert;
mod check;
mod completions;
mod coverage;
mod docs;
mod doctor;
mod dry_run;
mod healthcheck;
mod init;
mod outbox;
mod outbox_kept;
mod progress;
mod recipes;
mod scan;
mod secret;
mod secrets_in_memory;
mod send;
mod serve;
mod test;
mod version;
