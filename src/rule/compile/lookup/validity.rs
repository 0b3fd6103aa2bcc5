//! Reads `valid` of a table, and `on` where it is asked.

use crate::diagnostic::code;
use crate::rule::compile::compiler::Compiler;
use crate::rule::compile::ends::Use;
use crate::rule::expression::Expression;
use crate::rule::lookup::{VALIDITY, Validity};
use crate::yaml::{Node, Purpose};

impl Compiler<'_> {
    /// When the rows of a table are valid.
    pub fn validity(&mut self, node: &Node) -> Option<Validity> {
        self.reader.fields(node, &VALIDITY)?;
        let mut column = |key: &str| {
            let node = node.get(key)?;
            self.reader.text(node, format!("`{key}`")).map(|column| column.trim().to_owned())
        };
        let (from, to) = (column("from"), column("to"));
        if from.is_none() && to.is_none() {
            let finding = self.reader.mistake(&code::BAD_VALIDITY, &node.span, "`valid` names no column");
            self.reader.push(finding.help("write `valid: { from: COLUMN, to: COLUMN }`, or one of the two"));
            return None;
        }
        Some(Validity { from, to, place: self.reader.place(&node.span), style: self.tenant.dates })
    }

    /// The day on which rows must be valid, where the lookup is asked with one.
    pub fn asked_on(&mut self, node: &Node, lookup: Option<usize>) -> Option<Expression> {
        let on = node.get("on")?;
        let declared = lookup.and_then(|lookup| self.lookups.get(lookup));
        if let Some(declared) = declared.filter(|declared| declared.validity().is_none()) {
            let message = format!("the rows of lookup `{}` are valid at all times", declared.name);
            let finding = self.reader.mistake(&code::BAD_VALIDITY, &on.span, message);
            let help =
                "write `valid: { from: COLUMN, to: COLUMN }` at the lookup, or remove `on`; only tables have days";
            self.reader.push(finding.help(help));
            return None;
        }
        self.warn_of_ends(on, Use::Given);
        let day = self.expression(on, Purpose::Body);
        self.keep_secrets(&day, &on.span, "the day for which rows are asked");
        Some(day)
    }
}
