//! Whether a value is computed from a secret, as far as it can be seen before any event.

use super::binding::{Binding, Bound};
use super::expression::{Expression, From, Read};
use crate::event::{Path, secret};

/// Functions whose answer tells nothing of the value.
const SILENT: [&str; 3] = ["present", "is_email", "matches"];

/// A secret that the value is computed from.
pub(super) fn secret_in(expression: &Expression, bindings: &[Binding]) -> Option<Path> {
    let any = |parts: &[Expression]| parts.iter().find_map(|part| secret_in(part, bindings));
    match expression {
        Expression::Constant(_) => None,
        Expression::Read(read) => secret_behind(read, bindings),
        Expression::Call(function, _) if SILENT.contains(&function.name) => None,
        Expression::Template(parts) | Expression::Call(_, parts) | Expression::List(parts) => any(parts),
        Expression::Coalesce(first, second) => secret_in(first, bindings).or_else(|| secret_in(second, bindings)),
        Expression::Script(script) => script.reads.iter().find_map(|read| secret_behind(read, bindings)),
        Expression::Map(fields) => fields.iter().find_map(|(_, field)| secret_in(field, bindings)),
    }
}

fn secret_behind(read: &Read, bindings: &[Binding]) -> Option<Path> {
    match read.from {
        From::Slot(_) => secret::is_secret(&read.path).then(|| read.path.clone()),
        // A name is bound above the place where it is read, so that this ends.
        From::Binding(binding) => match &bindings.get(binding)?.value {
            Bound::Value(expression) => secret_in(expression, bindings),
            Bound::Rows { .. } => None,
        },
    }
}
