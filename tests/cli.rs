//! The commands as people run them: what they print, where, and the code they end with.

mod cert;
mod check;
mod completions;
mod connect;
mod coverage;
mod docs;
mod doctor;
mod dry_run;
mod first;
mod first_slips;
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
mod settings;
mod test;
mod version;
mod wrong_set_ups;
