//! Reads the texts of a lookup with `${key}` in them; no other name may stand there.

use crate::diagnostic::code;
use crate::event::Value;
use crate::rule::compile::compiler::Compiler;
use crate::rule::lookup::{Filling, Part, Shaped};
use crate::rule::template;
use crate::rule::template::Piece;
use crate::yaml::{Content, Node, Purpose, locate};

impl Compiler<'_> {
    /// A text with the key in it.
    pub fn filling(&mut self, node: &Node, what: &str) -> Option<Filling> {
        let text = self.reader.text(node, what)?;
        let Ok(pieces) = template::pieces(text) else {
            let finding = self.reader.mistake(&code::BAD_TEMPLATE, &node.span, "a `${` has no `}`");
            self.reader.push(finding.help("close it with `}`; write `$${` for the two characters themselves"));
            return None;
        };
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            parts.push(match piece {
                Piece::Text(text) => Part::Text(text),
                Piece::Expression(inside, range) => match part(inside.trim()) {
                    Some(part) => part,
                    None => {
                        let span = locate::within(&self.reader.file.text, node, range);
                        let message = format!("a lookup knows its `key` only, not `{}`", inside.trim());
                        let finding = self.reader.mistake(&code::BAD_FILLING, &span, message);
                        let help = "write `${key}`, or `${key.NAME}` for a key of several values, and compute the value \
                                    where the lookup is asked: `key: \"${lower(user.login)}\"`";
                        self.reader.push(finding.help(help));
                        return None;
                    }
                },
            });
        }
        Some(Filling { parts })
    }

    /// Any value with the key in its texts.
    pub fn shaped(&mut self, node: &Node) -> Shaped {
        match &node.content {
            Content::Scalar { text, .. } if text.contains("${") => {
                self.filling(node, "a value").map_or(Shaped::Constant(Value::Null), Shaped::Text)
            }
            Content::Scalar { .. } => Shaped::Constant(self.reader.literal(node, Purpose::Body)),
            Content::List(items) => Shaped::List(items.iter().map(|item| self.shaped(item)).collect()),
            Content::Map(entries) => {
                Shaped::Map(entries.iter().map(|entry| (entry.key.clone(), self.shaped(&entry.value))).collect())
            }
        }
    }
}

/// `key` or `key.name`.
fn part(inside: &str) -> Option<Part> {
    if inside == "key" {
        return Some(Part::Key);
    }
    let name = inside.strip_prefix("key.")?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| Part::Named(name.to_owned()))
}
