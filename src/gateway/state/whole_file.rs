//! Writes files whole or not at all, readable by this user only: under another name, synced, then renamed.

use std::fs::{self, DirEntry, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that is not written by then never will be.
const GIVEN_UP: Duration = Duration::from_mins(1);

/// Writes a file of these parts, one behind the other, in place of the one that is there.
///
/// # Errors
/// When it cannot be written; the one that was there stays, and nothing of the new one does.
pub fn write<'p>(path: &Path, parts: impl IntoIterator<Item = &'p [u8]>) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = PathBuf::from(name);
    let _ = fs::remove_file(&new);
    let written = write_new(&new, parts).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written?;
    sync_folder_of(path)
}

fn write_new<'p>(path: &Path, parts: impl IntoIterator<Item = &'p [u8]>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    parts.into_iter().try_for_each(|part| file.write_all(part))?;
    file.sync_all()
}

/// Has the names of a file's folder on the disk: a new name is there for good when the folder is synced.
///
/// # Errors
/// When the folder cannot be synced.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Whether a file was not written to its end.
pub fn is_new(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "new")
}

/// Whether a file is on its way, perhaps by another gateway. One that lies there for long was given up in a crash.
pub fn is_being_written(entry: &DirEntry) -> bool {
    let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
    is_new(&entry.path()) && age().is_none_or(|age| age < GIVEN_UP)
}
