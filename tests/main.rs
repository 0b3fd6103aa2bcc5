//! Black-box tests, one binary.

mod codes;
mod log;
mod settings;
