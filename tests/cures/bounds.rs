//! Work that is bounded by counting it, on generated files.

use std::path::Path;
use std::sync::Arc;

use super::told;
use crate::support::program::Program;
use hookgate::diagnostic::File;
use hookgate::gateway::Live;
use hookgate::lint::lint;
use hookgate::rule::{Role, Sources, Tenant};

#[test]
fn of_many_mistakes_a_thousand_are_shown_and_the_rest_counted() {
    let folder = tempfile::tempdir().unwrap();
    let rules: String = (0..5_000).map(|n| format!("  - {{ name: r{n}, wen: x, stop: true }}\n")).collect();
    std::fs::write(folder.path().join("a.yaml"), format!("hook: validateUser\nrules:\n{rules}")).unwrap();
    let told = Program::new(["check", "--rules", folder.path().to_str().unwrap()]).run().expect(1);
    assert_eq!(told.matches("error[H201]").count(), 1_000);
    let last = told.lines().last().unwrap();
    assert!(last.starts_with("5000 errors, 0 warnings, the last 4000 of them not shown"), "{last}");
    // What is shown of each is its line, and not the file.
    assert!(told.len() < 1_000_000, "{}", told.len());
    let json = Program::new(["check", "--rules", folder.path().to_str().unwrap(), "--format", "json"]).run().expect(1);
    assert_eq!(json.lines().count(), 5_001);
}

#[test]
fn a_template_has_a_thousand_parts_at_most() {
    let rule = |parts: usize| {
        let template = "${now}".repeat(parts);
        format!("hook: preCreateUser\nrules:\n  - name: r\n    set: {{ user.displayName: \"{template}\" }}\n")
    };
    assert!(told(&rule(1_000)).is_empty());
    let told = told(&rule(200_000));
    assert!(
        matches!(told.as_slice(), [(4, words)] if words.contains("at most 1000 parts, and this one 200000")),
        "{told:?}"
    );
}

/// A table of which each row may meet each other: what is found is told, and that not all was looked at.
#[test]
fn a_table_of_ranges_and_patterns_is_left_when_enough_was_looked_at() {
    let row = |n: usize| format!("        - ['>= {n}', '~ ^a{n}.*b$', x{n}]\n");
    let text = format!(
        "hook: policyMap\nrules:\n  - name: t\n    table:\n      inputs: [user.grade, user.login]\n      \
         outputs: [mappedValue]\n      rows:\n{}",
        (0..400).map(row).collect::<String>()
    );
    let file = Arc::new(File::new("rules.yaml", text));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    let (live, _) = Live::build(&sources, &Tenant::standard()).unwrap();
    let found = lint(&live.rules);
    assert!(!found.is_complete && !found.findings.is_empty());
}
