//! Makes values secret, compares and computes with secrets, and overwrites them at their end.

use std::borrow::Cow;
use std::sync::Arc;

use zeroize::Zeroize as _;

use super::secret::{Half, Secret, SecretNames, UNKNOWN, WITHHELD};
use crate::event::json::{Held, Shape, Value, View};
use crate::event::nfc::same_in_any_case;
use crate::event::path::{Path, Segment};

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

    /// Whether the value is a secret that is not there, or has one in it: what is known of it is a mark (see [`WITHHELD`]).
    #[must_use]
    pub fn lacks_secret(self) -> bool {
        self.holds_secret() && has_mark(self, &[WITHHELD, UNKNOWN])
    }

    /// Whether the value is a secret that is not there, of which it is not even known whether it is blank.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self.is_secret() && matches!(self.compared().shape(), Shape::Text(text) if text == UNKNOWN)
    }

    /// A part of a secret as the secret it is.
    #[must_use]
    pub fn hidden(self) -> View<'v> {
        match self {
            View::Node(node) => View::Node(node.hidden()),
            View::Owned(value) => View::Secret(Secret::new(value)),
            secret @ View::Secret(_) => secret,
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
                let is_pair = self.is_pair(fields.iter().map(|(key, value)| (&**key, value.view())));
                let field = |(key, value): (Cow<'d, str>, Value<'d>)| {
                    let value = if self.hides(&key, is_pair) { value.into_secret() } else { self.hide(value) };
                    (key, value)
                };
                Value::Map(fields.into_iter().map(field).collect())
            }
            other => other,
        }
    }

    /// The value, which is to stand at `path`, with all that the tenant's paths lead to in it as secrets.
    #[must_use]
    pub fn hide_at<'d>(&self, path: &Path, mut value: Value<'d>) -> Value<'d> {
        self.below(path).for_each(|rest| hide_along(&mut value, &rest));
        value
    }

    /// Whether an object says by itself that its value is a secret, by a name or by one of the tenant's paths of custom
    /// attributes: `{ name: PAN, value: … }`.
    #[must_use]
    pub fn has_pair(&self, object: View<'_>) -> bool {
        let Shape::Map(map) = object.shape() else { return false };
        let names_one = |name: View<'_>| any_text(name, &|name| self.has_key(name) || self.has_field(name));
        map.iter().any(|(key, value)| Half::of(&key).is_some_and(Half::is_name) && names_one(value))
    }

    /// Whether this is the key under which such an object has its value.
    #[must_use]
    pub fn is_value(key: &str) -> bool {
        Half::of(key) == Some(Half::Value)
    }

    /// Whether a secret stands in the value under a name that is no secret's.
    #[must_use]
    pub fn leak(&self, value: View<'_>) -> bool {
        value.holds_secret()
            && match value.shape() {
                Shape::Secret(_) => true,
                Shape::List(list) => list.iter().any(|item| self.leak(item)),
                Shape::Map(map) => {
                    let fields: Vec<_> = map.iter().collect();
                    let is_pair = self.is_pair(fields.iter().map(|(key, value)| (&**key, *value)));
                    fields.iter().any(|(key, value)| !self.hides(key, is_pair) && self.leak(*value))
                }
                _ => false,
            }
    }

    /// Whether the field of this name is a secret in an object that says, or does not say, that its value is one.
    fn hides(&self, key: &str, is_pair: bool) -> bool {
        self.has_key(key) || is_pair && Half::of(key) == Some(Half::Value)
    }

    /// Whether an object says by itself that its value is a secret: `{ name: pin, value: 1234 }`.
    fn is_pair<'k>(&self, mut fields: impl Iterator<Item = (&'k str, View<'k>)>) -> bool {
        fields.any(|(key, value)| Half::of(key).is_some_and(|half| any_text(value, &|name| self.names_one(half, name))))
    }
}

fn has_mark(value: View<'_>, marks: &[&str]) -> bool {
    match value.compared().shape() {
        Shape::Text(text) => marks.contains(&&*text),
        Shape::List(list) => list.iter().any(|item| has_mark(item, marks)),
        Shape::Map(map) => map.iter().any(|(_, field)| has_mark(field, marks)),
        Shape::Null | Shape::Bool(_) | Shape::Number(_) | Shape::Secret(_) => false,
    }
}

/// Whether the text, or one of a list of texts, is so.
fn any_text(value: View<'_>, is_so: &dyn Fn(&str) -> bool) -> bool {
    match value.shape() {
        Shape::Text(text) => is_so(&text),
        Shape::List(list) => list.iter().any(|item| matches!(item.shape(), Shape::Text(text) if is_so(&text))),
        _ => false,
    }
}

/// Makes what stands behind these steps secrets, as they are found in the body of a call.
fn hide_along(value: &mut Value<'_>, steps: &[Segment]) {
    let Some((step, rest)) = steps.split_first() else {
        let plain = std::mem::replace(value, Value::Null);
        *value = plain.into_secret();
        return;
    };
    value.open();
    match (value, step) {
        (Value::Map(fields), Segment::Key(wanted)) => {
            let names_it =
                |name: &Value<'_>| matches!(name.view().shape(), Shape::Text(name) if same_in_any_case(&name, wanted));
            let is_pair = fields.iter().any(|(key, name)| Half::of(key).is_some_and(Half::is_name) && names_it(name));
            for (key, field) in fields {
                if same_in_any_case(key, wanted) || is_pair && Half::of(key) == Some(Half::Value) {
                    hide_along(field, rest);
                }
            }
        }
        (Value::List(items), Segment::Index(index)) => {
            items.get_mut(*index).into_iter().for_each(|item| hide_along(item, rest));
        }
        (Value::List(items), Segment::Key(_)) => items.iter_mut().for_each(|item| hide_along(item, steps)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_what_is_not_known_of_a_secret_and_nothing_of_other_values() {
        let [plain, withheld, unknown] = ["x", WITHHELD, UNKNOWN].map(Value::text);
        let secret = |value: &Value<'static>| value.clone().into_secret();
        let within = |value: &Value<'static>| {
            let list = Value::List(vec![Value::Null, value.clone()]);
            [list.clone(), Value::Map(vec![(Cow::Borrowed("a"), list)])]
        };
        // Whether it is a secret, has one in it, has one that is not there, and is one of which nothing is known.
        let mut tried = vec![
            (secret(&plain), [true, true, false, false]),
            (secret(&withheld), [true, true, true, false]),
            (secret(&unknown), [true, true, true, true]),
        ];
        tried.extend([&plain, &withheld, &unknown].map(|value| (value.clone(), [false; 4])));
        for (value, lacks) in [(&plain, false), (&withheld, true), (&unknown, true)] {
            tried.extend(within(value).map(|value| (value, [false; 4])));
            tried.extend(within(value).map(|value| (secret(&value), [true, true, lacks, false])));
            tried.extend(within(&secret(value)).map(|value| (value, [false, true, lacks, false])));
        }
        for (value, wanted) in tried {
            let view = value.view();
            let is = [view.is_secret(), view.holds_secret(), view.lacks_secret(), view.is_unknown()];
            assert_eq!(is, wanted, "{}", value.written());
        }
    }

    #[test]
    fn a_pair_says_by_its_name_that_its_value_is_a_secret() {
        let names = SecretNames::new(vec!["pin".to_owned()], vec![Path::read("attr.PAN").unwrap()]);
        for (json, is_pair) in [
            (r#"{"name":"pin"}"#, true),
            (r#"{"value":1,"NAME":"OTP"}"#, true),
            (r#"{"id":1,"attribute":["x","pin"]}"#, true),
            (r#"{"name":"PAN"}"#, true),
            (r#"{"path":"user.attributes.PAN"}"#, true),
            (r#"{"name":"login"}"#, false),
            (r#"{"value":"pin"}"#, false),
            (r#"{"title":"pin","name":"x"}"#, false),
            (r#"{"name":{"name":"pin"}}"#, false),
            (r#"{"name":["x",7]}"#, false),
            (r#"{"pin":"name"}"#, false),
            ("{}", false),
            (r#"["name","pin"]"#, false),
            (r#""pin""#, false),
        ] {
            let value = Value::from(serde_json::from_str::<serde_json::Value>(json).unwrap());
            assert_eq!(names.has_pair(value.view()), is_pair, "{json}");
        }
    }
}
