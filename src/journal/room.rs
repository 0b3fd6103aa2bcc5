//! Limits the disk space of the journal: removes the oldest files with their indexes and keys.
//!
//! Files are removed when all together take too much, or when the disk shared with the outbox runs full.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use tracing::{info, warn};

use super::index::{entries, index_of};
use super::key::{KeyName, retain};
use super::reading::files;
use super::settings::Settings;
use super::trouble::Trouble;
use crate::outside::aside;

/// What the journal may take, and what it leaves to others.
#[derive(Clone, Debug)]
pub(super) struct Room {
    journal: PathBuf,
    keep_files: usize,
    total_bytes: u64,
    rotate_bytes: u64,
    /// How much of the disk is left free where the outbox is on the same one, in bytes.
    spare: Option<u64>,
}

impl Room {
    pub(super) fn of(journal: &Path, settings: &Settings) -> Self {
        let is_shared = settings.outbox.as_deref().is_some_and(|outbox| on_one_disk(journal, outbox));
        Self {
            journal: journal.to_owned(),
            keep_files: settings.keep_files,
            total_bytes: settings.total_bytes,
            rotate_bytes: settings.file_bytes(),
            spare: is_shared.then_some(settings.spare_bytes),
        }
    }

    /// Removes the oldest files until there are no more than may be, and there is room for one that is being written.
    pub(super) fn make(&self) {
        let old = aside(&self.journal).unwrap_or_default();
        let sizes: Vec<u64> = old.iter().map(|file| size(file)).collect();
        let mut left: u64 = sizes.iter().sum();
        // The one that is written has an index beside it, too.
        let allowed = self.total_bytes.saturating_sub(self.rotate_bytes + self.rotate_bytes / 4);
        let surplus = old.len().saturating_sub(self.keep_files);
        let mut gone = Gone::default();
        for (number, (file, size)) in old.iter().zip(sizes).enumerate() {
            if (number < surplus || left > allowed) && gone.remove(file) {
                left -= size;
            }
        }
        gone.destroy_keys(&self.journal);
    }

    /// Sees to it that the outbox has room on a disk that both share; says how many bytes are free where it cannot.
    pub(super) fn yield_to_outbox(&self) -> Result<(), u64> {
        let Some(spare) = self.spare else { return Ok(()) };
        let is_short = || free_bytes(&self.journal).filter(|free| *free < spare);
        if is_short().is_none() {
            return Ok(());
        }
        let mut gone = Gone::default();
        for file in aside(&self.journal).unwrap_or_default() {
            gone.remove(&file);
            if is_short().is_none() {
                break;
            }
        }
        if gone.files > 0 {
            warn!(
                files = gone.files,
                "the disk is nearly full: the oldest files of the journal were removed, so that the outbox has room"
            );
        }
        gone.destroy_keys(&self.journal);
        is_short().map_or(Ok(()), Err)
    }
}

/// Files that were removed, and the keys that they named.
#[derive(Default)]
struct Gone {
    files: u32,
    keys: HashSet<KeyName>,
}

impl Gone {
    /// Whether the file is gone, with its index.
    fn remove(&mut self, file: &Path) -> bool {
        let named = keys_in(std::slice::from_ref(&file)).unwrap_or_default();
        let _ = std::fs::remove_file(index_of(file));
        match std::fs::remove_file(file) {
            Ok(()) => {
                self.files += 1;
                self.keys.extend(named);
                true
            }
            Err(error) => {
                warn!(%error, file = %file.display(), "an old file of the journal cannot be removed");
                false
            }
        }
    }

    /// Destroys keys that no file names any more. Others stay: a command may be writing a file with a key of its own.
    fn destroy_keys(self, journal: &Path) {
        if self.keys.is_empty() {
            return;
        }
        let destroyed = keys_in_use(journal).map_err(|error| Trouble::writing(journal, &error));
        let destroyed =
            destroyed.and_then(|used| retain(journal, |name| used.contains(&name) || !self.keys.contains(&name)));
        if let Err(trouble) = destroyed {
            info!(cause = trouble.message, "keys of removed files of the journal stay");
        }
    }
}

/// The keys that the journal's files name.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn keys_in_use(journal: &Path) -> io::Result<HashSet<KeyName>> {
    keys_in(&files(journal)?)
}

fn keys_in(files: &[impl AsRef<Path>]) -> io::Result<HashSet<KeyName>> {
    let mut used = HashSet::new();
    for file in files {
        entries(file.as_ref(), &mut |entry| {
            used.insert(entry.key);
            false
        })?;
    }
    Ok(used)
}

/// A file and its index, in bytes.
fn size(file: &Path) -> u64 {
    [file, &index_of(file)].iter().filter_map(|path| std::fs::metadata(path).ok()).map(|found| found.len()).sum()
}

/// How much of the disk below a file's folder is free for hookgate's user, in bytes; `None` where the system does not say.
#[cfg(target_os = "linux")]
fn free_bytes(file: &Path) -> Option<u64> {
    let found = nix::sys::statvfs::statvfs(folder(file)).ok()?;
    Some(found.blocks_available().saturating_mul(found.fragment_size()))
}

#[cfg(not(target_os = "linux"))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

#[cfg(unix)]
fn on_one_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let disk = |file: &Path| std::fs::metadata(folder(file)).map(|found| found.dev()).ok();
    disk(one).is_some_and(|one| disk(other) == Some(one))
}

#[cfg(not(unix))]
fn on_one_disk(_: &Path, _: &Path) -> bool {
    false
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::chain::Chain;
    use crate::journal::key::{KeyFile, Masters, added};
    use crate::journal::unsealed::tests::unsealed;

    /// A journal: keys A, B, C and D, each of a file that was set aside or, the last, of the one that is written; the oldest
    /// has a line of B's, too. E is a key of no file, such as a command has that is writing one.
    fn journal(folder: &Path) -> (PathBuf, Vec<PathBuf>, Vec<KeyName>) {
        let journal = folder.join("journal.jsonl");
        let masters = Masters::made(&[], &journal).unwrap();
        let line = |_| {
            let (mut chain, mut text) = (Chain::begin(&journal, &masters, None).unwrap(), String::new());
            (chain.add(&unsealed("req", 100), &mut text).unwrap().key, text)
        };
        let (mut keys, texts): (Vec<KeyName>, Vec<String>) = (0..4).map(line).unzip();
        keys.push(added(&journal, &masters).unwrap().name());
        let aside = (0..3).map(|n| folder.join(format!("journal.jsonl.20260101T000000.00000{n}")));
        let files: Vec<PathBuf> = aside.chain([journal.clone()]).collect();
        files.iter().zip(&texts).for_each(|(file, text)| std::fs::write(file, text).unwrap());
        std::fs::write(&files[0], texts[..2].concat()).unwrap();
        (journal, files, keys)
    }

    fn room(journal: &Path) -> Room {
        let (keep_files, total_bytes) = (usize::MAX, u64::MAX);
        Room { journal: journal.to_owned(), keep_files, total_bytes, rotate_bytes: 0, spare: None }
    }

    /// Which files and keys are left.
    fn left(journal: &Path, files: &[PathBuf], keys: &[KeyName]) -> (Vec<bool>, Vec<bool>) {
        let key_file = KeyFile::read(journal).unwrap();
        (files.iter().map(|file| file.exists()).collect(), keys.iter().map(|key| key_file.has(*key)).collect())
    }

    #[test]
    fn the_oldest_files_go_with_the_keys_that_no_other_file_names_and_every_other_key_stays() {
        for (gone, keys_left) in [
            (0, [true, true, true, true, true]),
            (1, [false, true, true, true, true]),
            (2, [false, false, true, true, true]),
            (3, [false, false, false, true, true]),
        ] {
            for is_by_number in [true, false] {
                let folder = tempfile::tempdir().unwrap();
                let (journal, files, keys) = journal(folder.path());
                let mut room = room(&journal);
                let of_those_left: u64 = files[gone..3].iter().map(|file| size(file)).sum();
                if is_by_number {
                    room.keep_files = 3 - gone;
                } else {
                    (room.rotate_bytes, room.total_bytes) = (40, of_those_left + 50);
                }
                room.make();
                let files_left = [gone < 1, gone < 2, gone < 3, true].to_vec();
                assert_eq!(left(&journal, &files, &keys), (files_left, keys_left.to_vec()), "{gone}");
            }
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn where_the_outbox_has_too_little_room_all_that_was_set_aside_goes() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, files, keys) = journal(folder.path());
        let short = |spare| Room { spare, ..room(&journal) };
        assert_eq!(short(None).yield_to_outbox(), Ok(()));
        assert_eq!(short(Some(0)).yield_to_outbox(), Ok(()));
        assert_eq!(left(&journal, &files, &keys), (vec![true; 4], vec![true; 5]));
        assert!(short(Some(u64::MAX)).yield_to_outbox().is_err());
        assert_eq!(
            left(&journal, &files, &keys),
            (vec![false, false, false, true], vec![false, false, false, true, true])
        );
    }
}
