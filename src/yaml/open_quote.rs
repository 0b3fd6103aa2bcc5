//! Finds where a quote was opened that was never closed; YAML reads on to the next quote and fails there.

use std::ops::Range;

/// The quotes of the last quoted text before `at` that runs over lines, or into `at`: where it was opened, and where it
/// ends if it does.
pub fn open_quote(text: &str, at: usize) -> Option<(usize, Option<usize>)> {
    let mut found = None;
    let mut from = 0;
    while from <= at && from < text.len() {
        let end = line_end(text, from);
        let line = text.get(from..end).unwrap_or_default();
        if is_line_start(text, from) && begins_a_block(line) {
            from = behind_block(text, end + 1, indent(line));
            continue;
        }
        let Some(open) = opening(text, from..end).filter(|open| *open <= at) else {
            from = end + 1;
            continue;
        };
        let close = closing(text, open);
        if close.is_none_or(|close| close >= end) {
            found = Some((open, close.filter(|close| *close <= at)));
        }
        let Some(close) = close else { break };
        from = close + 1;
    }
    found
}

fn is_line_start(text: &str, at: usize) -> bool {
    text.get(..at).is_none_or(|before| before.is_empty() || before.ends_with('\n'))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Where a block ends that begins in the line before: its lines are indented deeper than its key, or blank.
fn behind_block(text: &str, mut at: usize, key_indent: usize) -> usize {
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let line = rest.lines().next().unwrap_or_default();
        if !line.trim().is_empty() && indent(line) <= key_indent {
            break;
        }
        at = line_end(text, at) + 1;
    }
    at
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| at + n)
}

/// Whether the line ends with the `|` or `>` of a block.
fn begins_a_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    let mark = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    mark.strip_suffix(['|', '>']).is_some_and(|before| before.ends_with([' ', '\t']) || before.is_empty())
}

/// The first quote within `range` that begins a value, and no comment before it.
fn opening(text: &str, range: Range<usize>) -> Option<usize> {
    // A value begins a line, or stands behind what comes before values; some of that only with a space.
    let is_first = is_line_start(text, range.start);
    let (mut may_begin, mut with_space, mut was_space) = (is_first, is_first, is_first);
    for (n, letter) in text.get(range.clone())?.char_indices() {
        match letter {
            '#' if was_space => return None,
            '"' | '\'' if may_begin => return Some(range.start + n),
            ' ' | '\t' => (may_begin, was_space) = (with_space, true),
            _ => {
                may_begin = matches!(letter, '[' | '{' | ',');
                with_space = may_begin || matches!(letter, ':' | '-' | '?');
                was_space = false;
            }
        }
    }
    None
}

/// Where the text that is opened there ends.
fn closing(text: &str, open: usize) -> Option<usize> {
    let quote = text.get(open..)?.chars().next()?;
    let mut letters = text.get(open + 1..)?.char_indices().peekable();
    while let Some((n, letter)) = letters.next() {
        if letter == '\\' && quote == '"'
            || letter == '\'' && quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == '\'')
        {
            letters.next();
        } else if letter == quote {
            return Some(open + 1 + n);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::code;
    use crate::diagnostic::{File, Report};
    use crate::yaml::syntax;

    /// Whatever closing quote of the starter rules is missing: if that is no YAML any more, the opening one is told, or
    /// the mistake is told in its line.
    #[test]
    fn the_quote_that_was_not_closed_is_told() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let (mut told, mut tried) = (0, 0);
        for name in ["validate.yaml", "prepare.yaml", "map.yaml", "leave.yaml", "notify.yaml"] {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                let (mut from, end) = (start, start + line.len());
                start = end;
                while let Some(open) = opening(&text, from..end) {
                    let Some(close) = closing(&text, open).filter(|close| *close < end) else { break };
                    from = close + 1;
                    tried += 1;
                    told += usize::from(is_told(&text, open, close, name));
                }
            }
        }
        assert!(tried >= 20 && told >= 10, "{told} of {tried}");
    }

    /// Whether a mistake that shows in another line says where the quote was opened; panics where it does not.
    fn is_told(text: &str, open: usize, close: usize, name: &str) -> bool {
        let mut broken = text.to_owned();
        broken.remove(close);
        let mut report = Report::default();
        syntax::parse(&Arc::new(File::new(name, broken)), &mut report);
        let Some(finding) = report.findings.iter().find(|finding| finding.code == &code::NOT_YAML) else {
            return false;
        };
        let line = text.get(..open).unwrap().matches('\n').count() + 1;
        if finding.place.as_ref().unwrap().line() == line {
            return false;
        }
        let is_told = finding.related.iter().any(|(place, _)| place.span.start == open);
        assert!(is_told, "{name}:{line}: {}", report.to_text(false));
        true
    }

    #[test]
    fn where_no_quote_is_open_none_is_told() {
        for text in [
            "a: \"b\"\nc: d\n",
            "it's: so\nb: it's\n",
            "# don't\na: 'b'\n",
            "a: |\n  \"b\nc: \"d\"\n",
            "",
            "a: b-\"c\n",
        ] {
            assert_eq!(open_quote(text, text.len()), None, "{text}");
        }
    }
}
