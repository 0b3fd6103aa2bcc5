//! Reads `at_least` and `shrink` of a lookup in a table.

use crate::diagnostic::code;
use crate::rule::compile::compiler::Compiler;
use crate::rule::lookup::{Shrink, TableSize};
use crate::yaml::Node;

/// Most rows that can be asked for: no file that is read can hold more.
const ROW_LIMIT: u64 = 1 << 28;

impl Compiler<'_> {
    /// What a lookup says of the number of its table's rows.
    pub fn table_size(&mut self, lookup: &Node) -> TableSize {
        let at_least = lookup.get("at_least").and_then(|node| {
            let rows = self.reader.whole(node, "`at_least`", 1..=ROW_LIMIT)?;
            Some((usize::try_from(rows).ok()?, self.reader.place(&node.span)))
        });
        TableSize { at_least, shrink: lookup.get("shrink").and_then(|node| self.shrink(node)) }
    }

    fn shrink(&mut self, node: &Node) -> Option<Shrink> {
        let text = self.reader.text(node, "`shrink`")?;
        let shrink = Shrink::read(text);
        if shrink.is_none() {
            let message = format!("`shrink` is a share of rows from 0% to 100%, or `any`, not `{text}`");
            let finding = self.reader.mistake(&code::WRONG_SHAPE, &node.span, message);
            self.reader.push(finding.help(Shrink::HELP));
        }
        shrink
    }
}
