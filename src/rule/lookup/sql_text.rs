//! The tokens of a query, the dialects that read it, and why a query is refused.

use std::ops::Range;

/// Which database reads a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Postgres,
    /// And MariaDB.
    MySql,
    Sqlite,
}

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

/// A part of a query that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    Word(&'t str),
    /// In quotes, as names of columns may be.
    Name(&'t str),
    /// A value of the key: `:key`, `:name`.
    Parameter(&'t str),
    Text,
    Number,
    /// `::`, a cast of PostgreSQL.
    Cast,
    Sign(char),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub kind: Kind<'t>,
    pub at: usize,
    pub end: usize,
}

impl Dialect {
    /// The one of an address in gateway.yaml: `postgres://…`, `mysql://…`, `sqlite:FILE`.
    #[must_use]
    pub fn of_address(address: &str) -> Self {
        match address.split_once(':').map_or("", |(scheme, _)| scheme) {
            "postgres" => Dialect::Postgres,
            "mysql" => Dialect::MySql,
            _ => Dialect::Sqlite,
        }
    }
}

impl NoStatement {
    /// One that cannot be asked.
    pub(super) fn unfit(message: impl Into<String>, help: &'static str, at: Range<usize>) -> Self {
        Self { message: message.into(), help, at, writes: false }
    }
}

impl Token<'_> {
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word(written) if written.eq_ignore_ascii_case(word))
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word(_) | Kind::Name(_))
    }
}
