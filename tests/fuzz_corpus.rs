//! Every input of the fuzz corpora, and every one that was ever a finding, through the very functions the fuzzer calls.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

#[path = "../fuzz/fuzz_targets/request_body.rs"]
mod request_body;
#[path = "../fuzz/fuzz_targets/rules_body.rs"]
mod rules_body;

fn inputs(target: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let folders = ["corpus", "artifacts"].map(|kind| root.join(kind).join(target));
    // A folder of findings is there only once something was found.
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn replay(target: &str, run: fn(&[u8]), least: usize) {
    let inputs = inputs(target);
    assert!(inputs.len() >= least, "the corpus of `{target}` is not where it should be");
    let panics = |input: &&PathBuf| {
        let bytes = fs::read(input).unwrap();
        catch_unwind(|| run(&bytes)).is_err()
    };
    let found: Vec<&PathBuf> = inputs.iter().filter(panics).collect();
    assert!(found.is_empty(), "these inputs of `{target}` panic: {found:#?}");
}

#[test]
fn the_rule_corpus_does_no_harm() {
    replay("rules", rules_body::run, 70);
}

#[test]
fn the_request_corpus_does_no_harm() {
    replay("request", |bytes| drop(request_body::run(bytes)), 12);
}

/// A rule of the target `request` that holds of no input would test nothing.
#[test]
fn the_request_corpus_reaches_every_rule_but_the_last() {
    let mut missed: BTreeSet<&str> = request_body::rules().collect();
    for input in inputs("request") {
        let held = request_body::run(&fs::read(input).unwrap());
        missed.retain(|rule| !held.contains(rule));
    }
    // That one stands behind a `stop` on the same condition.
    assert_eq!(missed, BTreeSet::from(["after-enough"]));
}
