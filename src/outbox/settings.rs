//! The settings of the outbox: its store, destinations and retry schedules.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::retry::Schedule;
use crate::diagnostic::Place;
use crate::outside::{Credential, Mode};
use crate::rule::Markup;

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

/// A destination by its name.
#[derive(Clone, Debug)]
pub struct Destination {
    pub name: String,
    /// The name in gateway.yaml.
    pub place: Place,
    pub target: Target,
    pub accepts_secrets: bool,
    /// For which markup what templates bring into its texts is escaped.
    pub markup: Option<Markup>,
    /// Whether that follows from the host of its address, and is not said.
    pub is_markup_guessed: bool,
    /// Parcels on their way at once.
    pub at_once: usize,
    /// Most parcels a second; 0 for no limit.
    pub per_second: u32,
    /// How long one attempt may take.
    pub timeout: Duration,
    pub schedule: Schedule,
}

/// Where a destination leads.
#[derive(Clone, Debug)]
pub enum Target {
    Http(Box<HttpTarget>),
    Nats(NatsTarget),
    File(FileTarget),
}

/// An HTTP receiver.
#[derive(Clone, Debug)]
pub struct HttpTarget {
    /// The whole address. Of a chat it is a secret, so it may be `${env:…}`.
    pub address: Credential,
    pub method: HttpMethod,
    pub headers: Vec<(String, Credential)>,
    pub format: Format,
    pub bearer: Option<Credential>,
    pub user: Option<Credential>,
    pub password: Option<Credential>,
    /// PEM files with a client certificate and its key.
    pub certificate: Option<PathBuf>,
    pub certificate_key: Option<PathBuf>,
    /// Keys of the Standard Webhooks signature: the newest first, older ones during a rotation.
    pub signature_keys: Vec<Credential>,
    pub allow: Vec<IpNet>,
    pub is_encrypted: bool,
    pub ca: Option<PathBuf>,
}

/// How a receiver is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpMethod {
    Post,
    Put,
    Patch,
}

/// What a receiver is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The body as the rule made it: JSON, or text.
    Plain,
    /// In an envelope of CloudEvents 1.0 (structured mode).
    CloudEvents,
    /// A message of Slack: a text becomes `{"text": …}`.
    Slack,
    /// A message of Microsoft Teams: a text becomes an adaptive card.
    Teams,
}

/// A subject of NATS JetStream.
#[derive(Clone, Debug)]
pub struct NatsTarget {
    /// `nats://host` or `tls://host`
    pub address: String,
    pub subject: String,
    pub user: Option<Credential>,
    pub password: Option<Credential>,
    pub token: Option<Credential>,
    pub is_encrypted: bool,
    pub ca: Option<PathBuf>,
}

/// A file of JSON lines.
#[derive(Clone, Debug)]
pub struct FileTarget {
    pub file: PathBuf,
    /// Beyond this size the file is set aside under a name with its time, in bytes.
    pub rotate_bytes: u64,
    /// How many files that were set aside are kept.
    pub keep_files: usize,
    /// Who may read it.
    pub mode: Mode,
}
