//! Checks fields of the user and custom attributes: known ones, and ones that are almost spelt like a known one.

use std::ops::Range;

use super::compiler::Compiler;
use crate::diagnostic::{Diagnostic, code};
use crate::event::{Path, Root, Segment};
use crate::rule::field::{USER_FIELDS, user_field};
use crate::rule::tenant::Tenant;

/// Shorter names are within a letter of too many others: `uid` and `oid` are no misspelt `id`.
const SHORTEST_MISSPELT: usize = 4;

/// Words for the whole user, which is no part of itself.
const WHOLES: [&str; 6] = ["user", "request", "employee", "person", "identity", "data"];

/// How a name differs from a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Near {
    /// By one letter: one too many, one missing, another one, or two neighbours swapped.
    Letter,
    /// By as little, but perhaps on purpose: by capitals, a digit, a hyphen, the s of a plural that is missing.
    Other,
}

impl Compiler<'_> {
    /// Tells of a field or custom attribute that is written almost as a known one.
    pub(super) fn check_field(&mut self, path: &Path, span: &Range<usize>) {
        if let Some(meant) = self.within_the_user(path) {
            let message = format!("`{path}` leads one step too far: no user has such a part");
            let finding = self.reader.mistake(&code::MISSPELT_FIELD, span, message).warning();
            return self.reader.push(finding.help(format!("write `{meant}`")));
        }
        let Some((is_user, name)) = user_name(path) else { return };
        if !is_user && path.root == Root::User {
            let message = format!("`user.attributes.{name}` is absent where attributes come as a list");
            let finding = self.reader.mistake(&code::ATTRIBUTE_BY_PLACE, span, message).warning();
            self.reader.push(finding.help(format!("write `attr.{name}`, which reads and writes both forms")));
        }
        if let Some(finding) = self.misspelt_field(path, span) {
            self.reader.push(finding);
        }
    }

    /// `user.user.city`: the path without the word that names the user, or the request, once more.
    fn within_the_user(&self, path: &Path) -> Option<String> {
        let (Root::User, [Segment::Key(whole), Segment::Key(field), ..]) = (&path.root, path.segments.as_slice())
        else {
            return None;
        };
        let is_whole = WHOLES.contains(&&**whole) && !self.tenant.fields.contains_key(&**whole);
        (is_whole && user_field(field).is_some())
            .then(|| Path { root: Root::User, segments: path.segments.iter().skip(1).cloned().collect() }.to_string())
    }

    /// What is said of a field or custom attribute that is written almost as a known one.
    pub(super) fn misspelt_field(&self, path: &Path, span: &Range<usize>) -> Option<Diagnostic> {
        let (is_user, name) = user_name(path)?;
        let (meant, near) = almost(self.tenant, name, is_user)?;
        let written = |name: &str| if is_user { format!("user.{name}") } else { format!("attr.{name}") };
        let message = match is_user {
            true => format!("the platform is not known to send `{}`", written(name)),
            false => format!("`{}` is not declared, but `{meant}` is", written(name)),
        };
        let finding = self.reader.mistake(&code::MISSPELT_FIELD, span, message);
        let finding = finding.help(format!("did you mean `{}`?", written(meant)));
        Some(match near {
            Near::Other => finding.warning(),
            Near::Letter => {
                let finding = finding.help(format!(
                    "if there is a field `{name}`, say so in gateway.yaml: `fields: {{ {}: text }}`",
                    as_key(name)
                ));
                match self.occasion.tolerates(&self.reader.file) {
                    true => finding.help("`hookgate check`, and the next change of this file, refuse it").warning(),
                    false => finding,
                }
            }
        })
    }
}

/// The name of a field of the user, or (`false`) of a custom attribute.
fn user_name(path: &Path) -> Option<(bool, &str)> {
    match (&path.root, path.segments.as_slice()) {
        (Root::User, [Segment::Key(attributes), Segment::Key(name), ..]) if **attributes == *"attributes" => {
            Some((false, name))
        }
        (Root::User, [Segment::Key(name), ..]) => Some((true, name)),
        (Root::Attr, [Segment::Key(name), ..]) => Some((false, name)),
        _ => None,
    }
}

/// The known field or custom attribute that was meant by this path, as it is written: `user.endDate` for `user.enddate`.
#[must_use]
pub fn meant_field(tenant: &Tenant, path: &Path) -> Option<String> {
    match (&path.root, path.segments.as_slice()) {
        (Root::User, [Segment::Key(name), ..]) => Some(format!("user.{}", almost(tenant, name, true)?.0)),
        (Root::Attr, [Segment::Key(name), ..]) => Some(format!("attr.{}", almost(tenant, name, false)?.0)),
        _ => None,
    }
}

/// The known name that this one is almost; none where it is known itself, or like no other.
fn almost<'t>(tenant: &'t Tenant, name: &str, is_user: bool) -> Option<(&'t str, Near)> {
    let is_secret = tenant.hooks.secrets.has_key(name);
    if is_secret || name.chars().count() < SHORTEST_MISSPELT || known(tenant, is_user).any(|known| known == name) {
        return None;
    }
    if known(tenant, is_user).any(|known| is_plural(known, name)) {
        return None;
    }
    let of_kind = |wanted: Near| {
        let mut found = known(tenant, is_user).filter(move |known| near(name, known) == Some(wanted));
        Some((found.next()?, wanted))
    };
    of_kind(Near::Letter).or_else(|| of_kind(Near::Other))
}

/// Names that are right: those of the platform, of `fields` and of `secrets`.
fn known(tenant: &Tenant, is_user: bool) -> impl Iterator<Item = &str> {
    let platform = USER_FIELDS.iter().map(|field| field.name).filter(move |_| is_user);
    let secrets = &tenant.hooks.secrets;
    let at = move |path: &'_ Path| match path.root {
        Root::User => is_user,
        Root::Attr => !is_user,
        _ => false,
    };
    let paths = secrets.paths().iter().filter(move |path| at(path)).filter_map(|path| path.keys().next());
    platform
        .chain(tenant.fields.keys().map(String::as_str))
        .chain(secrets.keys().iter().map(String::as_str))
        .chain(paths)
}

/// Whether a name is another with the s of a plural. `status` is none.
fn is_plural(one: &str, many: &str) -> bool {
    many.strip_suffix('s') == Some(one) && !one.ends_with(['s', 'u'])
}

/// How near two different names are.
fn near(written: &str, known: &str) -> Option<Near> {
    if strsim::osa_distance(written, known) == 1 {
        let by_letter = !is_plural(written, known) && differ_by_letters(written, known);
        return Some(if by_letter { Near::Letter } else { Near::Other });
    }
    let (written, known) = (written.to_lowercase(), known.to_lowercase());
    (strsim::osa_distance(&written, &known) <= 1).then_some(Near::Other)
}

/// Whether what stands in one name and not in the other, between their common beginning and end, is letters alone.
fn differ_by_letters(one: &str, other: &str) -> bool {
    let before = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let differing = |text: &str, more: &str| -> Vec<char> {
        let rest: Vec<char> = text.chars().skip(before).collect();
        let end: Vec<char> = more.chars().skip(before).collect();
        let after = rest.iter().rev().zip(end.iter().rev()).take_while(|(a, b)| a == b).count();
        rest.iter().take(rest.len() - after).copied().collect()
    };
    differing(one, other).into_iter().chain(differing(other, one)).all(char::is_alphabetic)
}

/// A name as a key of YAML.
fn as_key(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_plain { name.to_owned() } else { serde_json::Value::from(name).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_off_is_one_edit_of_letters() {
        for (written, known) in [
            ("userTpye", "userType"),
            ("usrType", "userType"),
            ("userTypee", "userType"),
            ("userTyqe", "userType"),
            ("usertype", "userType"),
            ("suerType", "userType"),
            ("addrss1", "address1"),
            ("county", "country"),
            ("statu", "status"),
            ("statuss", "status"),
        ] {
            assert_eq!(near(written, known), Some(Near::Letter), "{written} {known}");
        }
        for (written, known) in [
            ("address", "address1"),
            ("address3", "address2"),
            ("e-mail", "email"),
            ("USERTYPE", "userType"),
            ("rbacRole", "rbacRoles"),
        ] {
            assert_eq!(near(written, known), Some(Near::Other), "{written} {known}");
        }
        for (written, known) in [("usrTyp", "userType"), ("shift", "userType"), ("eadil", "email")] {
            assert_eq!(near(written, known), None, "{written} {known}");
        }
    }

    /// Every edit of one letter of every known name is one, whatever the letter, but for what makes another known name.
    #[test]
    fn every_edit_of_every_known_field_is_near() {
        for known in USER_FIELDS.map(|field| field.name) {
            let letters: Vec<char> = known.chars().collect();
            for at in 0..letters.len() {
                let mut shorter = letters.clone();
                shorter.remove(at);
                let mut longer = letters.clone();
                longer.insert(at, 'q');
                let mut other = letters.clone();
                other[at] = 'q';
                let mut swapped = letters.clone();
                if at > 0 {
                    swapped.swap(at - 1, at);
                }
                for edited in [shorter, longer, other, swapped] {
                    let edited: String = edited.into_iter().collect();
                    let is_same = edited == known || is_plural(&edited, known);
                    // A digit of `address1` is no letter.
                    let is_digit =
                        !letters[at].is_alphabetic() && !edited.contains('q') || at > 0 && !letters[at].is_alphabetic();
                    if !is_same && !is_digit {
                        assert_eq!(near(&edited, known), Some(Near::Letter), "{edited} {known}");
                    }
                }
            }
        }
    }
}
