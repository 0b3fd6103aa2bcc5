//! Sample texts that match a regular expression.

use regex_syntax::hir::{Class, Hir, HirKind};

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
