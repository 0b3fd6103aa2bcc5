//! A path: the name by which a rule reads or writes a value, `user.provisionedApps["6202"].status`.

use std::fmt;

/// Where a path begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    User,
    Request,
    /// A custom attribute, in whichever of its two shapes it came.
    Attr,
    Token,
    Caller,
    App,
    Hook,
    Now,
    /// A setting of gateway.yaml.
    Setting,
    /// A name that `let` binds.
    Bound(Box<str>),
}

impl Root {
    /// The built-in roots, as they are written.
    pub const BUILT_IN: [&'static str; 9] =
        ["user", "request", "attr", "token", "caller", "app", "hook", "now", "setting"];

    /// The root a name stands for.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "user" => Root::User,
            "request" => Root::Request,
            "attr" => Root::Attr,
            "token" => Root::Token,
            "caller" => Root::Caller,
            "app" => Root::App,
            "hook" => Root::Hook,
            "now" => Root::Now,
            "setting" => Root::Setting,
            bound => Root::Bound(bound.into()),
        }
    }

    /// The name as it is written.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Root::User => "user",
            Root::Request => "request",
            Root::Attr => "attr",
            Root::Token => "token",
            Root::Caller => "caller",
            Root::App => "app",
            Root::Hook => "hook",
            Root::Now => "now",
            Root::Setting => "setting",
            Root::Bound(name) => name,
        }
    }
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    Key(Box<str>),
    Index(usize),
}

/// A path as meant: `request.user.x` and `user.x` are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    pub root: Root,
    pub segments: Vec<Segment>,
}

/// Why a text is no path, and at which byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPath {
    pub at_byte: usize,
    pub what: &'static str,
}

impl Path {
    /// Reads a path: names of letters, digits and `_` joined by `.`; `["any text"]` and `[0]` for the rest.
    ///
    /// # Errors
    /// Says where the text stops being a path.
    pub fn read(text: &str) -> Result<Self, NoPath> {
        let first = name_length(text);
        let root = text.get(..first).unwrap_or_default();
        if root.is_empty() {
            return Err(NoPath { at_byte: 0, what: "a name was expected here" });
        }
        let mut segments = Vec::new();
        let mut at_byte = first;
        while let Some(rest) = text.get(at_byte..).filter(|rest| !rest.is_empty()) {
            let (segment, length) = read_segment(rest).map_err(|what| NoPath { at_byte, what })?;
            segments.push(segment);
            at_byte += length;
        }
        Ok(Self { root: Root::named(root), segments }.normal())
    }

    fn normal(mut self) -> Self {
        let is_user = matches!(self.segments.first(), Some(Segment::Key(key)) if **key == *"user");
        if self.root == Root::Request && is_user {
            self.root = Root::User;
            self.segments.remove(0);
        }
        self
    }

    /// The keys of the path, as far as they are keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map_while(|segment| match segment {
            Segment::Key(key) => Some(&**key),
            Segment::Index(_) => None,
        })
    }

    /// Whether a rule may change what stands there: a field of the user or a custom attribute, never the user as a whole.
    #[must_use]
    pub fn is_changeable(&self) -> bool {
        matches!(self.root, Root::User | Root::Attr) && matches!(self.segments.first(), Some(Segment::Key(_)))
    }

    /// Whether a change at one of the two paths can be seen at the other.
    #[must_use]
    pub fn overlaps(&self, other: &Path) -> bool {
        self.root == other.root && self.segments.iter().zip(&other.segments).all(|(a, b)| a == b)
    }
}

/// The contract's spelling of a request field that is also written correctly.
#[must_use]
pub fn canonical_field(field: &str) -> &str {
    match field {
        "cymmetriField" => "cymmetrifield",
        "formVariable" => "formVeriable",
        other => other,
    }
}

fn name_length(text: &str) -> usize {
    let digit_first = text.starts_with(|c: char| c.is_ascii_digit());
    if digit_first {
        return 0;
    }
    text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())
}

fn read_segment(rest: &str) -> Result<(Segment, usize), &'static str> {
    if let Some(name) = rest.strip_prefix('.') {
        let length = name_length(name);
        let key = name.get(..length).unwrap_or_default();
        if key.is_empty() {
            return Err("a name was expected after the `.`; write `[\"…\"]` for a key with other characters");
        }
        return Ok((Segment::Key(key.into()), length + 1));
    }
    if let Some(inner) = rest.strip_prefix('[') {
        let mut quotes = inner.chars().filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quotes.next().filter(|quote| inner.starts_with(*quote)) {
            let key = inner.get(1..).unwrap_or_default();
            let end = key.find(quote).ok_or("the quote that begins here has no end")?;
            return match key.get(end + 1..).is_some_and(|rest| rest.starts_with(']')) {
                true => Ok((Segment::Key(key.get(..end).unwrap_or_default().into()), end + 4)),
                false => Err("`]` was expected after the quoted key"),
            };
        }
        let end = inner.find(']').ok_or("the `[` that begins here has no end")?;
        let index = inner.get(..end).and_then(|digits| digits.parse().ok());
        return match index {
            Some(index) => Ok((Segment::Index(index), end + 2)),
            None => Err("between `[` and `]` stands a number or a key in quotes"),
        };
    }
    Err("`.` or `[` was expected here")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root.name())?;
        for segment in &self.segments {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if name_length(key) == key.len() && !key.is_empty() => write!(f, ".{key}")?,
                Segment::Key(key) => write!(f, "[\"{key}\"]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_of_the_request_is_the_user_and_no_other_field_of_that_name_is() {
        assert_eq!(Path::read("request.user.login"), Path::read("user.login"));
        assert_eq!(Path::read("attr.user.login").unwrap().root, Root::Attr);
        assert_eq!(Path::read("request.action").unwrap().root, Root::Request);
    }

    /// Steps of every kind and several lengths, one behind another.
    #[test]
    fn a_path_that_is_written_is_read_as_it_was() {
        let keys = ["a", "login", "größe", "_", "", " ", "-", "two words", "a.b[0]", "1st", "it's", "]"];
        let keys = keys.map(|key| Segment::Key(key.into()));
        let steps: Vec<Segment> = keys.into_iter().chain([0, 7, 1_234].map(Segment::Index)).collect();
        for first in &steps {
            for second in &steps {
                let path = Path { root: Root::User, segments: vec![first.clone(), second.clone(), first.clone()] };
                assert_eq!(Path::read(&path.to_string()), Ok(path.clone()), "{path}");
            }
        }
        assert_eq!(
            Path::read("user['a \"b\"'].c"),
            Path::read("user").map(|user| {
                let segments = ["a \"b\"", "c"].map(|key| Segment::Key(key.into())).to_vec();
                Path { segments, ..user }
            })
        );
    }

    #[test]
    fn what_is_no_path_is_told_with_its_place() {
        for (text, at_byte) in [
            ("", 0),
            (".a", 0),
            ("user.", 4),
            ("user.a.1st", 6),
            ("user.a b", 6),
            ("user[", 4),
            ("user.a[x]", 6),
            ("user[-1]", 4),
            ("user[\"a]", 4),
            ("user[\"a\"", 4),
            ("user[\"two words\"]x", 17),
            ("user[\"a\"x].b", 4),
            ("user[12]x", 8),
        ] {
            assert_eq!(Path::read(text).map_err(|no_path| no_path.at_byte), Err(at_byte), "{text}");
        }
    }
}
