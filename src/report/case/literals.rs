//! The values that rules have written: whoever may read the rules knows them, and conditions compare with them.

use std::collections::HashSet;

use crate::diagnostic::Report;
use crate::rule::{Role, RuleSet, Sources};
use crate::yaml::{Content, Node, syntax};

/// Keys of a rule file below which values are no part of what rules compare.
const LEFT_OUT: [&str; 5] = ["tests", "about", "codes", "owner", "ticket"];
/// Shortest text that is looked for within others, in letters: `@corp.example`.
const LEAST_LETTERS: usize = 3;
/// Longest one.
const MOST_LETTERS: usize = 64;

/// Texts and numbers of rules, in small letters.
#[derive(Debug, Default)]
pub struct Literals {
    whole: HashSet<String>,
    /// Those that values may begin or end with, or have in them.
    parts: Vec<String>,
}

impl Literals {
    /// What the rule files and the decision tables of a set have. The rows of lookups are no part of it.
    pub fn of(sources: &Sources, set: &RuleSet) -> Self {
        let mut literals = Self::default();
        for (_, file) in sources.files.iter().filter(|(role, _)| *role == Role::Yaml) {
            if let Some(Node { content: Content::Map(entries), .. }) = syntax::parse(file, &mut Report::default()) {
                let kept = entries.iter().filter(|entry| !LEFT_OUT.contains(&entry.key.as_str()));
                kept.for_each(|entry| literals.take(&entry.value));
            }
        }
        for table in set.rules.iter().filter_map(|rule| rule.table.as_ref()) {
            for row in &table.rows {
                (0..row.cells.len()).for_each(|column| literals.cell(table.cell(row, column)));
            }
        }
        literals.parts = literals.whole.iter().filter(|text| is_part(text)).cloned().collect();
        literals
    }

    fn take(&mut self, node: &Node) {
        match &node.content {
            Content::Scalar { text, .. } => drop(self.whole.insert(text.trim().to_lowercase())),
            Content::List(items) => items.iter().for_each(|item| self.take(item)),
            Content::Map(entries) => {
                let kept = entries.iter().filter(|entry| !LEFT_OUT.contains(&entry.key.as_str()));
                kept.for_each(|entry| self.take(&entry.value));
            }
        }
    }

    fn cell(&mut self, text: &str) {
        self.whole.extend(text.split([',', '|', ';']).chain([text]).map(|part| part.trim().to_lowercase()));
    }

    /// Whether rules have the whole value.
    pub fn has(&self, text: &str) -> bool {
        self.whole.contains(&text.trim().to_lowercase())
    }

    /// The places in a text, in bytes, that rules have: `@corp.example` in an address.
    pub fn places(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        // A text that changes its length in small letters has no places in common with them.
        let small = text.to_lowercase();
        if small.len() != text.len() {
            return Vec::new();
        }
        let found = self.parts.iter().filter_map(|part| small.find(part.as_str()).map(|at| at..at + part.len()));
        found.collect()
    }
}

/// Whether a text of rules may be meant as a part of values: the end of an address, the beginning of a number.
fn is_part(text: &str) -> bool {
    let letters = text.chars().count();
    (LEAST_LETTERS..=MOST_LETTERS).contains(&letters)
        && text.contains(['@', '.', '-', '_', '/'])
        && !text.contains(['$', '{', ' ', '^'])
}
