//! Which fields are recorded as they are: a tree of their names.

use std::collections::HashMap;

use crate::event::{Path, Root, Segment};

/// The plain fields below each root.
#[derive(Debug, Default)]
pub struct Plain {
    request: Fields,
    token: Fields,
    caller: Fields,
    row: Fields,
}

/// The plain fields of an object. Elements of a list count as the list does.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Whether all of it is plain.
    pub(super) is_plain: bool,
    /// Whether it holds custom attributes, which come as an object or as a list of `{name, value}`.
    pub(super) is_attributes: bool,
    below: HashMap<Box<str>, Fields>,
}

impl Plain {
    /// The name by which a setting means the columns of what lookups answer.
    pub const ROW: &'static str = "row";

    /// The fields at these paths, with all that is in them.
    #[must_use]
    pub fn new(paths: &[Path]) -> Self {
        let mut plain = Self::default();
        plain.request.entry("user").entry("attributes").is_attributes = true;
        for path in paths {
            let start = match &path.root {
                Root::Request => &mut plain.request,
                Root::User => plain.request.entry("user"),
                Root::Attr => plain.request.entry("user").entry("attributes"),
                Root::Token => &mut plain.token,
                Root::Caller => &mut plain.caller,
                Root::Bound(name) if **name == *Self::ROW => &mut plain.row,
                _ => continue,
            };
            let end = path.segments.iter().fold(start, |fields, step| match step {
                Segment::Key(key) => fields.entry(key),
                Segment::Index(_) => fields,
            });
            end.is_plain = true;
        }
        plain
    }

    pub(super) fn request(&self) -> &Fields {
        &self.request
    }

    pub(super) fn user(&self) -> Option<&Fields> {
        self.request.below("user")
    }

    pub(super) fn token(&self) -> &Fields {
        &self.token
    }

    pub(super) fn caller(&self) -> &Fields {
        &self.caller
    }

    pub(super) fn row(&self) -> &Fields {
        &self.row
    }
}

impl Fields {
    fn entry(&mut self, key: &str) -> &mut Fields {
        self.below.entry(key.into()).or_default()
    }

    pub(super) fn below(&self, key: &str) -> Option<&Fields> {
        self.below.get(key)
    }
}
