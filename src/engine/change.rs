//! What the rules changed in the user: a path, the value before, the value after.

use serde_json::json;

use crate::event::{Path, Root, Segment, Shape, Value, View};

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
pub fn changes(before: &Value<'_>, after: &Value<'_>) -> Vec<Change> {
    let mut found = Vec::new();
    compare(&Path { root: Root::User, segments: Vec::new() }, Some(before.view()), Some(after.view()), &mut found);
    found
}

fn compare(path: &Path, before: Option<View<'_>>, after: Option<View<'_>>, found: &mut Vec<Change>) {
    match (before, after) {
        (Some(a), Some(b)) if a.identical(b) => {}
        (Some(a), Some(b)) => match (a.shape(), b.shape()) {
            (Shape::Map(old), Shape::Map(new)) => {
                for (key, value) in old.iter() {
                    compare(&below(path, &key), Some(value), b.field(&key), found);
                }
                for (key, value) in new.iter().filter(|(key, _)| a.field(key).is_none()) {
                    compare(&below(path, &key), None, Some(value), found);
                }
            }
            _ => found.push(change(path, Some(a), Some(b))),
        },
        (before, after) => found.push(change(path, before, after)),
    }
}

fn below(path: &Path, key: &str) -> Path {
    let mut path = path.clone();
    path.segments.push(Segment::Key(key.into()));
    path
}

fn change(path: &Path, before: Option<View<'_>>, after: Option<View<'_>>) -> Change {
    Change { path: path.clone(), before: before.map(View::shown), after: after.map(View::shown) }
}
