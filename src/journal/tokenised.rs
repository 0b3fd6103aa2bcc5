//! A value as it is recorded: JSON in which tokens stand in place of personal texts and numbers, and a mark in place of secrets.

use super::plain::Fields;
use crate::event::token::{self, Digests};
use crate::event::{Document, Event, Map, Shape, View, is_blank, secret, write_string};

/// Deepest nesting of what is read again; bodies are nested at most 128 levels.
pub(super) const DEPTH_LIMIT: usize = 512;

/// What values are written by.
#[derive(Clone, Copy, Debug)]
pub struct Tokenised<'t> {
    by: &'t dyn Digests,
    /// Whether it was decided on tokens, so that texts of their shape are some.
    is_recorded: bool,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place<'f> {
    fields: Option<&'f Fields>,
    is_plain: bool,
    is_secret: bool,
}

impl Place<'_> {
    fn below(self, key: &str) -> Self {
        let fields = self.fields.and_then(|fields| fields.below(key));
        let is_plain = self.is_plain || fields.is_some_and(|fields| fields.is_plain);
        Self { fields, is_plain, is_secret: self.is_secret || secret::is_secret_key(key) }
    }
}

impl<'t> Tokenised<'t> {
    /// For what came of an event.
    #[must_use]
    pub fn new(by: &'t dyn Digests, event: &Event) -> Self {
        Self { by, is_recorded: event.is_recorded() }
    }

    /// A JSON text, of which these fields are plain; nothing of one that cannot be read.
    pub(super) fn again(&self, json: &str, fields: Option<&Fields>) -> String {
        match Document::read(json.as_bytes().to_vec(), DEPTH_LIMIT) {
            Ok(document) => self.json(View::Node(document.root()), fields),
            Err(_) => "null".to_owned(),
        }
    }

    /// A value, of which these fields are plain.
    pub(super) fn json(&self, value: View<'_>, fields: Option<&Fields>) -> String {
        let mut out = String::new();
        let is_plain = fields.is_some_and(|fields| fields.is_plain);
        self.write(value, Place { fields, is_plain, is_secret: false }, &mut out);
        out
    }

    /// The request as the body of a call.
    pub(super) fn body(&self, request: View<'_>, fields: &Fields) -> String {
        let mut out = String::from("{\"request\":");
        let place = Place { fields: Some(fields), is_plain: false, is_secret: false };
        self.write(request, place, &mut out);
        out.push('}');
        out
    }

    /// A text by itself.
    pub(super) fn text(&self, text: &str) -> String {
        match text {
            _ if is_blank(text) || self.is_recorded && token::is_token(text) => text.to_owned(),
            _ => token::of_text(text, self.by),
        }
    }

    fn write(&self, value: View<'_>, place: Place<'_>, out: &mut String) {
        match value.shape() {
            Shape::Null => out.push_str("null"),
            // What is empty is no value: rules ask whether it is.
            Shape::Text(text) if is_blank(&text) => write_string(&text, out),
            Shape::List(list) => {
                out.push('[');
                for (n, item) in list.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    match place.fields.filter(|fields| fields.is_attributes) {
                        Some(attributes) => self.attribute(item, attributes, place, out),
                        None => self.write(item, place, out),
                    }
                }
                out.push(']');
            }
            Shape::Map(map) => self.object(map, place, out),
            Shape::Secret(_) => write_string(token::SECRET, out),
            _ if place.is_secret => write_string(token::SECRET, out),
            Shape::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Shape::Number(number) if place.is_plain => out.push_str(number),
            Shape::Number(number) => write_string(&token::of_number(number, self.by), out),
            Shape::Text(text) if self.is_recorded && token::is_token(&text) => write_string(&text, out),
            // What looks like a token must be one.
            Shape::Text(text) if place.is_plain && !token::is_token(&text) => write_string(&text, out),
            Shape::Text(text) => write_string(&token::of_text(&text, self.by), out),
            Shape::Token(token) => write_string(token.as_str(), out),
        }
    }

    fn object(&self, map: Map<'_>, place: Place<'_>, out: &mut String) {
        out.push('{');
        for (n, (key, field)) in map.iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            write_string(&key, out);
            out.push(':');
            self.write(field, place.below(&key), out);
        }
        out.push('}');
    }

    /// An element of a list of custom attributes: its name says which it is, so that rules find it.
    fn attribute(&self, item: View<'_>, attributes: &Fields, place: Place<'_>, out: &mut String) {
        let (Some(Shape::Text(name)), Shape::Map(map)) = (item.field("name").map(View::shape), item.shape()) else {
            return self.write(item, place, out);
        };
        let named = Place { fields: Some(attributes), ..place }.below(&name);
        out.push('{');
        for (n, (key, field)) in map.iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            write_string(&key, out);
            out.push(':');
            match &*key {
                "name" if !token::is_token(&name) => write_string(&name, out),
                "value" => self.write(field, named, out),
                _ => self.write(field, Place { fields: None, ..place }, out),
            }
        }
        out.push('}');
    }
}
