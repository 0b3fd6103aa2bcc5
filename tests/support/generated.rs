//! Pages and files that are made from the code: written by one command, compared by their tests.

use std::fs;

use super::program::root;

/// Whether generated files are written in place of being compared.
pub fn is_written() -> bool {
    std::env::var_os("HOOKGATE_WRITE_DOCS").is_some()
}

/// The file of the repository has this text, once it is written where that is wanted.
#[track_caller]
pub fn is_fresh(name: &str, text: &str) {
    let file = root().join(name);
    if is_written() {
        fs::write(&file, text).unwrap();
    }
    let stale = "is stale: run `HOOKGATE_WRITE_DOCS=1 cargo test --locked --test main is_fresh`";
    assert!(fs::read_to_string(&file).unwrap_or_default() == text, "{name} {stale}");
}
