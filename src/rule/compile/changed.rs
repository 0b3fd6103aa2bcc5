//! Warns of verbs that do something else than their words say: a list that becomes a text, several values in one, `stop: false`.

use std::ops::Range;

use super::action::FieldVerb;
use super::compiler::Compiler;
use crate::diagnostic::code;
use crate::event::{Path, Root, is_blank};
use crate::rule::field::{FieldKind, holds_list, holds_text};
use crate::rule::foreign::text::{Stands, listed, meant};
use crate::yaml::{Content, Node, Style, scalar};

impl Compiler<'_> {
    /// A verb that is switched off does nothing.
    pub(super) fn warn_of_an_idle_verb(&mut self, verb: &str, span: &Range<usize>) {
        let finding = self.reader.mistake(&code::OTHER_CHANGE, span, format!("`{verb}: false` does nothing"));
        self.reader.push(finding.warning().help(format!("leave the line out; `{verb}: true` ends the event here")));
    }

    /// `true` or `false` where a refusal code belongs; `no` says what to write for `false`.
    pub(super) fn is_truth_for_a_code(&mut self, node: &Node, no: &str) -> bool {
        let Content::Scalar { text, style: Style::Plain } = &node.content else { return false };
        let help = match text.to_lowercase().as_str() {
            "true" | "yes" => "write the code with which it refuses: `reject: ManagerNotActive`",
            "false" | "no" => no,
            _ => return false,
        };
        let finding =
            self.reader.mistake(&code::WRONG_SHAPE, &node.span, format!("`reject` takes a refusal code, not `{text}`"));
        self.reader.push(finding.help(help));
        true
    }

    /// A text that takes the place of a list, a text of several values that becomes one element, and an element that is
    /// added to a text.
    pub(super) fn warn_of_a_list(&mut self, verb: FieldVerb, node: &Node, path: &Path) {
        let told = match (verb, node.scalar()) {
            (FieldVerb::Set | FieldVerb::Default, Some(text)) if self.is_list(path) => {
                is_one_text(node, text).then(|| becomes_a_text(verb, path, text))
            }
            (FieldVerb::Add, Some(text)) if self.is_list(path) => several(text)
                .map(|list| (format!("`{text}` is added as one element"), format!("write `{list}` for several"))),
            (FieldVerb::Add, _) if self.is_text(path) => {
                let help = match node.scalar() {
                    Some(text) if !text.contains("${") => format!("write `set: {{ {path}: {} }}`", scalar(text)),
                    _ => format!("write `set: {{ {path}: … }}`"),
                };
                Some((format!("`add` is for lists, and `{path}` is one text"), help))
            }
            (FieldVerb::Set | FieldVerb::Default | FieldVerb::Add | FieldVerb::Take, _) => None,
        };
        if let Some((message, help)) = told {
            let finding = self.reader.mistake(&code::OTHER_CHANGE, &node.span, message);
            self.reader.push(finding.warning().help(help));
        }
    }

    /// A text that `take` compares letter by letter and that is written as other tools write several.
    pub(super) fn warn_of_a_wildcard(&mut self, node: &Node) {
        let texts = match &node.content {
            Content::List(items) => items.as_slice(),
            Content::Scalar { .. } | Content::Map(_) => std::slice::from_ref(node),
        };
        for (node, text) in texts.iter().filter_map(|node| Some((node, node.scalar()?))) {
            let meant = meant(text, Stands::BehindPath { commas: true });
            // A range is a text like others here, and may be meant.
            let is_other = |meant: &String| meant.starts_with("`{") || meant.starts_with("`[");
            let Some(meant) = meant.filter(|meant| is_other(meant) && !text.contains("${")) else {
                continue;
            };
            let message = format!("`{text}` is compared letter by letter");
            let finding = self.reader.mistake(&code::OTHER_CHANGE, &node.span, message);
            self.reader.push(finding.warning().help(format!("write {meant}")));
        }
    }

    fn is_list(&self, path: &Path) -> bool {
        match self.declared_kind(path) {
            Some(kind) => *kind == FieldKind::List,
            None => of_user(path).is_some_and(holds_list),
        }
    }

    fn is_text(&self, path: &Path) -> bool {
        match self.declared_kind(path) {
            Some(kind) => *kind != FieldKind::List,
            None => of_user(path).is_some_and(holds_text),
        }
    }

    fn declared_kind(&self, path: &Path) -> Option<&FieldKind> {
        let name = of_user(path).or_else(|| path.keys().next().filter(|_| path.root == Root::Attr))?;
        self.tenant.fields.get(name).filter(|_| path.segments.len() == 1)
    }
}

/// The name of a field of the user, where the path leads to it and no further.
fn of_user(path: &Path) -> Option<&str> {
    path.keys().next().filter(|_| path.root == Root::User && path.segments.len() == 1)
}

/// Whether a value is certainly a text that somebody would see: written out, or put together.
fn is_one_text(node: &Node, text: &str) -> bool {
    let is_computed = text.starts_with("${") && text.matches("${").count() == 1 && text.ends_with('}');
    !is_computed && !node.is_null() && !is_blank(text)
}

fn becomes_a_text(verb: FieldVerb, path: &Path, text: &str) -> (String, String) {
    let list = several(text).unwrap_or_else(|| format!("[{}]", scalar(text)));
    let message = format!("`{path}` is a list, and this makes a text of it");
    let help = match verb {
        FieldVerb::Set => format!("write `{list}` for a list of this alone, or `add: {{ {path}: {} }}`", added(text)),
        FieldVerb::Default | FieldVerb::Add | FieldVerb::Take => format!("write `{list}`"),
    };
    (message, help)
}

fn added(text: &str) -> String {
    several(text).unwrap_or_else(|| scalar(text))
}

/// Several values in one text, as a list. What has spaces within may be a name with a comma.
fn several(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split([',', ';']).map(str::trim).collect();
    let are_words = parts.iter().all(|part| !part.is_empty() && !part.contains(char::is_whitespace));
    listed(text, Stands::BehindPath { commas: true }).filter(|_| are_words && !text.contains("${"))
}
