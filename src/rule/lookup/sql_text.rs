//! The text of a query, cut where its meaning changes: quotes, comments and casts. What is in them is no SQL.

use std::ops::Range;

/// Why a text is no query that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoStatement {
    pub message: String,
    pub help: &'static str,
    /// Bytes of the text it is about.
    pub at: Range<usize>,
    /// Whether it could be asked, and would change something.
    pub writes: bool,
}

/// How many bytes of quoted text, comment or cast stand here.
///
/// # Errors
/// When they have no end, or a comment stands in a comment, which some databases take for one and some for two.
pub(super) fn skipped(rest: &str, at: usize) -> Result<Option<usize>, NoStatement> {
    let ended = |from: usize, end: &str| rest.get(from..)?.find(end).map(|found| from + found + end.len());
    let wrong =
        |message: String, help, length: usize| NoStatement { message, help, at: at..at + length, writes: false };
    let unended = |what: &str, length: usize| wrong(format!("this {what} has no end"), "close it", length);
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
    if let Some(quote) = quote {
        return ended(1, quote.encode_utf8(&mut [0; 4])).map(Some).ok_or_else(|| unended("quote", 1));
    }
    if rest.starts_with("::") {
        return Ok(Some(2));
    }
    if rest.starts_with("--") {
        return Ok(Some(rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        let length = ended(2, "*/").ok_or_else(|| unended("comment", 2))?;
        if rest.get(2..length).is_some_and(|inside| inside.contains("/*")) {
            return Err(wrong("a comment stands in this comment".to_owned(), "write comments beside each other", 2));
        }
        return Ok(Some(length));
    }
    if let Some(tag) = dollar_quote(rest) {
        return ended(tag.len(), tag).map(Some).ok_or_else(|| unended("quote", tag.len()));
    }
    Ok(None)
}

/// `$$` or `$tag$`, a quote of PostgreSQL.
fn dollar_quote(rest: &str) -> Option<&str> {
    let end = rest.strip_prefix('$')?.find('$')? + 1;
    let tag = rest.get(1..end)?;
    let is_tag =
        tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| rest.get(..=end)).flatten()
}
