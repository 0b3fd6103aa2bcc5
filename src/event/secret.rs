//! Which values are never shown: passwords, security questions, and what is written beside them.

use super::path::{Path, Segment};
use super::value::{Shape, View};

/// The target attribute by which a `policyMap` call asks for a password.
pub const PASSWORD_ATTRIBUTE: &str = "__PASSWORD__";

/// What is printed in a secret's place.
pub const HIDDEN: &str = "(hidden)";

/// Longest text of a value that is shown, in characters; the rest is cut.
const SHOWN_CHARACTERS: usize = 200;

/// Whether a field of this name holds a secret wherever it stands (`passwordText`, `user.password`, …).
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    ["password", "passwordText", "securityQuestion"].iter().any(|secret| secret.eq_ignore_ascii_case(key))
}

/// Whether the path leads to a secret or into one.
#[must_use]
pub fn is_secret(path: &Path) -> bool {
    path.segments.iter().any(|segment| matches!(segment, Segment::Key(key) if is_secret_key(key)))
}

/// A value for a person to read: JSON, secrets inside it hidden, cut after 200 characters.
#[must_use]
pub fn shown(value: View<'_>) -> String {
    let mut out = String::new();
    write_hiding(value, &mut out);
    if let Some((cut, _)) = out.char_indices().nth(SHOWN_CHARACTERS) {
        out.truncate(cut);
        out.push('…');
    }
    out
}

/// Writes a value as JSON with every secret field in it replaced.
pub fn write_hiding(value: View<'_>, out: &mut String) {
    match value.shape() {
        Shape::Map(map) => {
            out.push('{');
            for (n, (key, field)) in map.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                super::value::write_string(&key, out);
                out.push(':');
                match is_secret_key(&key) {
                    true => super::value::write_string(HIDDEN, out),
                    false => write_hiding(field, out),
                }
            }
            out.push('}');
        }
        Shape::List(list) => {
            out.push('[');
            for (n, item) in list.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                write_hiding(item, out);
            }
            out.push(']');
        }
        _ => out.push_str(&value.to_value().to_json()),
    }
}
