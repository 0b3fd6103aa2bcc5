//! The parts of gateway.yaml that pages for operators show are taken.

use super::blocks::{blocks, page, pages};
use crate::support::server::tenant_of;

/// Blocks of YAML that belong to another program or file, by how they begin.
const OTHERS: [&str; 4] = ["scrape_configs:", "rule_files:", "# rules/", "serviceMonitor:"];

#[test]
fn every_part_of_gateway_yaml_is_taken() {
    let mut parts = 0;
    let is_for_operators =
        |name: &String| name.starts_with("docs/operating") || name == "README.md" || name == "docs/start.md";
    for name in pages().into_iter().filter(is_for_operators) {
        let text = page(&name);
        let of_yaml = blocks(&text).into_iter().filter(|block| block.language == "yaml");
        for block in of_yaml.filter(|block| !OTHERS.iter().any(|start| block.text.starts_with(start))) {
            // Panics with what is wrong.
            tenant_of(&block.text);
            parts += 1;
        }
    }
    assert!(parts >= 9, "only {parts} parts");
}
