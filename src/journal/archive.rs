//! Finds records through the index of each file, and opens them with the keys beside the journal.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::content::Record;
use super::index::{Entry, SEVERAL_CODES, entries, hash, last_entry, rebuild, short_hash};
use super::key::{FileKey, KeyFile, KeyName, Masters};
use super::line::{Clear, NoLine, REWRITTEN, Sealed};
use super::reading::files;
use super::trouble::Trouble;
use crate::outside::{Credential, aside_of};

/// How much later than its event a decision may be written: lookups may take a while.
pub(super) const LATE_MICROS: i64 = 3_600_000_000;

/// What is sought. What is left out may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub id: Option<String>,
    /// The person's id, employee id, login or e-mail address, in any case.
    pub person: Option<String>,
    pub hook: Option<String>,
    pub app: Option<String>,
    pub rule: Option<String>,
    pub code: Option<String>,
    pub outcome: Option<String>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// A journal: its files, and the keys that open them.
#[derive(Debug)]
pub struct Archive {
    pub(super) files: Vec<PathBuf>,
    pub(super) keys: HashMap<KeyName, FileKey>,
    /// Why keys are missing.
    keyless: Option<Trouble>,
}

/// A line that was sought, or one that cannot be read.
#[derive(Debug)]
pub enum Found {
    /// Where it stands, what it shows in clear, and the record, or why it cannot be opened.
    Line { at: String, clear: Box<Clear<'static>>, record: Result<Box<Record>, String> },
    /// A record of the old form.
    Old(Box<Record>),
    /// Where it stands, and why it is no line.
    Unread { at: String, why: String },
}

/// An entry and the number of its file.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub(super) file: usize,
    pub(super) entry: Entry,
}

/// By what a line is told from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark(pub(super) KeyName, pub(super) u64);

impl Place {
    /// Stays the same while its file is written, set aside and indexed.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.entry.key, self.entry.number)
    }

    /// When the event came, in microseconds since 1970.
    #[must_use]
    pub fn micros(&self) -> i64 {
        self.entry.micros
    }
}

/// What is found, before it is opened.
#[derive(Debug, Default)]
pub struct FoundEntries {
    /// In the order in which they were written.
    pub lines: Vec<Place>,
    /// Lines that cannot be read as such.
    pub unread: Vec<Unread>,
    /// Lines, sought or not, whose key is not there: whom they are about is not known.
    pub keyless: u64,
}

/// A line that has no entry in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    file: usize,
    offset: u64,
    why: NoLine,
}

impl Unread {
    /// Whether it may be a record of the old form.
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.why == NoLine::Old
    }
}

impl Archive {
    /// The journal with this file and all that was set aside of it.
    ///
    /// # Errors
    /// When its folder cannot be read. Keys that are not there are no error: lines show what they have in clear.
    pub fn of(journal: &Path, masters: &[Credential]) -> io::Result<Self> {
        Self::with(files(journal)?, journal, masters)
    }

    /// One file of a journal, its keys beside it.
    ///
    /// # Errors
    /// When its keys cannot be read.
    pub fn of_file(file: &Path, masters: &[Credential]) -> io::Result<Self> {
        let journal = aside_of(file).unwrap_or_else(|| file.to_owned());
        Self::with(vec![file.to_owned()], &journal, masters)
    }

    fn with(files: Vec<PathBuf>, journal: &Path, masters: &[Credential]) -> io::Result<Self> {
        let key_file = KeyFile::read(journal)?;
        let (keys, keyless) = match Masters::existing(masters, journal) {
            Ok(masters) => (key_file.all(&masters), None),
            Err(trouble) => (Vec::new(), Some(trouble)),
        };
        Ok(Self { files, keys: keys.into_iter().map(|key| (key.name(), key)).collect(), keyless })
    }

    /// Its files, the oldest first.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Why none of its lines can be opened, if that is so.
    #[must_use]
    pub fn keyless(&self) -> Option<&Trouble> {
        self.keyless.as_ref()
    }

    /// The key of this name.
    pub(super) fn key(&self, name: KeyName) -> Option<&FileKey> {
        self.keys.get(&name)
    }

    /// Where the lines are that are sought. Indexes that are missing are written on the way, where that is possible.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn places(&self, query: &Query) -> io::Result<FoundEntries> {
        let mut places = FoundEntries::default();
        let wanted = Wanted::of(query, &self.keys);
        for (number, file) in self.files.iter().enumerate() {
            let last = last_entry(file).ok().flatten();
            if aside_of(file).is_some()
                && last.is_some_and(|last| last.micros < wanted.since.saturating_sub(LATE_MICROS))
            {
                continue;
            }
            let found = entries(file, &mut |entry| {
                places.keyless += u64::from(!self.keys.contains_key(&entry.key));
                wanted.is(entry)
            })?;
            if found.added > 0 && aside_of(file).is_some() {
                // Without it this file is read whole the next time, too.
                let _ = rebuild(file);
            }
            let has_code = |entry: &Entry| query.code.as_ref().is_none_or(|code| has_code(file, entry, code));
            let wanted = found.wanted.into_iter().filter(has_code);
            places.lines.extend(wanted.map(|entry| Place { file: number, entry }));
            places.unread.extend(found.unread.into_iter().map(|(offset, why)| Unread { file: number, offset, why }));
        }
        Ok(places)
    }

    /// Opens what was found.
    #[must_use]
    pub fn open(&self, place: &Place) -> Found {
        let Place { file: number, entry } = place;
        let file = self.files.get(*number).map_or(Path::new(""), PathBuf::as_path);
        let at = at(file, entry.offset);
        let text = match text(file, entry) {
            Ok(text) => text,
            Err(error) => return Found::Unread { at, why: error.to_string() },
        };
        match Sealed::read(&text) {
            Err(why) => Found::Unread { at, why: why.to_string() },
            Ok(sealed) => {
                let record = self.record(&sealed);
                Found::Line { at, clear: Box::new(sealed.clear), record }
            }
        }
    }

    /// The same of a line that has no entry.
    #[must_use]
    pub fn open_unread(&self, unread: &Unread) -> Found {
        let file = self.files.get(unread.file).map_or(Path::new(""), PathBuf::as_path);
        let told = |why: String| Found::Unread { at: at(file, unread.offset), why };
        if !unread.is_old() {
            return told(unread.why.to_string());
        }
        match line_at(file, unread.offset).map(|text| serde_json::from_slice(&text)) {
            Ok(Ok(record)) => Found::Old(Box::new(record)),
            Ok(Err(error)) => told(format!("it is not a record: column {}", error.column())),
            Err(error) => told(error.to_string()),
        }
    }

    /// The sealed part of a line.
    fn record(&self, sealed: &Sealed<'_>) -> Result<Box<Record>, String> {
        let text = self.sealed_text(sealed)?;
        let record = Record::read(&text, &sealed.clear);
        record.map(Box::new).map_err(|error| format!("its record cannot be read: {error}"))
    }

    /// The text of a line's sealed part.
    pub(super) fn sealed_text(&self, sealed: &Sealed<'_>) -> Result<String, String> {
        let name = sealed.key().ok_or("it names no key")?;
        let Some(key) = self.keys.get(&name) else {
            return Err(match &self.keyless {
                Some(trouble) => trouble.message.clone(),
                None => {
                    format!("its key `{name}` is not there, or wrapped by a master key that is not in `journal.key`")
                }
            });
        };
        sealed.open(key).ok_or_else(|| "it is not as it was written".to_owned())
    }
}

/// Whether a line of several codes has this one; a line of one was found by it.
pub(super) fn has_code(file: &Path, entry: &Entry, code: &str) -> bool {
    if entry.code != SEVERAL_CODES {
        return true;
    }
    // One that cannot be read is told where it is opened.
    let Ok(text) = text(file, entry) else { return true };
    let Ok(Sealed { clear, .. }) = Sealed::read(&text) else { return true };
    clear.code.iter().chain(&clear.also).any(|known| known.eq_ignore_ascii_case(code))
}

/// The text of a line.
fn text(file: &Path, entry: &Entry) -> io::Result<String> {
    let mut open = File::open(file)?;
    open.seek(SeekFrom::Start(entry.offset))?;
    let mut text = String::new();
    open.take(entry.length.into()).read_to_string(&mut text)?;
    Ok(text)
}

fn line_at(file: &Path, offset: u64) -> io::Result<Vec<u8>> {
    let mut open = File::open(file)?;
    open.seek(SeekFrom::Start(offset))?;
    let mut line = Vec::new();
    io::BufRead::read_until(&mut io::BufReader::new(open), b'\n', &mut line)?;
    Ok(line)
}

/// A place as messages have it.
fn at(file: &Path, offset: u64) -> String {
    format!("{}, byte {offset}", file.display())
}

/// A query as an index answers it.
pub(super) struct Wanted {
    id: Option<u64>,
    /// The person's digest under each key.
    person: Option<HashMap<KeyName, u64>>,
    names: [Option<u32>; 4],
    code: Option<u32>,
    rewritten: u32,
    pub(super) since: i64,
    pub(super) until: i64,
}

impl Wanted {
    pub(super) fn of(query: &Query, keys: &HashMap<KeyName, FileKey>) -> Self {
        let digests = |person: &String| keys.iter().map(|(name, key)| (*name, key.digest(person))).collect();
        let names = [&query.hook, &query.app, &query.rule, &query.outcome];
        Self {
            id: query.id.as_deref().map(hash),
            person: query.person.as_ref().map(digests),
            names: names.map(|name| name.as_deref().map(short_hash)),
            code: query.code.as_deref().map(short_hash),
            rewritten: short_hash(REWRITTEN),
            since: query.since.map_or(i64::MIN, Timestamp::as_microsecond),
            until: query.until.map_or(i64::MAX, Timestamp::as_microsecond),
        }
    }

    pub(super) fn is(&self, entry: &Entry) -> bool {
        let names = [entry.hook, entry.app, entry.rule, entry.outcome];
        // The end of a file that was written anew is no decision.
        if entry.outcome == self.rewritten {
            return false;
        }
        (self.since..self.until).contains(&entry.micros)
            && self.id.is_none_or(|id| id == entry.id)
            && self.names.iter().zip(names).all(|(wanted, name)| wanted.is_none_or(|wanted| wanted == name))
            && self.code.is_none_or(|code| code == entry.code || entry.code == SEVERAL_CODES)
            && self.person.as_ref().is_none_or(|digests| {
                digests.get(&entry.key).is_some_and(|digest| *digest != 0 && entry.person.contains(digest))
            })
    }
}
