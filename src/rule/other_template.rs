//! Names and expressions as other tools write them (`{{user.city}}`, `$user.city`, `%city%`), which are letters to hookgate.

use super::field::KNOWN_USER_FIELDS;
use super::function;
use crate::event::{Path, Root};

/// What stands around a name elsewhere.
const AROUND: [(&str, &str); 11] = [
    ("{{{", "}}}"),
    ("{{", "}}"),
    ("[%", "%]"),
    ("<%=", "%>"),
    ("#{", "}"),
    ("@{", "}"),
    ("$(", ")"),
    ("%", "%"),
    ("<", ">"),
    ("{", "}"),
    ("[", "]"),
];

/// The text as it is most likely meant; `None` where it names nothing.
pub(super) fn meant(text: &str) -> Option<String> {
    if text.trim() == "now" || Path::read(text).is_ok() {
        return None;
    }
    let quoted = |meant: String| if meant.contains('"') { format!("'{meant}'") } else { format!("\"{meant}\"") };
    surrounded(text).or_else(|| dollar(text)).map(quoted).or_else(|| bare(text).map(quoted))
}

/// `{{user.city}}`, `%city%`.
fn surrounded(text: &str) -> Option<String> {
    AROUND.into_iter().find_map(|(open, close)| {
        let mut from = 0;
        while let Some(start) = text.get(from..)?.find(open).map(|at| from + at) {
            let inner_at = start + open.len();
            let Some(end) = text.get(inner_at..)?.find(close).map(|at| inner_at + at) else { break };
            let inner = text.get(inner_at..end)?.trim();
            if let Some(name) = named(inner) {
                let rest = text.get(end + close.len()..)?;
                return Some(format!("{}${{{name}}}{rest}", text.get(..start)?));
            }
            from = inner_at;
        }
        None
    })
}

/// `$user.city`, `$city`.
fn dollar(text: &str) -> Option<String> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        let inner = rest.get(..end)?.trim_end_matches('.');
        let name = named(inner)?;
        Some(format!("{}${{{name}}}{}", text.get(..at)?, rest.get(inner.len()..)?))
    })
}

/// `lower(user.email)`, `user.firstName + user.lastName`: an expression with nothing around it.
fn bare(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let is_one_line = !trimmed.contains('\n');
    let calls = || {
        let (name, rest) = trimmed.split_once('(')?;
        (function::find(name).is_some() && rest.ends_with(')')).then_some(())
    };
    let adds = || {
        let mut parts = trimmed.split(" + ").map(str::trim);
        let is_part = |part: &str| named(part).is_some() || part.starts_with(['"', '\'']);
        (trimmed.contains(" + ") && parts.all(is_part)).then_some(())
    };
    let falls_back = || trimmed.split_once(" ?? ").and_then(|(first, _)| named(first)).map(|_| ());
    let names_something =
        ["user.", "attr.", "request.", "now", "today", "hook", "app"].iter().any(|root| trimmed.contains(root));
    let is_expression = calls().or_else(adds).or_else(falls_back).is_some();
    (is_one_line && is_expression && names_something).then(|| format!("${{{}}}", trimmed.replace('\'', "\"")))
}

/// The name as hookgate writes it, where it is one of the event's.
fn named(inner: &str) -> Option<String> {
    let inner = inner.trim();
    if KNOWN_USER_FIELDS.contains(&inner) {
        return Some(format!("user.{inner}"));
    }
    let path = Path::read(inner.strip_prefix("input.").unwrap_or(inner)).ok()?;
    let is_of_event = matches!(path.root, Root::User | Root::Attr | Root::Request | Root::Token | Root::Caller);
    (is_of_event && !path.segments.is_empty()).then(|| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn names_of_other_tools_are_told_as_ours() {
        for (text, written) in [
            ("{{user.login}}@corp.example", "\"${user.login}@corp.example\""),
            ("{{ login }}", "\"${user.login}\""),
            ("Dear $user.firstName,", "\"Dear ${user.firstName},\""),
            ("%city%", "\"${user.city}\""),
            ("$(attr.PAN)", "\"${attr.PAN}\""),
            ("[user.city]", "\"${user.city}\""),
            ("<%= user.city %>", "\"${user.city}\""),
            ("lower(user.login)", "\"${lower(user.login)}\""),
            ("user.firstName + '.' + user.lastName", "'${user.firstName + \".\" + user.lastName}'"),
            ("user.city ?? 'Pune'", "'${user.city ?? \"Pune\"}'"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(written), "{text}");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in [
            "50% of 20%",
            "a <b> c",
            "<https://a.example>",
            "{name}",
            "{{name}}",
            "$5",
            "[India]",
            "user.login",
            "a (b)",
            "see user.login, please",
            "present(ed)",
            "",
            "{\"a\": {\"b\": 1}}",
            "C++ + Java",
            "%APPDATA%",
        ] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
