//! What a regular expression matches: sample texts, and whether a blank may be one.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

use crate::event::is_blank;
use crate::rule::Pattern;

/// Longest sample, in bytes.
const SAMPLE_BYTES: usize = 200;

/// A few texts in which the pattern is found; none where it is not simple enough to find one.
pub fn texts(pattern: &Pattern) -> Vec<String> {
    let Ok(parsed) = regex_syntax::parse(pattern.text()) else { return Vec::new() };
    let mut texts = Vec::new();
    for choice in 0..3 {
        let mut text = String::new();
        write(&parsed, choice, &mut text);
        if text.len() <= SAMPLE_BYTES && pattern.is_match(&text) && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// Whether every text in which the pattern is found has a character that is seen.
pub fn is_false_of_blank(pattern: &Pattern) -> bool {
    let blank = regex_syntax::parse(r"[\p{White_Space}\p{Default_Ignorable_Code_Point}]");
    match (regex_syntax::parse(pattern.text()), blank.map(Hir::into_kind)) {
        (Ok(parsed), Ok(HirKind::Class(Class::Unicode(blank)))) => has_seen(&parsed, &blank),
        _ => false,
    }
}

fn has_seen(hir: &Hir, blank: &ClassUnicode) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Literal(literal) => !is_blank(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let mut both = class.clone();
            both.intersect(blank);
            both.ranges().is_empty()
        }
        HirKind::Capture(capture) => has_seen(&capture.sub, blank),
        HirKind::Concat(parts) => parts.iter().any(|part| has_seen(part, blank)),
        HirKind::Alternation(parts) => parts.iter().all(|part| has_seen(part, blank)),
        HirKind::Repetition(repetition) => repetition.min > 0 && has_seen(&repetition.sub, blank),
    }
}

/// Writes one text of those the pattern describes; `choice` takes other branches and more repetitions.
fn write(hir: &Hir, choice: usize, text: &mut String) {
    if text.len() > SAMPLE_BYTES {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(character(class, choice)),
        HirKind::Capture(capture) => write(&capture.sub, choice, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, choice, text)),
        HirKind::Alternation(parts) => {
            if let Some(part) = parts.get(choice % parts.len().max(1)) {
                write(part, choice, text);
            }
        }
        HirKind::Repetition(repetition) => {
            let extra = u32::try_from(choice).unwrap_or_default();
            let wanted = repetition.min.max(1).saturating_add(extra);
            let times = wanted.min(repetition.max.unwrap_or(u32::MAX)).max(repetition.min);
            for _ in 0..times.min(u32::try_from(SAMPLE_BYTES).unwrap_or(u32::MAX)) {
                write(&repetition.sub, choice, text);
            }
        }
    }
}

/// A character of the class, a plain one where there is one.
fn character(class: &Class, choice: usize) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let is_in = |c: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&c));
    let plain = ('a'..='z').chain('0'..='9').chain('A'..='Z').chain([' ', '-', '_', '.']).filter(is_in);
    let plain: Vec<char> = plain.collect();
    plain.get(choice % plain.len().max(1)).copied().or_else(|| ranges.first().map(|(start, _)| *start))
}

#[cfg(test)]
mod tests {
    use super::is_false_of_blank;
    use crate::rule::Pattern;

    #[test]
    fn a_pattern_is_false_of_blanks_if_all_it_finds_has_something_that_is_seen() {
        let seen = [r"^\d{10}$", "@", "a|b", r"^\s*x", "(?i)ab+", r"^(\+91)?\d", r"[^\s\p{Cf}]{2}[a-z]", "x{2,3}"];
        let maybe = ["", "^$", r"^\s+$", "a*", "a|", r"a|\s", r"\W", ".", r"\S", "[^a]", "x?", r"^(a|b)?$", "\u{a0}"];
        for (patterns, is_false) in [(&seen[..], true), (&maybe[..], false)] {
            for text in patterns {
                let pattern = Pattern::new(text, false).unwrap();
                assert_eq!(is_false_of_blank(&pattern), is_false, "{text}");
                let found = ["", " ", "\t\n", "\u{a0}", "\u{200b}\u{feff}", "\u{ad}", "\u{fff0}"];
                assert_ne!(found.iter().any(|blank| pattern.is_match(blank)), is_false, "{text}");
            }
        }
    }
}
