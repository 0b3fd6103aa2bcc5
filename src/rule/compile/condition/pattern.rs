//! Reads regular expressions, each compiled once.

use crate::diagnostic::code;
use crate::rule::compile::compiler::Compiler;
use crate::rule::compile::ends::Use;
use crate::rule::condition::Pattern;
use crate::yaml::{Node, PATTERN_SHARE, hold};

/// How many patterns are refused before no more are compiled.
const REFUSED_PATTERNS: usize = 20;

impl Compiler<'_> {
    pub(in crate::rule::compile) fn pattern(&mut self, node: &Node, what: &str, ignore_case: bool) -> Option<Pattern> {
        let text = self.reader.text(node, what)?;
        self.warn_of_ends(node, Use::Pattern);
        let key = (text.to_owned(), ignore_case);
        if let Some(known) = self.patterns.get(&key) {
            return Some(known.clone());
        }
        self.refuse_slashes(node, text);
        self.warn_of_backslashes(node, text);
        if self.refused_patterns >= REFUSED_PATTERNS {
            return None;
        }
        match Pattern::new(text, ignore_case) {
            Ok(pattern) => {
                hold(&self.reader.file, PATTERN_SHARE * pattern.bytes(), &node.span, self.reader.report)?;
                self.patterns.insert(key, pattern.clone());
                Some(pattern)
            }
            Err(why) => {
                let message = format!("this pattern cannot be used: {why}");
                let finding = self.reader.mistake(&code::BAD_REGEX, &node.span, message);
                self.reader.push(finding.help(pattern_help(text)));
                self.refused_patterns += 1;
                self.tell_of_refused(node);
                None
            }
        }
    }

    /// To refuse a pattern may take as long as to compile the largest: the set does not load anyway.
    fn tell_of_refused(&mut self, node: &Node) {
        if self.refused_patterns == REFUSED_PATTERNS {
            let message = format!("{REFUSED_PATTERNS} patterns cannot be used: those after this one are not checked");
            let finding = self.reader.mistake(&code::BAD_REGEX, &node.span, message);
            self.reader.push(finding.help("correct these first, then check again"));
        }
    }

    /// `\\d{10}` in single quotes: a backslash and a `d`, ten times, is not what anybody looks for.
    fn warn_of_backslashes(&mut self, node: &Node, text: &str) {
        let is_repeated = |at: usize| {
            let mut behind = text.get(at + 2..).unwrap_or_default().chars();
            let is_class = behind.next().is_some_and(|letter| "dDwWsS".contains(letter));
            is_class && behind.next().is_some_and(|sign| "{+*?".contains(sign))
        };
        if text.match_indices(r"\\").any(|(at, _)| is_repeated(at)) {
            let message = "two backslashes look for a backslash itself";
            let finding = self.reader.mistake(&code::OTHER_SPELLING, &node.span, message).warning();
            let meant = text.replace(r"\\", r"\").replace('\'', "''");
            self.reader.push(finding.help(format!("write one, between single quotes: '{meant}'")));
        }
    }

    /// `/^[a-z]+$/i`: the slashes would have to stand in the value.
    fn refuse_slashes(&mut self, node: &Node, text: &str) {
        let inside = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
        let Some((inside, flags)) = inside.filter(|(inside, _)| inside.starts_with('^') || inside.ends_with('$'))
        else {
            return;
        };
        if flags.chars().all(|flag| "gimsux".contains(flag)) {
            let message = "the slashes belong to the pattern here, so that it is never found";
            let finding = self.reader.mistake(&code::BAD_REGEX, &node.span, message);
            let case = if flags.contains('i') { ", ignore_case: true" } else { "" };
            self.reader.push(finding.help(format!("write `{{ matches: '{inside}'{case} }}`")));
        }
    }
}

/// What to write in place of a pattern that cannot be read.
fn pattern_help(text: &str) -> &'static str {
    if text.contains("(?!") || text.contains("(?<!") {
        "say what must not be found beside it: `{ not: { matches: '…' } }`"
    } else if text.contains("(?=") || text.contains("(?<=") {
        "take it into the pattern itself, or write a second `matches` under `all:`"
    } else if text.contains("\\1") || text.contains("\\2") {
        "what was found cannot be asked for again; write each case out: `(aa|bb)`"
    } else {
        "put patterns in single quotes, so that `\\` stays what it is"
    }
}
