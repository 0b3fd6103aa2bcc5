//! A lookup in a database: one SELECT with named parameters, whose values the database's client binds.

use super::filling::{Part, shown};
use super::keys::{AT_ONCE, CACHE, ON_ERROR, TIMEOUT};
use super::sql_text::{Dialect, Kind, NoStatement};
use super::sql_tokens::tokens;
use super::writing::writing;
use crate::yaml::keys::{Keys, Shape, required};

/// A query with places for parameters, in the order they stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub parts: Vec<Part>,
}

impl Statement {
    /// Every part that the key fills, and the text between them.
    #[must_use]
    pub fn parts(&self) -> Vec<&Part> {
        self.parts.iter().collect()
    }

    /// The query with the places of the key as fillings have them.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.parts)
    }
}

/// A lookup in a database.
pub static SQL_LOOKUP: Keys = Keys {
    what: "a lookup in a database",
    keys: &[
        required("sql", Shape::Text, "a connection of gateway.yaml"),
        required("query", Shape::Text, "one `select`; `:key` is the key, or `:name` a value of it"),
        TIMEOUT,
        CACHE,
        ON_ERROR,
        AT_ONCE,
    ],
};

/// Reads a query as this database does. `:key` is the whole key, `:name` one of its values; both count outside quotes and
/// comments only.
///
/// # Errors
/// When it is no single `select` (or `with … select`), a quote or comment has no end or is read differently by different
/// servers, or it can be seen to write.
pub fn statement(text: &str, dialect: Dialect) -> Result<Statement, NoStatement> {
    let tokens = tokens(text, dialect)?;
    let end = tokens.iter().position(|token| token.is_sign(';')).unwrap_or(tokens.len());
    let (query, behind) = tokens.split_at_checked(end).unwrap_or((&tokens, &[]));
    // SQLite takes no brackets around a query.
    let is_opening = |sign| dialect != Dialect::Sqlite && sign == Kind::Sign('(');
    let first = query.iter().find(|token| !is_opening(token.kind));
    if !first.is_some_and(|first| first.is("select") || first.is("with")) {
        let help = "a lookup reads one table or view and changes nothing";
        let at = first.map_or(0..0, |first| first.at..first.end);
        return Err(NoStatement::unfit("a query of a lookup begins with `select`", help, at));
    }
    if let (Some(sign), true) = (behind.first(), behind.iter().any(|token| !token.is_sign(';'))) {
        let message = "a lookup asks one query, and this text holds several";
        return Err(NoStatement::unfit(message, "remove everything after the `;`", sign.at..sign.end));
    }
    if let Some(found) = writing(query, dialect) {
        return Err(found);
    }
    let mut parts = Vec::new();
    let mut plain = 0;
    for token in query {
        let Kind::Parameter(name) = token.kind else { continue };
        parts.push(Part::Text(text.get(plain..token.at).unwrap_or_default().to_owned()));
        parts.push(if name == "key" { Part::Key } else { Part::Named(name.to_owned()) });
        plain = token.end;
    }
    let rest = text.get(plain..behind.first().map_or(text.len(), |sign| sign.at)).unwrap_or_default();
    parts.push(Part::Text(rest.trim_end().to_owned()));
    Ok(Statement { parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Dialect; 3] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite];

    fn names(text: &str, dialect: Dialect) -> Vec<String> {
        let parts = statement(text, dialect).unwrap_or_else(|why| panic!("{text}: {why:?}")).parts;
        let name = |part| match part {
            Part::Text(_) => None,
            Part::Key => Some("key".to_owned()),
            Part::Named(name) => Some(name),
        };
        parts.into_iter().filter_map(name).collect()
    }

    #[test]
    fn parameters_count_outside_quotes_comments_and_casts_only() {
        use Dialect::{MySql, Postgres, Sqlite};
        for dialect in ALL {
            assert_eq!(names("select a from t where b = :key", dialect), ["key"]);
            assert_eq!(names("select ':no', \":no\" from t where b=:b and c=:c -- :no", dialect), ["b", "c"]);
            assert_eq!(names("with x as (select 1) /* :no */ select * from x where a > :a;", dialect), ["a"]);
            assert_eq!(names("select 'it''s :no', \"a\"\":no\" where x = :x", dialect), ["x"]);
        }
        for (dialect, text) in [
            (Postgres, "select a::text, $x$ :no $$ $x$, $$ :no $$, E'it\\'s :no', 1.::int where x = :x"),
            (Postgres, "select E'a'\n  'b\\' :no', 'a\\', a[1:2] where x = :x -- :no\r"),
            (Postgres, "select E'a' -- on with it\n '\\' :no', U&'d\\0061t\\+000061 :no' where x = :x"),
            (MySql, "select `:no`, 'O\\'Brien :no', \"a\"\":no\" where x = :x # :no"),
            (MySql, "select '\\\\', 'a''\\' :no', a--:x\n from t -- :no\n"),
            (Sqlite, "select `:no`, [a' :no], 'a\\' where x = :x"),
        ] {
            assert_eq!(names(text, dialect), ["x"], "{text}");
        }
    }

    #[test]
    fn anything_but_one_select_is_refused() {
        for text in [
            "delete from t",
            "",
            " ; ",
            "select 1; drop table t",
            "select 1; -- so\n drop table t",
            "select 'x",
            "select \"x",
            "select 1 /* ",
            "select 1 /* /* */ */",
            "/* select */ update t set a = 1",
            "-- select\nupdate t set a = 1",
            "((update t set a = 1))",
            "select 1 into t",
        ] {
            for dialect in ALL {
                assert!(statement(text, dialect).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn what_stands_around_a_query_may_stand_there() {
        for dialect in ALL {
            for text in
                ["/* owner: hr */ select 1", "-- owner\nselect 1;", "\n select 1 ;; -- done", "select 1; /* done */"]
            {
                let parts = statement(text, dialect).unwrap_or_else(|why| panic!("{text}: {why:?}")).parts;
                assert!(matches!(parts.as_slice(), [Part::Text(sent)] if sent.ends_with("select 1")), "{parts:?}");
            }
        }
        let united = "(select a from t) union all (select a from u where a = :key)";
        assert_eq!(names(united, Dialect::Postgres), names(united, Dialect::MySql));
        assert!(statement(united, Dialect::Sqlite).is_err(), "SQLite does not know brackets around a query");
    }

    /// A text that is read in two ways, by a setting of the server or by whether it runs a comment, could hide anything.
    #[test]
    fn what_servers_read_differently_is_refused() {
        for (dialect, text) in [
            (Dialect::MySql, "select \"a\\\" into outfile '/tmp/x' -- \""),
            (Dialect::MySql, "select 1 /*!99999 ' */ into outfile '/tmp/x' -- '"),
            (Dialect::MySql, "select 1 /*M!50701 from t */"),
            (Dialect::MySql, "select get_lock/*!*/('x',1)"),
            (Dialect::MySql, "select a from t /*! for */ update"),
            (Dialect::MySql, "select /*+ qb_name(`*/ into outfile '/tmp/x' -- `) */ 1"),
            (Dialect::Postgres, "select U&\"lo\\005funlink\"(1)"),
            (Dialect::Postgres, "select u&\"a!0062\" uescape '!' from t"),
        ] {
            let why = statement(text, dialect).unwrap_err();
            assert!(!why.writes && text.get(why.at.clone()).is_some(), "{text}: {why:?}");
        }
    }
}
