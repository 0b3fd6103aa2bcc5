//! Locks a file for one process, by a lock on another file beside it, until the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::owner::chown_like;

/// How long a lock is waited for.
const PATIENCE: Duration = Duration::from_millis(200);

/// A lock that is held. The operating system lets go of it when the process ends, however that comes about.
#[derive(Debug)]
pub struct FileLock {
    /// Open as long as the lock is held.
    lock: File,
    /// Where it stands.
    name: PathBuf,
}

/// Why a file cannot be had alone.
#[derive(Debug)]
pub enum NotLocked {
    /// Another process has it.
    Taken,
    /// The lock cannot be made or asked for.
    Failed(io::Error),
}

impl FileLock {
    /// Has a file alone, which need not be there yet. The lock is a file of its name with `.lock` behind it, beside the
    /// file that a link leads to; it stays there, empty, when the process ends.
    ///
    /// # Errors
    /// When another process has it, or the lock cannot be made.
    pub fn with(file: &Path) -> Result<Self, NotLocked> {
        let (name, began) = (lock_of(file), Instant::now());
        loop {
            match Self::at(name.clone()) {
                // One that ends lets go within moments, and so does a program that another thread is just starting.
                Err(NotLocked::Taken) if began.elapsed() < PATIENCE => std::thread::park_timeout(PATIENCE / 10),
                had => return had,
            }
        }
    }

    fn at(name: PathBuf) -> Result<Self, NotLocked> {
        // Held for reading alone: a disk can be made read-only while it is.
        let lock = match File::open(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => made(&name).and_then(|()| File::open(&name)),
            opened => opened,
        };
        let lock = lock.map_err(NotLocked::Failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock, name }),
            Err(TryLockError::WouldBlock) => Err(NotLocked::Taken),
            Err(TryLockError::Error(error)) => Err(NotLocked::Failed(error)),
        }
    }
}

impl FileLock {
    /// Sees to it that the lock stands under its name, where others look for it: who takes its file for one that was left
    /// behind removes it. It is made anew then.
    ///
    /// # Errors
    /// When another process has made it meanwhile, or it cannot be made.
    pub fn stay(&mut self) -> Result<(), NotLocked> {
        if self.is_under_its_name() {
            return Ok(());
        }
        *self = Self::at(self.name.clone())?;
        Ok(())
    }

    #[cfg(unix)]
    fn is_under_its_name(&self) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let held = self.lock.metadata().map(|held| (held.dev(), held.ino()));
        let there = std::fs::metadata(&self.name).map(|there| (there.dev(), there.ino()));
        matches!((held, there), (Ok(held), Ok(there)) if held == there)
    }

    #[cfg(not(unix))]
    fn is_under_its_name(&self) -> bool {
        // A file that is open cannot be removed there.
        true
    }
}

fn made(name: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(name)?;
    // A command of the superuser must not keep the gateway from its own lock; others cannot give files away.
    let _ = name.parent().map(|folder| chown_like(name, folder));
    Ok(())
}

/// By whatever links and names a file is reached, its lock is one.
fn lock_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let there = file.canonicalize().ok();
    let there = there.or_else(|| Some(folder.canonicalize().ok()?.join(file.file_name()?)));
    let mut name = there.unwrap_or_else(|| file.to_owned()).into_os_string();
    name.push(".lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_had_by_one_and_by_the_next_when_that_one_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outbox.db");
        let first = FileLock::with(&file).unwrap();
        assert!(matches!(FileLock::with(&file), Err(NotLocked::Taken)));
        drop(first);
        let again = FileLock::with(&file).unwrap();
        drop(again);
        assert!(!file.exists(), "the file itself is not made");
    }

    #[test]
    fn a_link_leads_to_the_same_lock() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("outbox.db"), folder.path().join("other.db"));
        std::fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("here")).unwrap();
        let _first = FileLock::with(&file).unwrap();
        for name in [link, folder.path().join("here/outbox.db"), folder.path().join("here/other.db")] {
            assert!(matches!(FileLock::with(&name), Err(NotLocked::Taken)), "{}", name.display());
        }
    }

    #[test]
    fn a_lock_whose_file_was_removed_is_made_anew_unless_another_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outbox.db");
        let mut first = FileLock::with(&file).unwrap();
        first.stay().unwrap();
        std::fs::remove_file(lock_of(&file)).unwrap();
        first.stay().unwrap();
        assert!(matches!(FileLock::with(&file), Err(NotLocked::Taken)));
        std::fs::remove_file(lock_of(&file)).unwrap();
        let second = FileLock::with(&file).unwrap();
        assert!(matches!(first.stay(), Err(NotLocked::Taken)));
        drop(second);
        first.stay().unwrap();
    }

    #[test]
    fn where_no_lock_can_be_made_that_is_told() {
        let file = Path::new("/no-such-folder/outbox.db");
        assert!(matches!(FileLock::with(file), Err(NotLocked::Failed(_))));
    }
}
