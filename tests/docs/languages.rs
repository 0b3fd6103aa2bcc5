//! The rules in the pages about the language are right, and pass their tests.

use std::path::Path;
use std::sync::Arc;

use super::blocks::{Block, blocks, page, pages};
use super::examples::pass;
use crate::schema::objections;
use crate::support::server::tenant_of;
use hookgate::diagnostic::File;
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources};

/// What rules of the reference send to.
pub const DESTINATIONS: &str = "outbox: { encryption_key: \"${env:OUTBOX_KEY}\" }\ndestinations:\n  itsm: { http: \"https://itsm.example/events\" }\n  chat: { slack: \"${env:CHAT}\" }\n  \
                            siem: { file: siem.jsonl }\n  vault: { http: \"https://vault.example\", accepts: secrets }\n";

/// Whether a block is a whole rule file.
fn is_whole_file(block: &Block<'_>) -> bool {
    block.language == "yaml" && block.text.starts_with("# rules/")
}

/// The whole rule files of a page, each with its name.
pub fn whole_rule_files(page: &str) -> Vec<(String, String)> {
    let whole = blocks(page).into_iter().filter(is_whole_file);
    whole.map(|block| (block.text.lines().next().unwrap().trim_start_matches("# ").to_owned(), block.text)).collect()
}

/// The pages about the language: the short one, and the reference behind it.
pub fn language() -> Vec<String> {
    let is_about_rules = |page: &String| page == "docs/rules.md" || page.starts_with("docs/language");
    pages().into_iter().filter(is_about_rules).collect()
}

/// Blocks that are whole files: they say so in their first line.
#[test]
fn every_whole_rule_file_of_the_reference_is_right_and_passes_its_tests() {
    let mut files = 0;
    for name in language() {
        let page = page(&name);
        for block in blocks(&page).iter().filter(|block| is_whole_file(block)) {
            let at = format!("{name}:{}", block.line);
            let file = block.text.lines().next().unwrap().trim_start_matches("# ").to_owned();
            let mut sources = vec![(Role::Yaml, Arc::new(File::new(file, block.text.clone())))];
            if block.text.contains("table: people.csv") {
                let people = File::new("rules/people.csv".to_owned(), "login,mobile\na,+91 98200 12345\n".to_owned());
                sources.push((Role::Csv, Arc::new(people)));
            }
            let built = Live::build(&Sources::from_files(Path::new("rules"), sources), &tenant_of(DESTINATIONS));
            let (live, report) = built.unwrap_or_else(|report| panic!("{at}\n{}", report.to_text(false)));
            assert!(report.findings.is_empty(), "{at}\n{}", report.to_text(false));
            assert!(objections(&block.text).is_empty(), "{at}: {:?}", objections(&block.text));
            assert!(pass(&live, &at) > 0, "{at}");
            files += 1;
        }
    }
    assert!(files >= 16, "only {files} whole files");
}

/// Blocks that are parts of a file are at least YAML with keys that a rule file or a rule has.
#[test]
fn every_part_of_a_rule_file_in_the_reference_can_be_read() {
    for name in language() {
        for block in blocks(&page(&name)).iter().filter(|block| block.language == "yaml") {
            let text = &block.text;
            let is_list = text.trim_start().starts_with("- ");
            let is_rule = ["when:", "set:"].iter().any(|key| text.starts_with(key)) && !text.contains("rules:");
            let objections = objections(&match (is_list, is_rule) {
                (true, _) => format!("rules:\n{text}"),
                (_, true) => format!("rules:\n  - name: a\n    {}", text.replace('\n', "\n    ")),
                _ => text.clone(),
            });
            assert!(objections.is_empty(), "{name}:{}: {objections:?}", block.line);
        }
    }
}
