//! Secrets: which values are, by their names, and the type they have from the moment a body is read.

use super::nfc::{folded, same_text};
use super::path::{Path, Root, Segment};

/// The target attribute by which a `policyMap` call asks for a password.
pub const PASSWORD_ATTRIBUTE: &str = "__PASSWORD__";

/// What is printed in a secret's place.
pub const HIDDEN: &str = "(hidden)";

/// Names of fields that hold a secret wherever they stand, in any case of letters.
const SECRET_KEYS: [&str; 3] = ["password", "passwordText", "securityQuestion"];

/// Whether a field of this name holds a secret wherever it stands (`passwordText`, `user.password`, …).
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    SECRET_KEYS.iter().any(|secret| secret.eq_ignore_ascii_case(key))
}

/// Something that is never shown: it has no `Display` and no `Serialize`, and its `Debug` says only that it is hidden.
/// It is not deref'd, compared or printed by accident; [`Secret::expose`] is the one way to it.
#[derive(Clone, Copy)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value in plain. Who calls this answers for where it goes; a test lists the callers (tests/layout.rs).
    pub fn expose(self) -> T {
        self.0
    }

    /// The same without taking it.
    pub const fn expose_ref(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// What a tenant keeps secret beside what always is: names of fields, and paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretNames {
    /// Fields of these names, wherever they stand, in any case of letters.
    pub keys: Vec<String>,
    /// What stands at these paths: `user.nationalId`, `attr.PAN`, `request.form`.
    pub paths: Vec<Path>,
}

impl SecretNames {
    /// Whether a field of this name is a secret wherever it stands.
    #[must_use]
    pub fn has_key(&self, key: &str) -> bool {
        is_secret_key(key) || self.keys.iter().any(|secret| folded(secret) == folded(key))
    }

    /// Whether the path leads to a secret or into one.
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        let is_keyed = |segment: &Segment| matches!(segment, Segment::Key(key) if self.has_key(key));
        path.segments.iter().any(is_keyed) || self.paths.iter().any(|secret| leads_into(path, secret))
    }
}

/// Whether a path leads to what another names, or into it; `user.attributes.PAN` is `attr.PAN`.
fn leads_into(path: &Path, other: &Path) -> bool {
    let canonical = |path: &Path| match (&path.root, path.segments.split_first()) {
        (Root::User, Some((Segment::Key(key), rest))) if **key == *"attributes" && !rest.is_empty() => {
            (Root::Attr, rest.to_vec())
        }
        (root, _) => (root.clone(), path.segments.clone()),
    };
    let ((root, segments), (other_root, other_segments)) = (canonical(path), canonical(other));
    let same = |(a, b): (&Segment, &Segment)| match (a, b) {
        (Segment::Key(a), Segment::Key(b)) => same_text(a, b),
        (a, b) => a == b,
    };
    root == other_root && segments.len() >= other_segments.len() && segments.iter().zip(&other_segments).all(same)
}
