//! One thing that was tried, and how it went.

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A connection of this kind: `http`, `sql`, `ldap`.
    Connection(&'static str),
    Destination,
    Outbox,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Connection(word) => word,
            Self::Destination => "destination",
            Self::Outbox => "outbox",
        }
    }
}

/// Something of gateway.yaml that was tried.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub kind: Kind,
    pub name: String,
    /// Without anything secret.
    pub address: String,
    /// What was found, in words.
    pub outcome: Result<String, Wrong>,
    pub millis: u128,
    /// How many lookups ask a connection; `None` where the rules do not compile, and of what no lookup asks.
    pub lookups: Option<usize>,
}

/// What is wrong, and what to do.
#[derive(Clone, Debug)]
pub(super) struct Wrong {
    pub message: String,
    pub help: Option<String>,
}
