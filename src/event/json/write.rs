//! Writes values as JSON and as text: unchanged ones as they came, and secrets only where they may be shown.

use std::borrow::Cow;

use super::document::Node;
use super::value::{Shape, Value, View};
use crate::event::secret::{HIDDEN, Secret, WITHHELD_JSON};

/// Longest text of a value that is shown to people, in characters; the rest is cut.
const SHOWN_CHARACTERS: usize = 200;

/// What is written in the place of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// That it is hidden: for everything that people and programs look at.
    Hidden,
    /// The secret itself: for the answer to who sent it, and for a receiver that takes secrets.
    Written,
    /// A mark that is read as a secret again; blank ones as they are, so that it is known that they are.
    Withheld,
}

impl Value<'_> {
    /// The value as JSON, secrets hidden.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(Secrets::Hidden, &mut out);
        out
    }

    /// The value as JSON with its secrets in plain: for who sent them, and for receivers that take them.
    #[must_use]
    pub fn written(&self) -> String {
        let mut out = String::new();
        self.write_json(Secrets::Written, &mut out);
        out
    }

    /// Writes the value as JSON; what came from the body is written as it came.
    pub fn write_json(&self, secrets: Secrets, out: &mut String) {
        write(self.view(), secrets, out);
    }
}

impl<'v> View<'v> {
    /// The value as a template writes it: text as it is, everything else as JSON (see [`View::canonical`]); of a secret,
    /// that it is hidden.
    #[must_use]
    pub fn as_text(self) -> Cow<'v, str> {
        match self.shape() {
            Shape::Text(text) => text,
            Shape::Number(number) => Cow::Borrowed(number),
            Shape::Secret(_) => Cow::Borrowed(HIDDEN),
            Shape::Null | Shape::Bool(_) => Cow::Owned(self.to_json()),
            Shape::List(_) | Shape::Map(_) => Cow::Owned(self.canonical()),
        }
    }

    /// The value as JSON, however its own was written: without spaces, no letter escaped that need not be, the fields of
    /// objects in the order of their names. Numbers are written as they came; secrets are hidden.
    #[must_use]
    pub fn canonical(self) -> String {
        let mut out = String::new();
        write_canonical(self, &mut out);
        out
    }

    /// The value as JSON, secrets hidden.
    #[must_use]
    pub fn to_json(self) -> String {
        let mut out = String::new();
        write(self, Secrets::Hidden, &mut out);
        out
    }

    /// The value as JSON, with marks in the places of secrets that [`Document::read_withheld`](super::Document::read_withheld)
    /// reads as secrets again; blank ones are written as they are. What came and holds no secret is not copied.
    #[must_use]
    pub fn withheld(self) -> Cow<'v, str> {
        if let View::Node(node) = self
            && !node.holds_secret()
        {
            return Cow::Borrowed(node.raw());
        }
        let mut out = String::new();
        write(self, Secrets::Withheld, &mut out);
        Cow::Owned(out)
    }

    /// The value for a person to read: JSON, cut after 200 characters; of a secret, that it is hidden.
    #[must_use]
    pub fn shown(self) -> String {
        if self.is_secret() {
            return HIDDEN.to_owned();
        }
        let mut out = self.to_json();
        if let Some((cut, _)) = out.char_indices().nth(SHOWN_CHARACTERS) {
            out.truncate(cut);
            out.shrink_to_fit();
            out.push('…');
        }
        out
    }
}

fn write(value: View<'_>, secrets: Secrets, out: &mut String) {
    let value = match value {
        View::Node(node) => return write_node(node, secrets, out),
        View::Owned(Value::Source(node)) => return write_node(*node, secrets, out),
        View::Secret(_) | View::Owned(Value::Secret(_)) => return write_secret(value, secrets, out),
        View::Owned(value) => value,
    };
    match value {
        Value::Null | Value::Source(_) | Value::Secret(_) => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number),
        Value::Text(text) => write_string(text, out),
        Value::List(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(item.view(), secrets, out);
            }
            out.push(']');
        }
        Value::Map(fields) => {
            out.push('{');
            for (n, (key, value)) in fields.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(value.view(), secrets, out);
            }
            out.push('}');
        }
    }
}

fn write_canonical(value: View<'_>, out: &mut String) {
    let separate = |n: usize, out: &mut String| {
        if n > 0 {
            out.push(',');
        }
    };
    match value.shape() {
        Shape::List(list) => {
            out.push('[');
            for (n, item) in list.iter().enumerate() {
                separate(n, out);
                write_canonical(item, out);
            }
            out.push(']');
        }
        Shape::Map(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            out.push('{');
            for (n, (key, field)) in fields.into_iter().enumerate() {
                separate(n, out);
                write_string(&key, out);
                out.push(':');
                write_canonical(field, out);
            }
            out.push('}');
        }
        Shape::Text(text) => write_string(&text, out),
        Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Secret(_) => {
            write(value, Secrets::Hidden, out);
        }
    }
}

fn write_secret(value: View<'_>, secrets: Secrets, out: &mut String) {
    match (secrets, value.shape()) {
        (Secrets::Written, Shape::Secret(secret)) => write(Secret::expose(secret), secrets, out),
        (Secrets::Withheld, Shape::Secret(secret)) if value.is_empty() => write(secret.expose(), Secrets::Written, out),
        (Secrets::Withheld, _) => out.push_str(WITHHELD_JSON),
        (Secrets::Hidden | Secrets::Written, _) => write_string(HIDDEN, out),
    }
}

/// What came is written as it came, but for the secrets in it.
fn write_node(node: Node<'_>, secrets: Secrets, out: &mut String) {
    if secrets == Secrets::Written || !node.holds_secret() {
        return out.push_str(node.raw());
    }
    let document = node.document();
    let between = |from: u32, to: u32| document.text.get(from as usize..to as usize).unwrap_or_default();
    let entry = node.entry();
    let (mut at, mut index) = (entry.start, node.index());
    while index < entry.next
        && let Some(inner) = document.entries.get(index as usize)
    {
        if inner.is_secret {
            out.push_str(between(at, inner.start));
            write_secret(View::Node(document.node(index)), secrets, out);
            (at, index) = (inner.end, inner.next);
        } else {
            index += 1;
        }
    }
    out.push_str(between(at, entry.end));
}

/// Writes a text as a JSON string.
pub fn write_string(text: &str, out: &mut String) {
    match serde_json::to_string(text) {
        Ok(json) => out.push_str(&json),
        Err(_) => out.push_str("\"\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::json::Document;

    const BODY: &str = r#"{"b": [1,"x\n"],"a":{"z":null,"password":"Pw1"},"otp":"","n":1.50}"#;

    /// A value as it lies in a body, and one of somebody's own.
    fn both(body: &str, look: impl Fn(View<'_>)) {
        let document = Document::read(body.as_bytes().to_vec(), 8).unwrap();
        look(View::Node(document.root()));
        look(View::Owned(&Value::Source(document.root())));
        look(Value::Source(document.root()).into_static().view());
    }

    #[test]
    fn a_value_is_written_with_its_secrets_only_where_they_may_be_seen() {
        both(BODY, |value| {
            let without_spaces = |text: &str| text.replace(' ', "");
            let with = |secret: &str| without_spaces(&BODY.replace(r#""Pw1""#, secret));
            assert_eq!(without_spaces(&value.to_json()), with(r#""(hidden)""#));
            assert_eq!(without_spaces(&value.withheld()), with(WITHHELD_JSON));
            assert_eq!(without_spaces(&value.to_value().written()), with(r#""Pw1""#));
            let canonical = r#"{"a":{"password":"(hidden)","z":null},"b":[1,"x\n"],"n":1.50,"otp":""}"#;
            assert_eq!((value.canonical(), &*value.as_text()), (canonical.to_owned(), canonical));
            assert_eq!(value.shown(), value.to_json());
        });
        both(r#"{"password":{"a":1}}"#, |value| {
            let secret = value.field("password").unwrap();
            assert_eq!(
                (secret.to_json(), secret.canonical()),
                (r#""(hidden)""#.to_owned(), r#""(hidden)""#.to_owned())
            );
            assert_eq!(
                (secret.shown(), &*secret.as_text(), &*secret.withheld()),
                ("(hidden)".to_owned(), "(hidden)", WITHHELD_JSON)
            );
        });
    }

    #[test]
    fn what_came_without_a_secret_is_handed_on_as_it_came() {
        let document = Document::read(br#"{ "a" : [ 1.0 ] }"#.to_vec(), 8).unwrap();
        let withheld = View::Node(document.root()).withheld();
        assert!(matches!(withheld, Cow::Borrowed(r#"{ "a" : [ 1.0 ] }"#)), "{withheld}");
        let blank = Value::Map(vec![(Cow::Borrowed("pin"), Value::text(" ").into_secret())]);
        assert_eq!((&*blank.view().withheld(), &*blank.to_json()), (r#"{"pin":" "}"#, r#"{"pin":"(hidden)"}"#));
    }

    #[test]
    fn a_value_is_a_text_as_people_write_it_and_a_long_one_is_cut() {
        for (body, text) in
            [("null", "null"), ("true", "true"), ("1.50", "1.50"), (r#""\u0061 b""#, "a b"), ("[]", "[]")]
        {
            both(body, |value| assert_eq!(value.as_text(), text));
        }
        for (letters, is_cut) in [(198, false), (199, true), (1_000, true)] {
            let json = format!("\"{}\"", "ä".repeat(letters));
            let wanted: String = json.chars().take(SHOWN_CHARACTERS).chain(is_cut.then_some('…')).collect();
            both(&json, |value| assert_eq!(value.shown(), wanted));
        }
    }
}
