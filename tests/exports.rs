//! The way from Excel to a rule, as docs/language/exports.md shows it: its files are written, and its commands are run.

use std::fs;

use crate::support::program::{Program, folder, root};

const PAGE: &str = "docs/language/exports.md";
const SPOILT: &str = "9,82E+09";
const MENDED: &str = "098111 00022";

/// The first block of the page, of this language, that begins so.
fn block<'p>(page: &'p str, language: &str, begins: &str) -> &'p str {
    let blocks = page.split("```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'));
    let mut found = blocks.filter(|(of, text)| *of == language && text.starts_with(begins));
    found.next().unwrap_or_else(|| panic!("{PAGE} has no block that begins with `{begins}`")).1
}

/// As Excel saves it: with a byte order mark and its ends of lines.
fn of_excel(csv: &str) -> String {
    format!("\u{feff}{}", csv.replace('\n', "\r\n"))
}

/// The words of a command line, of which one may stand in double quotes.
fn words(line: &str) -> Vec<&str> {
    let parts = line.trim().split('"').enumerate();
    parts.flat_map(|(n, part)| if n % 2 == 0 { part.split_whitespace().collect() } else { vec![part] }).collect()
}

#[test]
fn an_export_becomes_a_table_step_by_step() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let csv = block(&page, "csv", "Login;");
    let rules = block(&page, "yaml", "lookups:\n  owners:");
    let mapping = block(&page, "", "Mobile No.: ");
    let folder =
        folder(&[("rules/people.csv", &of_excel(csv)), ("rules/people.yaml", rules), ("mapping.yaml", mapping)]);
    let run = |words: &[&str]| Program::new(words.iter().copied()).within(folder.path()).run();

    let told = run(&["check"]).expect(0);
    assert!(told.starts_with(block(&page, "", "warning[H515]")), "{told}");

    assert!(csv.contains(SPOILT) && page.contains(&format!("(`{MENDED}`)")));
    fs::write(folder.path().join("rules/people.csv"), of_excel(&csv.replace(SPOILT, MENDED))).unwrap();
    let told = run(&["check"]).expect(0);
    assert!(told.starts_with("0 errors, 0 warnings"), "{told}");
    let told = run(&["test"]).expect(0);
    assert!(told.starts_with("4 passed, 0 failed"), "{told}");

    let asked = block(&page, "sh", "hookgate dry-run ").trim_start_matches("hookgate ");
    let told = run(&words(asked)).expect(0);
    assert!(told.contains("lookup `owners` has 1 row for \"9811100022\"") && told.contains(MENDED), "{told}");

    let asked = block(&page, "sh", "hookgate scan ").trim_start_matches("hookgate ");
    let told = run(&words(asked)).expect(0);
    for column in ["Mobile No.   user.mobile", "Last Day     user.endDate", "3 accepted"] {
        assert!(told.contains(column), "{column}: {told}");
    }
}
