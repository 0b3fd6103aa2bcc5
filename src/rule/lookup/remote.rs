//! What all lookups over connections share: timeout, cache, and what replaces a failed answer.

use std::time::Duration;

use super::call::Call;
use super::search::Search;
use super::statement::Statement;
use crate::event::Value;

/// A question to a connection.
#[derive(Clone, Debug)]
pub struct Remote {
    /// The connection's name in gateway.yaml.
    pub connection: String,
    pub ask: Ask,
    /// The names of the values a key must have; empty where it is one value.
    pub parameters: Vec<String>,
    /// How long one answer is waited for, from when the question has its place.
    pub timeout: Duration,
    /// How long answers are kept; `None`: not at all.
    pub cache: Option<Keep>,
    pub on_error: OnError,
    /// How many questions of this lookup are on their way at once; further ones wait, on the event's time.
    pub at_once: usize,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    Http(Call),
    Sql(Statement),
    Ldap(Search),
}

/// How long answers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// An answer with rows.
    pub hits: Duration,
    /// An answer without: who is not there now may be there in a moment.
    pub misses: Duration,
}

/// What stands in for an answer that does not come.
#[derive(Clone, Debug)]
pub enum OnError {
    /// The rule fails, and the hook's `on_failure` answers.
    Fail,
    /// No row.
    Absent,
    /// These rows.
    Use(Vec<Value<'static>>),
    /// The last good answer, if it is no older than this; else the rule fails.
    Stale(Duration),
}

/// The kinds of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionKind {
    Http,
    Sql,
    Ldap,
}

impl ConnectionKind {
    /// Every kind with the word by which gateway.yaml and lookups name it.
    pub const ALL: [(&'static str, ConnectionKind); 3] =
        [("http", ConnectionKind::Http), ("sql", ConnectionKind::Sql), ("ldap", ConnectionKind::Ldap)];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

impl Ask {
    /// The kind of connection it needs.
    #[must_use]
    pub fn kind(&self) -> ConnectionKind {
        match self {
            Ask::Http(_) => ConnectionKind::Http,
            Ask::Sql(_) => ConnectionKind::Sql,
            Ask::Ldap(_) => ConnectionKind::Ldap,
        }
    }
}
