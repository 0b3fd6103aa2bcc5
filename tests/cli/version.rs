//! `hookgate --version`: the version, the commit and the features, also where nobody knows the commit.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::program::{Program, root};

#[test]
fn the_version_names_commit_and_features() {
    let told = Program::new(["--version"]).run().expect(0);
    let rest =
        told.strip_prefix(concat!("hookgate ", env!("CARGO_PKG_VERSION"), " (")).unwrap_or_else(|| panic!("{told}"));
    let (commit, features) = rest.strip_suffix(")\n").unwrap().split_once(", features: ").unwrap();
    let is_commit = !commit.is_empty() && commit.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    assert!(commit == "commit unknown" || is_commit, "{told}");
    let built_with: Vec<&str> = [
        (cfg!(feature = "postgres"), "postgres"),
        (cfg!(feature = "mysql"), "mysql"),
        (cfg!(feature = "ldap"), "ldap"),
        (cfg!(feature = "nats"), "nats"),
        (cfg!(feature = "otel"), "otel"),
    ]
    .into_iter()
    .filter_map(|(is_there, name)| is_there.then_some(name))
    .collect();
    assert_eq!(features, if built_with.is_empty() { "none".to_owned() } else { built_with.join(" ") });
    assert_eq!(Program::new(["-V"]).run().expect(0), told);
}

/// The commit that the build script names, run in this folder.
fn named(script: &Path, folder: &Path, variables: &[(&str, &str)]) -> Option<String> {
    let mut command = Command::new(script);
    command.current_dir(folder).env_remove("SOURCE_COMMIT").env("PROFILE", "release").envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let commit = text.lines().find_map(|line| line.strip_prefix("cargo::rustc-env=BUILT_FROM_COMMIT=")).unwrap();
    (commit != "unknown").then(|| commit.to_owned())
}

fn git(folder: &Path, words: &[&str]) {
    let who = ["-c", "user.name=a", "-c", "user.email=a@corp.example", "-c", "commit.gpgsign=false"];
    let status = Command::new("git").current_dir(folder).args(who).args(words).output().unwrap().status;
    assert!(status.success(), "git {words:?}");
}

#[test]
fn a_build_finds_its_commit_and_does_without() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("build");
    let source = dir.path().join("build.rs");
    let part = root().join("build/commit.rs");
    fs::write(&source, format!("#[path = {part:?}]\nmod commit;\nfn main() {{ commit::tell(); }}\n")).unwrap();
    let compiled = Command::new("rustc").args(["--edition", "2024", "-o"]).arg(&script).arg(&source).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let archive = dir.path().join("archive");
    fs::create_dir(&archive).unwrap();
    assert_eq!(named(&script, &archive, &[]), None);
    assert_eq!(named(&script, &archive, &[("SOURCE_COMMIT", " 0a1b2c3 ")]), Some("0a1b2c3".to_owned()));
    for wrong in ["", "a b", "a\ncargo::rustc-env=X=1", "$(id)"] {
        assert_eq!(named(&script, &archive, &[("SOURCE_COMMIT", wrong)]), None, "{wrong:?}");
    }
    if Command::new("git").arg("--version").output().is_err() {
        return;
    }
    // An archive that lies in another project's repository is not of that commit.
    git(dir.path(), &["init", "-q"]);
    git(dir.path(), &["commit", "-q", "--allow-empty", "-m", "x"]);
    assert_eq!(named(&script, &archive, &[]), None);
    let commit = named(&script, dir.path(), &[]).unwrap();
    assert!(commit.len() >= 7 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{commit}");
    assert_eq!(named(&script, dir.path(), &[("PROFILE", "debug")]), None);
    assert_eq!(named(&script, dir.path(), &[("PATH", "")]), None, "without git");
    fs::write(dir.path().join("a"), "1").unwrap();
    git(dir.path(), &["add", "a"]);
    assert_eq!(named(&script, dir.path(), &[]), Some(format!("{commit}-dirty")));
}
