//! Texts of a lookup that the key is filled into: `/users/${key}`, `(mail=${key.mail})`. The source escapes it.

use std::borrow::Cow;

use crate::event::{Value, View};

/// A text with places for the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filling {
    pub parts: Vec<Part>,
}

/// A part of such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    /// `${key}`: the whole key.
    Key,
    /// `${key.name}`: one value of a key that has several.
    Named(String),
}

/// A value of any shape with fillings for texts: a body of JSON.
#[derive(Clone, Debug)]
pub enum Shaped {
    Constant(Value<'static>),
    Text(Filling),
    List(Vec<Shaped>),
    Map(Vec<(String, Shaped)>),
}

impl Part {
    /// The key's value that stands here; `None` for text, and for a value the key does not have.
    #[must_use]
    pub fn value<'k>(&self, key: View<'k>) -> Option<View<'k>> {
        match self {
            Part::Text(_) => None,
            Part::Key => Some(key),
            Part::Named(name) => key.field(name),
        }
    }
}

/// Parts as a rule file has them.
#[must_use]
pub fn shown(parts: &[Part]) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Key => "${key}".to_owned(),
        Part::Named(name) => format!("${{key.{name}}}"),
    };
    parts.iter().map(part).collect()
}

impl Filling {
    /// The text as it is written.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.parts)
    }

    /// The text with the key's values in it, each escaped.
    #[must_use]
    pub fn fill(&self, key: View<'_>, escape: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                part => out.push_str(&escape(&part.value(key).map_or(Cow::Borrowed(""), View::as_text))),
            }
        }
        out
    }

    /// A lone `${key}` keeps the kind of its value; anything else is text.
    #[must_use]
    pub fn value<'k>(&self, key: View<'k>) -> Value<'k> {
        match self.parts.as_slice() {
            [part @ (Part::Key | Part::Named(_))] => part.value(key).map_or(Value::Null, View::to_value),
            _ => Value::text(self.fill(key, str::to_owned)),
        }
    }
}

impl Shaped {
    /// Every part of the value that the key fills.
    #[must_use]
    pub fn parts(&self) -> Vec<&Part> {
        match self {
            Shaped::Constant(_) => Vec::new(),
            Shaped::Text(filling) => filling.parts.iter().collect(),
            Shaped::List(items) => items.iter().flat_map(Shaped::parts).collect(),
            Shaped::Map(fields) => fields.iter().flat_map(|(_, field)| field.parts()).collect(),
        }
    }

    /// The value with the key's values in it. Nothing needs escaping: the shape is never text.
    #[must_use]
    pub fn value<'k>(&'k self, key: View<'k>) -> Value<'k> {
        match self {
            Shaped::Constant(value) => value.view().to_value(),
            Shaped::Text(filling) => filling.value(key),
            Shaped::List(items) => Value::List(items.iter().map(|item| item.value(key)).collect()),
            Shaped::Map(fields) => {
                Value::Map(fields.iter().map(|(name, field)| (Cow::Borrowed(&**name), field.value(key))).collect())
            }
        }
    }
}
