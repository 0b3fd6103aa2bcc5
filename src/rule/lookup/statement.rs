//! A lookup in a database: one SELECT with named parameters. The values are bound by the database's client, never pasted.

use super::filling::Part;
use super::sql_text::{NoStatement, skipped};
use super::writing::writing;

/// A query with places for parameters, in the order they stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub parts: Vec<Part>,
}

/// Reads a query. `:key` is the whole key, `:name` one of its values; both count outside quotes and comments only.
///
/// # Errors
/// When it is no single `select` (or `with … select`), a quote has no end, or it can be seen to write.
pub fn statement(text: &str) -> Result<Statement, NoStatement> {
    let trimmed = text.trim_end().trim_end_matches(';').trim_end();
    let first: String = trimmed.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    if !["select", "with"].iter().any(|word| first.eq_ignore_ascii_case(word)) {
        let message = "a query of a lookup begins with `select`".to_owned();
        return Err(NoStatement {
            message,
            help: "a lookup reads one table or view and changes nothing",
            at: 0..first.len(),
            writes: false,
        });
    }
    let mut parts = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(rest) = trimmed.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(length) = skipped(rest, at)? {
            at += length;
            continue;
        }
        if rest.starts_with(';') {
            let message = "a lookup asks one query, and this text holds several".to_owned();
            return Err(NoStatement {
                message,
                help: "remove what stands behind the `;`",
                at: at..at + 1,
                writes: false,
            });
        }
        let name = parameter(rest);
        if name.is_empty() {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        parts.push(Part::Text(trimmed.get(plain..at).unwrap_or_default().to_owned()));
        parts.push(if name == "key" { Part::Key } else { Part::Named(name.to_owned()) });
        at += 1 + name.len();
        plain = at;
    }
    parts.push(Part::Text(trimmed.get(plain..).unwrap_or_default().to_owned()));
    match writing(trimmed) {
        Some(found) => Err(found),
        None => Ok(Statement { parts }),
    }
}

/// The name behind a `:`, where one stands; `::` is a cast of PostgreSQL.
fn parameter(rest: &str) -> &str {
    let Some(name) = rest.strip_prefix(':') else { return "" };
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
    let name = name.get(..end).unwrap_or_default();
    if name.starts_with(|c: char| c.is_ascii_digit()) { "" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let parts = statement(text).unwrap().parts;
        let name = |part| match part {
            Part::Text(_) => None,
            Part::Key => Some("key".to_owned()),
            Part::Named(name) => Some(name),
        };
        parts.into_iter().filter_map(name).collect()
    }

    #[test]
    fn parameters_count_outside_quotes_comments_and_casts_only() {
        assert_eq!(names("select a from t where b = :key"), ["key"]);
        assert_eq!(
            names("select a::text, ':no', \":no\", `:no`, $x$ :no $x$ from t where b=:b and c=:c -- :no"),
            ["b", "c"]
        );
        assert_eq!(names("with x as (select 1) /* :no */ select * from x where a > :a::int;"), ["a"]);
        assert_eq!(names("select 'it''s :no' where x = :x"), ["x"]);
    }

    #[test]
    fn anything_but_one_select_is_refused() {
        for text in [
            "delete from t",
            "",
            "select 1; drop table t",
            "select 'x",
            "select 1 /* ",
            "select 1 /* /* */ */",
            "update t set a = 1",
            "select 1 into t",
        ] {
            assert!(statement(text).is_err(), "{text}");
        }
    }
}
