//! The commands that pages show are ones that the programs know.

use std::collections::BTreeMap;

use super::blocks::{blocks, page, pages};
use crate::support::program::Program;

/// Every `hookgate …` command that a page shows is one that the program knows.
#[test]
fn the_commands_that_are_shown_are_understood() {
    let mut shown = BTreeMap::new();
    for name in pages() {
        let text = page(&name);
        for block in blocks(&text).iter().filter(|block| block.language == "sh") {
            for line in block.text.lines() {
                // Up to the remark behind it, and to the file that it is written to.
                let line = line.split(" #").next().unwrap().split(" >").next().unwrap().trim();
                let words = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("hookgate "));
                shown.extend(words.map(|words| (words.to_owned(), name.clone())));
            }
        }
    }
    assert!(shown.len() >= 50, "{shown:?}");
    for (words, page) in shown {
        // With what a command is given, so that a command within a command tells its own flags.
        let command = words.split_whitespace().take_while(|word| !word.starts_with("--"));
        let help = Program::new(command.chain(["--help"])).run().expect(0);
        for flag in words.split_whitespace().filter(|word| word.starts_with("--")) {
            let flag = flag.split('=').next().unwrap();
            assert!(
                help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
                "{page}: `{words}` has {flag}, which is unknown:\n{help}"
            );
        }
    }
}

/// Every `hookgate scan` behind which its output stands prints that, but for hashes and times.
#[test]
fn the_scans_that_are_shown_come_out_as_it_is_written() {
    let text = page("docs/operating/scan.md");
    let without_changing = |text: &str| {
        let hash = regex::Regex::new(r"\([0-9a-f]{12}\)").unwrap().replace_all(text, "(…)").into_owned();
        regex::Regex::new(r"decided in [0-9.]+ s").unwrap().replace_all(&hash, "decided in … s").into_owned()
    };
    let mut scans = 0;
    for pair in blocks(&text).windows(2) {
        let [asked, told] = pair else { continue };
        if !asked.text.starts_with("hookgate scan ") || !told.language.is_empty() {
            continue;
        }
        let printed = Program::shell(asked.text.trim_end()).run().expect(1);
        assert_eq!(without_changing(&printed), told.text, "docs/operating/scan.md:{}", asked.line);
        scans += 1;
    }
    assert_eq!(scans, 2);
}

/// What was acknowledged and has not arrived stands below `/data`, and goes with a container whose volume has no name.
#[test]
fn a_container_that_serves_has_a_volume_with_a_name() {
    let mut runs = Vec::new();
    for name in pages() {
        let text = page(&name).replace("\\\n", " ");
        for line in text.lines().filter(|line| line.contains("docker run ")) {
            // Up to the remark behind it.
            runs.push(line.split_once("docker run ").unwrap().1.split("  #").next().unwrap().trim().to_owned());
        }
    }
    let serves: Vec<&String> = runs.iter().filter(|run| run.contains(" -p ")).collect();
    assert!(serves.len() >= 3, "{runs:?}");
    assert!(serves.iter().all(|run| run.contains(" -v hookgate:/data ")), "{serves:?}");
}
