//! The files beside a journal: their names, and writing them whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::outside::chown_like;

/// The journal's name with this behind it.
pub(super) fn beside(journal: &Path, end: &str) -> PathBuf {
    let mut name = journal.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Puts bytes in the place of a file, whole or not at all, for this user alone.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = beside(path, ".new");
    // One that a kill has left may be for others to read.
    let _ = std::fs::remove_file(&new);
    let mut file = own(OpenOptions::new().create_new(true).write(true)).open(&new)?;
    file.write_all(bytes).and_then(|()| file.sync_all())?;
    keep_owner(&new, path);
    std::fs::rename(&new, path)?;
    synced_folder(path)
}

/// A file that takes another's place, or comes to a folder, gets the owner of that: the gateway must go on with what the
/// superuser wrote. Other users cannot give files away, and cannot read a gateway's either.
pub(super) fn keep_owner(new: &Path, place: &Path) {
    let _ = chown_like(new, if place.exists() { place } else { folder_of(place) });
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What was renamed in a file's folder is so after a loss of power, too.
pub(super) fn synced_folder(path: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder_of(path))?.sync_all(),
        false => Ok(()),
    }
}

/// For this user alone.
pub(super) fn own(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, chown};

    use super::*;

    /// What the superuser writes anew stays the gateway's; who is not the superuser has files of one owner alone.
    #[test]
    fn a_file_that_is_replaced_keeps_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let (file, new) = (folder.path().join("a.keys"), folder.path().join("b.index"));
        std::fs::write(&file, "old").unwrap();
        let is_superuser = chown(&file, Some(65_534), Some(65_534)).is_ok();
        let wanted = std::fs::metadata(&file).unwrap().uid();
        replace(&file, b"new").unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().uid(), wanted);
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        if is_superuser {
            chown(folder.path(), Some(65_534), Some(65_534)).unwrap();
        }
        replace(&new, b"made").unwrap();
        assert_eq!(std::fs::metadata(&new).unwrap().uid(), wanted);
    }
}
