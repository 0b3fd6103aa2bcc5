//! Reads what a rule or a file says of itself for people: `about`, `owner`, `ticket`.

use super::compiler::Compiler;
use crate::diagnostic::code;
use crate::rule::ownership::Ownership;
use crate::yaml::Node;

/// Longest of these texts, in letters: they stand in lists and lines.
const LIMIT_LETTERS: usize = 1_000;

impl Compiler<'_> {
    /// What the mapping says of itself.
    pub(super) fn ownership(&mut self, node: &Node) -> Ownership {
        let mut said = |key| self.said(node, key);
        Ownership { about: said("about"), owner: said("owner"), ticket: said("ticket") }
    }

    fn said(&mut self, node: &Node, key: &str) -> Option<String> {
        let node = node.get(key)?;
        let text = self.reader.text(node, format!("`{key}`"))?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let trouble = match text.chars().count() {
            0 => "says nothing".to_owned(),
            letters if letters > LIMIT_LETTERS => format!("has {letters} letters, more than {LIMIT_LETTERS}"),
            _ => return Some(text),
        };
        let finding = self.reader.mistake(&code::WRONG_SHAPE, &node.span, format!("`{key}` {trouble}"));
        self.reader.push(finding.help("write a sentence, or remove the line"));
        None
    }
}
