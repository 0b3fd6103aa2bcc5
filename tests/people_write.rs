//! Sixty-four rules that people run on other products, written in today's language; each folder of `people_write/` is one, with its tests.
//! They show how far the language reaches: what still needs a script is named here.

use std::fs;
use std::path::PathBuf;

use hookgate::gateway::Live;

use crate::schema::{settings_beside, tenant_beside};
use crate::support::program::{Program, root};

/// A check digit is a sum over the digits of a number: arithmetic is what scripts are for.
const WITH_A_SCRIPT: [&str; 1] = ["60-hid-mod10"];
/// What none of them can do, with a script or without: answer by chance, remember between events, ask a lookup for each
/// element of a list, leave an attribute as it is. These do what is left of their sentence.
const IN_PART: [&str; 11] = [
    "23-entra-random-id",
    "24-entra-app-roles",
    "26-entra-writeback",
    "35-auth0-notify",
    "51-fr-defaults",
    "64-licence-cap",
    "72-rego-hierarchy",
    "79-cym-r28-writeback",
    "83-approval",
    "89-remove-group",
    "94-owners-of-groups",
];

fn folders() -> Vec<(String, PathBuf)> {
    let found = fs::read_dir(root().join("tests/people_write")).unwrap().map(|entry| entry.unwrap());
    let mut found: Vec<_> =
        found.map(|entry| (entry.file_name().into_string().unwrap(), entry.path().join("rules"))).collect();
    found.sort();
    found
}

#[test]
fn each_is_well_and_its_tests_pass() {
    let mut tests = 0;
    for (name, rules) in folders() {
        let settings = settings_beside(&rules).unwrap_or_else(|| root().join("gateway.yaml"));
        let (rules, settings) = (rules.to_str().unwrap(), settings.to_str().unwrap());
        let stdout = Program::new(["check", "--rules", rules, "--config", settings]).run().expect(0);
        assert!(stdout.starts_with("0 errors, 0 warnings"), "{name}: {stdout}");
        let stdout = Program::new(["test", rules, "--config", settings]).run().expect(0);
        let passed = stdout.lines().find_map(|line| line.split_once(" passed, 0 failed")).unwrap().0;
        tests += passed.parse::<usize>().unwrap();
    }
    println!("{tests} tests passed");
}

/// A script is what the script engine runs: a block of it, or an expression that has no native form.
#[test]
fn nearly_all_are_written_without_a_script() {
    let mut with_a_script = Vec::new();
    for (name, rules) in folders() {
        let live = Live::read(&rules, &tenant_beside(&rules)).unwrap().0;
        let written = format!("{:?} {:?}", live.rules.rules, live.rules.bindings);
        with_a_script.extend(written.contains("Script(").then_some(name));
    }
    let all = folders().len();
    println!("{all} rules, {} without a script, {} of them in part", all - with_a_script.len(), IN_PART.len());
    assert_eq!(with_a_script, WITH_A_SCRIPT);
    assert_eq!(all, 64);
    let names: Vec<String> = folders().into_iter().map(|(name, _)| name).collect();
    assert!(IN_PART.iter().all(|name| names.iter().any(|known| known == name)));
}
