//! The one test binary: black-box tests of the whole, a module a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a test fails by panicking, in its helpers too, and is written to be read"
)]

mod check;
mod edge;
mod fuzz_corpus;
mod http;
mod layout;
mod reload;
mod reload_watch;
mod support;
