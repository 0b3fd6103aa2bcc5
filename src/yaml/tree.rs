//! The tree of a YAML text, in which every key and value knows its place.

use std::ops::Range;

/// A value as written.
#[derive(Clone, Debug)]
pub struct Node {
    pub content: Content,
    pub span: Range<usize>,
}

#[derive(Clone, Debug)]
pub enum Content {
    Scalar { text: String, style: Style },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// How a scalar is written: only a plain one can be anything but text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    Block,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub value: Node,
}

impl Node {
    /// The text of a scalar.
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// What a person calls this kind of value.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match &self.content {
            Content::Scalar { .. } if self.is_null() => "nothing",
            Content::Scalar { .. } => "a single value",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }

    /// What stands in a list, or the one that stands alone; nothing where nothing is written.
    #[must_use]
    pub fn rows(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            Content::Scalar { .. } if self.is_null() => &[],
            Content::Scalar { .. } | Content::Map(_) => std::slice::from_ref(self),
        }
    }

    /// Whether nothing is written here, or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, style: Style::Plain } if matches!(text.as_str(), "" | "~" | "null"))
    }

    /// The same value at other places.
    #[must_use]
    pub fn moved(self, place: &dyn Fn(Range<usize>) -> Range<usize>) -> Self {
        let content = match self.content {
            Content::List(items) => Content::List(items.into_iter().map(|item| item.moved(place)).collect()),
            Content::Map(entries) => {
                let moved = |entry: Entry| Entry {
                    key: entry.key,
                    key_span: place(entry.key_span),
                    value: entry.value.moved(place),
                };
                Content::Map(entries.into_iter().map(moved).collect())
            }
            scalar @ Content::Scalar { .. } => scalar,
        };
        Self { content, span: place(self.span) }
    }

    /// The value of `key` in a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value),
            _ => None,
        }
    }
}
