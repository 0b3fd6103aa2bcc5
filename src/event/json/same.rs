//! Compares two values, wherever they lie.

use std::borrow::Cow;

use super::number;
use super::value::{Shape, View};
use crate::event::nfc::same_text;

impl View<'_> {
    /// Whether two values are the same: no conversions, texts in NFC, numbers by their worth, objects without regard to order.
    #[must_use]
    pub fn same(self, other: View<'_>) -> bool {
        self.same_by(other, same_text)
    }

    /// The same, with texts compared character by character: whether writing one over the other would change nothing.
    #[must_use]
    pub fn identical(self, other: View<'_>) -> bool {
        self.same_by(other, |a, b| a == b)
    }

    fn same_by(self, other: View<'_>, texts: fn(&str, &str) -> bool) -> bool {
        match (self.compared().shape(), other.compared().shape()) {
            (Shape::Null, Shape::Null) => true,
            (Shape::Bool(a), Shape::Bool(b)) => a == b,
            (Shape::Number(a), Shape::Number(b)) => number::same(a, b),
            (Shape::Text(a), Shape::Text(b)) => texts(&a, &b),
            (Shape::List(a), Shape::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same_by(b, texts))
            }
            (Shape::Map(a), Shape::Map(b)) => {
                let there = |(key, value): (Cow<'_, str>, View<'_>)| {
                    other.field(&key).is_some_and(|theirs| value.same_by(theirs, texts))
                };
                a.iter().count() == b.iter().count() && a.iter().all(there)
            }
            _ => false,
        }
    }
}
