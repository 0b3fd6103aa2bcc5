//! The type of tables of allowed keys, for the reader, for "did you mean" and for the JSON Schema.

use std::ops::RangeInclusive;

/// The keys of one kind of mapping.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// With its article: `a rule`.
    pub what: &'static str,
    pub keys: &'static [Key],
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    /// A sentence for the editor that shows the schema.
    pub about: &'static str,
    pub shape: Shape,
    pub required: bool,
}

/// One text, or a list of them.
pub const TEXT_OR_TEXTS: Shape = Shape::Either(&[Shape::Text, Shape::ListOf(&Shape::Text)]);

/// What may stand behind a key. Finer rules than these are the reader's.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything.
    Any,
    Text,
    Boolean,
    /// A whole number.
    Whole,
    /// A whole number from one to another, both included.
    Within(u64, u64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    Mapping(&'static Keys),
    /// A mapping whose keys the person chooses.
    MapOf(&'static Shape),
    ListOf(&'static Shape),
    /// Any of these.
    Either(&'static [Shape]),
}

impl Shape {
    /// A whole number within a range.
    #[must_use]
    pub const fn within(range: RangeInclusive<u64>) -> Self {
        Self::Within(*range.start(), *range.end())
    }

    /// The keys that may stand in it, at any depth.
    #[must_use]
    pub fn keys(&self) -> Vec<&'static Key> {
        match self {
            Self::Any | Self::Text | Self::Boolean | Self::Whole | Self::Within(..) | Self::OneOf(_) => Vec::new(),
            Self::Mapping(keys) => keys.keys.iter().flat_map(|key| [vec![key], key.shape.keys()].concat()).collect(),
            Self::MapOf(inner) | Self::ListOf(inner) => inner.keys(),
            Self::Either(several) => several.iter().flat_map(Shape::keys).collect(),
        }
    }
}

impl Keys {
    /// The names of the keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.name)
    }
}

/// A key that may be left out.
#[must_use]
pub const fn optional(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, shape, required: false }
}

/// A key that must be there.
#[must_use]
pub const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, shape, required: true }
}

/// The words of a table of words and what they mean. Evaluated while the program is compiled.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "a constant cannot ask an iterator, and the end of both is the same")]
pub const fn words<T, const COUNT: usize>(table: &[(&'static str, T); COUNT]) -> [&'static str; COUNT] {
    let mut words = [""; COUNT];
    let mut at = 0;
    while at < COUNT {
        words[at] = table[at].0;
        at += 1;
    }
    words
}
