//! Recognises templates of other tools (`{{user.city}}`, `$user.city`, `%city%`), which are plain text to hookgate.
//!
//! Also our own `${…}` where nothing fills it in.

use crate::event::{Path, Root};
use crate::rule::field::user_field;
use crate::rule::function;

/// How our own begin.
const OURS: &str = "${";
/// How templates begin and end; those without an end are ended by what can be in no path. What begins another stands behind it.
const AROUND: [(&str, &str); 13] = [
    (OURS, "}"),
    ("{{{", "}}}"),
    ("{{", "}}"),
    ("[%", "%]"),
    ("<%=", "%>"),
    ("#{", "}"),
    ("@{", "}"),
    ("%{", "}"),
    ("$(", ")"),
    ("%", "%"),
    ("<", ">"),
    ("{", "}"),
    ("[", "]"),
];
/// Those that end where the path ends.
const DOLLAR: (&str, &str) = ("$", "");

/// Names are shorter, in bytes: what is longer between two brackets names nothing.
const LONGEST_NAME: usize = 256;

/// A template within a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'t> {
    /// As it stands there.
    pub written: &'t str,
    /// What it names, as hookgate writes it.
    pub name: String,
    pub before: &'t str,
    pub after: &'t str,
}

/// The first template in a text of an expression, our own or another's: there it is letters, the same for everybody. One that
/// may be meant as it stands, since it begins with nothing that rules read, is none.
#[must_use]
pub fn within_expression(text: &str) -> Option<Template<'_>> {
    first(text, |open, inner| {
        let is_meant = if open == OURS { !inner.is_empty() } else { path(inner.get(..end_of_path(inner))?).is_some() };
        is_meant.then(|| inner.to_owned())
    })
}

/// The text as it is most likely meant; `None` where it names nothing.
#[must_use]
pub fn meant(text: &str) -> Option<String> {
    if text.trim() == "now" || Path::read(text).is_ok() {
        return None;
    }
    let quoted = |meant: String| if meant.contains('"') { format!("'{meant}'") } else { format!("\"{meant}\"") };
    let filled = first(text, |_, inner| named(inner))
        .map(|Template { name, before, after, .. }| format!("{before}${{{name}}}{after}"));
    filled.or_else(|| bare(text)).map(quoted)
}

/// The first template that `name_of` knows by how it begins and what is in it.
fn first(text: &str, name_of: impl Fn(&str, &str) -> Option<String>) -> Option<Template<'_>> {
    let found = AROUND.iter().chain([&DOLLAR]).filter_map(|(open, close)| {
        text.match_indices(open).find_map(|(at, _)| {
            let (before, inside) = (text.get(..at)?, text.get(at + open.len()..)?);
            let length = match *close {
                "" => end_of_path(inside),
                close => inside.get(..inside.floor_char_boundary(LONGEST_NAME))?.find(close)?,
            };
            let name = name_of(open, inside.get(..length)?.trim())?;
            let (written, after) = text.split_at_checked(at + open.len() + length + close.len())?;
            Some(Template { written: written.get(at..)?, name, before, after })
        })
    });
    found.min_by_key(|template| template.before.len())
}

/// The bytes of the path with which a text begins.
fn end_of_path(text: &str) -> usize {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches('.').len()
}

/// A path below something that the event brings.
fn path(name: &str) -> Option<Path> {
    let path = Path::read(name).ok()?;
    let is_of_event = match path.root {
        Root::User | Root::Attr | Root::Request | Root::Token | Root::Caller | Root::Setting => {
            !path.segments.is_empty()
        }
        Root::App | Root::Hook | Root::Now | Root::Bound(_) => false,
    };
    is_of_event.then_some(path)
}

/// The name as hookgate writes it, where it is one of the event's.
fn named(inner: &str) -> Option<String> {
    match user_field(inner) {
        Some(field) => Some(format!("user.{}", field.name)),
        None => path(inner.strip_prefix("input.").unwrap_or(inner)).map(|path| path.to_string()),
    }
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

#[cfg(test)]
mod tests {
    use super::{meant, within_expression};

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

    #[test]
    fn templates_within_expressions_are_found() {
        for (text, written) in [
            ("a {{user.login}} b", "{{user.login}}"),
            ("{{ user.login | lower }}", "{{ user.login | lower }}"),
            ("$user.login", "$user.login"),
            ("$user.firstName.$user.lastName", "$user.firstName"),
            ("x-$(user.login)", "$(user.login)"),
            ("#{user.login}", "#{user.login}"),
            ("%{attr.PAN}", "%{attr.PAN}"),
            ("${anything at all}", "${anything at all}"),
        ] {
            assert_eq!(within_expression(text).map(|template| template.written), Some(written), "{text}");
        }
    }

    #[test]
    fn other_texts_of_expressions_are_left_alone() {
        for text in ["$5", "{{}}", "^[0-9]{2}$", "{{count}}", "user.login", "$user", "US$", "a{2}}", "#{x}", "${"] {
            assert_eq!(within_expression(text), None, "{text}");
        }
    }
}
