//! `hookgate test --coverage` and `--lcov`: rules, rows of tables, and both outcomes of each condition.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::program::{Ended, Program, folder};

/// A guard before two rules, a rule that is off, a table in the file and one beside it; each with a known gap.
const RULES: &str = r#"hook: [validateUser, policyMap]
when:
  user.status: ACTIVE
codes: { NoVendors: Vendors are kept elsewhere. }
rules:
  - name: no-vendors
    hook: validateUser
    when:
      any:
        - user.userType: Vendor
        - not: { user.grade: { gt: 2 } }
      not:
        user.login: boss
    reject: NoVendors
  - name: never-held
    hook: validateUser
    when: { script: "user.city == \"Pune\"" }
    reject: NoVendors
  - name: left-out
    hook: validateUser
    mode: off
    when: { user.city: Delhi }
    reject: NoVendors
  - name: unit
    hook: policyMap
    table:
      hit: first
      inputs: [user.country]
      outputs: [mappedValue]
      rows:
        - [India, IN]
        - ["-", XX]
  - name: office
    hook: policyMap
    table: { inputs: [user.userType, user.country, user.city], outputs: [mappedValue], rows: ou.csv }
tests:
  - name: a vendor is refused
    hook: validateUser
    request: { user: { login: v1, status: ACTIVE, userType: Vendor, grade: 7 } }
    expect: { reject: NoVendors }
  - name: somebody of a high grade is welcome
    hook: validateUser
    request: { user: { login: e1, status: ACTIVE, userType: Employee, grade: 7 } }
    expect: { accept: true }
  - name: a unit in India
    hook: policyMap
    request: { targetAttribute: ou, user: { status: ACTIVE, country: India } }
    expect: { mappedValue: IN }
"#;

const TABLE: &str =
    "user.userType,user.country,user.city,mappedValue\nEmployee,India,-,OU=IN\n\"Ven, dor\",-,Berlin,OU=DE\n";

fn gaps() -> TempDir {
    folder(&[("rules/a.yaml", RULES), ("rules/ou.csv", TABLE)])
}

fn run(dir: &TempDir, words: &[&str]) -> Ended {
    Program::new(["test"].into_iter().chain(words.iter().copied())).within(dir.path()).run()
}

#[test]
fn text_tells_the_sums_and_each_gap_by_its_line() {
    let stdout = run(&gaps(), &["--coverage"]).expect(0);
    let (_, coverage) = stdout.split_once('\n').unwrap();
    assert_eq!(
        coverage,
        "coverage: 2 of 4 rules held (50 %), 1 of 4 table rows hit (25 %), 6 of 10 outcomes of conditions seen (60 %)\n\
        \x20 rules/a.yaml:3  `user.status: ACTIVE` never failed to hold\n\
        \x20 rules/a.yaml:11  `user.grade: { gt: 2 }` never failed to hold\n\
        \x20 rules/a.yaml:13  `user.login: boss` never held\n\
        \x20 rules/a.yaml:15  rule never-held never held\n\
        \x20 rules/a.yaml:17  `\"user.city == \\\"Pune\\\"\"` never held\n\
        \x20 rules/a.yaml:32  row 2 of unit was never hit: - | XX\n\
        \x20 rules/a.yaml:33  rule office never held\n\
        \x20 rules/ou.csv:2  row 1 of ou.csv was never hit: Employee | India | - | OU=IN\n\
        \x20 rules/ou.csv:3  row 2 of ou.csv was never hit: Ven, dor | - | Berlin | OU=DE\n"
    );
}

#[test]
fn a_folder_that_is_reached_whole_has_no_gap() {
    let rules = "hook: validateUser\nrules:\n  - { name: a, when: { user.login: x }, reject: LoginReserved }\ntests:\n\
                 \x20 - { name: x, request: { user: { login: x } }, expect: { reject: LoginReserved } }\n\
                 \x20 - { name: y, request: { user: { login: y } }, expect: { accept: true } }\n";
    let dir = folder(&[("rules/a.yaml", rules)]);
    let whole = "coverage: 1 of 1 rules held (100 %), 2 of 2 outcomes of conditions seen (100 %)\n";
    assert!(run(&dir, &["--coverage"]).expect(0).ends_with(whole));
    // The same folder by two of its files is still one folder.
    assert!(run(&dir, &["--coverage", "rules", "rules/a.yaml"]).expect(0).ends_with(whole));
    let half = run(&dir, &["--coverage", "--filter", "y"]).expect(0);
    assert!(half.contains("0 of 1 rules held (0 %), 1 of 2 outcomes of conditions seen (50 %)\n"), "{half}");
    assert!(half.contains("  rules/a.yaml:3  `user.login: x` never held\n"), "{half}");
}

#[test]
fn percentages_are_rounded_down() {
    let rule = |n: usize| format!("  - {{ name: r{n}, when: {{ user.login: l{n} }}, reject: LoginReserved }}\n");
    let rules: String = (0..200).map(rule).collect();
    let case =
        |n: usize| format!("  - {{ name: c{n}, request: {{ user: {{ login: l{n} }} }}, expect: {{ by: r{n} }} }}\n");
    let cases: String = (0..199).map(case).collect();
    let dir = folder(&[("rules/a.yaml", &format!("hook: validateUser\nrules:\n{rules}tests:\n{cases}"))]);
    let stdout = run(&dir, &["--coverage"]).expect(0);
    // Each condition but the last two was seen to hold and not to hold.
    assert!(stdout.contains("coverage: 199 of 200 rules held (99 %), 397 of 400 outcomes of conditions seen (99 %)\n"));
}

#[test]
fn json_has_the_sums_and_every_item_with_its_counts() {
    let stdout = run(&gaps(), &["--coverage", "--format", "json"]).expect(0);
    let coverage: Value = serde_json::from_str::<Value>(&stdout).unwrap()["coverage"].take();
    assert_eq!(coverage["rules"], json!({ "reached": 2, "total": 4, "percent": 50 }));
    assert_eq!(coverage["rows"], json!({ "reached": 1, "total": 4, "percent": 25 }));
    assert_eq!(coverage["outcomes"], json!({ "reached": 6, "total": 10, "percent": 60 }));
    let items = coverage["items"].as_array().unwrap();
    assert_eq!(items.len(), 4 + 4 + 5);
    assert_eq!(
        items[0],
        json!({
            "kind": "condition", "name": "user.status: ACTIVE", "file": "rules/a.yaml", "line": 3, "column": 3,
            "held": 4, "not_held": 0, "missing": "`user.status: ACTIVE` never failed to hold",
        }),
        "the guard counts once, whatever rules it guards"
    );
    assert_eq!(
        items.last().unwrap(),
        &json!({
            "kind": "row", "name": "row 2 of ou.csv", "file": "rules/ou.csv", "line": 3, "column": 1, "held": 0,
            "cells": ["Ven, dor", "-", "Berlin", "OU=DE"],
            "missing": "row 2 of ou.csv was never hit: Ven, dor | - | Berlin | OU=DE",
        })
    );
    let plain = run(&gaps(), &["--format", "json"]).expect(0);
    assert_eq!(serde_json::from_str::<Value>(&plain).unwrap()["coverage"], Value::Null);
}

#[test]
fn junit_has_the_text_beside_the_tests() {
    let stdout = run(&gaps(), &["--coverage", "--format", "junit"]).expect(0);
    assert!(stdout.contains("  <system-out>coverage: 2 of 4 rules held (50 %), "), "{stdout}");
    assert!(stdout.ends_with("</system-out>\n</testsuite>\n"), "{stdout}");
}

/// What a tracefile says of a file: the hits of lines and functions, and of each line's branches.
#[derive(Debug, Default, PartialEq)]
struct Record {
    lines: BTreeMap<usize, u64>,
    functions: BTreeMap<String, (usize, u64)>,
    branches: BTreeMap<usize, Vec<Option<u64>>>,
    sums: BTreeMap<String, usize>,
}

fn read_lcov(text: &str) -> BTreeMap<String, Record> {
    let mut records = BTreeMap::new();
    let mut open: Option<(String, Record)> = None;
    for line in text.lines() {
        let (key, rest) = line.split_once(':').unwrap_or((line, ""));
        let number = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("{line}"));
        match (key, &mut open) {
            ("TN", None) => {}
            ("SF", None) => open = Some((rest.to_owned(), Record::default())),
            ("end_of_record", Some(_)) => records.extend(open.take()),
            ("FN", Some((_, record))) => {
                let (line, name) = rest.split_once(',').unwrap();
                let before = record.functions.insert(name.to_owned(), (line.parse().unwrap(), 0));
                assert_eq!(before, None, "{name} appears twice");
            }
            ("FNDA", Some((_, record))) => {
                let (hits, name) = rest.split_once(',').unwrap();
                record.functions.get_mut(name).unwrap().1 = number(hits);
            }
            ("DA", Some((_, record))) => {
                let (line, hits) = rest.split_once(',').unwrap();
                assert_eq!(record.lines.insert(line.parse().unwrap(), number(hits)), None, "{line} appears twice");
            }
            ("BRDA", Some((_, record))) => {
                let [line, _, branch, taken] = rest.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
                let outcomes = record.branches.entry(line.parse().unwrap()).or_default();
                assert_eq!(number(branch), (outcomes.len() % 2) as u64);
                outcomes.push((taken != "-").then(|| number(taken)));
            }
            (sum, Some((_, record))) => {
                record.sums.insert(sum.to_owned(), rest.parse().unwrap());
            }
            other => panic!("{line}: {other:?}"),
        }
    }
    assert!(open.is_none(), "a record has no end");
    records
}

#[test]
fn lcov_is_a_tracefile_whose_sums_are_those_of_its_records() {
    let dir = gaps();
    let stdout = run(&dir, &["--lcov", "lcov.info"]).expect(0);
    assert!(!stdout.contains("coverage"), "{stdout}");
    let records = read_lcov(&fs::read_to_string(dir.path().join("lcov.info")).unwrap());
    assert_eq!(records.keys().collect::<Vec<_>>(), ["rules/a.yaml", "rules/ou.csv"]);
    let rules = &records["rules/a.yaml"];
    assert_eq!(rules.functions["no-vendors"], (6, 1));
    assert_eq!(rules.functions["never-held"], (15, 0));
    assert!(!rules.functions.contains_key("left-out"), "{rules:?}");
    assert_eq!(rules.branches[&3], [Some(4), Some(0)]);
    assert_eq!(rules.branches[&10], [Some(1), Some(1)]);
    assert_eq!((rules.lines[&6], rules.lines[&15], rules.lines[&31], rules.lines[&32]), (1, 0, 1, 0));
    assert_eq!(records["rules/ou.csv"].lines, BTreeMap::from([(2, 0), (3, 0)]));
    for (file, record) in &records {
        let hit = record.lines.values().filter(|hits| **hits > 0).count();
        let held = record.functions.values().filter(|(_, hits)| *hits > 0).count();
        let outcomes = || record.branches.values().flatten();
        let taken = outcomes().filter(|taken| taken.is_some_and(|times| times > 0)).count();
        let sums = [
            ("LF", record.lines.len()),
            ("LH", hit),
            ("FNF", record.functions.len()),
            ("FNH", held),
            ("BRF", outcomes().count()),
            ("BRH", taken),
        ];
        assert_eq!(record.sums, sums.into_iter().map(|(name, sum)| (name.to_owned(), sum)).collect(), "{file}");
        // Their readers refuse a line that was run without one of its branches, and the other way round.
        for (line, outcomes) in &record.branches {
            let is_run = outcomes.iter().flatten().any(|times| *times > 0);
            assert_eq!(record.lines[line] > 0, is_run, "{file}:{line}");
        }
    }
}

#[test]
fn a_tracefile_that_cannot_be_written_is_told() {
    let stderr = run(&gaps(), &["--lcov", "nowhere/lcov.info"]).refused(2);
    assert!(stderr.contains("cannot write `nowhere/lcov.info`: "), "{stderr}");
}
