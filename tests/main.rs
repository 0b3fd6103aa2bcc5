//! All black-box tests in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod functions;
mod hostile;
mod lowered;
mod scripts;
mod support;
