//! How much memory a value takes, for limits of memory.

use std::borrow::Cow;

use super::document::Document;
use super::entry::Entry;
use super::value::{Held, Value};

/// What the allocator takes for itself with each piece, in bytes.
const PIECE_BYTES: usize = 16;

impl Document {
    /// The memory it takes, in bytes.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.text.capacity() + self.entries.capacity() * size_of::<Entry>()
    }
}

impl Value<'_> {
    /// About how much memory it takes beside itself, in bytes; what lies in a document counts there.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let letters = |text: &Cow<'_, str>| match text {
            Cow::Owned(text) => text.capacity() + PIECE_BYTES,
            Cow::Borrowed(_) => 0,
        };
        match self {
            Value::Null | Value::Bool(_) | Value::Source(_) => 0,
            Value::Number(text) | Value::Text(text) => letters(text),
            Value::List(items) => {
                let within: usize = items.iter().map(Value::held_bytes).sum();
                PIECE_BYTES + items.capacity() * size_of::<Value<'_>>() + within
            }
            Value::Map(fields) => {
                let within: usize = fields.iter().map(|(name, value)| letters(name) + value.held_bytes()).sum();
                PIECE_BYTES + fields.capacity() * size_of::<(Cow<'_, str>, Value<'_>)>() + within
            }
            Value::Secret(secret) => PIECE_BYTES + size_of::<Held>() + secret.expose_ref().0.held_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: usize = 100;

    /// At least what is in it, and not much more.
    #[test]
    fn a_value_counts_what_is_in_it() {
        let text = || Value::text("letters");
        let item = size_of::<Value<'_>>() + "letters".len();
        let field = || (Cow::Owned("name".to_owned()), text());
        for (value, wanted) in [
            (Value::text("x".repeat(1_000)), 1_000),
            (Value::Number(Cow::Owned("1".repeat(1_000))), 1_000),
            (Value::text("x".repeat(100)).into_secret(), 100),
            (Value::List((0..COUNT).map(|_| text()).collect()), COUNT * item),
            (Value::List((0..COUNT).map(|_| Value::Null).collect()), COUNT * size_of::<Value<'_>>()),
            (Value::Map((0..COUNT).map(|_| field()).collect()), COUNT * (size_of::<Cow<'_, str>>() + 4 + item)),
        ] {
            let held = value.held_bytes();
            assert!((wanted..300 + wanted + wanted / 2).contains(&held), "{held} of {wanted}");
        }
        for value in [Value::Null, Value::Bool(true), Value::Text(Cow::Borrowed("not its own"))] {
            assert_eq!(value.held_bytes(), 0, "{value:?}");
        }
    }

    #[test]
    fn a_document_counts_its_text_and_its_entries_and_what_lies_in_it_counts_nothing() {
        let body = format!("[{}1]", "1,".repeat(COUNT));
        let wanted = body.len() + (COUNT + 2) * size_of::<Entry>();
        let document = Document::read(body.into_bytes(), 8).unwrap();
        let held = document.held_bytes();
        assert!((wanted..3 * wanted).contains(&held), "{held} of {wanted}");
        assert_eq!(Value::Source(document.root()).held_bytes(), 0);
    }
}
