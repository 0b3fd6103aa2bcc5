//! One test and its result.

use std::time::{Duration, Instant};

use tokio::time::timeout;

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A connection of this kind: `http`, `sql`, `ldap`.
    Connection(&'static str),
    Destination,
    Outbox,
    /// The keys that an issuer of tokens publishes.
    Jwks,
    /// The collector of traces.
    Collector,
}

impl Kind {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Connection(word) => word,
            Self::Destination => "destination",
            Self::Outbox => "outbox",
            Self::Jwks => "jwks",
            Self::Collector => "collector",
        }
    }
}

/// Something of gateway.yaml that was tried.
#[derive(Clone, Debug)]
pub struct Tried {
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

impl Tried {
    /// Something that no lookup asks, given up after this time.
    pub async fn within(
        limit: Duration,
        kind: Kind,
        name: &str,
        address: String,
        attempt: impl Future<Output = Result<String, Wrong>>,
    ) -> Self {
        let began = Instant::now();
        let given_up = || Wrong { message: format!("no answer in {} ms", limit.as_millis()), help: None };
        let outcome = timeout(limit, attempt).await.unwrap_or_else(|_| Err(given_up()));
        Self { kind, name: name.to_owned(), address, outcome, millis: began.elapsed().as_millis(), lookups: None }
    }
}

/// What is wrong, and what to do.
#[derive(Clone, Debug)]
pub struct Wrong {
    pub message: String,
    pub help: Option<String>,
}
