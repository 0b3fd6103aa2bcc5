//! Reads typed values from the tree, for rule files, tests and gateway.yaml; notes every mistake and continues.

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::time::Duration;

use super::keys::Keys;
use super::one_text;
use super::scalar::listed;
use super::tree::{Content, Entry, Node};
use super::wrong_word;
use crate::diagnostic::{Code, Diagnostic, File, Place, Report, code, did_you_mean};

#[derive(Debug)]
/// Reads values of one file and notes what is wrong with them.
pub struct Reader<'r> {
    pub file: Arc<File>,
    pub report: &'r mut Report,
}

impl Reader<'_> {
    /// A place in this file.
    #[must_use]
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place { file: Arc::clone(&self.file), span: span.clone() }
    }

    /// A mistake in this file, to be completed and pushed.
    #[must_use]
    pub fn mistake(&self, code: &'static Code, span: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.place(span), message)
    }

    /// Notes a mistake.
    pub fn push(&mut self, finding: Diagnostic) {
        self.report.push(finding);
    }

    /// The entries of a mapping; a mistake if it is none. `what` comes with its article: `a rule`.
    pub fn entries<'n>(&mut self, node: &'n Node, what: impl Display) -> Option<&'n [Entry]> {
        self.mapping(node, what, None)
    }

    /// The entries of a mapping with these keys; which of them stand there is not looked at.
    pub fn entries_of<'n>(&mut self, node: &'n Node, keys: &'static Keys) -> Option<&'n [Entry]> {
        self.mapping(node, keys.what, Some(keys))
    }

    fn mapping<'n>(&mut self, node: &'n Node, what: impl Display, keys: Option<&Keys>) -> Option<&'n [Entry]> {
        if let Content::Map(entries) = &node.content {
            return Some(entries);
        }
        let message = format!("{what} is a mapping (`key: value`), not {}", node.kind_name());
        let finding = self.mistake(&code::WRONG_SHAPE, &node.span, message);
        self.push(match &node.content {
            Content::List(items) if items.iter().any(|item| matches!(item.content, Content::Map(_))) => {
                finding.help("take the `- ` away: `key: value` lines below each other")
            }
            Content::Scalar { text, .. } => match one_text::meant(text, keys) {
                Some(help) => finding.help(help),
                None => finding,
            },
            _ => finding,
        });
        None
    }

    /// The items of a list; a mistake if it is none.
    pub fn items<'n>(&mut self, node: &'n Node, what: impl Display) -> Option<&'n [Node]> {
        if let Content::List(items) = &node.content {
            return Some(items);
        }
        let message = format!("{what} is a list (`- item`), not {}", node.kind_name());
        self.push(self.mistake(&code::WRONG_SHAPE, &node.span, message));
        None
    }

    /// The entries of a mapping whose keys are fixed; unknown and missing keys are mistakes.
    pub fn fields<'n>(&mut self, node: &'n Node, keys: &'static Keys) -> Option<&'n [Entry]> {
        let entries = self.entries_of(node, keys)?;
        let mut open = None;
        for entry in entries {
            match keys.names().any(|name| name == entry.key) {
                true => open = Some(entry).filter(|entry| entry.value.is_null()),
                false => self.unknown_key(entry, keys, open),
            }
        }
        for key in keys.keys.iter().filter(|key| key.required) {
            if node.get(key.name).is_none() {
                let message = format!("{} needs `{}`", keys.what, key.name);
                let first = entries.first().map_or(&node.span, |entry| &entry.key_span);
                self.push(
                    self.mistake(&code::MISSING_KEY, first, message).help(format!("`{}`: {}", key.name, key.about)),
                );
            }
        }
        Some(entries)
    }

    /// `open` is the last known key above, where nothing stands behind it.
    fn unknown_key(&mut self, entry: &Entry, keys: &'static Keys, open: Option<&Entry>) {
        let message = format!("{} has no key `{}`", keys.what, entry.key);
        let finding = self.mistake(&code::UNKNOWN_KEY, &entry.key_span, message);
        if let Some(above) = open.filter(|_| did_you_mean(&entry.key, keys.names()).is_none()) {
            let help = format!("indent this line by two more spaces, if it belongs to `{}:` above it", above.key);
            return self.push(finding.help(help));
        }
        let help = wrong_word::help(keys.what, &entry.key, keys.names().collect::<Vec<_>>());
        self.push(finding.help(help.unwrap_or_else(|| format!("its keys are {}", listed(keys.names())))));
    }

    /// A single text. A plain `true` or `12` is taken as the letters it is written with.
    pub fn text<'n>(&mut self, node: &'n Node, what: impl Display) -> Option<&'n str> {
        match node.scalar() {
            Some(text) if !node.is_null() => Some(text),
            _ => {
                let message = format!("{what} is a text, not {}", node.kind_name());
                self.push(self.mistake(&code::WRONG_SHAPE, &node.span, message));
                None
            }
        }
    }

    /// One text or a list of texts, each with its place.
    pub fn texts<'n>(&mut self, node: &'n Node, what: &str) -> Vec<(&'n str, &'n Range<usize>)> {
        match &node.content {
            Content::List(items) => {
                items.iter().filter_map(|item| Some((self.text(item, what)?, &item.span))).collect()
            }
            _ => self.text(node, what).map(|text| (text, &node.span)).into_iter().collect(),
        }
    }

    /// `true` or `false`; spreadsheets write them in capitals.
    pub fn boolean(&mut self, node: &Node, what: impl Display) -> Option<bool> {
        match node.scalar() {
            Some("true" | "TRUE") => Some(true),
            Some("false" | "FALSE") => Some(false),
            _ => {
                let found = node.scalar().map_or(node.kind_name().to_owned(), |text| format!("`{text}`"));
                let finding =
                    self.mistake(&code::WRONG_SHAPE, &node.span, format!("{what} is true or false, not {found}"));
                self.push(finding.help("write `true` or `false`"));
                None
            }
        }
    }

    /// A whole number within a range.
    pub fn whole(&mut self, node: &Node, what: impl Display, range: RangeInclusive<u64>) -> Option<u64> {
        let number = node.scalar().and_then(|text| text.parse::<u64>().ok()).filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = (range.start(), range.end());
            let found = node.scalar().map_or(node.kind_name().to_owned(), |text| format!("`{text}`"));
            let message = format!("{what} is a whole number from {from} to {to}, not {found}");
            self.push(self.mistake(&code::WRONG_SHAPE, &node.span, message));
        }
        number
    }

    /// A length of time within a range: `500ms`, `60s`, `10m`, `2h`, `1d`.
    pub fn duration(&mut self, node: &Node, what: impl Display, range: RangeInclusive<Duration>) -> Option<Duration> {
        let duration = node.scalar().and_then(duration).filter(|duration| range.contains(duration));
        if duration.is_none() {
            let (from, to) = (shown_duration(*range.start()), shown_duration(*range.end()));
            let found = node.scalar().map_or(node.kind_name().to_owned(), |text| format!("`{text}`"));
            let message = format!("{what} is a time from {from} to {to}, not {found}");
            let finding = self.mistake(&code::WRONG_SHAPE, &node.span, message);
            self.push(finding.help("write a whole number with its unit: `500ms`, `60s`, `10m`, `2h`, `1d`"));
        }
        duration
    }

    /// One of the words a table lists.
    pub fn one_of<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let names = || words.iter().map(|(word, _)| *word);
        let message = format!("{what} is {}, not `{text}`", listed(names()));
        let finding = self.mistake(&code::NOT_ONE_OF, &node.span, message);
        self.push(match did_you_mean(text, names()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding,
        });
        None
    }
}

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, millis) = UNITS.iter().find(|(word, _)| *word == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*millis).map(Duration::from_millis)
}

/// In the largest unit that is whole.
#[must_use]
pub fn shown_duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let fits = |(_, size): &&(&str, u64)| millis >= *size && millis.is_multiple_of(*size);
    let (unit, size) = UNITS.iter().rev().find(fits).unwrap_or(&("ms", 1));
    format!("{}{unit}", millis / size)
}
