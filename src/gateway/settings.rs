//! What an administrator can set about the rules and their replacement.

use std::path::PathBuf;

/// The gateway's settings; gateway.yaml explains each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The rules folder, relative to the working directory.
    pub rules: PathBuf,
    /// Time without a further change before the folder is read again.
    pub quiet_ms: u64,
    /// Time between two looks at the folder when nothing has been noticed.
    pub poll_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rules: PathBuf::from("rules"), quiet_ms: 200, poll_ms: 5000 }
    }
}
