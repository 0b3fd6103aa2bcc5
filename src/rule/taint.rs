//! Whether a value is computed from a secret, as far as it can be seen before any event.

use super::binding::{Binding, Bound};
use super::expression::{Expression, Read, ReadFrom};
use crate::event::Path;
use crate::event::secret::SecretNames;

/// A secret that the value is computed from.
#[must_use]
pub fn secret_in(expression: &Expression, bindings: &[Binding], names: &SecretNames) -> Option<Path> {
    let any = |parts: &[Expression]| parts.iter().find_map(|part| secret_in(part, bindings, names));
    match expression {
        Expression::Constant(_) => None,
        Expression::Read(read) => secret_behind(read, bindings, names),
        Expression::Call(function, _) if function.is_silent() => None,
        Expression::Template(parts) | Expression::Call(_, parts) | Expression::List(parts) => any(parts),
        Expression::Coalesce(first, second) => {
            secret_in(first, bindings, names).or_else(|| secret_in(second, bindings, names))
        }
        // A script may tell in a hundred ways what it read.
        Expression::Script(script) => script.reads.iter().find_map(|read| secret_behind(read, bindings, names)),
        Expression::Map(fields) => fields.iter().find_map(|(_, field)| secret_in(field, bindings, names)),
    }
}

/// A secret in the value that does not stand under a secret's name.
pub(super) fn leak_in(expression: &Expression, bindings: &[Binding], names: &SecretNames) -> Option<Path> {
    match expression {
        Expression::List(parts) => parts.iter().find_map(|part| leak_in(part, bindings, names)),
        Expression::Map(fields) => {
            let plain = fields.iter().filter(|(key, _)| !names.has_key(key));
            plain.map(|(_, field)| field).find_map(|field| leak_in(field, bindings, names))
        }
        other => secret_in(other, bindings, names),
    }
}

fn secret_behind(read: &Read, bindings: &[Binding], names: &SecretNames) -> Option<Path> {
    match read.from {
        ReadFrom::Slot(_) => names.has(&read.path).then(|| read.path.clone()),
        // A name is bound above the place where it is read, so that this ends.
        ReadFrom::Binding(binding) => match &bindings.get(binding)?.value {
            Bound::Rows { .. } | Bound::Value(Expression::Read(_)) if names.has_key_in(&read.path) => {
                Some(read.path.clone())
            }
            bound => bound.values().find_map(|value| secret_in(value, bindings, names)),
        },
    }
}
