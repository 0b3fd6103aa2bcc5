//! Reads hooks by their names.

use std::ops::Range;

use super::compiler::Compiler;
use crate::diagnostic::{code, did_you_mean};
use crate::yaml::keys::Keys;
use crate::yaml::{Content, Node, listed, wrong_word};

/// Whether a key of the mapping is told to be `hook`: that there is none is no second mistake.
pub(super) fn misspells_hook(node: &Node, keys: &Keys) -> bool {
    let Content::Map(entries) = &node.content else { return false };
    let unknown = entries.iter().map(|entry| entry.key.as_str()).filter(|key| keys.names().all(|name| name != *key));
    let mut help = unknown.filter_map(|key| wrong_word::help(keys.what, key, keys.names().collect::<Vec<_>>()));
    help.any(|help| help.contains("`hook"))
}

impl Compiler<'_> {
    /// Hooks written as one name or a list; mistakes are noted.
    pub(super) fn hook_list(&mut self, node: &Node) -> Vec<usize> {
        let mut hooks = Vec::new();
        for (name, span) in self.reader.texts(node, "a hook") {
            match self.hooks.position(name) {
                Some(hook) if hooks.contains(&hook) => {}
                Some(hook) => hooks.push(hook),
                None => self.unknown_hook(name, span),
            }
        }
        hooks
    }

    /// The same without noting mistakes, where another reads them.
    pub(super) fn hook_places(&self, node: &Node) -> Vec<usize> {
        let names = match &node.content {
            Content::List(items) => items.iter().filter_map(Node::scalar).collect(),
            _ => node.scalar().into_iter().collect::<Vec<_>>(),
        };
        names.into_iter().filter_map(|name| self.hooks.position(name)).collect()
    }

    /// One hook by its name; an unknown one is a mistake.
    pub(super) fn hook_named(&mut self, node: &Node) -> Option<usize> {
        let name = self.reader.text(node, "a hook")?;
        let hook = self.hooks.position(name);
        if hook.is_none() {
            self.unknown_hook(name, &node.span);
        }
        hook
    }

    fn unknown_hook(&mut self, name: &str, span: &Range<usize>) {
        let finding = self.reader.mistake(&code::UNKNOWN_HOOK, span, format!("there is no hook `{name}`"));
        let several: Vec<&str> =
            name.split([',', ';', '|', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
        if several.len() > 1 && several.iter().any(|part| self.hooks.position(part).is_some()) {
            return self.reader.push(finding.help(format!("write a list: `hook: [{}]`", several.join(", "))));
        }
        self.reader.push(match did_you_mean(name, self.hooks.names()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None if !begun(name, self.hooks.names()).is_empty() => {
                finding.help(format!("did you mean {}?", listed(begun(name, self.hooks.names()))))
            }
            None => finding.help(format!("the hooks are {}", listed(self.hooks.names()))),
        });
    }
}

/// The names that begin, or end, with a word.
fn begun<'n>(word: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let small = word.to_lowercase().replace(['-', '_', ' '], "");
    let is_part = |name: &&str| {
        small.len() > 3 && (name.to_lowercase().starts_with(&small) || name.to_lowercase().ends_with(&small))
    };
    names.filter(is_part).collect()
}
