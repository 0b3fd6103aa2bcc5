//! What equal values share, as a text: lists are compared by it in one pass each, however long they are.

use std::fmt::Write as _;

use crate::event::number::worth;
use crate::event::{Shape, View, folded, nfc};

/// A text that two values share where a condition would say that one is the other: texts in NFC, numbers by their worth,
/// objects without regard to the order of their fields. In any case, capital letters of texts count as small ones.
pub fn key(value: View<'_>, in_any_case: bool) -> String {
    let mut out = String::new();
    write(value, in_any_case, &mut out);
    out
}

fn write(value: View<'_>, in_any_case: bool, out: &mut String) {
    match value.shape() {
        Shape::Null => out.push('-'),
        Shape::Bool(yes) => out.push(if yes { 't' } else { 'f' }),
        Shape::Number(number) => {
            let _ = write!(out, "{:?}", worth(number));
        }
        Shape::Text(text) => letters(if in_any_case { folded(&text) } else { nfc(&text) }.as_ref(), out),
        Shape::List(list) => {
            out.push('[');
            list.iter().for_each(|item| write(item, in_any_case, out));
            out.push(']');
        }
        Shape::Map(map) => {
            let mut fields: Vec<(String, View<'_>)> =
                map.iter().map(|(name, field)| (nfc(&name).into_owned(), field)).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            out.push('{');
            for (name, field) in fields {
                letters(&name, out);
                write(field, in_any_case, out);
            }
            out.push('}');
        }
        // Functions compute with what is behind a secret, so that none comes here; it is like nothing else.
        Shape::Secret(_) => out.push('?'),
    }
}

/// Letters behind their number, so that no text looks like several values.
fn letters(text: &str, out: &mut String) {
    let _ = write!(out, "{}:{text}", text.len());
}
