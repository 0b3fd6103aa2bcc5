//! What `hookgate --version` says of its source: the commit it was built from, where that is known.
//!
//! `SOURCE_COMMIT` names it for builds without a repository (an archive, a container). A release build in a repository asks
//! git; where there is none, or no git, the commit is unknown and the build goes on. Other builds do not ask: each commit
//! would compile everything anew.

use std::env;
use std::path::Path;
use std::process::Command;

/// Longest name of a commit: a SHA-256 in hexadecimal, and `-dirty`.
const LENGTH_LIMIT: usize = 70;

/// Tells cargo.
pub fn tell() {
    println!("cargo::rerun-if-env-changed=SOURCE_COMMIT");
    let given = env::var("SOURCE_COMMIT").ok().map(|commit| commit.trim().to_owned()).filter(|text| !text.is_empty());
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = given.or_else(|| is_release.then(of_repository).flatten());
    let commit = commit.filter(|commit| is_name(commit)).unwrap_or("unknown".to_owned());
    // Not HOOKGATE_…: `cargo run` hands it to the program, which takes those for settings. It is set in every
    // build, so that the tests see the same as whoever runs a release.
    println!("cargo::rustc-env=BUILT_FROM_COMMIT={commit}");
}

fn is_name(commit: &str) -> bool {
    commit.len() <= LENGTH_LIMIT && commit.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

/// The commit's short name, with `-dirty` behind it where files of it are changed.
fn of_repository() -> Option<String> {
    // A repository somewhere above is another project's.
    if !Path::new(".git").exists() {
        return None;
    }
    // Whatever moves HEAD is noted there.
    let moved = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    for changed in [&*moved, "src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={changed}");
    }
    git(&["describe", "--always", "--dirty", "--abbrev=7", "--exclude=*"])
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
