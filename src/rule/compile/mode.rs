//! Reads whether a rule counts: `mode`, and until when it is in audit mode.

use jiff::civil::Date;

use super::compiler::Compiler;
use crate::diagnostic::code;
use crate::event::date::{Written, written};
use crate::rule::set::Mode;
use crate::yaml::Node;

impl Compiler<'_> {
    /// The mode of a rule, and the last day of its audit.
    pub(super) fn mode(&mut self, rule: &Node) -> (Mode, Option<Date>) {
        let mode = rule.get("mode").and_then(|node| self.reader.one_of(node, "`mode`", &Mode::ALL));
        let mode = mode.unwrap_or(Mode::Enforce);
        let Some(node) = rule.get("until") else { return (mode, None) };
        match mode {
            Mode::Audit => {}
            Mode::Enforce | Mode::Off => {
                let message = "`until` is the end of an audit, and this rule is not in audit mode";
                let finding = self.reader.mistake(&code::BAD_UNTIL, &node.span, message);
                let help = "write `mode: audit` beside it: until then the rule only watches, from the next day on it is enforced";
                self.reader.push(finding.help(help));
                return (mode, None);
            }
        }
        let Some(text) = self.reader.text(node, "`until`") else { return (mode, None) };
        match written(text, self.tenant.dates) {
            Ok(Some(Written::Day(last))) => (mode, Some(last)),
            Ok(_) | Err(_) => {
                let finding = self.reader.mistake(&code::BAD_UNTIL, &node.span, format!("`{text}` is not a day"));
                let help = "write the last day of the audit, such as `until: 2027-01-31`; without `until` it goes on";
                self.reader.push(finding.help(help));
                (mode, None)
            }
        }
    }
}
