//! The one test binary: black-box tests of the whole, a module a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too, and is written to be read"
)]

mod codes;
mod log;
mod settings;
