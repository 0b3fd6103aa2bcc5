//! A value that a rule reads or writes, wherever it lies: in the body, in a table, or in the rule.

use std::borrow::Cow;
use std::sync::Arc;

use super::document::Node;
use super::entry::Kind;
use super::number;
use crate::event::blank::is_blank;
use crate::event::nfc::same_text;
use crate::event::path::Segment;
use crate::event::secret::Secret;

/// A value that may be changed. What nobody changed stays a position in the body (`Source`).
#[derive(Clone, Debug)]
pub enum Value<'d> {
    Null,
    Bool(bool),
    /// A number as JSON writes it, every digit kept.
    Number(Cow<'d, str>),
    Text(Cow<'d, str>),
    List(Vec<Value<'d>>),
    /// Fields in their order; a key stands once.
    Map(Vec<(Cow<'d, str>, Value<'d>)>),
    Source(Node<'d>),
    /// What must never be shown, or was computed from such a value.
    Secret(Secret<Arc<Held>>),
}

/// A secret's own value; overwritten when nobody holds it any more.
#[expect(missing_debug_implementations, reason = "what is in it is never shown")]
pub struct Held(pub Value<'static>);

/// A look at a value without taking it.
#[derive(Clone, Copy, Debug)]
pub enum View<'v> {
    Node(Node<'v>),
    Owned(&'v Value<'v>),
    /// A part of a secret.
    Secret(Secret<&'v Value<'v>>),
}

/// What a value is, for matching.
#[derive(Clone, Debug)]
pub enum Shape<'v> {
    Null,
    Bool(bool),
    Number(&'v str),
    Text(Cow<'v, str>),
    List(List<'v>),
    Map(Map<'v>),
    /// Whatever is behind it, nothing may be told of it.
    Secret(Secret<View<'v>>),
}

/// The elements of a list.
#[derive(Clone, Copy, Debug)]
pub enum List<'v> {
    Source(Node<'v>),
    Owned(&'v [Value<'v>]),
}

/// The fields of an object.
#[derive(Clone, Copy, Debug)]
pub enum Map<'v> {
    Source(Node<'v>),
    Owned(&'v [(Cow<'v, str>, Value<'v>)]),
}

impl<'d> Node<'d> {
    /// What the value is.
    #[must_use]
    pub fn shape(self) -> Shape<'d> {
        if self.is_secret() {
            return Shape::Secret(Secret::new(View::Node(self.exposed())));
        }
        match self.entry().kind {
            Kind::Null => Shape::Null,
            Kind::True => Shape::Bool(true),
            Kind::False => Shape::Bool(false),
            Kind::Number => Shape::Number(self.raw()),
            Kind::Text | Kind::EscapedText => Shape::Text(self.text()),
            Kind::List => Shape::List(List::Source(self)),
            Kind::Map => Shape::Map(Map::Source(self)),
        }
    }
}

impl<'d> Value<'d> {
    /// A text that outlives the event.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Value<'static> {
        Value::Text(Cow::Owned(text.into()))
    }

    /// A whole number.
    #[must_use]
    pub fn integer(number: i64) -> Value<'static> {
        Value::Number(Cow::Owned(number.to_string()))
    }

    /// A number; one that JSON cannot write (infinite, not a number) becomes null.
    #[must_use]
    pub fn float(number: f64) -> Value<'static> {
        match serde_json::Number::from_f64(number) {
            Some(number) => Value::Number(Cow::Owned(number.to_string())),
            None => Value::Null,
        }
    }

    /// What stands at a path, as a value that lives as long as the body it came from.
    #[must_use]
    pub fn at(&self, path: &[Segment]) -> Option<Value<'d>> {
        match (self, path.split_first()) {
            (value, None) => Some(value.clone()),
            (Value::Source(node), Some(_)) => match View::Node(*node).walk(path)? {
                View::Node(found) => Some(Value::Source(found)),
                View::Owned(_) | View::Secret(_) => None,
            },
            (Value::Map(fields), Some((Segment::Key(key), rest))) => {
                fields.iter().find(|(name, _)| same_text(name, key))?.1.at(rest)
            }
            (Value::List(items), Some((Segment::Index(index), rest))) => items.get(*index)?.at(rest),
            (Value::Secret(held), Some(_)) => held.expose_ref().0.at(path).map(Value::into_secret),
            _ => None,
        }
    }

    /// The elements of a list; of anything else, none.
    #[must_use]
    pub fn into_items(self) -> Vec<Value<'d>> {
        match self {
            Value::List(items) => items,
            Value::Source(node) if !node.is_secret() => node.items().map(Value::Source).collect(),
            _ => Vec::new(),
        }
    }

    /// Looks at the value.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        match self {
            Value::Source(node) => View::Node(*node),
            owned => View::Owned(owned),
        }
    }

    /// The same value, independent of the body it came from.
    #[must_use]
    pub fn into_static(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Bool(value) => Value::Bool(value),
            Value::Number(number) => Value::Number(Cow::Owned(number.into_owned())),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::List(items) => Value::List(items.into_iter().map(Value::into_static).collect()),
            Value::Map(fields) => {
                Value::Map(fields.into_iter().map(|(k, v)| (Cow::Owned(k.into_owned()), v.into_static())).collect())
            }
            Value::Secret(held) => Value::Secret(held),
            Value::Source(node) => match node.shape() {
                Shape::Secret(view) => view.expose().to_value().into_secret(),
                Shape::List(list) => Value::List(list.iter().map(|item| item.to_value().into_static()).collect()),
                Shape::Map(map) => Value::Map(
                    map.iter().map(|(k, v)| (Cow::Owned(k.into_owned()), v.to_value().into_static())).collect(),
                ),
                scalar => scalar.into_scalar().into_static(),
            },
        }
    }

    /// Turns a position in the body into fields or elements of their own, one level deep.
    pub fn open(&mut self) {
        if let Value::Source(node) = self {
            *self = match node.shape() {
                Shape::Map(_) => {
                    Value::Map(node.fields().map(|(key, value)| (key.text(), Value::Source(value))).collect())
                }
                Shape::List(_) => Value::List(node.items().map(Value::Source).collect()),
                // A change within a secret leaves a secret, whole.
                Shape::Secret(_) => Value::Source(*node).into_secret(),
                scalar => scalar.into_scalar(),
            };
        }
    }
}

impl<'v> View<'v> {
    /// What the value is.
    #[must_use]
    pub fn shape(self) -> Shape<'v> {
        match self {
            View::Node(node) => node.shape(),
            View::Owned(value) => match value {
                Value::Null => Shape::Null,
                Value::Bool(value) => Shape::Bool(*value),
                Value::Number(number) => Shape::Number(number),
                Value::Text(text) => Shape::Text(Cow::Borrowed(text)),
                Value::List(items) => Shape::List(List::Owned(items)),
                Value::Map(fields) => Shape::Map(Map::Owned(fields)),
                Value::Source(node) => node.shape(),
                Value::Secret(held) => Shape::Secret(Secret::new(View::Owned(&held.expose_ref().0))),
            },
            View::Secret(value) => Shape::Secret(Secret::new(View::Owned(value.expose()))),
        }
    }

    /// Whether the value is null.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.shape(), Shape::Null)
    }

    /// The field or element a path's next step names.
    #[must_use]
    pub fn step(self, segment: &Segment) -> Option<View<'v>> {
        match (self, segment) {
            (View::Node(node), Segment::Key(key)) => node.get(key).map(View::Node),
            (View::Node(node), Segment::Index(index)) => node.at(*index).map(View::Node),
            (View::Owned(Value::Map(fields)), Segment::Key(key)) => {
                fields.iter().find(|(name, _)| same_text(name, key)).map(|(_, value)| value.view())
            }
            (View::Owned(Value::List(items)), Segment::Index(index)) => items.get(*index).map(Value::view),
            (View::Owned(Value::Source(node)), segment) => View::Node(*node).step(segment),
            (View::Owned(Value::Secret(held)), segment) => {
                View::Secret(Secret::new(&held.expose_ref().0)).step(segment)
            }
            (View::Secret(value), segment) => match View::Owned(value.expose()).step(segment)? {
                View::Owned(part) => Some(View::Secret(Secret::new(part))),
                part => Some(part),
            },
            _ => None,
        }
    }

    /// The value behind several steps.
    #[must_use]
    pub fn walk(self, segments: &[Segment]) -> Option<View<'v>> {
        segments.iter().try_fold(self, View::step)
    }

    /// The field `key` of an object.
    #[must_use]
    pub fn field(self, key: &str) -> Option<View<'v>> {
        match self {
            View::Node(node) => node.get(key).map(View::Node),
            View::Owned(Value::Source(node)) => node.get(key).map(View::Node),
            View::Owned(Value::Map(fields)) => {
                fields.iter().find(|(name, _)| same_text(name, key)).map(|(_, value)| value.view())
            }
            View::Owned(Value::Secret(_)) | View::Secret(_) => self.step(&Segment::Key(key.into())),
            View::Owned(_) => None,
        }
    }

    /// A value of one's own; a position in the body stays one.
    #[must_use]
    pub fn to_value(self) -> Value<'v> {
        match self {
            View::Node(node) => Value::Source(node),
            View::Owned(value) => value.clone(),
            View::Secret(value) => value.expose().clone().into_secret(),
        }
    }

    /// What a person calls this kind of value: `a number`, `text`, …
    #[must_use]
    pub fn kind_name(self) -> &'static str {
        match self.shape() {
            Shape::Null => "null",
            Shape::Bool(_) => "true/false",
            Shape::Number(_) => "a number",
            Shape::Text(_) => "text",
            Shape::List(_) => "a list",
            Shape::Map(_) => "an object",
            Shape::Secret(_) => "a secret",
        }
    }

    /// The number that the value is, or that its text is; `None` where it is none.
    #[must_use]
    pub fn number(self) -> Option<Cow<'v, str>> {
        match self.shape() {
            Shape::Number(number) => Some(Cow::Borrowed(number)),
            // Most texts are none, which their first letter tells.
            Shape::Text(text) if text.starts_with(|first: char| first.is_ascii_alphabetic()) => None,
            Shape::Text(text) if number::is_written(text.trim()) => Some(Cow::Owned(text.trim().to_owned())),
            _ => None,
        }
    }

    /// Whether there is nothing in it: null, a blank text, an empty list or object.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self.shape() {
            Shape::Null => true,
            Shape::Bool(_) | Shape::Number(_) => false,
            Shape::Text(text) => is_blank(&text),
            Shape::List(list) => list.len() == 0,
            Shape::Map(map) => map.iter().next().is_none(),
            Shape::Secret(secret) => secret.expose().is_empty(),
        }
    }
}

impl<'v> Shape<'v> {
    /// The scalar as a value of its own; lists and objects have no scalar and become null.
    fn into_scalar(self) -> Value<'v> {
        match self {
            Shape::Bool(value) => Value::Bool(value),
            Shape::Number(number) => Value::Number(Cow::Borrowed(number)),
            Shape::Text(text) => Value::Text(text),
            Shape::Null | Shape::List(_) | Shape::Map(_) | Shape::Secret(_) => Value::Null,
        }
    }
}

impl<'v> List<'v> {
    /// How many elements it has.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "`View::is_empty` answers that for every kind of value")]
    pub fn len(self) -> usize {
        match self {
            List::Source(node) => node.items().count(),
            List::Owned(items) => items.len(),
        }
    }

    /// Its elements.
    pub fn iter(self) -> impl Iterator<Item = View<'v>> {
        let (nodes, owned) = match self {
            List::Source(node) => (Some(node.items()), None),
            List::Owned(items) => (None, Some(items.iter())),
        };
        let nodes = nodes.into_iter().flatten().map(View::Node);
        nodes.chain(owned.into_iter().flatten().map(Value::view))
    }
}

impl<'v> Map<'v> {
    /// Its fields in their order.
    pub fn iter(self) -> impl Iterator<Item = (Cow<'v, str>, View<'v>)> {
        let (nodes, owned) = match self {
            Map::Source(node) => (Some(node.fields()), None),
            Map::Owned(fields) => (None, Some(fields.iter())),
        };
        let nodes = nodes.into_iter().flatten().map(|(key, value)| (key.text(), View::Node(value)));
        nodes.chain(owned.into_iter().flatten().map(|(key, value)| (Cow::Borrowed(&**key), value.view())))
    }
}

impl From<serde_json::Value> for Value<'static> {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(number) => Value::Number(Cow::Owned(number.to_string())),
            serde_json::Value::String(text) => Value::text(text),
            serde_json::Value::Array(items) => Value::List(items.into_iter().map(Value::from).collect()),
            serde_json::Value::Object(fields) => {
                Value::Map(fields.into_iter().map(|(key, value)| (Cow::Owned(key), Value::from(value))).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::json::Document;

    #[test]
    fn every_kind_of_value_has_its_name() {
        for (json, name) in [
            ("null", "null"),
            ("true", "true/false"),
            ("false", "true/false"),
            ("-1.5", "a number"),
            ("\"x\"", "text"),
            ("\"\\n\"", "text"),
            ("[1]", "a list"),
            ("{}", "an object"),
        ] {
            let document = Document::read(json.as_bytes().to_vec(), 8).unwrap();
            let value = Value::Source(document.root());
            assert_eq!(value.view().kind_name(), name);
            assert_eq!(value.clone().into_static().view().kind_name(), name);
            let secret = if json == "null" { name } else { "a secret" };
            assert_eq!(value.into_secret().view().kind_name(), secret, "{json}");
        }
    }
}
