//! The picture of the README shows what the program prints.

use std::fs;

use regex::Regex;

use super::blocks::{blocks, page};
use crate::support::program::{Program, folder, root};

/// Without what differs from run to run.
fn lasting(text: &str) -> String {
    let hash = Regex::new(r"hash [0-9a-f]{12}").unwrap().replace_all(text, "hash …").into_owned();
    Regex::new(r"\d+ ms \(.*\)").unwrap().replace_all(&hash, "… ms").into_owned()
}

/// The lines of text in the picture.
fn drawn() -> Vec<String> {
    let picture = fs::read_to_string(root().join("docs/picture.svg")).unwrap();
    let mark = Regex::new("<[^>]*>").unwrap();
    let of_text = picture.lines().filter(|line| line.trim_start().starts_with("<text "));
    let plain = of_text.map(|line| mark.replace_all(line.trim_start(), "").into_owned());
    plain.map(|line| line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).collect()
}

#[test]
fn the_picture_of_the_readme_is_what_it_shows() {
    let drawn = drawn();
    let readme = page("README.md");
    let blocks = blocks(&readme);
    let called = blocks.iter().position(|block| block.text.starts_with("curl ")).unwrap();
    // The first call, and its answer, which a test of the README makes.
    let call: Vec<String> = blocks[called].text.lines().map(|line| line.trim().to_owned()).collect();
    assert_eq!(drawn[..2].iter().map(|line| line.trim_start_matches("$ ").trim().to_owned()).collect::<Vec<_>>(), call);
    assert_eq!(drawn[2], blocks[called + 1].text.trim_end());
    // Then the rule of the README with a misspelt word.
    assert_eq!(drawn[3], "$ hookgate check");
    let rule = blocks.iter().find(|block| block.text.starts_with("# rules/vendors.yaml")).unwrap();
    let rule = rule.text.replace("user.userType: Vendor\n", "user.userTpye: Vendor\n");
    let folder = folder(&[("rules/vendors.yaml", &rule)]);
    for file in fs::read_dir(root().join("rules")).unwrap().map(|entry| entry.unwrap()) {
        fs::copy(file.path(), folder.path().join("rules").join(file.file_name())).unwrap();
    }
    let printed = Program::new(["check"]).within(folder.path()).run().expect(1);
    let stale = "stale: run `tests/tools/picture target/debug/hookgate`";
    assert_eq!(lasting(&drawn[4..].join("\n")), lasting(printed.trim_end()), "{stale}");
}
