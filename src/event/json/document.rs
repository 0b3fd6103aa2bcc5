//! A request body indexed in one pass, so that what no rule changes goes back byte for byte.
//!
//! A value under a secret's name is marked, and returned as a secret only (see [`Secret`](super::Secret)). The bytes
//! of a body that has one are overwritten when it ends.
//!
//! An index of positions is kept instead of a tree: numbers keep every digit, strings keep their escapes, and
//! answering an unchanged user costs one copy. This reader accepts what `serde_json` accepts (a property test
//! compares them), except duplicate keys and nesting beyond a limit. It also accepts a byte order mark before the
//! text, which belongs to no value and never goes back.

use std::borrow::Cow;

use zeroize::Zeroize as _;

use super::entry::{Bounds, Entry, Kind, Unreadable};
use super::reader::{Found, Reader};
use crate::event::nfc::same_text;
use crate::event::secret::{HIDDEN, SecretNames, WITHHELD_JSON};

/// A JSON text and the position of each value in it.
pub struct Document {
    /// Not cut to its length: that could leave a copy of a secret behind.
    pub text: String,
    pub entries: Vec<Entry>,
    has_secrets: bool,
}

impl Document {
    /// Reads a JSON text of at most 4 GiB, within these bounds; a number means levels of nesting alone. What always is a
    /// secret is one.
    ///
    /// # Errors
    /// Says where and why the text is no JSON that can be answered: not UTF-8, not JSON, nested too
    /// deep, too many members, a key twice in one object, half a surrogate pair, a number beyond what can be compared.
    pub fn read(body: Vec<u8>, bounds: impl Into<Bounds>) -> Result<Self, Unreadable> {
        Self::read_hiding(body, bounds, SecretNames::standard())
    }

    /// The same with all as secrets that stands under one of these names.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn read_hiding(body: Vec<u8>, bounds: impl Into<Bounds>, names: &SecretNames) -> Result<Self, Unreadable> {
        let text = String::from_utf8(body).map_err(|error| {
            let at_byte = error.utf8_error().valid_up_to();
            error.into_bytes().zeroize();
            Unreadable { at_byte, what: "the body is not UTF-8" }
        })?;
        let mut document = Self { text, entries: Vec::new(), has_secrets: true };
        let Found { entries, secrets } = Reader::new(&document.text, bounds.into(), names).read()?;
        document.entries = entries;
        document.has_secrets = false;
        secrets.into_iter().for_each(|index| document.hide(index));
        if !document.has_secrets {
            document.text.shrink_to_fit();
        }
        Ok(document)
    }

    /// Reads a JSON text in which marks stand in the places of secrets (see [`WITHHELD`](crate::event::secret::WITHHELD)): each is a
    /// secret, whatever it stands under.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn read_withheld(text: &str, bounds: impl Into<Bounds>, names: &SecretNames) -> Result<Self, Unreadable> {
        let mut document = Self::read_hiding(text.as_bytes().to_vec(), bounds, names)?;
        for index in 0..u32::try_from(document.entries.len()).unwrap_or(u32::MAX) {
            let node = document.node(index);
            if node.entry().kind == Kind::EscapedText && node.raw() == WITHHELD_JSON {
                document.hide(index);
            }
        }
        Ok(document)
    }

    /// From now on the value at this place, with all that is in it, is a secret. Nothing (null, an empty text, list or object)
    /// is none.
    pub fn hide(&mut self, index: u32) {
        let first = index as usize;
        let Some(Entry { kind, start, end, next, .. }) = self.entries.get(first).copied() else { return };
        let is_nothing = match kind {
            Kind::Null => true,
            Kind::Text => end - start <= 2,
            Kind::List | Kind::Map => next == index + 1,
            _ => false,
        };
        if is_nothing {
            return;
        }
        let hidden = self.entries.get_mut(first..next as usize).unwrap_or_default();
        hidden.iter_mut().for_each(|entry| entry.is_secret = true);
        self.has_secrets = true;
    }

    /// The length of its text, in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// Whether anything in it is a secret.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        self.has_secrets
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// The value with this index, which is one of [`Node::index`].
    #[must_use]
    pub fn node(&self, index: u32) -> Node<'_> {
        Node { document: self, index, is_exposed: false }
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        if self.has_secrets {
            self.text.zeroize();
        }
    }
}

impl std::fmt::Debug for Document {
    /// Says how large it is, never what is in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} values)", self.entries.len())
    }
}

/// One value of a document, where it lies.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document,
    index: u32,
    /// Whether it is read as if nothing in it were a secret.
    is_exposed: bool,
}

impl std::fmt::Debug for Node<'_> {
    /// Says where the value lies, never what it is: it may be a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", self.index)
    }
}

impl<'d> Node<'d> {
    #[must_use]
    pub fn entry(self) -> Entry {
        let none = Entry { kind: Kind::Null, is_secret: false, start: 0, end: 0, next: u32::MAX };
        self.document.entries.get(self.index as usize).copied().unwrap_or(none)
    }

    /// Whether both are one value of one document.
    #[must_use]
    pub fn is_at(self, other: Node<'_>) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }

    /// Where it lies among the values of its document.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// The text it lies in.
    #[must_use]
    pub fn document(self) -> &'d Document {
        self.document
    }

    /// Whether it is a secret.
    #[must_use]
    pub fn is_secret(self) -> bool {
        self.entry().is_secret && !self.is_exposed
    }

    /// Whether it is a secret or has one in it.
    #[must_use]
    pub fn holds_secret(self) -> bool {
        let within = || {
            let range = self.index as usize..self.entry().next as usize;
            self.document.entries.get(range).unwrap_or_default().iter().any(|entry| entry.is_secret)
        };
        self.document.has_secrets && !self.is_exposed && within()
    }

    /// The same value, read as if nothing in it were a secret. For [`Secret::expose`](crate::event::Secret::expose) alone.
    #[must_use]
    pub fn exposed(self) -> Self {
        Self { is_exposed: true, ..self }
    }

    /// The same value, a secret again if it is one.
    #[must_use]
    pub fn hidden(self) -> Self {
        Self { is_exposed: false, ..self }
    }

    /// The value's bytes as they came, secrets too.
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

    /// The text of a string without its quotes and escapes; of a secret, that it is hidden; of anything else, its bytes.
    #[must_use]
    pub fn text(self) -> Cow<'d, str> {
        if self.is_secret() {
            return Cow::Borrowed(HIDDEN);
        }
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
        let found = self.fields().find(|(name, _)| name.is_named(key)).or_else(|| self.in_other_form(key));
        found.map(|(_, value)| value)
    }

    /// The field `key` where Unicode writes its name in another form. Most names are ASCII, which is one form alone.
    #[cold]
    fn in_other_form(self, key: &str) -> Option<(Node<'d>, Node<'d>)> {
        if key.is_ascii() {
            return None;
        }
        self.fields().find(|(name, _)| same_text(&name.text(), key))
    }

    fn is_named(self, key: &str) -> bool {
        let entry = self.entry();
        let inside = entry.start as usize + 1..(entry.end as usize).saturating_sub(1);
        match entry.kind {
            Kind::Text => self.document.text.as_bytes().get(inside) == Some(key.as_bytes()),
            _ => self.reads_as(key),
        }
    }

    #[cold]
    fn reads_as(self, key: &str) -> bool {
        self.text() == key
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
        // What a field is called is no secret: a path is found by it.
        std::iter::from_fn(move || Some((children.next()?.exposed(), children.next()?)))
    }

    fn children(self) -> Children<'d> {
        let first = Node { index: self.index + 1, ..self };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn document(body: &str) -> Document {
        Document::read(body.as_bytes().to_vec(), 8).unwrap()
    }

    /// The secrets of a body, as they came.
    fn secrets(document: &Document) -> Vec<&str> {
        let (mut found, mut index) = (Vec::new(), 0);
        while (index as usize) < document.entries.len() {
            let node = document.node(index);
            index = if node.is_secret() { node.entry().next } else { index + 1 };
            found.extend(node.is_secret().then(|| node.raw()));
        }
        found
    }

    #[test]
    fn what_stands_under_the_name_of_a_secret_is_one_and_nothing_else_is() {
        for (body, wanted) in [
            (r#"{"a":"x","b":1}"#, &[][..]),
            (r#"{"a":1,"password":"x","b":2}"#, &["\"x\""]),
            (r#"[{"b":{"otp":{"c":[1],"d":2}},"e":3},4]"#, &[r#"{"c":[1],"d":2}"#]),
            (r#"{"pass\u0077ord":7,"NEW_PASSWORD":false,"passworded":1}"#, &["7", "false"]),
            (r#"{"name":"otp","value":"1","id":2}"#, &["\"1\""]),
            (r#"{"x":0,"value":1,"values":[2],"name":"\u006ftp"}"#, &["1", "[2]"]),
            (r#"{"name":["x","otp","y"],"z":0,"value":1}"#, &["1"]),
            (r#"{"path":"user.password","value":1}"#, &["1"]),
            (r#"{"name":["x","y"],"otps":1,"value":"otp"}"#, &[]),
            (r#"{"name":"x","z":"otp","value":1}"#, &[]),
            (r#"{"name":["x"],"z":"otp","value":1}"#, &[]),
            (r#"{"name":"x","value":["otp"]}"#, &[]),
            (r#"{"a":{"name":"otp"},"value":1}"#, &[]),
            (r#"{"name":7,"value":1}"#, &[]),
            (r#"[{"otp":null},{"otp":""},{"otp":[]},{"otp":{}}]"#, &[]),
            (r#"[{"otp":" "},{"otp":0},{"otp":[null]},{"otp":{"a":""}}]"#, &["\" \"", "0", "[null]", r#"{"a":""}"#]),
        ] {
            let document = document(body);
            assert_eq!(secrets(&document), wanted, "{body}");
            assert_eq!(document.has_secrets(), !wanted.is_empty(), "{body}");
            assert_eq!(document.root().holds_secret(), !wanted.is_empty(), "{body}");
        }
    }

    #[test]
    fn a_field_is_found_in_whatever_form_its_name_is_written() {
        let document = document("{\"ne\":1,\"ne\u{301}\":2,\"\\u006ea\":3,\"\":4,\"list\":[5]}");
        let root = document.root();
        let found = |key: &str| root.get(key).map(Node::raw);
        let wanted = [("ne", "1"), ("né", "2"), ("ne\u{301}", "2"), ("na", "3"), ("", "4"), ("list", "[5]")];
        wanted.iter().for_each(|(key, value)| assert_eq!(found(key), Some(*value), "{key}"));
        ["n", "nê", "nee", "u006ea", "5"].iter().for_each(|key| assert_eq!(found(key), None, "{key}"));
        assert_eq!(root.get("list").and_then(|list| list.get("")).map(Node::raw), None, "a list has no fields");
    }
}
