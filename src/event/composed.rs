//! A value as it is asked for outside: decoded, and its texts in NFC, in whichever form they came.

use super::nfc::nfc;
use super::value::{Shape, Value, View};

impl View<'_> {
    /// The value with its texts in NFC, independent of the body it came from.
    #[must_use]
    pub fn composed(self) -> Value<'static> {
        match self.shape() {
            Shape::Text(text) => Value::text(nfc(&text)),
            Shape::List(list) => Value::List(list.iter().map(View::composed).collect()),
            Shape::Map(map) => {
                Value::Map(map.iter().map(|(key, field)| (key.into_owned().into(), field.composed())).collect())
            }
            Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Secret(_) | Shape::Token(_) => {
                self.to_value().into_static()
            }
        }
    }
}
