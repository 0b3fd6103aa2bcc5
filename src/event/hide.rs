//! Values become secrets, are compared and computed with as such, and are overwritten at their end.

use std::borrow::Cow;
use std::sync::Arc;

use zeroize::Zeroize as _;

use super::secret::{Secret, SecretNames};
use super::value::{Held, Shape, Value, View};

impl Value<'_> {
    /// The same value as a secret; one already is one.
    #[must_use]
    pub fn into_secret(self) -> Value<'static> {
        match self.into_static() {
            secret @ (Value::Secret(_) | Value::Null) => secret,
            plain => Value::Secret(Secret::new(Arc::new(Held(plain)))),
        }
    }

    /// The value with all secrets in it in plain, to compute with: what comes out is a secret again.
    #[must_use]
    pub fn exposed(&self) -> Value<'_> {
        match self {
            Value::Source(node) => Value::Source(node.exposed()),
            Value::Secret(held) => held.expose_ref().0.clone(),
            Value::List(items) => Value::List(items.iter().map(Value::exposed).collect()),
            Value::Map(fields) => {
                Value::Map(fields.iter().map(|(key, value)| (Cow::Borrowed(&**key), value.exposed())).collect())
            }
            plain => plain.clone(),
        }
    }

    /// Overwrites the texts that are the value's own.
    fn wipe(&mut self) {
        match self {
            Value::Number(Cow::Owned(text)) | Value::Text(Cow::Owned(text)) => text.zeroize(),
            Value::List(items) => items.iter_mut().for_each(Value::wipe),
            Value::Map(fields) => fields.iter_mut().for_each(|(_, value)| value.wipe()),
            _ => {}
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<'v> View<'v> {
    /// Whether the value is a secret.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self.shape(), Shape::Secret(_))
    }

    /// Whether the value is a secret or has one in it.
    #[must_use]
    pub fn holds_secret(self) -> bool {
        match self {
            View::Node(node) => node.holds_secret(),
            View::Owned(Value::Source(node)) => node.holds_secret(),
            View::Secret(_) | View::Owned(Value::Secret(_)) => true,
            View::Owned(Value::List(items)) => items.iter().any(|item| item.view().holds_secret()),
            View::Owned(Value::Map(fields)) => fields.iter().any(|(_, value)| value.view().holds_secret()),
            View::Owned(_) => false,
        }
    }

    /// The value in plain, for questions whose answer tells nothing of it: whether a condition holds.
    #[must_use]
    pub fn compared(self) -> View<'v> {
        match self.shape() {
            Shape::Secret(secret) => secret.expose(),
            _ => self,
        }
    }
}

impl SecretNames {
    /// The value with all that stands under a secret's name in it as secrets. What came with the event has been looked at.
    #[must_use]
    pub fn hide<'d>(&self, value: Value<'d>) -> Value<'d> {
        match value {
            Value::List(items) => Value::List(items.into_iter().map(|item| self.hide(item)).collect()),
            Value::Map(fields) => {
                let field = |(key, value): (Cow<'d, str>, Value<'d>)| {
                    let value = if self.has_key(&key) { value.into_secret() } else { self.hide(value) };
                    (key, value)
                };
                Value::Map(fields.into_iter().map(field).collect())
            }
            other => other,
        }
    }

    /// Whether a secret stands in the value under a name that is no secret's.
    #[must_use]
    pub fn leak(&self, value: View<'_>) -> bool {
        value.holds_secret()
            && match value.shape() {
                Shape::Secret(_) => true,
                Shape::List(list) => list.iter().any(|item| self.leak(item)),
                Shape::Map(map) => map.iter().any(|(key, value)| !self.has_key(&key) && self.leak(value)),
                _ => false,
            }
    }
}
