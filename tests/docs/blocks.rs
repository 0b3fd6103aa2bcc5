//! The pages of this repository, and what stands in them: blocks of code, headings, prose.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use regex::Regex;

use crate::support::program::root;

pub fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A fenced block: its language, its text, and the line it begins on.
pub struct Block<'p> {
    pub language: &'p str,
    pub text: String,
    pub line: usize,
    indent: usize,
}

pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (n, line) in page.lines().enumerate() {
        // A block below a step of a list is indented as the step's text is.
        let indent = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some(Block { language, text: String::new(), line: n + 1, indent }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(block)) => {
                block.text += line.get(block.indent..).unwrap_or_default();
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    found
}

/// Every page that people read, by its path below the project's folder.
pub fn pages() -> Vec<String> {
    let mut found = ["README.md", "SECURITY.md", "CHANGELOG.md", "tests/README.md"].map(str::to_owned).to_vec();
    ["docs", "examples"].iter().for_each(|folder| below(&root().join(folder), &mut found));
    found.sort();
    found
}

fn below(folder: &Path, found: &mut Vec<String>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
        }
    }
}

/// The lines of a page that stand in no block, each with its number.
pub fn prose(page: &str) -> Vec<(usize, &str)> {
    let mut is_block = false;
    let mut found = Vec::new();
    for (n, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            found.push((n + 1, line));
        }
    }
    found
}

/// The headings of a page, each with its level and the anchor by which links reach it.
pub fn headings(page: &str) -> Vec<(usize, String)> {
    let (linked, dropped) = (Regex::new(r"\[([^\]]*)\]\([^)]*\)").unwrap(), Regex::new(r"[^\w\- ]").unwrap());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (_, line) in prose(page).iter().filter(|(_, line)| line.starts_with('#')) {
        let level = line.chars().take_while(|c| *c == '#').count();
        let words = linked.replace_all(line[level..].trim(), "$1").to_lowercase();
        let anchor = dropped.replace_all(&words, "").replace(' ', "-");
        let before = seen.entry(anchor.clone()).or_default();
        found.push((level, if *before == 0 { anchor } else { format!("{anchor}-{before}") }));
        *before += 1;
    }
    found
}
