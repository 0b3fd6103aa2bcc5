//! Templates within a text of an expression, where nothing fills them in: ours, and those of other tools (`{{user.login}}`,
//! `$user.login`, `#{user.login}`, `%{…}`, `$(…)`).

use crate::event::{Path, Root};

/// A template of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreign<'t> {
    /// As it stands there.
    pub written: &'t str,
    /// What is between its brackets.
    pub name: &'t str,
    pub before: &'t str,
    pub after: &'t str,
}

/// How templates begin and end; those without an end are ended by what can be in no path. The longest come first.
const KINDS: [(&str, &str); 6] = [("${", "}"), ("{{", "}}"), ("#{", "}"), ("%{", "}"), ("$(", ")"), ("$", "")];

/// The first template in a text, of our own kind or of another.
///
/// One that may be meant as it stands, since it names nothing that rules read, is none.
#[must_use]
pub fn find(text: &str) -> Option<Foreign<'_>> {
    let found = KINDS.iter().filter_map(|kind| of_kind(text, kind));
    found.min_by_key(|foreign| foreign.before.len())
}

fn of_kind<'t>(text: &'t str, (open, close): &(&str, &str)) -> Option<Foreign<'t>> {
    text.match_indices(open).find_map(|(at, _)| {
        let inside = text.get(at + open.len()..)?;
        let length = match *close {
            "" => end_of_path(inside),
            close => inside.find(close)?,
        };
        let name = inside.get(..length)?.trim();
        let is_named = if *open == "${" { !name.is_empty() } else { is_read_by_rules(name) };
        let end = at + open.len() + length + close.len();
        is_named.then_some(Foreign {
            written: text.get(at..end)?,
            name,
            before: text.get(..at)?,
            after: text.get(end..)?,
        })
    })
}

fn end_of_path(text: &str) -> usize {
    let end =
        text.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '.'))).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().trim_end_matches('.').len()
}

/// Whether a text begins with a path below something that every rule can read.
fn is_read_by_rules(name: &str) -> bool {
    let Some(path) = name.get(..end_of_path(name)).and_then(|path| Path::read(path).ok()) else { return false };
    !matches!(path.root, Root::Bound(_)) && !path.segments.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_other_tools_are_found() {
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
            assert_eq!(find(text).map(|foreign| foreign.written), Some(written), "{text}");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in ["$5", "{{}}", "^[0-9]{2}$", "{{count}}", "user.login", "$user", "US$", "a{2}}", "#{x}", "${"] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
