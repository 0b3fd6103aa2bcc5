//! The saved note that a set was rolled back to: valid over restarts, until the folder's contents change.

use std::fs;
use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sets::Sets;
use super::whole_file::{sync_folder_of, write};
use crate::outside::{chown_like, read_small_bytes};

/// How the note is written.
const VERSION: u32 = 1;
/// Largest note, in bytes: a folder that cannot be read is told from others by what is wrong with it.
const NOTE_LIMIT_BYTES: u64 = 1 << 20;

/// What the note says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolledBack {
    version: u32,
    /// The set in force.
    pub hash: String,
    /// What the rules folder had then: its hash, or what was wrong with it.
    pub folder: String,
    /// When, in ISO 8601.
    pub at: String,
}

impl RolledBack {
    /// What was rolled back to, from a folder in which this was seen.
    #[must_use]
    pub fn now(hash: &str, folder: &str) -> Self {
        let at = Timestamp::now().to_string();
        Self { version: VERSION, hash: hash.to_owned(), folder: folder.to_owned(), at }
    }

    /// The note that is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(sets: &Sets) -> Result<Option<Self>, String> {
        let path = sets.note();
        let told = |why: &dyn std::fmt::Display| format!("`{}`: {why}", path.display());
        let bytes = match read_small_bytes(&path, NOTE_LIMIT_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(told(&error)),
        };
        match serde_json::from_slice::<Self>(&bytes) {
            Ok(note) if note.version == VERSION => Ok(Some(note)),
            Ok(note) => Err(told(&format!("it is of another version of hookgate, {}", note.version))),
            Err(_) => Err(told(&"it does not say what it is")),
        }
    }

    /// Writes it down, for the user who owns the sets: who rolls back is not always who serves.
    ///
    /// # Errors
    /// When it cannot be written, or that user could not read it.
    pub fn write(&self, sets: &Sets) -> io::Result<()> {
        let path = sets.note();
        write(&path, [&*serde_json::to_vec(self)?])?;
        let given = sets.list().map_or(Ok(()), |sets| sets.first().map_or(Ok(()), |set| chown_like(&path, set.file())));
        if given.is_err() {
            let _ = fs::remove_file(&path);
        }
        given
    }

    /// Forgets it: what the folder has is in force again.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn forget(sets: &Sets) -> io::Result<()> {
        match fs::remove_file(sets.note()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.and_then(|()| sync_folder_of(&sets.note())),
        }
    }
}
