//! Parses texts with `${…}` in them.

use std::ops::Range;

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Taken as it is; `$${` has become `${`.
    Text(String),
    /// What stands between `${` and `}`, and where in the template.
    Expression(String, Range<usize>),
}

/// A template that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclosed {
    /// Where the `${` without an end stands.
    pub at_byte: usize,
}

/// Takes a text apart. A text without `${` is one piece.
///
/// # Errors
/// When a `${` has no `}`.
pub fn pieces(text: &str) -> Result<Vec<Piece>, Unclosed> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(dollar) = rest.find("${") else {
            plain.push_str(rest);
            break;
        };
        if rest.get(..dollar).is_some_and(|before| before.ends_with('$')) {
            plain.push_str(rest.get(..dollar - 1).unwrap_or_default());
            plain.push_str("${");
            at += dollar + 2;
            continue;
        }
        plain.push_str(rest.get(..dollar).unwrap_or_default());
        let start = at + dollar + 2;
        let inside = text.get(start..).unwrap_or_default();
        let length = closing(inside).ok_or(Unclosed { at_byte: at + dollar })?;
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        let expression = inside.get(..length).unwrap_or_default().to_owned();
        pieces.push(Piece::Expression(expression, start..start + length));
        at = start + length + 1;
    }
    if !plain.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// Where the `}` stands that ends an expression: braces inside it are counted, those in quotes are not.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            _ => {}
        }
    }
    None
}
