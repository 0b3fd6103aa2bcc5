//! A body, read in one pass: where each value lies, so that what no rule changes goes back byte for byte.
//!
//! An index of positions is kept instead of a tree: numbers keep every digit, strings keep their
//! escapes, and answering an unchanged user costs one copy. What this reader accepts is what
//! `serde_json` accepts, less duplicate keys and nesting beyond a limit (held by a property test).

use std::borrow::Cow;

use super::reader::{Bounds, Entry, Kind, Reader, Unreadable};

/// A JSON text and the position of each value in it.
#[derive(Debug)]
pub struct Document {
    pub(super) text: Box<str>,
    pub(super) entries: Vec<Entry>,
}

impl Document {
    /// Reads a JSON text of at most 4 GiB, within these bounds; a number means levels of nesting alone.
    ///
    /// # Errors
    /// Says where and why the text is no JSON that can be answered: not UTF-8, not JSON, nested too
    /// deep, too many members, a key twice in one object, half a surrogate pair, a number beyond what can be compared.
    pub fn read(body: Vec<u8>, bounds: impl Into<Bounds>) -> Result<Self, Unreadable> {
        let text = String::from_utf8(body)
            .map_err(|error| Unreadable { at_byte: error.utf8_error().valid_up_to(), what: "the body is not UTF-8" })?;
        let entries = Reader::new(&text, bounds.into()).read()?;
        Ok(Self { text: text.into_boxed_str(), entries })
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }
}

/// One value of a document, where it lies.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document,
    index: u32,
}

impl std::fmt::Debug for Node<'_> {
    /// Says where the value lies, never what it is: it may be a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.index)
    }
}

impl<'d> Node<'d> {
    pub(super) fn entry(self) -> Entry {
        let end = Entry { kind: Kind::Null, start: 0, end: 0, next: self.index + 1 };
        self.document.entries.get(self.index as usize).copied().unwrap_or(end)
    }

    /// The value's bytes as they came.
    #[must_use]
    pub fn raw(self) -> &'d str {
        let Entry { start, end, .. } = self.entry();
        self.document.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Whether the value is an object.
    #[must_use]
    pub fn is_map(self) -> bool {
        self.entry().kind == Kind::Map
    }

    /// The text of a string without its quotes and escapes; of anything else, its bytes.
    #[must_use]
    pub fn text(self) -> Cow<'d, str> {
        let raw = self.raw();
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        match self.entry().kind {
            Kind::Text => Cow::Borrowed(inner),
            Kind::EscapedText => serde_json::from_str(raw).map_or(Cow::Borrowed(inner), Cow::Owned),
            _ => Cow::Borrowed(raw),
        }
    }

    /// The field `key` of an object.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Node<'d>> {
        if !self.is_map() {
            return None;
        }
        self.fields().find(|(name, _)| name.is_named(key)).map(|(_, value)| value)
    }

    fn is_named(self, key: &str) -> bool {
        let entry = self.entry();
        let inside = entry.start as usize + 1..(entry.end as usize).saturating_sub(1);
        match entry.kind {
            Kind::Text => self.document.text.as_bytes().get(inside) == Some(key.as_bytes()),
            _ => self.text() == key,
        }
    }

    /// The element at `index` of an array.
    #[must_use]
    pub fn at(self, index: usize) -> Option<Node<'d>> {
        self.items().nth(index)
    }

    /// The elements of an array; of anything else, nothing.
    #[must_use]
    pub fn items(self) -> Children<'d> {
        match self.entry().kind {
            Kind::List => self.children(),
            _ => Children { next: self, end: self.index },
        }
    }

    /// Name and value of each field of an object; of anything else, nothing.
    pub fn fields(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        let mut children = match self.entry().kind {
            Kind::Map => self.children(),
            _ => Children { next: self, end: self.index },
        };
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    fn children(self) -> Children<'d> {
        let first = Node { document: self.document, index: self.index + 1 };
        Children { next: first, end: self.entry().next }
    }
}

/// The values directly inside an array or object, in order.
#[derive(Clone, Debug)]
pub struct Children<'d> {
    next: Node<'d>,
    end: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.next.index >= self.end {
            return None;
        }
        let this = self.next;
        self.next.index = this.entry().next;
        Some(this)
    }
}
