//! The settings of the journal.

use std::path::PathBuf;

use crate::outside::{Credential, Mode};

/// The settings of the journal; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `None`: nothing is recorded.
    pub file: Option<PathBuf>,
    /// Who may read it.
    pub mode: Mode,
    /// The master keys: the first wraps the keys of files, all unwrap. None: a key in a file beside the journal.
    pub keys: Vec<Credential>,
    /// By which records tell this gateway from others.
    pub instance: Option<String>,
    /// The outbox's file, for which room is left where both are on one disk.
    pub outbox: Option<PathBuf>,
    /// Whether a record is written and synced before the reply leaves.
    pub is_durable: bool,
    /// Most records that wait for the writer.
    pub queue_limit_records: usize,
    /// Most memory that they take, in bytes.
    pub queue_limit_bytes: usize,
    /// Beyond this size a new file is begun, in bytes.
    pub rotate_bytes: u64,
    /// At this age a new file is begun, in hours.
    pub rotate_hours: u64,
    /// Whether commands show the rows that lookups found: a refused mobile says by whom it is taken.
    pub shows_facts: bool,
    /// How many full files are kept.
    pub keep_files: usize,
    /// Most that all files together take, their indexes too, in bytes.
    pub total_bytes: u64,
    /// How much of a disk that the outbox is on too is left free, in bytes.
    pub spare_bytes: u64,
}

/// How many full files at least have room in `total_bytes`.
const FILES_IN_TOTAL: u64 = 4;
/// How often a record is in memory while it is made: its parts, its line, and the room in which that grew.
const COPIES: usize = 4;

impl Settings {
    /// The size at which a new file is begun, in bytes: all of them must fit several times into what they may take together.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        self.rotate_bytes.min(self.total_bytes / FILES_IN_TOTAL)
    }

    /// What making one record takes, of a body of this length, in bytes. One is made at a time.
    #[must_use]
    pub fn record_bytes(&self, body_bytes: usize) -> usize {
        body_bytes.saturating_mul(COPIES)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            file: Some(PathBuf::from("hookgate-journal.jsonl")),
            mode: Mode::OWN,
            keys: Vec::new(),
            instance: None,
            outbox: None,
            is_durable: false,
            queue_limit_records: 10_000,
            queue_limit_bytes: 16 << 20,
            rotate_bytes: 64 << 20,
            rotate_hours: 24,
            shows_facts: true,
            keep_files: 14,
            total_bytes: 1 << 30,
            spare_bytes: 64 << 20,
        }
    }
}
