//! The settings of the rules folder and its reload.

use std::path::PathBuf;

use crate::diagnostic::Report;
use crate::rule::{Shrink, Sources, Tenant};

/// The gateway's settings; gateway.yaml explains each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The rules folder, relative to the working directory.
    pub rules: PathBuf,
    /// Time without a further change before the folder is read again.
    pub quiet_ms: u64,
    /// Time between two looks at the folder when nothing has been noticed.
    pub poll_ms: u64,
    /// How many of its rows a table may lose from one load to the next.
    pub shrink: Shrink,
    /// Where the rows of tables, and sets that were in force, survive a restart.
    pub state: StateAt,
    /// How many sets that were in force are kept there; 0 is none.
    pub keep: usize,
    /// Whether the folder is looked at without being asked to.
    pub is_watching: bool,
    /// Folders outside of the rules folder that links in it may lead to, relative to the working directory.
    pub follow: Vec<PathBuf>,
}

impl Settings {
    /// What the rules folder of this tenant has now.
    ///
    /// # Errors
    /// As [`Sources::read_within`].
    pub fn sources(&self, tenant: &Tenant) -> Result<Sources, Report> {
        Sources::read_within(&self.rules, &self.follow, tenant.memory_bytes)
    }
}

/// Where what is in force survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StateAt {
    /// Beside the journal, or else the outbox.
    #[default]
    Beside,
    Folder(PathBuf),
    Nowhere,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rules: PathBuf::from("rules"),
            quiet_ms: 200,
            poll_ms: 5000,
            shrink: Shrink::Percent(20),
            state: StateAt::Beside,
            keep: 10,
            is_watching: true,
            follow: Vec::new(),
        }
    }
}
