//! Derives the identity of an event from its contents, since the platform sends no id.

use sha2::{Digest as _, Sha256};

use super::settings::Settings;
use crate::event::{Event, Shape, View};

/// Bytes of the fingerprint that are kept.
const IDENTITY_BYTES: usize = 16;

/// The fingerprint of an event: hook, person, application and the request, whatever the order of its keys and the spaces
/// between them. In hexadecimal. The `pepper` goes into that of a request with secrets: fingerprints are stored and sent,
/// and from one that anybody can compute a password could be guessed.
///
/// In an outbox of the usual name it is the one that versions without names made, so that what these stored is known again.
#[must_use]
pub fn identity(outbox: &str, hook: &str, event: &Event, pepper: &[u8]) -> String {
    let mut hash = Sha256::new();
    if event.has_secrets() {
        hash.update(pepper);
    }
    if outbox != Settings::USUAL_NAME {
        parts(&["outbox", outbox], &mut hash);
    }
    let person = event.person().unwrap_or_default();
    parts(&[hook, &person, event.context.app.as_deref().unwrap_or_default()], &mut hash);
    canonical(View::Node(event.request()), &mut hash);
    digits(hash)
}

/// The fingerprint of what an event belongs to: its hook, person and application. The application is that of the path, or
/// the one that the request names.
#[must_use]
pub fn stream(outbox: &str, hook: &str, event: &Event) -> String {
    let mut hash = Sha256::new();
    let person = event.person().unwrap_or_default();
    let named = || event.request().get("applicationId").map(|id| id.text().into_owned());
    let application = event.context.app.clone().or_else(named).unwrap_or_default();
    parts(&["stream", outbox, hook, &person, &application], &mut hash);
    digits(hash)
}

/// Texts, each with its length before it.
fn parts(texts: &[&str], hash: &mut Sha256) {
    for text in texts {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
}

fn digits(hash: Sha256) -> String {
    let bytes = hash.finalize();
    let digits = bytes.iter().take(IDENTITY_BYTES).flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Each value with its kind and length before it, so that no two values come to the same bytes.
fn canonical(value: View<'_>, hash: &mut Sha256) {
    let mut part = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    match value.compared().shape() {
        Shape::Secret(_) | Shape::Null => part(b'n', &[]),
        Shape::Bool(value) => part(b'b', &[u8::from(value)]),
        Shape::Number(number) => part(b'd', number.as_bytes()),
        Shape::Text(text) => part(b't', text.as_bytes()),
        Shape::List(list) => {
            part(b'l', &(list.len() as u64).to_le_bytes());
            list.iter().for_each(|item| canonical(item, hash));
        }
        Shape::Map(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            part(b'm', &(fields.len() as u64).to_le_bytes());
            for (key, field) in fields {
                hash.update((key.len() as u64).to_le_bytes());
                hash.update(key.as_bytes());
                canonical(field, hash);
            }
        }
    }
}
