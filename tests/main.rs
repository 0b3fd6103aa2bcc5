//! The one test binary: black-box tests of the whole, a module a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a test fails by panicking, in its helpers too, and is written to be read"
)]

mod admin;
mod auth;
mod blanks;
mod canary;
mod check;
mod cli;
mod codes;
mod conditions;
mod console;
mod contract;
mod cures;
mod dates;
mod deliveries;
mod docs;
mod edge;
mod examples;
mod explained;
mod exports;
mod faults;
mod folder;
mod functions;
mod fuzz_corpus;
mod hostile;
mod http;
mod journal;
mod kept;
mod layout;
mod lists;
mod log;
mod lookups;
mod lowered;
mod memory;
mod metrics;
mod neighbours;
mod outputs;
mod people;
mod people_write;
mod plain;
mod properties;
mod reload;
mod reload_watch;
mod rotation;
mod schema;
mod scripts;
mod servers;
mod serving;
mod sets;
mod settings;
mod support;
mod table_files;
mod tables;
mod tls;
mod traces;
