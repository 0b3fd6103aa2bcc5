//! What an administrator can set about the journal.

use std::path::PathBuf;

use crate::outside::{Credential, Mode};

/// The settings of the journal; gateway.yaml explains each.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `None`: nothing is recorded.
    pub file: Option<PathBuf>,
    /// Who may read it.
    pub mode: Mode,
    /// What tokens are made with; `None`: a key in a file beside the journal.
    pub key: Option<Credential>,
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
    /// How many full files are kept.
    pub keep_files: usize,
}

/// How often a record is in memory while it is made: its parts, its line, and the room in which that grew.
const COPIES: usize = 4;

impl Settings {
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
            key: None,
            is_durable: false,
            queue_limit_records: 10_000,
            queue_limit_bytes: 16 << 20,
            rotate_bytes: 64 << 20,
            rotate_hours: 24,
            keep_files: 14,
        }
    }
}
