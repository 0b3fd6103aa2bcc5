//! The settings of the outbox: its store, destinations and retry schedules.

use std::path::PathBuf;

use super::destination::Destination;
use crate::outside::{Credential, Mode};

/// The settings of deliveries; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the gateways that bring each other's deliveries have in common; others in the same store are left alone.
    pub name: String,
    pub store: StoreAt,
    /// Who may read its file.
    pub mode: Mode,
    /// How long the same event is known again and sends nothing, in milliseconds.
    pub window_ms: u64,
    /// The keys by which bodies with secrets are encrypted where they are stored: the first encrypts, all of them decrypt.
    pub encryption_keys: Vec<Credential>,
    /// Whether they may wait in memory where there is no key, and be lost when hookgate stops.
    pub memory_for_secrets: bool,
    /// How long the courier may finish what it holds when hookgate stops, in milliseconds.
    pub stop_limit_ms: u64,
    pub destinations: Vec<Destination>,
}

impl Settings {
    /// The name of an outbox where nobody gave one, and of all that versions without names stored.
    pub const USUAL_NAME: &str = "default";

    /// Whether a delivery with a secret can wait.
    #[must_use]
    pub fn keeps_secrets(&self) -> bool {
        !self.encryption_keys.is_empty() || self.memory_for_secrets
    }

    /// Whether deliveries with secrets wait in memory, where a stop loses them.
    #[must_use]
    pub fn has_secrets_in_memory(&self) -> bool {
        let takes_secrets = self.destinations.iter().any(|destination| destination.accepts_secrets);
        self.encryption_keys.is_empty() && self.memory_for_secrets && takes_secrets
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: Self::USUAL_NAME.to_owned(),
            store: StoreAt::File(PathBuf::from("hookgate-outbox.db")),
            mode: Mode::OWN,
            window_ms: 60_000,
            encryption_keys: Vec::new(),
            memory_for_secrets: false,
            stop_limit_ms: 5_000,
            destinations: Vec::new(),
        }
    }
}

/// Where deliveries wait.
#[derive(Clone, Debug)]
pub enum StoreAt {
    /// A file of this machine.
    File(PathBuf),
    /// A database that several gateways share.
    Postgres(PostgresStore),
}

/// A shared outbox.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    /// `postgres://host/database`
    pub address: String,
    pub user: Option<Credential>,
    pub password: Option<Credential>,
    /// Whether the connection must be encrypted and the server's certificate be valid.
    pub is_encrypted: bool,
    pub ca: Option<PathBuf>,
}
