//! What must hold of everything that can be sent and written, tried on what chance makes. `PROPTEST_CASES` tries more.

mod decision;
mod document;
mod edit;
mod json;
mod survival;

use proptest::test_runner::Config;

/// So many tries; what failed is printed and not kept in files.
fn tries(cases: u32) -> Config {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config { cases: wanted.unwrap_or(cases), failure_persistence: None, ..Config::default() }
}
