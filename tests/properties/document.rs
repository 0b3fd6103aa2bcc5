//! The reader of bodies takes what `serde_json` takes, less what it is documented to refuse, and reads the same out of it.

use std::collections::HashSet;
use std::fmt;

use hookgate::event::{Document, Node, Shape, View};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::json;
use super::tries;

const DEPTH_LIMIT: usize = 64;

/// What `serde_json` finds in a text, beside its value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    pub has_twice: bool,
    pub depth: usize,
}

/// What `serde_json` says of a text: an error, or what is in it.
pub fn oracle(bytes: &[u8]) -> serde_json::Result<Found> {
    serde_json::from_slice(without_mark(bytes))
}

/// A byte order mark before the text is no part of it.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Looking)
    }
}

struct Looking;

impl<'de> Visitor<'de> for Looking {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Found, E> {
        Ok(Found::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some(item) = items.next_element::<Found>()? {
            found = found.with(item);
        }
        Ok(Found { depth: found.depth + 1, ..found })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Found, A::Error> {
        let (mut found, mut keys) = (Found::default(), HashSet::new());
        while let Some((key, field)) = fields.next_entry::<String, Found>()? {
            found = found.with(field);
            found.has_twice |= !keys.insert(key);
        }
        Ok(Found { depth: found.depth + 1, ..found })
    }
}

impl Found {
    fn with(self, inner: Found) -> Found {
        Found { has_twice: self.has_twice || inner.has_twice, depth: self.depth.max(inner.depth) }
    }
}

/// Whether both say the same of these bytes, and read the same out of them.
fn agree(bytes: &[u8]) -> Result<(), TestCaseError> {
    let read = Document::read(bytes.to_vec(), DEPTH_LIMIT);
    let wanted = oracle(bytes).is_ok_and(|found| !found.has_twice && found.depth <= DEPTH_LIMIT);
    prop_assert_eq!(read.is_ok(), wanted, "{:?}: {:?}", read.as_ref().err(), oracle(bytes));
    match read {
        Ok(document) => same(document.root(), &serde_json::from_slice(without_mark(bytes)).unwrap()),
        Err(why) => {
            prop_assert!(why.at_byte <= bytes.len(), "{why:?}");
            Ok(())
        }
    }
}

/// Whether a value is read as `serde_json` reads it, from its place and from its own bytes.
pub fn same(node: Node<'_>, wanted: &Value) -> Result<(), TestCaseError> {
    prop_assert_eq!(&serde_json::from_str::<Value>(&hookgate::event::Value::Source(node).written()).unwrap(), wanted);
    match (View::Node(node).shape(), wanted) {
        (Shape::Null, Value::Null) => {}
        (Shape::Bool(a), Value::Bool(b)) => prop_assert_eq!(a, *b),
        (Shape::Number(a), Value::Number(b)) => prop_assert_eq!(a.parse::<f64>().ok(), b.as_f64()),
        (Shape::Text(a), Value::String(b)) => prop_assert_eq!(&*a, &**b),
        (Shape::List(list), Value::Array(items)) => {
            prop_assert_eq!(list.len(), items.len());
            for (n, item) in items.iter().enumerate() {
                same(node.at(n).unwrap(), item)?;
            }
        }
        (Shape::Map(map), Value::Object(fields)) => {
            let names: Vec<String> = map.iter().map(|(name, _)| name.into_owned()).collect();
            prop_assert_eq!(&names, &fields.keys().cloned().collect::<Vec<_>>());
            for (name, field) in fields {
                same(node.get(name).unwrap(), field)?;
            }
        }
        (shape, wanted) => prop_assert!(false, "{shape:?} is not {wanted}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(tries(1_500))]

    #[test]
    fn whole_texts_are_read_as_serde_json_reads_them(text in json::text()) {
        agree(text.as_bytes())?;
    }

    #[test]
    fn broken_texts_are_refused_when_serde_json_refuses_them(bytes in json::broken()) {
        agree(&bytes)?;
    }

    #[test]
    fn any_bytes_are_taken_or_refused_alike(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        agree(&bytes)?;
    }

    #[test]
    fn nesting_is_counted_as_serde_json_counts_it(levels in 0_usize..140, is_map in any::<bool>(), inner in json::text()) {
        let (open, close) = if is_map { ("{\"a\":", "}") } else { ("[", "]") };
        agree(format!("{}{inner}{}", open.repeat(levels), close.repeat(levels)).as_bytes())?;
    }
}
