//! Reads the entries of one file of a journal from its end, a block of its index at a time.
//!
//! Lines that have no entry yet are read from the file itself. What an index leaves out in its middle is read by the
//! way of `index.rs`, as is a file whose index is missing or broken.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::index::{ENTRY_BYTES, Entry, HEAD, ends_a_line, entries, entries_between, index_of, last_entry};

/// How many entries are read together.
const BLOCK_ENTRIES: u64 = 1_024;

/// The entries of a file, the newest first.
#[derive(Debug)]
pub(super) struct Backwards {
    file: PathBuf,
    first: Option<Entry>,
    /// None where all is in memory.
    index: Option<File>,
    /// Entries of the index that are not read yet.
    left: u64,
    /// Entries that are read, the newest last.
    read: Vec<Entry>,
    /// Where the line behind those begins; nothing behind the last.
    next: Option<u64>,
    /// Down to this place the file itself was looked at for lines without an entry.
    looked_at: u64,
}

impl Backwards {
    /// Opens a file of a journal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(file: &Path) -> io::Result<Self> {
        let last = last_entry(file).ok().flatten();
        let length = std::fs::metadata(file)?.len();
        let mut backwards = Self {
            file: file.to_owned(),
            first: None,
            index: None,
            left: 0,
            read: Vec::new(),
            next: None,
            looked_at: u64::MAX,
        };
        match last {
            Some(last) if last.end() <= length && ends_a_line(file, &last)? => {
                let index = File::open(index_of(file))?;
                backwards.left = count(index.metadata()?.len());
                // What has come to both meanwhile has an entry by now.
                let newest = read(&index, backwards.left.saturating_sub(1), backwards.left)?;
                backwards.read = entries_between(file, newest.first().unwrap_or(&last).end(), length)?;
                backwards.first = read(&index, 0, backwards.left.min(1))?.first().copied();
                backwards.index = Some(index);
            }
            _ => {
                backwards.read = entries(file, &mut |_| true)?.wanted;
                backwards.first = backwards.read.first().copied();
            }
        }
        Ok(backwards)
    }

    /// The first entry of the file, by which it is told from all others.
    pub(super) fn first(&self) -> Option<Entry> {
        self.first
    }

    /// Leaves out the lines from this place on.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn skip_from(&mut self, offset: u64) -> io::Result<()> {
        self.skip(&|entry| entry.offset >= offset)?;
        self.next = Some(offset);
        Ok(())
    }

    /// Leaves out what is certainly so: `is_out` holds of an entry and of all that are newer.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn skip(&mut self, is_out: &dyn Fn(&Entry) -> bool) -> io::Result<()> {
        let (mut low, mut high) = (0, self.left);
        while let Some(index) = self.index.as_ref().filter(|_| low < high) {
            let middle = low + (high - low) / 2;
            match read(index, middle, middle + 1)?.first() {
                Some(entry) if is_out(entry) => {
                    // Lines without an entry may stand before it.
                    self.next = Some(entry.offset);
                    self.read.clear();
                    self.left = middle;
                    high = middle;
                }
                _ => low = middle + 1,
            }
        }
        let end = self.read.partition_point(|entry| !is_out(entry));
        self.next = self.read.get(end).map(|entry| entry.offset).or(self.next);
        self.read.truncate(end);
        Ok(())
    }

    /// The entry before the last one that was given. An entry that another overlaps counts for nothing.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let entry = match self.read.pop() {
                Some(entry) => entry,
                None if self.read_block()? => continue,
                None => match self.next.filter(|next| *next > 0 && self.looked_at > 0) {
                    Some(next) => {
                        self.look(0, next)?;
                        continue;
                    }
                    None => return Ok(None),
                },
            };
            match self.next {
                Some(next) if entry.end() > next => {}
                Some(next) if entry.end() < next && entry.end() < self.looked_at => {
                    self.read.push(entry);
                    self.look(entry.end(), next)?;
                }
                _ => {
                    self.next = Some(entry.offset);
                    return Ok(Some(entry));
                }
            }
        }
    }

    /// Reads lines that the index leaves out.
    fn look(&mut self, from: u64, to: u64) -> io::Result<()> {
        self.looked_at = from;
        self.read.extend(entries_between(&self.file, from, to)?);
        Ok(())
    }

    fn read_block(&mut self) -> io::Result<bool> {
        let Some(index) = self.index.as_ref().filter(|_| self.left > 0) else { return Ok(false) };
        let from = self.left.saturating_sub(BLOCK_ENTRIES);
        self.read = read(index, from, self.left)?;
        self.left = from;
        Ok(true)
    }
}

/// How many whole entries an index of this length has.
fn count(bytes: u64) -> u64 {
    bytes.saturating_sub(HEAD.len() as u64) / ENTRY_BYTES as u64
}

/// The entries from one place up to another.
fn read(mut index: &File, from: u64, to: u64) -> io::Result<Vec<Entry>> {
    index.seek(SeekFrom::Start(HEAD.len() as u64 + from * ENTRY_BYTES as u64))?;
    let length = usize::try_from(to - from).unwrap_or_default() * ENTRY_BYTES;
    let mut bytes = vec![0; length];
    index.read_exact(&mut bytes)?;
    let (entries, _) = bytes.as_chunks::<ENTRY_BYTES>();
    Ok(entries.iter().filter_map(Entry::read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::index::tests::{choices, write_index};

    fn rest(mut backwards: Backwards) -> Vec<Entry> {
        let mut rest: Vec<Entry> = std::iter::from_fn(|| backwards.next().unwrap()).collect();
        rest.reverse();
        rest
    }

    #[test]
    fn entries_are_those_of_the_lines_before_the_place_that_is_wanted_whatever_the_index_leaves_out() {
        let folder = tempfile::tempdir().unwrap();
        let (file, all, choices) = choices(folder.path());
        for known in choices {
            write_index(&file, &known);
            let opened = || Backwards::open(&file).unwrap();
            assert_eq!(rest(opened()), all, "{known:?}");
            for (n, first_out) in all.iter().enumerate() {
                let mut from = opened();
                from.skip_from(first_out.offset).unwrap();
                assert_eq!(rest(from), all[..n], "{n} of {known:?}");
                let mut out = opened();
                out.skip(&|entry| entry.offset >= first_out.offset).unwrap();
                // Of those that are out a line without an entry may be met all the same.
                let rest = rest(out);
                assert_eq!(rest[..n], all[..n], "{n} of {known:?}");
                assert!(rest[n..].iter().all(|entry| !known.contains(entry)), "{n} of {known:?}");
            }
        }
        std::fs::write(&file, "").unwrap();
        let empty = Backwards::open(&file).unwrap();
        assert_eq!((empty.first(), rest(empty)), (None, vec![]));
    }
}
