//! A delivery as a rule made it: destination, body, ordering key. The outbox sends it.

use serde_json::json;

use crate::event::Value;
use crate::event::secret;

/// Something to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The destination's name.
    pub to: String,
    /// What has the same key arrives in order.
    pub key: String,
    /// JSON: a text, or what becomes the body.
    pub body: String,
    /// Whether the body holds a secret, so that it is never written down as it is.
    pub is_secret: bool,
    /// The rule that sends it.
    pub rule: String,
}

impl Delivery {
    /// The body for people: JSON, secrets hidden.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.is_secret { Value::text(secret::HIDDEN).to_json() } else { self.body.clone() }
    }

    /// For programs, secrets hidden.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let body: serde_json::Value = serde_json::from_str(&self.shown()).unwrap_or_default();
        json!({ "to": self.to, "key": self.key, "body": body, "rule": self.rule })
    }
}

impl std::fmt::Debug for Delivery {
    /// Never shows the body.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("to", &self.to).field("rule", &self.rule).finish_non_exhaustive()
    }
}
