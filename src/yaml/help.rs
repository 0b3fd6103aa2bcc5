//! Help for files that are no YAML, as far as the text shows what was meant.

use super::odd_letter;

/// Sentences of help for the parser's `message` at a byte of the text.
#[must_use]
pub fn cures(text: &str, at: usize, message: &str) -> Vec<String> {
    let (before, rest) = text.split_at_checked(at.min(text.len())).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let next = text.get(start + line.len()..).and_then(|rest| rest.lines().nth(1)).unwrap_or_default();
    let mut cures = Vec::new();
    if [line, next]
        .iter()
        .any(|line| line.chars().take_while(|letter| letter.is_whitespace()).any(|letter| letter == '\t'))
    {
        cures.push("YAML is indented with spaces, never with tabs".to_owned());
    }
    if let Some((name, write)) = line.chars().find_map(odd_letter::called) {
        cures.push(format!("in this line stands {name}: write {write} in its place"));
    }
    if !cures.is_empty() {
        return cures;
    }
    cures.extend(by_message(message, (before, rest), line));
    cures
}

fn by_message(message: &str, (before, rest): (&str, &str), line: &str) -> Option<String> {
    let is_open = |open: char, close: char| before.matches(open).count() > before.matches(close).count();
    if let Some(at) = line.find("${").filter(|at| !within_quotes(line, *at)) {
        let word = line.get(at..).unwrap_or_default().split([' ', ',']).next().unwrap_or_default();
        return Some(format!("a text with `${{…}}` stands in double quotes: \"{}\"", word.trim_end_matches(" }")));
    }
    if message.contains("single-quoted") && message.contains("trailing") {
        return Some(
            "within single quotes a quote is written twice: 'O''Brien'; or put the text in double quotes: \"O'Brien\""
                .to_owned(),
        );
    }
    if message.contains("double-quoted") && message.contains("trailing") {
        return Some("within double quotes a quote is written `\\\"`; or put the text in single quotes".to_owned());
    }
    if let Some(cure) = by_line(line, message) {
        return Some(cure);
    }
    if message.contains("anchor") && (rest.starts_with('*') || line.contains(['*', '&'])) {
        return Some("a text that begins with `*` or `&` stands in quotes".to_owned());
    }
    if message.contains("unexpected character") || message.contains("cannot start any token") {
        return Some("a text that begins with one of `@ ` % | > * & ! [ {` stands in quotes".to_owned());
    }
    if let Some(path) = path_in_brackets(line).filter(|_| message.contains("flow") && is_open('{', '}')) {
        return Some(format!("within `{{ … }}` a path with brackets stands in quotes: `'{path}': …`"));
    }
    if message.contains("',' or '}'") || message.contains("flow mapping") && is_open('{', '}') {
        return Some(unclosed(before, '{', '}'));
    }
    if message.contains("',' or ']'") || message.contains("flow sequence") && is_open('[', ']') {
        return Some(unclosed(before, '[', ']'));
    }
    if message.contains("expected key") || message.contains("block collection") || message.contains("'-' indicator") {
        return Some("all keys of one mapping, and all `- ` of one list, begin in one column: move the line under the one above it".to_owned());
    }
    if message.contains("mapping values are not allowed") {
        return Some(
            "a text with `: ` in it stands in quotes; or the line above lacks its colon, or the space behind it"
                .to_owned(),
        );
    }
    None
}

/// What a line shows by itself: a sign between commas, nothing between them, a comparison, a path of Windows.
fn by_line(line: &str, message: &str) -> Option<String> {
    let squeezed: String = line.chars().filter(|letter| !letter.is_whitespace()).collect();
    if line.contains('[') && ["[-,", ",-,", ",-]", "[-]"].iter().any(|sign| squeezed.contains(sign)) {
        return Some("between commas a `-` stands in quotes: `\"-\"`".to_owned());
    }
    if line.contains('[') && [",,", "[,"].iter().any(|sign| squeezed.contains(sign)) {
        return Some(
            "between two commas stands nothing: write `\"\"` for an empty text, or take a comma away".to_owned(),
        );
    }
    if let Some((_, rest)) = line.split_once(": >").filter(|_| !message.contains("quoted")) {
        let (operator, value) = match rest.strip_prefix('=') {
            Some(value) => ("gte", value),
            None => ("gt", rest),
        };
        let value = value.trim();
        if !value.is_empty() && !value.starts_with(['-', '+', '#']) {
            return Some(format!(
                "write `{{ {operator}: {value} }}` to compare; a text that begins with `>` stands in quotes"
            ));
        }
    }
    let is_escape = message.contains("escape") && line.contains('\\');
    is_escape.then(|| {
        "within double quotes a `\\` is written twice; put the text in single quotes: 'C:\\certs\\a.key'".to_owned()
    })
}

/// `user.emails[.type=work].value` or `.phones[0].kind`, where nothing is quoted.
fn path_in_brackets(line: &str) -> Option<&str> {
    let is_of_path = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let at = line.match_indices('[').map(|(at, _)| at).find(|at| {
        let name = line.get(..*at).unwrap_or_default();
        let inside = line.get(at + 1..).unwrap_or_default();
        name.ends_with(|letter: char| letter.is_alphanumeric())
            && inside.starts_with(|letter: char| letter == '.' || letter.is_ascii_digit())
            && !within_quotes(line, *at)
    })?;
    let start = line.get(..at)?.rfind(|letter: char| !is_of_path(letter)).map_or(0, |before| before + 1);
    let end = line.get(at..)?.find(": ").map_or(line.len(), |length| at + length);
    line.get(start..end)
}

/// Where the last bracket was opened that is still open.
fn unclosed(before: &str, open: char, close: char) -> String {
    let mut depth = 0_usize;
    for (at, letter) in before.char_indices().rev() {
        if letter == close {
            depth += 1;
        } else if letter == open {
            if depth == 0 {
                let line = before.get(..at).unwrap_or_default().matches('\n').count() + 1;
                return format!("close the `{open}` of line {line} with `{close}`, and put a comma between its parts");
            }
            depth -= 1;
        }
    }
    format!("put a comma between the parts, and close `{open}` with `{close}`")
}

fn within_quotes(line: &str, at: usize) -> bool {
    let before = line.get(..at).unwrap_or_default();
    before.matches('"').count() % 2 == 1 || before.matches('\'').count() % 2 == 1
}
