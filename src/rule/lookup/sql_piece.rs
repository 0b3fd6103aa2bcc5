//! Finds the ends of quotes, comments and numbers in a query, by the rules of each database.

use super::sql_text::{Dialect, Kind, NoStatement};

/// Blank in every database; beyond ASCII they take characters for letters.
pub(super) fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

pub(super) fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

/// How many bytes at the beginning are of this kind.
pub(super) fn span(text: &str, is_of_it: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_of_it(c)).unwrap_or(text.len())
}

/// The length of a comment, where one begins.
///
/// # Errors
/// When it has no end, another stands in it, or some servers run what is in it.
pub(super) fn comment(rest: &str, dialect: Dialect) -> Result<Option<usize>, NoStatement> {
    let is_line = rest.strip_prefix("--").is_some_and(|behind| match dialect {
        Dialect::Postgres | Dialect::Sqlite => true,
        // Else it is a minus before a number that has one (MySQL's manual, "'--' as the Start of a Comment").
        Dialect::MySql => behind.chars().next().is_none_or(|c| is_blank(c) || c.is_ascii_control()),
    });
    if is_line || dialect == Dialect::MySql && rest.starts_with('#') {
        let is_end = |c| c == '\n' || c == '\r' && dialect == Dialect::Postgres;
        return Ok(Some(span(rest, |c| !is_end(c))));
    }
    let Some(behind) = rest.strip_prefix("/*") else { return Ok(None) };
    if behind.starts_with('!') || behind.starts_with("M!") {
        let message = "MySQL and MariaDB run the text of this comment";
        return Err(NoStatement::unfit(message, "write it outside of the comment, or leave it out", 0..3));
    }
    let Some(inside) = behind.split("*/").next().filter(|inside| inside.len() < behind.len()) else {
        return Err(NoStatement::unfit("this comment has no end", "close it", 0..2));
    };
    if inside.contains("/*") {
        let help = "write comments beside each other";
        return Err(NoStatement::unfit("a comment stands in this comment", help, 0..2));
    }
    if inside.starts_with('+') && inside.contains(['\'', '"', '`']) {
        return Err(NoStatement::unfit("a quote stands in this hint", "leave the quotes out", 0..3));
    }
    Ok(Some(inside.len() + 4))
}

/// The length of a quoted text or name and what it is, where one begins.
///
/// # Errors
/// When it has no end, or depends on a setting of the server.
pub(super) fn quoted(rest: &str, dialect: Dialect) -> Result<Option<(usize, Kind<'_>)>, NoStatement> {
    let unended = |length| NoStatement::unfit("this quote has no end", "close it", 0..length);
    let named = |length: usize| (length, Kind::Name(rest.get(1..length - 1).unwrap_or_default()));
    let found = match rest.chars().next() {
        Some('\'') if dialect == Dialect::MySql => escaped(rest, 1).map(|length| (length, Kind::Text)),
        Some('\'') => doubled(rest, '\'').map(|length| (length, Kind::Text)),
        Some('"') => {
            let length = doubled(rest, '"').ok_or_else(|| unended(1))?;
            if dialect == Dialect::MySql && rest.get(..length).is_some_and(|name| name.contains('\\')) {
                let message = "a `\\` in double quotes is read in two ways, by a setting of the server";
                return Err(NoStatement::unfit(message, "write a text in single quotes: `'…'`", 0..1));
            }
            Some(named(length))
        }
        Some('`') if dialect != Dialect::Postgres => doubled(rest, '`').map(named),
        Some('[') if dialect == Dialect::Sqlite => rest.find(']').map(|end| named(end + 1)),
        Some('e' | 'E') if dialect == Dialect::Postgres && rest.get(1..).is_some_and(|text| text.starts_with('\'')) => {
            continued(rest).map(|length| (length, Kind::Text))
        }
        Some('u' | 'U')
            if dialect == Dialect::Postgres && rest.get(1..).is_some_and(|text| text.starts_with("&\"")) =>
        {
            let help = "write the name with its letters, in plain double quotes";
            return Err(NoStatement::unfit("a name whose letters are written as numbers", help, 0..3));
        }
        Some('$') if dialect == Dialect::Postgres => match dollar_quote(rest) {
            Some(tag) => {
                let end = rest.get(tag.len()..).and_then(|inside| inside.find(tag));
                let length = end.ok_or_else(|| unended(tag.len()))? + 2 * tag.len();
                Some((length, Kind::Text))
            }
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    found.map(Some).ok_or_else(|| unended(1))
}

/// The length of a quote in which the quote itself is written twice. Two quotes beside each other are as well as one.
fn doubled(rest: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += rest.get(at..)?.find(quote)? + 1;
        if !rest.get(at..)?.starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

/// The length up to the end of a quote that begins before `from`, in which `\` takes the next character for itself.
fn escaped(rest: &str, from: usize) -> Option<usize> {
    let mut letters = rest.get(from..)?.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '\'' if letters.peek().is_some_and(|(_, next)| *next == '\'') => drop(letters.next()),
            '\'' => return Some(from + at + 1),
            _ => {}
        }
    }
    None
}

/// The length of an `E'…'` of PostgreSQL; a quote in one of the next lines goes on with it, and with its `\` (its manual,
/// "String Constants with C-Style Escapes").
fn continued(rest: &str) -> Option<usize> {
    let mut length = escaped(rest, 2)?;
    loop {
        let between = rest.get(length..)?;
        let mut blank = 0;
        loop {
            let behind = between.get(blank..)?;
            let is_line = behind.starts_with("--");
            let more = if is_line { span(behind, |c| c != '\n' && c != '\r') } else { span(behind, is_blank) };
            if more == 0 {
                break;
            }
            blank += more;
        }
        let is_next_line = between.get(..blank)?.contains(['\n', '\r']);
        if !is_next_line || !between.get(blank..)?.starts_with('\'') {
            return Some(length);
        }
        length = escaped(rest, length + blank + 1)?;
    }
}

/// `$$` or `$tag$`, a quote of PostgreSQL.
fn dollar_quote(rest: &str) -> Option<&str> {
    let end = rest.strip_prefix('$')?.find('$')? + 1;
    let tag = rest.get(1..end)?;
    let is_tag = tag.chars().all(is_of_word) && !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| rest.get(..=end)).flatten()
}

/// The length of a number: `1`, `1.`, `1.5e-7`. What stands right behind it is a word of its own, as some databases read it.
pub(super) fn number(rest: &str) -> usize {
    let is_digit = |c: char| c.is_ascii_digit() || c == '_';
    let digits = |at: usize| rest.get(at..).map_or(0, |rest| span(rest, is_digit));
    let starts = |at: usize, signs: &[char]| rest.get(at..).is_some_and(|rest| rest.starts_with(signs));
    let mut at = digits(0);
    if starts(at, &['.']) {
        at += 1 + digits(at + 1);
    }
    if starts(at, &['e', 'E']) {
        let sign = usize::from(starts(at + 1, &['+', '-']));
        let exponent = digits(at + 1 + sign);
        at += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    at
}
