//! Which values are never shown, by their names: passwords, security questions.

use super::path::{Path, Segment};

/// The target attribute by which a `policyMap` call asks for a password.
pub const PASSWORD_ATTRIBUTE: &str = "__PASSWORD__";

/// What is printed in a secret's place.
pub const HIDDEN: &str = "(hidden)";

/// Longest text of a value that is shown, in characters; the rest is cut.
pub(super) const SHOWN_CHARACTERS: usize = 200;

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
