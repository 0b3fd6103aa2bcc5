//! Records read back: file by file, line by line; what cannot be read is told with its place.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;

use serde::Deserialize;

use super::record::{Record, VERSION};

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

