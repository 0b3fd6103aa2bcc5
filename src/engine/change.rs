//! What the rules changed in the user: a path, the value before, the value after.

use serde_json::json;

use crate::event::{Path, Redaction, Root, Segment, Shape, Value, View, secret};

/// One changed place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub path: Path,
    /// JSON, secrets hidden; `None` where there was nothing.
    pub before: Option<String>,
    /// JSON, secrets hidden; `None` where there is nothing any more.
    pub after: Option<String>,
}

impl Change {
    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        json!({ "path": self.path.to_string(), "before": self.before, "after": self.after })
    }
}

/// Every place at which two users differ, in the order of the first.
#[must_use]
pub fn changes(before: &Value<'_>, after: &Value<'_>, redaction: &Redaction) -> Vec<Change> {
    let mut found = Found { redaction, changes: Vec::new() };
    compare(&Path { root: Root::User, segments: Vec::new() }, Some(before.view()), Some(after.view()), &mut found);
    found.changes
}

struct Found<'r> {
    redaction: &'r Redaction,
    changes: Vec<Change>,
}

fn compare(path: &Path, before: Option<View<'_>>, after: Option<View<'_>>, found: &mut Found<'_>) {
    match (before, after) {
        (Some(a), Some(b)) if a.same(b) => {}
        (Some(a), Some(b)) => match (a.shape(), b.shape()) {
            (Shape::Map(old), Shape::Map(new)) => {
                for (key, value) in old.iter() {
                    compare(&below(path, &key), Some(value), b.field(&key), found);
                }
                for (key, value) in new.iter().filter(|(key, _)| a.field(key).is_none()) {
                    compare(&below(path, &key), None, Some(value), found);
                }
            }
            _ => found.push(path, Some(a), Some(b)),
        },
        (before, after) => found.push(path, before, after),
    }
}

fn below(path: &Path, key: &str) -> Path {
    let mut path = path.clone();
    path.segments.push(Segment::Key(key.into()));
    path
}

impl Found<'_> {
    fn push(&mut self, path: &Path, before: Option<View<'_>>, after: Option<View<'_>>) {
        let shown = |value: View<'_>| match secret::is_secret(path) {
            true => secret::HIDDEN.to_owned(),
            false => self.redaction.shown(value),
        };
        self.changes.push(Change { path: path.clone(), before: before.map(shown), after: after.map(shown) });
    }
}
