//! What an event keeps secret, hidden wherever it shows up: under its own name, and where a rule has copied it to.

use super::document::{Document, Node};
use super::json_text::write_string;
use super::request::Event;
use super::secret::{HIDDEN, SHOWN_CHARACTERS, is_secret_key};
use super::value::{Shape, Value, View};

/// A secret of fewer characters is hidden only where it is the whole text: `on` stands in many words.
const PART_CHARACTERS: usize = 4;

/// Deepest nesting of a reply that is shown.
const DEPTH_LIMIT: usize = 512;

/// The secrets of one event.
#[derive(Default)]
pub struct Redaction {
    texts: Vec<String>,
    hides_mapped_value: bool,
}

impl std::fmt::Debug for Redaction {
    /// Says how many secrets there are, never which.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redaction({})", self.texts.len())
    }
}

impl Redaction {
    /// Gathers every text and number that stands under a secret's name in the request.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let mut redaction = Self { texts: Vec::new(), hides_mapped_value: event.maps_a_password() };
        redaction.gather(View::Node(event.request()), false);
        if event.maps_a_password() {
            for field in ["defaultValue", "formVeriable"] {
                event.field(field).into_iter().for_each(|node| redaction.gather(View::Node(node), true));
            }
        }
        redaction
    }

    fn gather(&mut self, value: View<'_>, is_secret: bool) {
        match value.shape() {
            Shape::Map(map) => {
                map.iter().for_each(|(key, field)| self.gather(field, is_secret || is_secret_key(&key)));
            }
            Shape::List(list) => list.iter().for_each(|item| self.gather(item, is_secret)),
            Shape::Text(_) | Shape::Number(_) | Shape::Token(_) if is_secret && !value.is_empty() => {
                self.texts.push(value.as_text().into_owned());
            }
            _ => {}
        }
    }

    /// Whether the request has no secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether a text is a secret or holds one.
    #[must_use]
    pub fn hides(&self, text: &str) -> bool {
        let is_in =
            |secret: &String| secret == text || secret.chars().count() >= PART_CHARACTERS && text.contains(secret);
        self.texts.iter().any(is_in)
    }

    /// A value for a person to read: JSON, secrets in it hidden, cut after 200 characters.
    #[must_use]
    pub fn shown(&self, value: View<'_>) -> String {
        let mut out = self.reply(&value.to_value().to_json());
        if let Some((cut, _)) = out.char_indices().nth(SHOWN_CHARACTERS) {
            out.truncate(cut);
            out.push('…');
        }
        out
    }

    /// A JSON text as it is, but for the secrets in it.
    #[must_use]
    pub fn reply(&self, json: &str) -> String {
        match Document::read(json.as_bytes().to_vec(), DEPTH_LIMIT) {
            Ok(document) => {
                let mut out = String::with_capacity(json.len());
                self.write(&document, document.root(), &mut out);
                out
            }
            Err(_) => Value::text(HIDDEN).to_json(),
        }
    }

    /// Writes a value with the bytes between its parts as they are.
    fn write(&self, document: &Document, node: Node<'_>, out: &mut String) {
        let entry = node.entry();
        let between = |from: u32, to: u32| document.text.get(from as usize..to as usize).unwrap_or_default();
        let mut at = entry.start;
        for (key, field) in node.fields() {
            let inner = field.entry();
            out.push_str(between(at, inner.start));
            match self.hides_field(&key.text()) && !View::Node(field).is_empty() {
                true => write_string(HIDDEN, out),
                false => self.write(document, field, out),
            }
            at = inner.end;
        }
        for item in node.items() {
            let inner = item.entry();
            out.push_str(between(at, inner.start));
            self.write(document, item, out);
            at = inner.end;
        }
        let is_hidden = match node.shape() {
            Shape::Text(text) => self.hides(&text),
            Shape::Number(number) => self.hides(number),
            _ => false,
        };
        match is_hidden {
            true => write_string(HIDDEN, out),
            false => out.push_str(between(at, entry.end)),
        }
    }

    fn hides_field(&self, key: &str) -> bool {
        is_secret_key(key) || self.hides_mapped_value && key == "mappedValue"
    }

    /// A text as it is, or the word that it is hidden.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        if self.hides(text) { HIDDEN } else { text }
    }
}
