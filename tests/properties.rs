//! What must hold of everything that can be sent and written, tried on what chance makes. `PROPTEST_CASES` tries more.

pub mod decision;
mod document;
mod edit;
mod json;
mod lint;
mod meaning;
mod naive;
mod secret;
mod secret_names;
mod spelling;
mod survival;
mod unknown;

use proptest::test_runner::{Config, RngSeed};

/// So many tries, the same in each run: a gate says the same of the same change. With `PROPTEST_CASES` there are as many
/// as it says, and others each time. What failed is printed and not kept in files.
pub fn tries(cases: u32) -> Config {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let rng_seed = if wanted.is_some() { RngSeed::Random } else { RngSeed::Fixed(1) };
    Config { cases: wanted.unwrap_or(cases), rng_seed, failure_persistence: None, ..Config::default() }
}
