//! Reads decisions a page at a time, the newest first, from the ends of the indexes.

use std::fmt;
use std::io;
use std::path::Path;
use std::str::FromStr;

use super::archive::{Archive, LATE_MICROS, Mark, Place, Query, Wanted, has_code};
use super::backwards::Backwards;
use super::index::{Entry, last_entry};
use super::key::KeyName;
use super::reading::files;

/// Most entries that one page looks at; where it is not full by then, the next page goes on.
const LOOK_LIMIT_ENTRIES: usize = 1_000_000;

/// Where a page ends: the next begins with the line before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The key of the file's first line, which no other file has: files are renamed while somebody turns pages.
    file: KeyName,
    offset: u64,
    /// When the event came, in microseconds since 1970, in case that the file was written anew.
    micros: i64,
}

/// A page.
#[derive(Debug, Default)]
pub struct Page {
    /// The newest first, in the order in which they were written.
    pub lines: Vec<Place>,
    /// Where the next page goes on; none behind the oldest line.
    pub next: Option<Cursor>,
    /// Whether it ends because enough was looked at.
    pub is_cut: bool,
    /// Lines that were met and whose key is not there.
    pub keyless: u64,
}

impl Archive {
    /// The newest lines that are sought and are older than `before`, at most `limit`; those behind `after` alone, where
    /// that is met.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn page(&self, query: &Query, before: Option<&Cursor>, after: Option<Mark>, limit: usize) -> io::Result<Page> {
        let mut turning = Turning { wanted: Wanted::of(query, &self.keys), query, after, limit, looked: 0 };
        let mut page = Page::default();
        let begin = before.map(|cursor| self.begin(cursor)).transpose()?.flatten();
        if let (Some(cursor), None) = (before, begin) {
            turning.wanted.until = turning.wanted.until.min(cursor.micros);
        }
        let count = begin.map_or(self.files.len(), |number| number + 1);
        for (number, file) in self.files.iter().enumerate().take(count).rev() {
            // One that was removed meanwhile is of no page.
            let Some(mut lines) = opened(file)? else { continue };
            if let Some(cursor) = before.filter(|_| begin == Some(number)) {
                lines.skip_from(cursor.offset)?;
            }
            if self.turn(number, file, &mut lines, &mut turning, &mut page)? {
                break;
            }
        }
        Ok(page)
    }

    /// The file with a cursor's line; none where it was written anew or removed.
    fn begin(&self, cursor: &Cursor) -> io::Result<Option<usize>> {
        for (number, file) in self.files.iter().enumerate().rev() {
            let first = opened(file)?.and_then(|lines| lines.first());
            if first.is_some_and(|first| first.key == cursor.file) {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Reads one file; whether the page ends there.
    fn turn(
        &self,
        number: usize,
        file: &Path,
        lines: &mut Backwards,
        turning: &mut Turning<'_>,
        page: &mut Page,
    ) -> io::Result<bool> {
        let Some(first) = lines.first() else { return Ok(false) };
        let (since, until) = (turning.wanted.since.saturating_sub(LATE_MICROS), turning.wanted.until);
        if until < i64::MAX {
            lines.skip(&|entry| entry.micros.saturating_sub(LATE_MICROS) >= until)?;
        }
        while let Some(entry) = lines.next()? {
            if entry.micros < since || turning.after == Some(Mark(entry.key, entry.number)) {
                return Ok(true);
            }
            turning.looked += 1;
            page.keyless += u64::from(!self.keys.contains_key(&entry.key));
            if turning.is_wanted(file, &entry) {
                page.lines.push(Place { file: number, entry });
            }
            page.is_cut = turning.looked >= LOOK_LIMIT_ENTRIES;
            if page.lines.len() >= turning.limit || page.is_cut {
                page.next = Some(Cursor { file: first.key, offset: entry.offset, micros: entry.micros });
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What one page looks for.
struct Turning<'q> {
    wanted: Wanted,
    query: &'q Query,
    after: Option<Mark>,
    limit: usize,
    looked: usize,
}

impl Turning<'_> {
    fn is_wanted(&self, file: &Path, entry: &Entry) -> bool {
        self.wanted.is(entry) && self.query.code.as_ref().is_none_or(|code| has_code(file, entry, code))
    }
}

fn opened(file: &Path) -> io::Result<Option<Backwards>> {
    match Backwards::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

/// The newest line that the index of a journal knows; so whoever waits for new ones sees at no cost whether there are any.
#[must_use]
pub fn newest(journal: &Path) -> Option<Mark> {
    let mark = |file: &Path| last_entry(file).ok().flatten().map(|last| Mark(last.key, last.number));
    mark(journal).or_else(|| files(journal).ok()?.iter().rev().find_map(|file| mark(file)))
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.file, self.offset, self.micros)
    }
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or(NoCursor);
        let file = KeyName::read(part()?).ok_or(NoCursor)?;
        let offset = part()?.parse().map_err(|_| NoCursor)?;
        Ok(Self { file, offset, micros: part()?.parse().map_err(|_| NoCursor)? })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FromStr for Mark {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (key, number) = text.split_once('.').ok_or(NoCursor)?;
        Ok(Self(KeyName::read(key).ok_or(NoCursor)?, number.parse().map_err(|_| NoCursor)?))
    }
}
