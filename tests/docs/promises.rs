//! The promises of SECURITY.md have the tests that it names.

use std::fs;

use crate::support::program::root;

/// Every test that SECURITY.md puts behind a promise is there: as a file, or as a function in it.
#[test]
fn the_tests_behind_the_promises_are_there() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let words: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    let tools = words.iter().filter(|word| word.starts_with("tests/tools/"));
    let missing = tools.filter(|word| !root().join(word).exists());
    let mut wrong: Vec<String> = missing.map(|word| (*word).to_owned()).collect();
    let tests: Vec<&&str> = words.iter().filter(|word| word.contains("::") && !word.contains(' ')).collect();
    assert!(tests.len() > 20, "{tests:?}");
    for test in tests {
        let steps: Vec<&str> = test.split("::").collect();
        let (file, function) = steps.split_at(steps.len().min(2));
        let is_there = |path: &str| fs::read_to_string(root().join("tests").join(path)).ok();
        let found = is_there(&format!("{}.rs", file.join("/"))).map(|text| (text, function.first().copied()));
        let in_one_file = || is_there(&format!("{}.rs", file[0])).or_else(|| is_there(&format!("{}/mod.rs", file[0])));
        let found = found.or_else(|| Some((in_one_file()?, file.get(1).copied())));
        let holds = found.is_some_and(|(text, name)| name.is_none_or(|name| text.contains(&format!("fn {name}("))));
        if !holds {
            wrong.push((*test).to_owned());
        }
    }
    assert!(wrong.is_empty(), "SECURITY.md names what is not there: {}", wrong.join(", "));
}
