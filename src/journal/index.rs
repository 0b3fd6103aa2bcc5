//! The index beside each file of a journal: for each line its position and the digests it is found by.
//!
//! Entries have one length. They hold nothing that the lines do not show in clear.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use siphasher::sip::SipHasher13;

use super::beside::{beside, replace};
use super::key::KeyName;
use super::line::{Clear, NoLine, Sealed};

/// How an index begins: what it is, and the version of its entries.
pub(super) const HEAD: [u8; 16] = *b"hookgate index 1";
/// Length of an entry in bytes.
pub(super) const ENTRY_BYTES: usize = 96;
/// Most digests of a person that an entry has.
const PERSON_DIGESTS: usize = 4;
/// How many entries are read together.
const CHUNK_ENTRIES: usize = 4_096;

/// A line as the index knows it. Names are hashes: a line whose hash is right is read before it is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where the line begins, and its length with its end, in bytes.
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) outcome: u32,
    /// Microseconds since 1970.
    pub(super) micros: i64,
    pub(super) key: KeyName,
    pub(super) id: u64,
    pub(super) hook: u32,
    pub(super) app: u32,
    pub(super) rule: u32,
    pub(super) code: u32,
    /// Digests of the person; nought for none.
    pub(super) person: [u64; PERSON_DIGESTS],
    pub(super) number: u64,
}

/// In place of the hash of a code, where an event was refused with several: the line says which.
pub(super) const SEVERAL_CODES: u32 = u32::MAX;

/// The hash of a name in an index.
pub(super) fn hash(name: &str) -> u64 {
    SipHasher13::new().hash(name.as_bytes())
}

/// The same of a name in any case, shorter; nought is no name.
#[expect(clippy::cast_possible_truncation, reason = "half of it is meant")]
pub(super) fn short_hash(name: &str) -> u32 {
    let hash = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => hash(&name.to_ascii_lowercase()),
        false => hash(name),
    };
    (hash as u32).max(1)
}

impl Entry {
    /// The entry of a line at this place; `None` where its time or its key cannot be read.
    fn of(clear: &Clear<'_>, offset: u64, length: u32) -> Option<Self> {
        let time: Timestamp = clear.time.parse().ok()?;
        let name = |name: &Option<std::borrow::Cow<'_, str>>| name.as_deref().map_or(0, short_hash);
        let mut person = [0; PERSON_DIGESTS];
        person.iter_mut().zip(clear.digests()).for_each(|(to, digest)| *to = digest);
        Some(Self {
            offset,
            length,
            outcome: short_hash(&clear.outcome),
            micros: time.as_microsecond(),
            key: KeyName::read(&clear.key)?,
            id: hash(&clear.id),
            hook: short_hash(&clear.hook),
            app: name(&clear.app),
            rule: name(&clear.rule),
            code: if clear.also.is_empty() { name(&clear.code) } else { SEVERAL_CODES },
            person,
            number: clear.n,
        })
    }

    /// Where the line ends.
    pub(super) fn end(&self) -> u64 {
        self.offset + u64::from(self.length)
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.extend(self.offset.to_le_bytes());
        to.extend(self.length.to_le_bytes());
        to.extend(self.outcome.to_le_bytes());
        to.extend(self.micros.to_le_bytes());
        to.extend(self.key.0);
        to.extend(self.id.to_le_bytes());
        [self.hook, self.app, self.rule, self.code].iter().for_each(|name| to.extend(name.to_le_bytes()));
        self.person.iter().for_each(|digest| to.extend(digest.to_le_bytes()));
        to.extend(self.number.to_le_bytes());
    }

    pub(super) fn read(bytes: &[u8; ENTRY_BYTES]) -> Option<Self> {
        let mut rest = bytes.as_slice();
        let mut long = || next(&mut rest).map(u64::from_le_bytes);
        let offset = long()?;
        let length = next(&mut rest).map(u32::from_le_bytes)?;
        let outcome = next(&mut rest).map(u32::from_le_bytes)?;
        let micros = next(&mut rest).map(i64::from_le_bytes)?;
        let key = KeyName(next(&mut rest)?);
        let id = next(&mut rest).map(u64::from_le_bytes)?;
        let mut names = [0; 4];
        for name in &mut names {
            *name = next(&mut rest).map(u32::from_le_bytes)?;
        }
        let [hook, app, rule, code] = names;
        let mut person = [0; PERSON_DIGESTS];
        for digest in &mut person {
            *digest = next(&mut rest).map(u64::from_le_bytes)?;
        }
        let number = next(&mut rest).map(u64::from_le_bytes)?;
        Some(Self { offset, length, outcome, micros, key, id, hook, app, rule, code, person, number })
    }
}

/// The first bytes of those that are left.
fn next<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, others) = rest.split_first_chunk::<N>()?;
    *rest = others;
    Some(*first)
}

/// The index of a file of a journal.
pub(super) fn index_of(file: &Path) -> PathBuf {
    beside(file, ".index")
}

/// Appends entries to a file's index, which is begun where there is none.
pub(super) fn append(file: &Path, entries: &[Entry], mode: crate::outside::Mode) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    mode.on(&mut options);
    let mut index = options.open(index_of(file))?;
    let _ = mode.give(&index);
    let length = index.metadata()?.len();
    let mut bytes = Vec::with_capacity(HEAD.len() + entries.len() * ENTRY_BYTES);
    if length == 0 {
        bytes.extend(HEAD);
    }
    entries.iter().for_each(|entry| entry.write(&mut bytes));
    let written = index.write_all(&bytes);
    if written.is_err() {
        // Half an entry would put all behind it in the wrong place.
        let _ = index.set_len(length);
    }
    written
}

/// Entries of a file: from its index as far as that goes, and for the lines behind it from the file itself.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Those that were wanted, in the order of their lines.
    pub(super) wanted: Vec<Entry>,
    /// How many lines have an entry that did not stand in the index.
    pub(super) added: u64,
    /// Lines that can have no entry: where they begin, and why.
    pub(super) unread: Vec<(u64, NoLine)>,
}

/// The wanted entries of a file of a journal. An index that is missing, broken or of another file counts for nothing.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn entries(file: &Path, is_wanted: &mut dyn FnMut(&Entry) -> bool) -> io::Result<Entries> {
    let length = std::fs::metadata(file)?.len();
    if length == 0 {
        return Ok(Entries::default());
    }
    let opened = File::open(file)?;
    let mut walk = Walk { file: BufReader::new(opened), end: 0, is_wanted, found: Entries::default() };
    let last = last_entry(file).ok().flatten();
    if last.is_some_and(|last| last.end() <= length && walk.is_line(&last)) {
        each(file, &mut |entry| walk.take(entry))?;
    }
    walk.lines(length)?;
    Ok(walk.found)
}

/// The entries of lines between two places, read from the file itself.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn entries_between(file: &Path, from: u64, to: u64) -> io::Result<Vec<Entry>> {
    let opened = BufReader::new(File::open(file)?);
    let mut walk = Walk { file: opened, end: from, is_wanted: &mut |_| true, found: Entries::default() };
    walk.lines(to)?;
    Ok(walk.found.wanted)
}

/// Whether a line ends where the entry says.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn ends_a_line(file: &Path, entry: &Entry) -> io::Result<bool> {
    let opened = BufReader::new(File::open(file)?);
    Ok(Walk { file: opened, end: 0, is_wanted: &mut |_| false, found: Entries::default() }.is_line(entry))
}

/// Writes the index of a file that is not written any more, so that it is there the next time.
///
/// # Errors
/// When the file cannot be read, or its folder not be written.
pub(super) fn rebuild(file: &Path) -> io::Result<()> {
    let found = entries(file, &mut |_| true)?;
    let mut bytes = HEAD.to_vec();
    found.wanted.iter().for_each(|entry| entry.write(&mut bytes));
    replace(&index_of(file), &bytes)
}

/// The last line that the index of a file knows: one that was cut short does not reach its end.
pub(super) fn last_entry(file: &Path) -> io::Result<Option<Entry>> {
    let mut index = File::open(index_of(file))?;
    let mut head = [0; HEAD.len()];
    index.read_exact(&mut head)?;
    let whole = (index.metadata()?.len() - HEAD.len() as u64) / ENTRY_BYTES as u64;
    if head != HEAD || whole == 0 {
        return Ok(None);
    }
    let mut bytes = [0; ENTRY_BYTES];
    index.seek(SeekFrom::Start(HEAD.len() as u64 + (whole - 1) * ENTRY_BYTES as u64))?;
    index.read_exact(&mut bytes)?;
    Ok(Entry::read(&bytes))
}

/// Gives each whole entry of an index.
fn each(file: &Path, take: &mut dyn FnMut(Entry) -> io::Result<()>) -> io::Result<()> {
    let index = File::open(index_of(file))?;
    let whole = index.metadata()?.len().saturating_sub(HEAD.len() as u64) / ENTRY_BYTES as u64;
    let mut reader = BufReader::with_capacity(CHUNK_ENTRIES * ENTRY_BYTES, index);
    reader.read_exact(&mut [0; HEAD.len()])?;
    let mut bytes = [0; ENTRY_BYTES];
    for _ in 0..whole {
        reader.read_exact(&mut bytes)?;
        Entry::read(&bytes).map_or(Ok(()), &mut *take)?;
    }
    Ok(())
}

/// A way through a file: what its index leaves out is read from its lines.
struct Walk<'w> {
    file: BufReader<File>,
    /// Where the last entry ends.
    end: u64,
    is_wanted: &'w mut dyn FnMut(&Entry) -> bool,
    found: Entries,
}

impl Walk<'_> {
    /// Whether a line ends where the entry says.
    fn is_line(&mut self, entry: &Entry) -> bool {
        let mut byte = [0];
        let at = self.file.seek(SeekFrom::Start(entry.end().saturating_sub(1)));
        at.and_then(|_| self.file.read_exact(&mut byte)).is_ok() && byte == *b"\n"
    }

    fn take(&mut self, entry: Entry) -> io::Result<()> {
        // Not everything that was written came into the index.
        self.lines(entry.offset)?;
        if entry.offset == self.end {
            self.note(entry);
        }
        Ok(())
    }

    fn note(&mut self, entry: Entry) {
        self.end = entry.end();
        self.found.wanted.extend((self.is_wanted)(&entry).then_some(entry));
    }

    /// The lines from the end so far up to this place.
    fn lines(&mut self, until: u64) -> io::Result<()> {
        if self.end >= until {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        let mut line = Vec::new();
        while self.end < until {
            line.clear();
            let length = self.file.read_until(b'\n', &mut line)? as u64;
            match entry_of(&line, self.end) {
                _ if length == 0 => break,
                Ok(entry) => {
                    self.found.added += 1;
                    self.note(entry);
                    continue;
                }
                Err(_) if line.trim_ascii().is_empty() => {}
                Err(why) => self.found.unread.push((self.end, why)),
            }
            self.end += length;
        }
        Ok(())
    }
}

fn entry_of(line: &[u8], offset: u64) -> Result<Entry, NoLine> {
    if !line.ends_with(b"\n") {
        return Err(NoLine::BrokenOff);
    }
    let length = u32::try_from(line.len()).map_err(|_| other("it is longer than 4 GiB"))?;
    let entry = Entry::of(&Sealed::read_bytes(line)?.clear, offset, length);
    entry.ok_or_else(|| other("its time or its key cannot be read"))
}

fn other(why: &str) -> NoLine {
    NoLine::Other(why.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::journal::chain::tests::lines;

    /// A file of five lines, its entries, and every choice of them.
    pub fn choices(folder: &Path) -> (PathBuf, Vec<Entry>, Vec<Vec<Entry>>) {
        let (text, all) = lines(folder, 5);
        let file = folder.join("lines.jsonl");
        std::fs::write(&file, text).unwrap();
        let chosen = |choice: u32| all.iter().enumerate().filter(move |(n, _)| choice >> n & 1 == 1);
        let choices = (0..1 << all.len()).map(|choice| chosen(choice).map(|(_, entry)| *entry).collect()).collect();
        (file, all, choices)
    }

    /// Writes an index of these entries.
    pub fn write_index(file: &Path, entries: &[Entry]) {
        let mut bytes = HEAD.to_vec();
        entries.iter().for_each(|entry| entry.write(&mut bytes));
        std::fs::write(index_of(file), bytes).unwrap();
    }

    #[test]
    fn whatever_an_index_leaves_out_the_entries_are_those_of_the_lines() {
        let folder = tempfile::tempdir().unwrap();
        let (file, all, choices) = choices(folder.path());
        for known in choices {
            write_index(&file, &known);
            let found = entries(&file, &mut |_| true).unwrap();
            assert_eq!((found.wanted, found.added), (all.clone(), (all.len() - known.len()) as u64), "{known:?}");
            assert_eq!(entries(&file, &mut |entry| entry.number == 3).unwrap().wanted, all[2..3]);
        }
        let end = all[4].end();
        assert_eq!(entries_between(&file, all[1].offset, all[3].offset).unwrap(), all[1..3]);
        assert_eq!(entries_between(&file, all[3].offset, end + 1_000).unwrap(), all[3..], "the file ends before");
        // An entry of a place that is not there counts for nothing, nor does one of a place within a line.
        for offset in [end + 1_000, all[1].offset + 1] {
            write_index(&file, &[all[0], Entry { offset, ..all[1] }, all[2], all[3], all[4]]);
            assert_eq!(entries(&file, &mut |_| true).unwrap().wanted, all, "{offset}");
        }
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("\n \nnonsense\n{text}{}", &text[..20])).unwrap();
        let found = entries(&file, &mut |_| true).unwrap();
        let unread: Vec<u64> = found.unread.iter().map(|(offset, _)| *offset).collect();
        assert_eq!((found.wanted.len(), found.added, unread), (5, 5, vec![3, end + 12]));
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let entry = Entry {
            offset: 1 << 40,
            length: 7,
            outcome: 8,
            micros: -9,
            key: KeyName([1; 8]),
            id: 10,
            hook: 11,
            app: 12,
            rule: 13,
            code: 14,
            person: [15, 16, 0, 0],
            number: 17,
        };
        let mut bytes = Vec::new();
        entry.write(&mut bytes);
        assert_eq!(bytes.len(), ENTRY_BYTES);
        assert_eq!(Entry::read(&bytes.try_into().unwrap()), Some(entry));
    }
}
