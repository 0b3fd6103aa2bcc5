//! `hookgate init` and `hookgate schema`: what is handed out works, and is what stands in the repository.

use std::fs;

use crate::support::post;
use crate::support::program::{Program, folder, root};

#[test]
fn what_init_writes_is_tested_checked_and_served() {
    let dir = folder(&[]);
    let stdout = Program::new(["init", "made/here"]).within(dir.path()).run().expect(0);
    assert!(stdout.starts_with("wrote made/here/gateway.yaml\n") && stdout.contains("  cd made/here\n"), "{stdout}");
    let made = dir.path().join("made/here");
    assert!(
        Program::new(["test"]).within(&made).run().expect(0).starts_with("56 passed, 0 failed, 0 could not be run")
    );
    assert!(Program::new(["check"]).within(&made).run().expect(0).starts_with("0 errors, 0 warnings"));
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(&made).serve();
    let taken = br#"{"request":{"user":{"login":"new.hire","mobile":"+91 98200 12345"}}}"#;
    let answer = post(served.address, "/webhook/validateUser", taken);
    assert_eq!(answer.body, r#"{"response":{"error":true,"message":"MobileAlreadyExist"}}"#);
}

#[test]
fn init_writes_every_starter_file_as_it_is_in_the_repository() {
    let dir = folder(&[]);
    Program::new(["init", "."]).within(dir.path()).run().expect(0);
    let names = |folder: &std::path::Path| {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(
        names(&dir.path().join("rules")),
        names(&root().join("rules")),
        "`init` writes the starter rules, all of them"
    );
    let mut written = vec!["gateway.yaml".into()];
    written.extend(names(&root().join("rules")).into_iter().map(|name| std::path::Path::new("rules").join(name)));
    for name in written {
        let text = |folder: &std::path::Path| fs::read_to_string(folder.join(&name)).unwrap();
        assert_eq!(text(dir.path()), text(root()), "{}", name.display());
    }
}

#[test]
fn init_never_overwrites_and_then_writes_nothing_at_all() {
    let dir = folder(&[("rules/notify.yaml", "mine\n")]);
    let stderr = Program::new(["init", "."]).within(dir.path()).run().refused(2);
    assert!(stderr.contains("rules/notify.yaml` is already there, and nothing was written"), "{stderr}");
    assert_eq!(fs::read_to_string(dir.path().join("rules/notify.yaml")).unwrap(), "mine\n");
    assert!(!dir.path().join("gateway.yaml").exists() && !dir.path().join("rules/validate.yaml").exists());
}

#[test]
fn the_schema_beside_the_starter_rules_is_the_one_that_is_printed() {
    let printed = Program::new(["schema"]).run().expect(0);
    let there = fs::read_to_string(root().join("rules/.schema.json")).unwrap();
    assert!(printed == there, "rules/.schema.json is stale; `cargo run -- schema > rules/.schema.json` renews it");
}
