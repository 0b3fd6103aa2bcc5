//! Appends lines to files that are opened for each write and rotated when full; a half line never gets another
//! after it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::mode::Mode;

/// How the time of a file that was set aside is written behind its name, and where digits stand in that.
const ASIDE: &str = "%Y%m%dT%H%M%S%.6f";
const ASIDE_SHAPE: &str = "00000000T000000.000000";

/// Such a file.
#[derive(Clone, Debug)]
pub struct LineFile {
    pub file: PathBuf,
    /// How many full files are kept.
    pub keep_files: usize,
    /// Who may read it.
    pub mode: Mode,
    /// Whether what is written is on the disk when `append` comes back.
    pub is_synced: bool,
}

impl LineFile {
    /// Writes whole lines, into a new file if the one that is there, of this length in bytes, is full.
    ///
    /// The file is opened each time: under its name there may be another one by now, and what is written to a file that
    /// `logrotate` has moved away may be gone with it.
    ///
    /// # Errors
    /// When it cannot be written; then nothing of the lines stays.
    pub fn append(&self, lines: &str, is_full: impl FnOnce(u64) -> bool) -> io::Result<()> {
        let (mut file, mut length) = self.open()?;
        if length > 0 && is_full(length) {
            drop(file);
            self.set_aside()?;
            (file, length) = self.open()?;
        }
        let is_broken_off = length > 0 && self.last().is_ok_and(|byte| byte != b'\n');
        let written = if is_broken_off { file.write_all(b"\n") } else { Ok(()) };
        let written = written.and_then(|()| file.write_all(lines.as_bytes()));
        let written = written.and_then(|()| if self.is_synced { file.sync_data() } else { Ok(()) });
        if written.is_err() {
            // A disk that is full takes half a line: the next one is not to stand behind it.
            let _ = file.set_len(length);
        }
        written
    }

    /// Gives the file a name with its time, and removes the oldest of these; says the name.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn set_aside(&self) -> io::Result<PathBuf> {
        let mut name = self.file.as_os_str().to_owned();
        name.push(format!(".{}", Timestamp::now().strftime(ASIDE)));
        let name = PathBuf::from(name);
        std::fs::rename(&self.file, &name)?;
        let old = aside(&self.file)?;
        let surplus = old.len().saturating_sub(self.keep_files);
        old.iter().take(surplus).try_for_each(std::fs::remove_file)?;
        Ok(name)
    }

    /// The file and its length, in bytes; an empty one is made where there is none.
    fn open(&self) -> io::Result<(File, u64)> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        self.mode.on(&mut options);
        let file = options.open(&self.file)?;
        // One that is somebody else's can be written all the same.
        let _ = self.mode.give(&file);
        let length = file.metadata()?.len();
        Ok((file, length))
    }

    /// The last byte, if we may read. It ends a line, unless the machine broke down while it was written.
    fn last(&self) -> io::Result<u8> {
        let mut file = File::open(&self.file)?;
        let mut byte = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut byte)?;
        let [byte] = byte;
        Ok(byte)
    }
}

/// The files of this name that were set aside, the oldest first.
///
/// # Errors
/// When their folder cannot be read.
pub fn aside(file: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut old: Vec<PathBuf> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    old.retain(|path| is_aside(path, file));
    old.sort();
    Ok(old)
}

/// The file that this one was set aside of; `None` where we did not give it its name.
#[must_use]
pub fn aside_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let base = name.len().checked_sub(ASIDE_SHAPE.len() + 1).and_then(|end| name.get(..end))?;
    let file = path.with_file_name(base);
    (!base.is_empty() && is_aside(path, &file)).then_some(file)
}

/// Whether we gave a file its name: others beside it, such as those of `logrotate`, are not ours to remove.
fn is_aside(path: &Path, file: &Path) -> bool {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (full, base) = (name(path), name(file));
    let time = full.strip_prefix(&base).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    time.replace(|c: char| c.is_ascii_digit(), "0") == ASIDE_SHAPE
}
