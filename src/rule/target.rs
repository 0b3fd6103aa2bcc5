//! The parts of the user that verbs write: a field, or a field of the first element of a list that is meant by one of its
//! fields, as in `user.emails[.type=work].value`.

use std::fmt;

use super::expression::Read;
use crate::event::{Path, Segment, Shape, Value, View, number};

/// A part of the user that is written.
#[derive(Clone, Debug)]
pub struct Target {
    /// The field; where an element is meant, the list.
    pub path: Path,
    /// The same as a name to read.
    pub read: Read,
    pub element: Option<Element>,
}

/// Which element of a list is meant, and which field of it is written.
#[derive(Clone, Debug)]
pub struct Element {
    /// The field by which it is known.
    pub by: Vec<Segment>,
    /// What that field is. What reads as a number, true or false is meant as either that or a text.
    pub value: Value<'static>,
    /// The field that is written.
    pub field: Vec<Segment>,
}

/// A target as it is written.
#[derive(Debug, PartialEq, Eq)]
pub struct WrittenTarget<'t> {
    pub list: &'t str,
    pub by: &'t str,
    pub value: &'t str,
    pub is_quoted: bool,
    /// From its dot on.
    pub field: &'t str,
}

impl<'t> WrittenTarget<'t> {
    /// The parts of `user.emails[.type=work].value`; `None` where no element is meant.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn read(text: &'t str) -> Option<Result<Self, &'static str>> {
        let (list, rest) = text.split_once("[.")?;
        Some(Self::element(list, rest))
    }

    fn element(list: &'t str, rest: &'t str) -> Result<Self, &'static str> {
        let (by, rest) = rest.split_once('=').ok_or("`=` and a value were expected in the brackets")?;
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let (value, field) = match quote {
            Some(quote) => {
                let inner = rest.get(1..).unwrap_or_default();
                let (value, behind) = inner.split_once(quote).ok_or("the quote that begins here has no end")?;
                (value, behind.strip_prefix(']').ok_or("`]` was expected behind the quoted value")?)
            }
            None => rest.split_once(']').ok_or("the `[` has no `]`")?,
        };
        if by.is_empty() || value.is_empty() {
            return Err("a field and a value were expected in the brackets");
        }
        Ok(Self { list, by, value, is_quoted: quote.is_some(), field })
    }
}

impl Element {
    /// The value by which the element is known, as it is written in a new one.
    #[must_use]
    pub fn value_of(text: &str, is_quoted: bool) -> Value<'static> {
        match text {
            "true" | "false" if !is_quoted => Value::Bool(text == "true"),
            _ if !is_quoted && number::is_written(text) && !text.starts_with('0') => {
                Value::Number(text.to_owned().into())
            }
            _ => Value::text(text),
        }
    }

    /// Whether an element with this field is the one that is meant.
    #[must_use]
    pub fn is_known_by(&self, field: View<'_>) -> bool {
        let as_text = || matches!(field.shape(), Shape::Text(text) if text == self.value.view().as_text());
        self.value.view().same(field) || as_text()
    }
}

impl Target {
    /// The path to what is written, without the place of the element: by it names of secrets and kinds of fields are known.
    #[must_use]
    pub fn written_path(&self) -> Path {
        let field = self.element.iter().flat_map(|element| element.field.iter().cloned());
        Path { root: self.path.root.clone(), segments: self.path.segments.iter().cloned().chain(field).collect() }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        let Some(element) = &self.element else { return Ok(()) };
        let steps = |steps: &[Segment]| {
            let path = Path { root: crate::event::Root::User, segments: steps.to_vec() }.to_string();
            path.trim_start_matches("user").to_owned()
        };
        write!(f, "[{}={}]{}", steps(&element.by), element.value.view().as_text(), steps(&element.field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_in_its_parts_or_told_to_be_wrong() {
        let parts = |text| {
            let written = WrittenTarget::read(text).unwrap().unwrap();
            (written.list, written.by, written.value, written.is_quoted, written.field)
        };
        assert_eq!(parts("user.emails[.type=work].value"), ("user.emails", "type", "work", false, ".value"));
        assert_eq!(parts("attr.x[.a.b=\"c]d\"][0]"), ("attr.x", "a.b", "c]d", true, "[0]"));
        assert_eq!(parts("user.x[.type=work]"), ("user.x", "type", "work", false, ""));
        for text in [
            "user.x[.type]",
            "user.x[.type=]",
            "user.x[.=a]",
            "user.x[.type=a",
            "user.x[.type=\"a]",
            "user.x[.a=\"b\"c]",
        ] {
            assert!(matches!(WrittenTarget::read(text), Some(Err(_))), "{text}");
        }
        for text in ["user.x", "user.x[0]", "user.x[\"a\"].b"] {
            assert_eq!(WrittenTarget::read(text), None, "{text}");
        }
    }
}
