//! A file that is read whole, as long as it is small.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Result};
use std::path::Path;

/// The byte order mark, which some editors of Windows put before a text. It is no part of it.
pub const MARK: char = '\u{feff}';

/// The file's text, without a byte order mark.
///
/// # Errors
/// When it cannot be read, is not UTF-8, or has more than `limit_bytes`: a part of it would be something else.
pub fn read_small_file(path: &Path, limit_bytes: u64) -> Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    let length = file.take(limit_bytes.saturating_add(1)).read_to_string(&mut text)?;
    if length as u64 > limit_bytes {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it has more than {limit_bytes} bytes")));
    }
    if text.starts_with(MARK) {
        text.drain(..MARK.len_utf8());
    }
    Ok(text)
}

/// What was read of a file, without a byte order mark: PEM is looked for at the beginning of a line.
#[must_use]
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}
