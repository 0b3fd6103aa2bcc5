//! Lists the files of a journal, and reads their lines as texts.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use super::line::VERSION;
use crate::outside::aside;

/// Longest line that is read to tell what a file is, in bytes: what is looked at stands in front.
const HEAD_LIMIT_BYTES: u64 = 1 << 20;

/// The files of a journal that are there: those that were set aside, the oldest first, then the one that is written.
///
/// # Errors
/// When their folder cannot be read.
pub fn files(file: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = aside(file)?;
    if file.exists() {
        files.push(file.to_owned());
    }
    Ok(files)
}

/// What every version of a line has.
#[derive(Deserialize)]
struct Head {
    v: u32,
    time: Option<String>,
}

fn head(file: &Path) -> Option<Head> {
    let mut line = Vec::new();
    BufReader::new(File::open(file).ok()?).take(HEAD_LIMIT_BYTES).read_until(b'\n', &mut line).ok()?;
    serde_json::from_slice(&line).ok()
}

/// Whether a file holds records, of whatever form.
#[must_use]
pub fn is_journal(file: &Path) -> bool {
    head(file).is_some_and(|head| head.time.is_some())
}

/// The time of a file's first line.
pub(super) fn first_time(file: &Path) -> Option<Timestamp> {
    head(file)?.time?.parse().ok()
}

/// Whether lines of this program can follow those of the file: not where those are of an older form.
pub(super) fn is_of_this_form(file: &Path) -> bool {
    head(file).is_some_and(|head| head.v == VERSION)
}
