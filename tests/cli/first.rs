//! `serve`, `check` and `test` where there are no rules: they name `init`, or the folder that was meant.

use crate::support::program::{Ended, Program, folder};

const RULES: &str = "hook: validateUser\ncodes: { NotHere: Not here. }\nrules:\n  - { name: a, reject: NotHere }\n";
const BEGIN: &str = "`hookgate init` writes rules to begin with, `hookgate init DIR` into another folder";

/// What the three say in a folder with these files.
fn said(files: &[(&str, &str)], more: &[&str]) -> Vec<String> {
    let dir = folder(files);
    let run = |words: &[&str]| -> Ended { Program::new(words.iter().chain(more).copied()).within(dir.path()).run() };
    let whole = |ended: Ended, code: i32| {
        assert_eq!(ended.code, Some(code), "{}{}", ended.stdout, ended.stderr);
        ended.stdout + &ended.stderr
    };
    vec![whole(run(&["check"]), 1), whole(run(&["test"]), 2), whole(run(&["serve", "--listen", "127.0.0.1:0"]), 78)]
}

#[test]
fn where_there_is_nothing_init_is_named() {
    for (files, message) in [
        (&[][..], "there is no rules folder `rules`"),
        (&[("rules/.schema.json", "{}")], "there is no rule file in `rules`"),
        (&[("rules/notes.txt", "no rules")], "there is no rule file in `rules`"),
        (&[("gateway.yaml", "rules: elsewhere\n")], "there is no rules folder `elsewhere`"),
    ] {
        for said in said(files, &[]) {
            assert!(said.contains(message) && said.contains(BEGIN), "{said}");
        }
    }
}

#[test]
fn a_folder_nearby_that_has_rules_is_named() {
    for said in said(&[("acme/gateway.yaml", ""), ("acme/rules/a.yaml", RULES)], &[]) {
        assert!(said.contains("`acme` has a gateway.yaml and rules: `cd acme`") && said.contains(BEGIN), "{said}");
    }
    for said in said(&[("acme-rules/a.yaml", RULES)], &[]) {
        assert!(said.contains("`acme-rules` has rules: `--rules acme-rules`"), "{said}");
    }
    for said in said(&[("acme/rules/a.yaml", RULES)], &["--rules", "acme/rule"]) {
        assert!(said.contains("`acme/rules` has rules: `--rules acme/rules`"), "{said}");
    }
}

#[test]
fn a_tenants_folder_in_place_of_its_rules_is_told_in_one_sentence() {
    let files = [
        ("gateway.yaml", "workers: 1\n"),
        ("rules/a.yaml", RULES),
        ("acme/gateway.yaml", ""),
        ("acme/house/a.yaml", RULES),
    ];
    for (named, meant, rules) in [(".", "rules", "rules"), ("acme", "acme/house", "house")] {
        for said in said(&files, &["--rules", named]) {
            let message = format!("`{named}` holds a gateway.yaml and the rules folder `{rules}`, and no rules itself");
            assert!(said.contains(&message), "{said}");
            assert!(said.contains(&format!("write `--rules {meant}`")), "{said}");
            assert_eq!(said.matches("error[").count(), 1, "{said}");
        }
    }
}

#[test]
fn a_mistake_in_rules_is_told_as_ever() {
    for said in said(&[("rules/a.yaml", "hook: validateUser\nrules:\n  - { nme: a }\n"), ("other/a.yaml", RULES)], &[])
    {
        assert!(said.contains("rules/a.yaml:3") && !said.contains("hookgate init"), "{said}");
    }
}
