//! The fuzz target `rules`; what it does stands in `rules_body.rs`, which the tests run too.
#![no_main]

mod rules_body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rules_body::run(bytes));
