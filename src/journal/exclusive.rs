//! Takes exclusive use of journal files: all of a stopped gateway, or those that a running gateway has set aside.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::beside::{beside, own};
use super::reading::files;
use super::trouble::Trouble;
use crate::outside::{FileLock, NotLocked, aside};

/// How long a running gateway may take to begin a new file.
const WAIT: Duration = Duration::from_secs(20);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// Files that nobody writes as long as this is held.
#[derive(Debug)]
pub struct Exclusive {
    pub files: Vec<PathBuf>,
    /// Keeps a gateway from being started with the journal.
    _alone: Option<FileLock>,
}

impl Exclusive {
    /// Has a journal's files for itself; a gateway that is running with it begins a new file first.
    ///
    /// # Errors
    /// When the folder cannot be written, or the running gateway begins no new file.
    pub fn of(journal: &Path) -> Result<Self, Trouble> {
        let failed = |error: io::Error| Trouble::writing(journal, &error);
        match FileLock::with(journal) {
            Ok(alone) => Ok(Self { files: files(journal).map_err(failed)?, _alone: Some(alone) }),
            Err(NotLocked::Failed(error)) => Err(failed(error)),
            Err(NotLocked::Taken) => {
                let request = request_of(journal);
                own(std::fs::OpenOptions::new().create(true).truncate(true).write(true))
                    .open(&request)
                    .map_err(failed)?;
                let began = Instant::now();
                while request.exists() {
                    if began.elapsed() > WAIT {
                        let _ = std::fs::remove_file(&request);
                        return Err(Trouble::new(
                            format!("the gateway that writes the journal `{}` begins no new file", journal.display()),
                            "look in its log for `decisions are not recorded`, or stop it and try again",
                        ));
                    }
                    std::thread::park_timeout(LOOK);
                }
                Ok(Self { files: aside(journal).map_err(failed)?, _alone: None })
            }
        }
    }
}

/// A file that asks the gateway to begin a new file of its journal; it removes it when it has.
pub(super) fn request_of(journal: &Path) -> PathBuf {
    beside(journal, ".set-aside")
}
