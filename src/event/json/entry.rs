//! The entries of the index of a JSON text: positions of values, limits of reading, and errors.

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    True,
    False,
    Number,
    Text,
    EscapedText,
    List,
    Map,
}

/// One value: what it is, its bytes, and the index of the entry after its last descendant.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub kind: Kind,
    /// Whether it stands under a secret's name, or in something that does.
    pub is_secret: bool,
    pub start: u32,
    pub end: u32,
    pub next: u32,
}

/// How much of a JSON text is read.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Levels of lists and objects in each other.
    pub levels: usize,
    /// Members of objects and items of lists, all together.
    pub members: usize,
}

impl From<usize> for Bounds {
    /// So many levels, and any number of members: for what this program or its operator wrote.
    fn from(levels: usize) -> Self {
        Self { levels, members: usize::MAX }
    }
}

/// Why and where a body cannot be read. Never quotes the body: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// Position of the first byte that cannot be read.
    pub at_byte: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

impl Unreadable {
    /// What is wrong with a text of more members than are read.
    pub const MANY_MEMBERS: &str = "the body has too many members of objects and items of lists";

    /// Whether it is only longer than it may be.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.what == Self::MANY_MEMBERS
    }
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (at byte {})", self.what, self.at_byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::json::Document;

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let few = Bounds { levels: 2, members: 4 };
        for (body, at_byte) in [
            ("", 0),
            ("  ", 2),
            ("tru", 0),
            ("[1 2]", 3),
            ("[1,]", 3),
            ("{1:2}", 1),
            (r#"{"a" 1}"#, 5),
            (r#"{"a":}"#, 5),
            ("\"ab", 3),
            ("\"a\nb\"", 2),
            (r#""a\x""#, 2),
            (r#""a\ud800""#, 2),
            ("[1.]", 3),
            ("[01]", 2),
            ("1e999", 5),
            ("[] 1", 3),
            ("[[[]]]", 2),
            ("[1,2,3,4,5]", 9),
            (r#"{"a":1,"a":2}"#, 7),
            (r#"{"a":1,"b":2,"b":3,"a":4}"#, 13),
            (r#"{"x":{"b":1,"b":2},"x":1}"#, 12),
        ] {
            let read = Document::read(body.as_bytes().to_vec(), few);
            assert_eq!(read.map(|_| ()).map_err(|why| why.at_byte), Err(at_byte), "{body}");
        }
    }
}
