//! Records read back: file by file, line by line; what cannot be read is told with its place.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use super::record::{Record, VERSION};
use crate::outside::aside;

/// Longest line that is read, in bytes: a body of 64 MiB becomes at most so long.
const LINE_LIMIT_BYTES: u64 = 512 << 20;

/// A line of a journal.
#[derive(Debug)]
pub enum Line {
    Record(Box<Record>),
    /// Where it stands, and why it cannot be read.
    Unreadable {
        at: String,
        why: String,
    },
}

/// The lines of some files, one after the other.
#[derive(Debug)]
pub struct Lines {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    name: String,
    number: usize,
    reader: BufReader<File>,
}

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

impl Lines {
    #[must_use]
    pub fn of(files: Vec<PathBuf>) -> Self {
        Self { files: files.into_iter(), open: None }
    }

    /// The text of the next line and its place.
    fn next_text(&mut self) -> Option<Result<(String, String), Line>> {
        loop {
            let open = match &mut self.open {
                Some(open) => open,
                None => {
                    let path = self.files.next()?;
                    let name = path.display().to_string();
                    match File::open(&path) {
                        Ok(file) => self.open.insert(Open { name, number: 0, reader: BufReader::new(file) }),
                        Err(error) => return Some(Err(Line::Unreadable { at: name, why: error.to_string() })),
                    }
                }
            };
            let mut bytes = Vec::new();
            let read = open.reader.by_ref().take(LINE_LIMIT_BYTES).read_until(b'\n', &mut bytes);
            open.number += 1;
            let at = format!("{}:{}", open.name, open.number);
            match read {
                Ok(0) => self.open = None,
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let text = String::from_utf8(bytes);
                    let unreadable = |_| Line::Unreadable { at: at.clone(), why: "it is not UTF-8".to_owned() };
                    return Some(text.map(|text| (text, at.clone())).map_err(unreadable));
                }
                Err(error) => {
                    self.open = None;
                    return Some(Err(Line::Unreadable { at, why: error.to_string() }));
                }
            }
        }
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        Some(match self.next_text()? {
            Ok((text, at)) => read(&text, at),
            Err(unreadable) => unreadable,
        })
    }
}

/// The last record of the event with this id, and the lines on the way that might have been it and cannot be read.
#[must_use]
pub fn find(files: Vec<PathBuf>, id: &str) -> (Option<Box<Record>>, Vec<Line>) {
    let mut lines = Lines::of(files);
    let (mut found, mut unreadable) = (None, Vec::new());
    while let Some(next) = lines.next_text() {
        let line = match next {
            // Most lines are of others, which a look at their text tells.
            Ok((text, at)) if text.contains(id) || !text.ends_with('\n') => read(&text, at),
            Ok(_) => continue,
            Err(line) => line,
        };
        match line {
            Line::Record(record) if record.id == id => found = Some(record),
            Line::Record(_) => {}
            line @ Line::Unreadable { .. } => unreadable.push(line),
        }
    }
    (found, unreadable)
}

/// What every version of a record has.
#[derive(Deserialize)]
struct Versioned {
    v: u32,
    time: Option<String>,
}

fn read(text: &str, at: String) -> Line {
    let why = match serde_json::from_str::<Versioned>(text) {
        Ok(Versioned { v, .. }) if v > VERSION => {
            format!("it is of version {v}, written by a newer hookgate; this one reads up to {VERSION}")
        }
        Ok(_) => match serde_json::from_str(text) {
            Ok(record) => return Line::Record(Box::new(record)),
            Err(error) => format!("it is no record: column {}", error.column()),
        },
        Err(_) if !text.ends_with('\n') => "it is broken off".to_owned(),
        Err(error) => format!("it is no record: column {}", error.column()),
    };
    Line::Unreadable { at, why }
}

/// How much of a file's end is looked at for its last record, in bytes.
const END_BYTES: u64 = 1 << 20;

/// Which key the tokens of the last record were made with; none where there is none that can be read.
pub(super) fn last_key(file: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Keyed {
        key: String,
    }
    let mut newest_first = files(file).ok()?;
    newest_first.reverse();
    newest_first.iter().find_map(|file| {
        let mut open = File::open(file).ok()?;
        let length = open.metadata().ok()?.len();
        open.seek(SeekFrom::Start(length.saturating_sub(END_BYTES))).ok()?;
        let mut end = Vec::new();
        open.take(END_BYTES).read_to_end(&mut end).ok()?;
        let record = |line: &[u8]| serde_json::from_slice::<Keyed>(line).ok();
        end.rsplit(|byte| *byte == b'\n').find_map(record).map(|record| record.key)
    })
}

/// The time of a file's first record.
pub(super) fn first_time(file: &Path) -> Option<Timestamp> {
    let (text, _) = Lines::of(vec![file.to_owned()]).next_text()?.ok()?;
    serde_json::from_str::<Versioned>(&text).ok()?.time?.parse().ok()
}
