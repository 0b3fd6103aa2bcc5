//! The catalogue of codes: complete, unique, and the page made of it is fresh.

use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::sync::Arc;

use hookgate::config;
use hookgate::diagnostic::{Code, File, Report};
use hookgate::lint::catalogue;
use hookgate::yaml::syntax;

use crate::support::generated::is_fresh;

fn hookgate(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hookgate")).args(words).output().unwrap()
}

/// The wrong example of a code.
fn example(code: &Code) -> &'static str {
    let (_, rest) = code.text.split_once("```yaml\n").unwrap_or_else(|| panic!("{} has no example", code.id));
    rest.split_once("```").unwrap().0
}

#[test]
fn page_is_fresh() {
    is_fresh("docs/codes.md", &catalogue::to_markdown());
}

#[test]
fn ids_are_used_once_and_stand_in_order() {
    let ids: Vec<&str> = catalogue::all().map(|code| code.id).collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(distinct.into_iter().collect::<Vec<_>>(), ids);
    for id in ids {
        assert!(id.len() == 4 && id.starts_with('H') && id[1..].bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    }
    let titles: BTreeSet<&str> = catalogue::all().map(|code| code.title).collect();
    assert_eq!(titles.len(), catalogue::all().count());
}

#[test]
fn every_text_explains_shows_and_says_what_to_write() {
    for code in catalogue::all() {
        let (before, rest) = code.text.trim().split_once("```yaml\n").unwrap_or_else(|| panic!("{}", code.id));
        let (example, after) = rest.split_once("```\n").unwrap_or_else(|| panic!("{}: nothing behind", code.id));
        assert!(!before.trim().is_empty() && !example.trim().is_empty() && !after.trim().is_empty(), "{}", code.id);
        let prose = before.lines().chain(after.lines()).count();
        assert!((2..=10).contains(&prose), "{} has {prose} lines", code.id);
        assert!(after.trim().ends_with(['.', '`']), "{}", code.id);
        for line in code.text.lines() {
            assert!(line.chars().count() <= 120, "{}: {line}", code.id);
        }
        let is_title = !code.title.ends_with('.') && code.title.starts_with(|c: char| c.is_lowercase());
        assert!(is_title, "{}", code.title);
    }
}

#[test]
fn examples_of_files_and_settings_are_wrong_in_the_way_they_say() {
    let ids = [
        "H103", "H104", "H105", "H106", "H107", "H108", "H109", "H126", "H127", "H701", "H702", "H703", "H704", "H705",
        "H707", "H710",
    ];
    for id in ids {
        let code = catalogue::find(id).unwrap();
        let file = File::new("example.yaml".to_owned(), example(code).to_owned());
        let report = if id.starts_with("H7") {
            config::read(Some(file), [], &[]).err().unwrap_or_default()
        } else {
            let mut report = Report::default();
            syntax::parse(&Arc::new(file), &mut report);
            report
        };
        assert!(report.findings.iter().any(|finding| finding.code == code), "{id}: {}", report.to_text(false));
    }
}

#[test]
fn other_examples_are_yaml() {
    let is_wrong_as_yaml = |code: &&Code| matches!(code.id, "H126" | "H127");
    for code in catalogue::all().filter(|code| code.id > "H109").filter(|code| !is_wrong_as_yaml(code)) {
        let file = File::new(code.id.to_owned(), example(code).to_owned());
        let mut report = Report::default();
        let is_read = syntax::parse(&Arc::new(file), &mut report).is_some();
        let is_two_files = code.id == "H218";
        assert!(is_two_files || (is_read && report.findings.is_empty()), "{}", report.to_text(false));
    }
}

#[test]
fn explain_finds_a_code_in_any_case() {
    let output = hookgate(&["explain", "h106"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("H106: a key appears twice\n\n") && text.contains("```yaml"), "{text}");
    assert!(output.status.success() && !text.contains('\u{1b}'));
}

#[test]
fn explain_without_a_code_lists_all() {
    let output = hookgate(&["explain"]);
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    let expected: Vec<String> = catalogue::all().map(|code| format!("{}  {}", code.id, code.title)).collect();
    assert_eq!(lines, expected);
    let all = hookgate(&["explain", "--all"]);
    assert_eq!(String::from_utf8(all.stdout).unwrap(), catalogue::to_markdown());
}

#[test]
fn unknown_code_says_what_was_meant() {
    let output = hookgate(&["explain", "201"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("there is no code `201`") && text.contains("did you mean `H201`?"), "{text}");
}

#[test]
fn wrong_command_lines_end_with_two_and_questions_with_nothing_wrong() {
    for (words, exit) in [
        (&[][..], 2),
        (&["nonsense"], 2),
        (&["explain", "--al"], 2),
        (&["explain", "--all", "H101"], 2),
        (&["--version"], 0),
        (&["--help"], 0),
        (&["explain", "--help"], 0),
    ] {
        assert_eq!(hookgate(words).status.code(), Some(exit), "{words:?}");
    }
}
