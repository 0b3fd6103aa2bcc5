//! Seals the lines of one file, each naming the tag of the line before.
//!
//! So no line can be changed, moved or left out unseen.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::index::Entry;
use super::key::{FileKey, Masters, added};
use super::line::{Links, Sealed, seal};
use super::reading::files;
use super::trouble::Trouble;
use super::unsealed::{NAMES, Unsealed};

/// How much of a file's end is looked at for its last line, in bytes.
const END_BYTES: u64 = 1 << 20;

/// Where the next line goes on.
#[derive(Debug)]
pub(super) struct Chain {
    key: FileKey,
    number: u64,
    after: Option<String>,
    /// Kept for its memory.
    text: Vec<u8>,
}

impl Chain {
    /// Goes on behind the last line of the journal, with a key of its own.
    pub(super) fn begin(journal: &Path, masters: &Masters, after: Option<String>) -> Result<Self, Trouble> {
        Ok(Self { key: added(journal, masters)?, number: 0, after, text: Vec::new() })
    }

    /// The tag of the last line.
    pub(super) fn last(&self) -> Option<&String> {
        self.after.as_ref()
    }

    /// Takes back lines that did not come to the disk. Their numbers stay taken: no two texts may be sealed under one.
    pub(super) fn back(&mut self, after: Option<String>) {
        self.after = after;
    }

    /// Appends the line of a record; gives its entry in the index of a text that is a file. `None` where it cannot be sealed.
    pub(super) fn add(&mut self, record: &Unsealed, to: &mut String) -> Option<Entry> {
        let start = to.len();
        self.number += 1;
        let mut person = [0; NAMES];
        person.iter_mut().zip(record.names()).for_each(|(to, name)| *to = self.key.digest(name));
        *to += record.clear();
        let links = Links { status: record.status, person: &person, key: self.key.name(), n: self.number };
        links.append(self.after.as_deref(), to);
        self.text.clear();
        self.text.extend_from_slice(record.sealed());
        self.after = Some(seal(start, self.number, &mut self.text, &self.key, to)?);
        let (offset, length) = (start as u64, u32::try_from(to.len() - start).ok()?);
        Some(Entry { offset, length, key: self.key.name(), person, number: self.number, ..record.entry })
    }
}

/// The tag of a journal's last line; `None` where there is none that can be read.
pub(super) fn last_tag(journal: &Path) -> Option<String> {
    let mut newest_first = files(journal).ok()?;
    newest_first.reverse();
    newest_first.iter().find_map(|file| {
        let length = std::fs::metadata(file).ok()?.len();
        // What has no length may be a pipe, which would be waited for.
        let mut open = (length > 0).then(|| File::open(file).ok())??;
        // A line may be longer than what is looked at: then all of the file is.
        end_of(&mut open, length.saturating_sub(END_BYTES)).or_else(|| end_of(&mut open, 0))
    })
}

/// The tag of the last whole line behind this place.
fn end_of(open: &mut File, from: u64) -> Option<String> {
    open.seek(SeekFrom::Start(from)).ok()?;
    let mut end = Vec::new();
    open.read_to_end(&mut end).ok()?;
    let tag = |line: &[u8]| Sealed::read(std::str::from_utf8(line).ok()?).ok()?.tag();
    end.rsplit(|byte| *byte == b'\n').find_map(tag)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::journal::unsealed::tests::unsealed;

    /// The text of so many lines of a journal in this folder, and their entries.
    pub fn lines(folder: &Path, count: usize) -> (String, Vec<Entry>) {
        let journal = folder.join("journal.jsonl");
        let masters = Masters::made(&[], &journal).unwrap();
        let mut chain = Chain::begin(&journal, &masters, Some("before".to_owned())).unwrap();
        let mut text = String::new();
        let entries =
            (0..count).map(|n| chain.add(&unsealed(&format!("req-{n}"), 7 * n), &mut text).unwrap()).collect();
        (text, entries)
    }

    #[test]
    fn each_line_stands_where_its_entry_says_and_names_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let (text, entries) = lines(folder.path(), 5);
        let (mut at, mut after) = (0, Some("before".to_owned()));
        for (n, (line, entry)) in text.split_inclusive('\n').zip(&entries).enumerate() {
            let sealed = Sealed::read(line).unwrap();
            assert_eq!((entry.offset, entry.end() - entry.offset), (at, line.len() as u64), "{n}");
            assert_eq!(
                (entry.number, sealed.clear.n, &*sealed.clear.id),
                (n as u64 + 1, n as u64 + 1, &*format!("req-{n}"))
            );
            assert_eq!(sealed.clear.after.as_deref(), after.as_deref(), "{n}");
            (at, after) = (entry.end(), sealed.tag());
        }
        assert_eq!(at, text.len() as u64);
        let journal = folder.path().join("journal.jsonl");
        // Whatever stands behind the last whole line, and whether the line is longer than what is looked at first.
        let long = usize::try_from(END_BYTES).unwrap();
        for behind in ["", "{\"v\":2,\"id\":\"hal", &format!("{}\n", "x".repeat(long))] {
            std::fs::write(&journal, format!("{text}{behind}")).unwrap();
            assert_eq!(last_tag(&journal), after, "{} bytes behind", behind.len());
        }
        std::fs::write(&journal, "").unwrap();
        assert_eq!(last_tag(&journal), None);
    }
}
