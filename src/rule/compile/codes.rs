//! Reads `codes:`: refusal codes with their meaning.

use super::compiler::Compiler;
use crate::diagnostic::code;
use crate::rule::grammar::is_refusal_code;
use crate::yaml::Node;

impl Compiler<'_> {
    /// Reads the codes a file declares; they are shared by all files.
    pub(super) fn declare_codes(&mut self, node: &Node) {
        for entry in self.reader.entries(node, "`codes`").unwrap_or_default() {
            let place = self.reader.place(&entry.key_span);
            if !is_refusal_code(&entry.key) {
                let message = format!("`{}` is not a refusal code", entry.key);
                let finding = self.reader.mistake(&code::BAD_REFUSAL_CODE, &entry.key_span, message);
                self.reader.push(finding.help("a code is one word of letters and digits, such as `ManagerNotActive`"));
            }
            let text = self.reader.text(&entry.value, format!("the text of code `{}`", entry.key)).unwrap_or_default();
            match self.codes.get(&entry.key) {
                Some((other, first)) if other != text => {
                    let message = format!("code `{}` is declared twice with different texts", entry.key);
                    let finding = self.reader.mistake(&code::DUPLICATE_DECLARATION, &entry.key_span, message);
                    let finding = finding.related(first.clone(), "first here");
                    self.reader.push(finding);
                }
                _ => {
                    self.codes.insert(entry.key.clone(), (text.to_owned(), place));
                }
            }
        }
    }
}
