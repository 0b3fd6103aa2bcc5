//! The files beside a journal: their names, and writing them whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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
    std::fs::rename(&new, path)?;
    synced_folder(path)
}

/// What was renamed in a file's folder is so after a loss of power, too.
pub(super) fn synced_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        false => Ok(()),
    }
}

/// For this user alone.
pub(super) fn own(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
