//! Cuts a query into tokens as its database does; quotes and comments end differently in each.

use super::sql_piece::{comment, is_blank, is_of_word, number, quoted, span};
use super::sql_text::{Dialect, Kind, NoStatement, Token};

/// The query without comments.
///
/// # Errors
/// When a quote or a comment has no end, or a server may read it in another way than the next.
pub(super) fn tokens(text: &str, dialect: Dialect) -> Result<Vec<Token<'_>>, NoStatement> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, kind) =
            piece(rest, dialect).map_err(|why| NoStatement { at: at + why.at.start..at + why.at.end, ..why })?;
        let end = at + length;
        tokens.extend(kind.map(|kind| Token { kind, at, end }));
        at = end;
    }
    Ok(tokens)
}

/// What stands first: its length in bytes, and what it is; nothing for blanks and comments.
fn piece(rest: &str, dialect: Dialect) -> Result<(usize, Option<Kind<'_>>), NoStatement> {
    let blank = span(rest, is_blank);
    if blank > 0 {
        return Ok((blank, None));
    }
    if let Some(length) = comment(rest, dialect)? {
        return Ok((length, None));
    }
    if let Some((length, kind)) = quoted(rest, dialect)? {
        return Ok((length, Some(kind)));
    }
    let first = rest.chars().next().unwrap_or_default();
    if first.is_ascii_digit() {
        return Ok((number(rest), Some(Kind::Number)));
    }
    if is_of_word(first) {
        let length = span(rest, |c| is_of_word(c) || c == '$');
        return Ok((length, Some(Kind::Word(rest.get(..length).unwrap_or_default()))));
    }
    if rest.starts_with("::") {
        return Ok((2, Some(Kind::Cast)));
    }
    let name = parameter(rest);
    if !name.is_empty() {
        return Ok((1 + name.len(), Some(Kind::Parameter(name))));
    }
    Ok((first.len_utf8(), Some(Kind::Sign(first))))
}

/// The name behind a `:`, where one stands.
fn parameter(rest: &str) -> &str {
    let Some(name) = rest.strip_prefix(':') else { return "" };
    let name = name.get(..span(name, |c| c.is_ascii_alphanumeric() || c == '_')).unwrap_or_default();
    if name.starts_with(|c: char| c.is_ascii_digit()) { "" } else { name }
}
