//! Reads values: constants, names, templates, calls, scripts.

use super::compiler::Compiler;
use crate::diagnostic::{Diagnostic, code};
use crate::event::{Path, Root, Value};
use crate::rule::expression::{Expression, Read, ScriptUse};
use crate::rule::foreign::template as other_template;
use crate::rule::script::{Form, Lowered, Mistake};
use crate::rule::template;
use crate::rule::template::Piece;
use crate::yaml::{Content, Node, Purpose, SCRIPT_SHARE, hold, locate};
use std::ops::Range;

/// Most texts and `${…}` of one template.
const TEMPLATE_LIMIT_PARTS: usize = 1_000;

impl Compiler<'_> {
    /// A value: any text in it may be a template.
    pub(super) fn expression(&mut self, node: &Node, purpose: Purpose<'_>) -> Expression {
        match &node.content {
            Content::Scalar { text, .. } if text.contains("${") => self.template(node, text),
            Content::Scalar { text, .. } => {
                self.warn_of_a_bare_path(node, text);
                self.warn_of_other_templates(node, text);
                Expression::Constant(self.reader.literal(node, purpose))
            }
            Content::List(items) => simplified_list(items.iter().map(|item| self.expression(item, purpose)).collect()),
            Content::Map(entries) => {
                let fields = entries.iter().map(|entry| {
                    let purpose = match purpose {
                        Purpose::Field(_) => Purpose::Field(&entry.key),
                        other => other,
                    };
                    (entry.key.clone(), self.expression(&entry.value, purpose))
                });
                simplified_map(fields.collect())
            }
        }
    }

    fn template(&mut self, node: &Node, text: &str) -> Expression {
        let pieces = match template::pieces(text) {
            Ok(pieces) => pieces,
            Err(unclosed) => {
                let span = locate::within(&self.reader.file.text, node, unclosed.at_byte..unclosed.at_byte + 2);
                let finding = self.reader.mistake(&code::BAD_TEMPLATE, &span, "this `${` has no `}`");
                self.reader.push(finding.help("close it with `}`; write `$${` for the two characters themselves"));
                return Expression::Constant(Value::Null);
            }
        };
        if pieces.len() > TEMPLATE_LIMIT_PARTS {
            let message = format!("a template has at most {TEMPLATE_LIMIT_PARTS} parts, and this one {}", pieces.len());
            let finding = self.reader.mistake(&code::BAD_TEMPLATE, &node.span, message);
            self.reader.push(finding.help("put lists together with `join(list, \", \")`, and long texts in a table"));
            return Expression::Constant(Value::Null);
        }
        let mut parts: Vec<Expression> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            parts.push(match piece {
                Piece::Text(text) => {
                    self.warn_of_other_templates(node, &text);
                    Expression::Constant(Value::text(text))
                }
                Piece::Expression(inside, range) => self.embedded(node, &inside, range),
            });
        }
        match parts.len() {
            1 => parts.pop().unwrap_or(Expression::Constant(Value::Null)),
            _ => Expression::Template(parts),
        }
    }

    /// What stands between `${` and `}`: a path, or a script of one expression.
    fn embedded(&mut self, node: &Node, inside: &str, range: Range<usize>) -> Expression {
        let trimmed = inside.trim();
        let start = range.start + (inside.len() - inside.trim_start().len());
        let range = start..start + trimmed.len();
        if let Ok(path) = Path::read(trimmed) {
            let span = locate::within(&self.reader.file.text, node, range);
            return match self.resolve(path, &span) {
                Some(read) => Expression::Read(read),
                None => Expression::Constant(Value::Null),
            };
        }
        if trimmed.is_empty() {
            let span = locate::within(&self.reader.file.text, node, range);
            self.reader.push(self.reader.mistake(&code::BAD_TEMPLATE, &span, "there is nothing between `${` and `}`"));
            return Expression::Constant(Value::Null);
        }
        self.script(node, trimmed, range.start, Form::Expression)
    }

    /// A script that begins at `offset` of the node's text; native where it needs no engine.
    pub(super) fn script(&mut self, node: &Node, text: &str, offset: usize, form: Form) -> Expression {
        let script = match self.scripts.compile(text, form) {
            Ok(script) => script,
            Err(mistakes) => {
                for mistake in mistakes {
                    let finding = self.script_finding(node, text, offset, &mistake);
                    self.reader.push(finding);
                }
                return Expression::Constant(Value::Null);
            }
        };
        for doubt in script.doubts() {
            let finding = self.script_finding(node, text, offset, doubt).warning();
            self.reader.push(finding);
        }
        let span = locate::within(&self.reader.file.text, node, offset..offset + 1);
        self.check_script_lookups(&script, &span);
        if let Some(lowered) = script.lowered() {
            return self.lowered(lowered, (node, text, offset));
        }
        if hold(&self.reader.file, SCRIPT_SHARE * text.len(), &span, self.reader.report).is_none() {
            return Expression::Constant(Value::Null);
        }
        for path in script.writes() {
            self.check_field(path, &self.field_in((node, text, offset), path));
        }
        let mut read = |path: &Path| self.resolve(path.clone(), &self.field_in((node, text, offset), path));
        let reads: Vec<Option<Read>> = script.reads().iter().map(&mut read).collect();
        match reads.into_iter().collect() {
            Some(reads) => Expression::Script(Box::new(ScriptUse { script, reads, span })),
            None => Expression::Constant(Value::Null),
        }
    }

    /// Where a script first names the field of a path, or else its beginning.
    fn field_in(&self, (node, text, offset): (&Node, &str, usize), path: &Path) -> Range<usize> {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let is_word = |at: usize, word: &str| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
            !before.is_some_and(is_name) && !after.is_some_and(is_name)
        };
        let named = match &path.root {
            Root::Bound(name) => Some(&**name),
            _ => path.keys().next(),
        };
        let found = named.and_then(|word| {
            let (at, _) = text.match_indices(word).find(|(at, _)| is_word(*at, word))?;
            Some(at..at + word.len())
        });
        let Range { start, end } = found.unwrap_or(0..1);
        locate::within(&self.reader.file.text, node, offset + start..offset + end)
    }

    fn script_finding(&self, node: &Node, text: &str, offset: usize, mistake: &Mistake) -> Diagnostic {
        let at = mistake.at.map_or(0, |(line, column)| locate::offset_of(text, line, column));
        let word = text.get(at..).unwrap_or_default();
        let length = word.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(word.len()).max(1);
        let span = locate::within(&self.reader.file.text, node, offset + at..offset + at + length);
        let finding = self.reader.mistake(mistake.code, &span, mistake.message.clone());
        match &mistake.help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }

    fn lowered(&mut self, lowered: &Lowered, at: (&Node, &str, usize)) -> Expression {
        match lowered {
            Lowered::Constant(value) => Expression::Constant(value.clone()),
            Lowered::Path(path) => match self.resolve(path.clone(), &self.field_in(at, path)) {
                Some(read) => Expression::Read(read),
                None => Expression::Constant(Value::Null),
            },
            Lowered::Coalesce(first, second) => {
                Expression::Coalesce(Box::new(self.lowered(first, at)), Box::new(self.lowered(second, at)))
            }
            Lowered::Call(function, arguments) => {
                Expression::Call(function, arguments.iter().map(|argument| self.lowered(argument, at)).collect())
            }
        }
    }

    /// Warns of a text that names something of the event, and not as hookgate reads it.
    fn warn_of_other_templates(&mut self, node: &Node, text: &str) {
        let Some(meant) = other_template::meant(text) else { return };
        let shown = text.lines().next().unwrap_or_default();
        let message = format!("`{shown}` is taken as plain text: hookgate replaces only `${{…}}` with a value");
        let finding = self.reader.mistake(&code::OTHER_TEMPLATE, &node.span, message).warning();
        self.reader.push(finding.help(format!("write {meant}")));
    }

    /// `key: user.mobile` without `${…}` is the text "user.mobile", which nobody means.
    fn warn_of_a_bare_path(&mut self, node: &Node, text: &str) {
        let looks_so =
            ["user.", "request.", "attr."].iter().any(|root| text.starts_with(root)) && Path::read(text).is_ok();
        if looks_so {
            let message = format!("`{text}` is taken as plain text, not as the value of that name");
            let finding = self.reader.mistake(&code::PATH_AS_TEXT, &node.span, message).warning();
            self.reader.push(finding.help(format!("write \"${{{text}}}\" for the value")));
        }
    }
}

fn simplified_list(items: Vec<Expression>) -> Expression {
    let constants: Option<Vec<_>> = items.iter().map(|item| item.constant().cloned()).collect();
    constants.map_or(Expression::List(items), |items| Expression::Constant(Value::List(items)))
}

fn simplified_map(fields: Vec<(String, Expression)>) -> Expression {
    let constants: Option<Vec<_>> =
        fields.iter().map(|(key, field)| Some((key.clone().into(), field.constant()?.clone()))).collect();
    constants.map_or(Expression::Map(fields), |fields| Expression::Constant(Value::Map(fields)))
}
