//! The twelve hooks over HTTP: what the platform sends, and exactly what it gets back.

mod echo;
mod failure;
mod shape;
mod starter;
mod tenant;

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The bytes of the user in a request, as they stand there.
fn user_of(body: &str) -> &str {
    let of = |text, name: &str| -> &str {
        let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(text).unwrap();
        fields[name].get()
    };
    let request = if body.contains("\"request\"") { of(body, "request") } else { body };
    of(request, "user")
}
