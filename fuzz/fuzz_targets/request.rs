//! The fuzz target `request`; what it does stands in `request_body.rs`, which the tests run too.
#![no_main]

mod request_body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drop(request_body::run(bytes)));
