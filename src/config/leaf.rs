//! Every setting by its path in gateway.yaml and by its environment variable.

use super::section::SETTINGS;
use crate::yaml::keys::{Keys, Shape};

/// Settings that are gone, each with why, in words. Who still has one is told that its line can be taken out.
pub(super) const GONE: [(&str, &str); 1] =
    [("journal.plain", "records are sealed now, and have every value as it is, secrets left out")];

/// One setting: its keys from the outside in, and what it may be.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// `limits.body_bytes`
    pub path: String,
    pub shape: &'static Shape,
    /// What it is, in a sentence.
    pub about: &'static str,
}

impl Leaf {
    /// The environment variable that sets it: `HOOKGATE_LIMITS_BODY_BYTES`.
    #[must_use]
    pub fn variable(&self) -> String {
        variable(&self.path)
    }
}

/// The environment variable that sets what stands at a path of gateway.yaml.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_ascii_uppercase())
}

/// What every environment variable of hookgate begins with.
pub(super) const PREFIX: &str = "HOOKGATE_";

/// Every setting, in the order of gateway.yaml.
#[must_use]
pub fn leaves() -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(&SETTINGS, "", &mut found);
    found
}

fn collect(keys: &'static Keys, before: &str, found: &mut Vec<Leaf>) {
    for key in keys.keys {
        let path = if before.is_empty() { key.name.to_owned() } else { format!("{before}.{}", key.name) };
        match &key.shape {
            Shape::Mapping(inner) => collect(inner, &path, found),
            shape => found.push(Leaf { path, shape, about: key.about }),
        }
    }
}
