//! Erases a person from a journal: files that have or name the person are written anew, under new keys.
//!
//! The old keys are destroyed. Killed at any moment it loses nothing else, and can be started again.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::archive::{Archive, Found, Query};
use super::beside::{beside, keep_owner, own, synced_folder};
use super::content::{Person, Record};
use super::index::{index_of, rebuild};
use super::key::{FileKey, KeyName, Masters, added, retain};
use super::line::{Clear, NoLine, REWRITTEN, Rewritten, Sealed, VERSION, append, digest_text};
use super::room::keys_in_use;
use super::trouble::Trouble;

/// What a file is called while it is written anew.
const NEW: &str = ".anew";

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Records of the person, which are gone.
    pub records: u64,
    /// Records of others in which the person was named, and is not any more.
    pub others: u64,
    /// Files that were written anew.
    pub files: u64,
    /// Records that could not be opened, and may be of the person.
    pub unopened: u64,
}

/// What records say of a person known by these names: other names, found in records of the person.
///
/// # Errors
/// When a file cannot be read.
pub fn known(archive: &Archive, names: &[String]) -> io::Result<Person> {
    let mut person = Person::named(names);
    let mut asked = HashSet::new();
    while let Some(name) = person.found_by.iter().find(|name| !asked.contains(*name)).cloned() {
        let places = archive.places(&Query { person: Some(name.clone()), ..Query::default() })?;
        for place in &places.lines {
            if let Found::Line { record: Ok(record), .. } = archive.open(place) {
                person.learn(&record);
            }
        }
        asked.insert(name);
    }
    Ok(person.only(names))
}

/// Erases a person from these files of a journal, which nobody else writes.
///
/// # Errors
/// When a file cannot be read or written; what was done until then is done.
pub fn erase(
    journal: &Path,
    files: &[PathBuf],
    archive: &Archive,
    masters: &Masters,
    person: &Person,
) -> Result<Erased, Trouble> {
    let mut erased = Erased::default();
    // Those of files that were written anew before a kill are among them.
    let mut old = HashSet::new();
    for file in files {
        let _ = std::fs::remove_file(beside(file, NEW));
        old.extend(rewrite(journal, file, archive, masters, person, &mut erased)?);
    }
    // Lines that could not be opened stay, with their keys.
    let used = keys_in_use(journal).map_err(|error| Trouble::writing(journal, &error))?;
    retain(journal, |name| used.contains(&name) || !old.contains(&name))?;
    Ok(erased)
}

/// Writes a file anew, if it has anything of the person; says which keys it had before, now or when it was written anew.
fn rewrite(
    journal: &Path,
    file: &Path,
    archive: &Archive,
    masters: &Masters,
    person: &Person,
    erased: &mut Erased,
) -> Result<HashSet<KeyName>, Trouble> {
    let failed = |error: io::Error| Trouble::writing(file, &error);
    let (mut concerns, mut before) = (false, HashSet::new());
    each(file, archive, person, &mut |line| {
        match line {
            Line::Own(_) | Line::Names(..) => concerns = true,
            Line::Rewritten(_, rewritten) => before.extend(rewritten.keys.iter().filter_map(|key| KeyName::read(key))),
            Line::Others(..) | Line::Broken => {}
            Line::Unopened(_) => erased.unopened += 1,
        }
        Ok(())
    })
    .map_err(failed)?;
    if !concerns {
        return Ok(before);
    }
    let new = beside(file, NEW);
    let mut anew = Anew::begin(&new, added(journal, masters)?).map_err(failed)?;
    let written = each(file, archive, person, &mut |line| anew.take(line, erased));
    let keys = written.and_then(|()| anew.end()).and_then(|keys| put(file, &new).map(|()| keys)).map_err(failed)?;
    erased.files += 1;
    Ok(keys)
}

/// Puts the new file in the place of the old one. Between the steps the file has no index, and one is made when it is read.
fn put(file: &Path, new: &Path) -> io::Result<()> {
    let mode = std::fs::metadata(file)?.permissions();
    std::fs::set_permissions(new, mode)?;
    keep_owner(new, file);
    let _ = std::fs::remove_file(index_of(file));
    std::fs::rename(new, file)?;
    synced_folder(file)?;
    rebuild(file)
}

/// A line of the old file.
enum Line<'l> {
    /// Of the person.
    Own(Sealed<'l>),
    /// Of somebody else, with the person in it: its text without.
    Names(Sealed<'l>, String),
    /// Of somebody else, with its text.
    Others(Sealed<'l>, String),
    /// The end of a file that was written anew.
    Rewritten(Sealed<'l>, Rewritten),
    /// Without the key it is taken over as it stands.
    Unopened(&'l [u8]),
    /// The beginning of a line that never came to its end: nobody can open it.
    Broken,
}

fn each(
    file: &Path,
    archive: &Archive,
    person: &Person,
    take: &mut dyn FnMut(Line<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = BufReader::new(File::open(file)?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        take(classed(&line, archive, person)?)?;
        line.clear();
    }
    Ok(())
}

fn classed<'l>(line: &'l [u8], archive: &Archive, person: &Person) -> io::Result<Line<'l>> {
    if !line.ends_with(b"\n") {
        return Ok(Line::Broken);
    }
    let sealed = match Sealed::read_bytes(line) {
        Ok(sealed) => sealed,
        Err(NoLine::BrokenOff) => return Ok(Line::Broken),
        Err(NoLine::Old | NoLine::Other(_)) => return Ok(Line::Unopened(line)),
    };
    let Ok(text) = archive.sealed_text(&sealed) else { return Ok(Line::Unopened(line)) };
    if sealed.clear.outcome == REWRITTEN {
        let rewritten = serde_json::from_str(&text).map_err(io::Error::other)?;
        return Ok(Line::Rewritten(sealed, rewritten));
    }
    let key = sealed.key().and_then(|name| archive.key(name));
    let is_own = key.is_some_and(|key| {
        let digests: Vec<u64> = sealed.clear.digests().collect();
        person.found_by.iter().any(|name| digests.contains(&key.digest(name)))
    });
    if is_own {
        return Ok(Line::Own(sealed));
    }
    Ok(match without(&text, person)? {
        Some(without) => Line::Names(sealed, without),
        None => Line::Others(sealed, text),
    })
}

/// A record of somebody else without the person: rows about the person are empty, and other texts say that they were erased.
/// `None` where the person is not in it.
fn without(text: &str, person: &Person) -> io::Result<Option<String>> {
    if !person.is_named_in(text) {
        return Ok(None);
    }
    let mut record: Record = serde_json::from_str(text).map_err(io::Error::other)?;
    for fact in &mut record.facts {
        let mut rows: Vec<Box<RawValue>> = serde_json::from_str(fact.rows.get()).map_err(io::Error::other)?;
        for row in rows.iter_mut().filter(|row| person.is_named_in(row.get())) {
            *row = RawValue::from_string("{}".to_owned()).map_err(io::Error::other)?;
        }
        let rows = serde_json::to_string(&rows).map_err(io::Error::other)?;
        fact.rows = RawValue::from_string(rows).map_err(io::Error::other)?;
    }
    record.erased = true;
    let text = serde_json::to_string(&record).map_err(io::Error::other)?;
    Ok(Some(person.without(&text).unwrap_or(text)))
}

/// A file that is being written anew.
struct Anew {
    out: BufWriter<File>,
    key: FileKey,
    number: u64,
    after: Option<String>,
    /// The tag of the last line of the old file, and those that it had before.
    last: Option<String>,
    was: Vec<String>,
    /// The keys of the old file.
    keys: HashSet<KeyName>,
}

impl Anew {
    fn begin(path: &Path, key: FileKey) -> io::Result<Self> {
        let file = own(OpenOptions::new().create(true).truncate(true).write(true)).open(path)?;
        let (number, after, last) = (0, None, None);
        Ok(Self { out: BufWriter::new(file), key, number, after, last, was: Vec::new(), keys: HashSet::new() })
    }

    fn take(&mut self, line: Line<'_>, erased: &mut Erased) -> io::Result<()> {
        match line {
            Line::Own(sealed) => {
                erased.records += 1;
                self.begins_behind(&sealed.clear);
                self.passed(&sealed);
                Ok(())
            }
            Line::Unopened(line) => self.out.write_all(line),
            Line::Broken => Ok(()),
            Line::Rewritten(sealed, rewritten) => {
                self.was.extend(rewritten.was);
                self.keys.extend(rewritten.keys.iter().filter_map(|key| KeyName::read(key)));
                self.passed(&sealed);
                Ok(())
            }
            Line::Others(sealed, text) => self.again(&sealed, text),
            Line::Names(sealed, text) => {
                erased.others += 1;
                self.again(&sealed, text)
            }
        }
    }

    /// The first line goes on behind what the old first line went on behind.
    fn begins_behind(&mut self, clear: &Clear<'_>) {
        if self.number == 0 && self.after.is_none() {
            self.after = clear.after.as_deref().map(str::to_owned);
        }
    }

    fn passed(&mut self, sealed: &Sealed<'_>) {
        self.keys.extend(sealed.key());
        self.last = sealed.tag();
    }

    fn again(&mut self, sealed: &Sealed<'_>, text: String) -> io::Result<()> {
        self.begins_behind(&sealed.clear);
        self.passed(sealed);
        let record = Record::read(&text, &sealed.clear).map_err(io::Error::other)?;
        let digests = record.names().iter().map(|(_, name)| digest_text(self.key.digest(name)).into()).collect();
        self.write(Clear { person: digests, ..sealed.clear.clone() }, text)
    }

    fn write(&mut self, clear: Clear<'_>, text: String) -> io::Result<()> {
        self.number += 1;
        let (key, after) = (self.key.name().to_string().into(), self.after.clone().map(Into::into));
        let clear = Clear { key, n: self.number, after, ..clear };
        let mut line = String::new();
        let tag = append(&clear, text.into_bytes(), &self.key, &mut line);
        self.after = Some(tag.ok_or_else(|| io::Error::other("a record cannot be sealed"))?);
        self.out.write_all(line.as_bytes())
    }

    /// Says by which tags the next file may name the end of this one, and brings all to the disk.
    fn end(mut self) -> io::Result<HashSet<KeyName>> {
        self.was.extend(self.last.take());
        let (was, keys) = (std::mem::take(&mut self.was), self.keys.iter().map(KeyName::to_string).collect());
        let text = serde_json::to_string(&Rewritten { was, keys }).map_err(io::Error::other)?;
        let time = Timestamp::now().to_string().into();
        let none = || "".into();
        self.write(
            Clear {
                v: VERSION,
                time,
                id: none(),
                hook: none(),
                app: None,
                outcome: REWRITTEN.into(),
                code: None,
                also: Vec::new(),
                rule: None,
                status: 0,
                ms: 0.0,
                rules: none(),
                instance: None,
                trace: None,
                person: Vec::new(),
                key: none(),
                n: 0,
                after: None,
            },
            text,
        )?;
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        Ok(self.keys)
    }
}
