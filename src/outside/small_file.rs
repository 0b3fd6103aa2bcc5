//! Reads a small, ordinary file whole; a pipe of that name, which could block without end, is refused.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read as _, Result};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

/// The byte order mark, which some editors of Windows put before a text. It is no part of it.
pub const MARK: char = '\u{feff}';

/// Largest file of certificates, in bytes: a machine's whole list of authorities has a quarter of a mebibyte.
pub(super) const PEM_LIMIT_BYTES: u64 = 4 << 20;

/// The file's text, without a byte order mark.
///
/// # Errors
/// As [`read_small_bytes`], and when it is not UTF-8.
pub fn read_small_file(path: &Path, limit_bytes: u64) -> Result<String> {
    let bytes = read_small_bytes(path, limit_bytes)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8"))?;
    Ok(text.strip_prefix(MARK).unwrap_or(text).to_owned())
}

/// The file's bytes, overwritten when they are dropped.
///
/// # Errors
/// When it cannot be read, is no ordinary file, or has more than `limit_bytes`: a part of it would be something else.
pub fn read_small_bytes(path: &Path, limit_bytes: u64) -> Result<Zeroizing<Vec<u8>>> {
    let file = open_ordinary(path)?;
    // A vector that grows leaves copies behind.
    let size = usize::try_from(file.metadata()?.len().min(limit_bytes)).unwrap_or_default();
    let mut bytes = Zeroizing::new(Vec::with_capacity(size + 1));
    let length = file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    match length as u64 > limit_bytes {
        true => Err(Error::new(ErrorKind::FileTooLarge, format!("it has more than {limit_bytes} bytes"))),
        false => Ok(bytes),
    }
}

/// Opened without waiting for whoever writes into a pipe, and looked at when it is open: what stands there by this name then may
/// be something else.
fn open_ordinary(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, nix::libc::O_NONBLOCK);
    let file = options.open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(Error::new(ErrorKind::InvalidInput, "it is not an ordinary file")),
    }
}

/// The file's bytes without a byte order mark: PEM is looked for at the beginning of a line.
///
/// # Errors
/// As [`read_small_bytes`].
pub fn read_pem(path: &Path, limit_bytes: u64) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = read_small_bytes(path, limit_bytes)?;
    match bytes.strip_prefix(MARK.to_string().as_bytes()) {
        Some(rest) => Ok(Zeroizing::new(rest.to_vec())),
        None => Ok(bytes),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// A pipe that nobody writes into is never read to its end; others of the kind are none that somebody meant.
    #[test]
    fn what_is_no_ordinary_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        for path in [&*pipe, &*link, folder.path(), Path::new("/dev/null")] {
            let told = read_small_file(path, 100).unwrap_err().to_string();
            assert_eq!(told, "it is not an ordinary file", "{}", path.display());
        }
        let socket = folder.path().join("socket");
        let _bound = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        read_small_bytes(&socket, 100).unwrap_err();
    }
}
