//! Tests whether a file can be appended to, without changing it.

use std::ffi::OsString;
use std::fs::{OpenOptions, remove_file};
use std::io::{ErrorKind, Result, Write as _};
use std::path::Path;

/// Tries it; `false` where the file is not there yet and could be made.
pub fn appendable(file: &Path) -> Result<bool> {
    match OpenOptions::new().append(true).open(file) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => beside(file).map(|()| false),
        Err(error) => Err(error),
    }
}

/// Makes a file beside it and removes that again: made here and removed, the file itself could be taken from under somebody
/// who has begun to write it.
fn beside(file: &Path) -> Result<()> {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(format!(".try-{}", std::process::id()));
    let mut other = OpenOptions::new().write(true).create_new(true).open(&name)?;
    let written = other.write_all(b"hookgate\n").and_then(|()| other.sync_data());
    remove_file(&name)?;
    written
}
