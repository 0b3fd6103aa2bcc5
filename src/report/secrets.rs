//! Takes the secrets that rules have written out from texts that are shown: by what they are, wherever and however they stand.

use crate::event::secret::HIDDEN;
use crate::rule::{RuleSet, written_secrets};

/// From so many letters on a secret is taken out of longer words too.
const LONG_LETTERS: usize = 6;

/// The secrets that the rules of a set give, or compare with.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The longest first: one may have another in it.
    texts: Vec<Written>,
}

/// A secret in one of its spellings.
#[derive(Clone, PartialEq, Eq)]
struct Written {
    text: String,
    is_long: bool,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.texts.len())
    }
}

impl Secrets {
    /// Those of these rules.
    #[must_use]
    pub fn of(set: &RuleSet) -> Self {
        let mut found = Self::default();
        for written in set.rules.iter().flat_map(|rule| written_secrets(rule, &set.bindings, &set.hooks.secrets)) {
            found.add(written.text.expose().trim());
        }
        found.in_order()
    }

    /// These and others.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.texts.extend_from_slice(&others.texts);
        self.in_order()
    }

    fn add(&mut self, text: &str) {
        if text.is_empty() || text == HIDDEN {
            return;
        }
        let is_long = text.chars().count() >= LONG_LETTERS;
        // As double quotes have it in JSON and YAML, and as single quotes have it in YAML.
        let quoted = serde_json::Value::String(text.to_owned()).to_string();
        let quoted = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned();
        for text in [quoted, text.replace('\'', "''"), text.to_owned()] {
            self.texts.push(Written { text, is_long });
        }
    }

    fn in_order(mut self) -> Self {
        self.texts.sort_by(|a, b| (b.text.len(), &b.text).cmp(&(a.text.len(), &a.text)));
        self.texts.dedup();
        self
    }

    /// The text with `(hidden)` in the place of each. A secret that goes over several lines leaves as many behind.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.texts.iter().for_each(|secret| secret.hide(&mut text));
        text
    }
}

impl Written {
    fn hide(&self, text: &mut String) {
        let Some(first) = self.text.split_whitespace().next() else { return };
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(first)).map(|at| from + at) {
            let end = self.end(text, at).filter(|end| self.is_long || is_apart(text, at, *end));
            from = match end {
                Some(end) => {
                    let lines = text.get(at..end).unwrap_or_default().matches('\n').count();
                    let hidden = HIDDEN.to_owned() + &"\n".repeat(lines);
                    text.replace_range(at..end, &hidden);
                    at + hidden.len()
                }
                None => at + first.len(),
            };
        }
    }

    /// Where it ends that begins here: YAML may break a text at any white space, and indent it.
    fn end(&self, text: &str, at: usize) -> Option<usize> {
        let all = text.get(at..)?;
        let mut rest = all;
        for (number, word) in self.text.split_whitespace().enumerate() {
            if number > 0 {
                let next = rest.trim_start();
                if next.len() == rest.len() {
                    return None;
                }
                rest = next;
            }
            rest = rest.strip_prefix(word)?;
        }
        Some(at + all.len() - rest.len())
    }
}

/// Whether what stands from one byte to another is no part of a longer word.
fn is_apart(text: &str, at: usize, end: usize) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    let behind = text.get(end..).and_then(|behind| behind.chars().next());
    !is_letter(before) && !is_letter(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(texts: &[&str]) -> Secrets {
        let mut found = Secrets::default();
        texts.iter().for_each(|text| found.add(text));
        found.in_order()
    }

    #[test]
    fn a_secret_is_found_in_each_way_to_write_it() {
        let found = secrets(&["We\"come 'to us' 7", "Welcome", "9"]);
        for (text, shown) in [
            ("p: We\"come 'to us' 7", "p: (hidden)"),
            ("p: \"We\\\"come 'to us' 7\"", "p: \"(hidden)\""),
            ("p: 'We\"come ''to us'' 7'", "p: '(hidden)'"),
            ("p: >-\n  We\"come\n  'to us'\n  7\nq: 9", "p: >-\n  (hidden)\n\n\nq: (hidden)"),
            ("xWelcome1, 90, 9", "x(hidden)1, 90, (hidden)"),
            ("We\"comeback", "We\"comeback"),
        ] {
            assert_eq!(found.hide(text), shown);
        }
    }
}
