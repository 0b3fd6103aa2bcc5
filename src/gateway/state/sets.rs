//! Saved rule sets, one file each: served when the folder has a mistake at a start, and available for a rollback.
//!
//! A file has a line of JSON that describes it, followed by the files of the rules folder as they were read, tables
//! included. Its name has the rules folder, the time when the set last came into force, and its hash. So a set that
//! comes into force again gets a new name, and the order is known without reading a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::strtime;
use serde::{Deserialize, Serialize};

use super::plain_path::plain_path;
use super::tables::{FOLDER_DIGITS, short};
use super::whole_file::{is_being_written, is_new, sync_folder_of, write};
use crate::gateway::settings::Settings;
use crate::outside::read_small_bytes;
use crate::rule::source::FOLDER_LIMIT_BYTES;
use crate::rule::{Role, Sources, below};

/// What the name of every such file begins with.
const NAME: &str = "hookgate-rules-";
/// How the first line is written.
const VERSION: u32 = 1;
/// Largest first line, in bytes: it names every file of a folder.
const HEAD_LIMIT_BYTES: u64 = 16 << 20;
/// Most that all sets of one rules folder may take, in bytes; the newest is kept whatever it takes.
pub const SETS_LIMIT_BYTES: u64 = 256 << 20;
/// How the time stands in a file's name.
const TIME: &str = "%Y%m%dT%H%M%S%6f";

/// The sets of one rules folder. All there is to know of them is on the disk.
#[derive(Clone, Debug)]
pub struct Sets {
    /// Where they are.
    pub folder: PathBuf,
    /// The rules folder, as an absolute path.
    rules: PathBuf,
    /// As the settings have it.
    shown_rules: PathBuf,
    /// How many are kept.
    keep: usize,
}

/// A set that was in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSet {
    /// Its content hash, as of [`Sources`].
    pub hash: String,
    /// When it last came into force.
    pub at: Timestamp,
    /// What its file takes, in bytes.
    pub bytes: u64,
    path: PathBuf,
}

/// Why no set can be gone back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSet {
    /// No set is kept whose hash begins so.
    Unknown(String),
    /// Several are.
    Ambiguous(String),
    /// None is kept but the one in force.
    NoOther,
    /// The state folder cannot be read.
    Unreadable(String),
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    version: u32,
    rules: PathBuf,
    hash: String,
    files: Vec<HeadFile>,
}

/// A file of the rules folder: its path below it, and its length in bytes.
#[derive(Debug, Serialize, Deserialize)]
struct HeadFile {
    name: String,
    bytes: usize,
}

impl Sets {
    /// The sets of the gateway with these settings, in the folder `state`; none where nothing is kept.
    #[must_use]
    pub fn of(settings: &Settings, state: Option<&Path>) -> Option<Self> {
        let state = state.filter(|_| settings.keep > 0)?;
        let folder = if state.as_os_str().is_empty() { Path::new(".") } else { state };
        let rules = plain_path(&settings.rules);
        Some(Self { folder: folder.to_owned(), rules, shown_rules: settings.rules.clone(), keep: settings.keep })
    }

    /// The sets that are kept, the one that came into force last before the others. None is there before the first is written.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> io::Result<Vec<KeptSet>> {
        let mut sets = self.all()?;
        let mut known: Vec<String> = Vec::new();
        sets.retain(|set| {
            let is_first = !known.contains(&set.hash);
            known.push(set.hash.clone());
            is_first
        });
        Ok(sets)
    }

    /// The same with sets that two gateways have written at one time.
    fn all(&self) -> io::Result<Vec<KeptSet>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let (prefix, mut sets) = (self.prefix(), Vec::new());
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let read = name.to_str().and_then(|name| name.strip_prefix(&prefix)?.split_once('-'));
            let Some((at, hash)) = read.and_then(|(time, hash)| Some((moment(time)?, hash))) else { continue };
            if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
                sets.push(KeptSet { hash: hash.to_owned(), at, bytes, path: entry.path() });
            }
        }
        sets.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.hash.cmp(&b.hash)));
        Ok(sets)
    }

    /// The set whose hash begins so; left out, the one that was in force before the one with the hash `in_force`.
    ///
    /// # Errors
    /// When there is none, or several are meant.
    pub fn find(&self, beginning: Option<&str>, in_force: Option<&str>) -> Result<KeptSet, NoSet> {
        let unreadable = |error: io::Error| NoSet::Unreadable(format!("`{}`: {error}", self.folder.display()));
        let mut sets = self.list().map_err(unreadable)?.into_iter();
        let Some(beginning) = beginning else {
            return sets.find(|set| in_force != Some(&*set.hash)).ok_or(NoSet::NoOther);
        };
        let mut meant = sets.filter(|set| !beginning.is_empty() && set.hash.starts_with(beginning));
        match (meant.next(), meant.next()) {
            (Some(set), None) => Ok(set),
            (Some(_), Some(_)) => Err(NoSet::Ambiguous(beginning.to_owned())),
            (None, _) => Err(NoSet::Unknown(beginning.to_owned())),
        }
    }

    /// The files of a set, named as those of the rules folder are.
    ///
    /// # Errors
    /// When they cannot be read, or are not as they were written.
    pub fn read(&self, set: &KeptSet) -> Result<Sources, String> {
        let limit = HEAD_LIMIT_BYTES + FOLDER_LIMIT_BYTES + 1;
        let bytes = read_small_bytes(&set.path, limit).map_err(|error| error.to_string())?;
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or("its first line has no end")?;
        let (line, content) = bytes.split_at(end);
        let mut rest = content.get(1..).unwrap_or_default();
        let head: Head = serde_json::from_slice(line).map_err(|_| "its first line does not say what it is")?;
        if head.version != VERSION {
            return Err(format!("it is of another version of hookgate, {}", head.version));
        }
        let mut files = Vec::with_capacity(head.files.len().min(1_000));
        for HeadFile { name, bytes } in &head.files {
            let (content, behind) = rest.split_at_checked(*bytes).ok_or("it is shorter than it was")?;
            rest = behind;
            let role = Path::new(name).file_name().and_then(|name| Role::of(name.to_str()?));
            let role = role.ok_or_else(|| format!("`{name}` is not a name of a file of rules"))?;
            let shown = self.shown_rules.join(name).display().to_string();
            files.push((role, Arc::new(role.file(&shown, content.to_vec()))));
        }
        let sources = Sources::from_files(&self.shown_rules, files);
        if sources.hash == set.hash && head.rules == self.rules {
            Ok(sources)
        } else {
            Err("it is not as it was written".to_owned())
        }
    }

    /// Writes down a set that has come into force, or notes that it has once more. Of the others those are removed that are
    /// too many or too large.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn keep(&self, sources: &Sources, now: Timestamp) -> io::Result<()> {
        let sets = self.list()?;
        let known = sets.iter().find(|set| set.hash == sources.hash);
        // One that is broken is no set to go back to, and is written anew.
        let whole = known.filter(|set| self.read(set).is_ok());
        let is_newest = whole.is_some() && sets.first().map(|set| &set.hash) == Some(&sources.hash);
        let path = self.path(&sources.hash, sets.first().map_or(now, |newest| now.max(newest.at)));
        match whole {
            _ if is_newest => {}
            Some(set) if fs::rename(&set.path, &path).is_ok() => sync_folder_of(&path)?,
            _ => self.write(sources, &path)?,
        }
        self.prune()
    }

    fn write(&self, sources: &Sources, path: &Path) -> io::Result<()> {
        let contents = || sources.files.iter().map(|(_, file)| file.content());
        let names = sources.files.iter().map(|(_, file)| below(&sources.folder, &file.name).to_owned());
        let files = names.zip(contents()).map(|(name, content)| HeadFile { name, bytes: content.len() }).collect();
        let head = Head { version: VERSION, rules: self.rules.clone(), hash: sources.hash.clone(), files };
        let mut line = serde_json::to_vec(&head)?;
        line.push(b'\n');
        write(path, std::iter::once(&*line).chain(contents()))
    }

    /// Removes what is too much, what two gateways have written twice, and what a crash left half written.
    fn prune(&self) -> io::Result<()> {
        let (mut known, mut bytes): (Vec<String>, u64) = (Vec::new(), 0);
        for set in self.all()? {
            bytes = bytes.saturating_add(set.bytes);
            let is_wanted = known.is_empty() || known.len() < self.keep && bytes <= SETS_LIMIT_BYTES;
            if !known.contains(&set.hash) && is_wanted {
                known.push(set.hash);
            } else {
                removed(&set.path)?;
            }
        }
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(&self.prefix()));
            if is_ours && is_new(&entry.path()) && !is_being_written(&entry) {
                removed(&entry.path())?;
            }
        }
        Ok(())
    }

    fn path(&self, hash: &str, at: Timestamp) -> PathBuf {
        self.folder.join(format!("{}{}-{hash}", self.prefix(), at.strftime(TIME)))
    }

    /// What the names of this rules folder's sets begin with.
    fn prefix(&self) -> String {
        format!("{NAME}{}-", short(self.rules.as_os_str().as_encoded_bytes(), FOLDER_DIGITS))
    }

    /// The file that says which set was rolled back to.
    #[must_use]
    pub fn note(&self) -> PathBuf {
        self.folder.join(format!("{}rolled-back", self.prefix()))
    }
}

/// Another gateway may have removed it already.
fn removed(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let time = strtime::parse(TIME, text).ok()?.to_datetime().ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

impl NoSet {
    /// In words, and what to do.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            NoSet::Unknown(hash) if hash.is_empty() => {
                "no hash is written: write its beginning, as `hookgate rules list` shows it, or leave it out".to_owned()
            }
            NoSet::Unknown(hash) => format!(
                "no set of rules is kept whose hash begins with `{hash}`; `hookgate rules list` shows those that are"
            ),
            NoSet::Ambiguous(hash) => format!(
                "several sets of rules have a hash that begins with `{hash}`: write more of it, as `hookgate rules list` shows it"
            ),
            NoSet::NoOther => {
                "no other set of rules is kept: there is none to go back to. `reload.keep` says how many are, 2 at \
                               least for a rollback, and `reload.state` where"
                    .to_owned()
            }
            NoSet::Unreadable(why) => format!("the state folder cannot be read: {why}"),
        }
    }
}

impl KeptSet {
    /// Its file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::File;

    fn sources(text: &str) -> Sources {
        let file = Arc::new(File::new("rules/a.yaml".to_owned(), text.to_owned()));
        Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)])
    }

    #[test]
    fn a_set_is_as_new_as_when_it_last_came_into_force_and_one_that_is_broken_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let sets = Sets {
            folder: folder.path().to_owned(),
            rules: PathBuf::from("/etc/rules"),
            shown_rules: PathBuf::from("rules"),
            keep: 2,
        };
        let [one, two, three] = ["# one", "# two", "# three"].map(sources);
        let name =
            |hash: &str| [("one", &one), ("two", &two), ("three", &three)].map(|(name, of)| (name, of.hash == hash));
        let kept = |sources: &Sources, second: i64| {
            sets.keep(sources, Timestamp::from_second(second).unwrap()).unwrap();
            let known = sets.list().unwrap();
            assert!(known.iter().all(|set| sets.read(set).is_ok_and(|read| read.hash == set.hash)));
            let shown = |set: &KeptSet| {
                let name = name(&set.hash).into_iter().find(|(_, is_it)| *is_it).map(|(name, _)| name);
                (name.unwrap(), set.at.as_second())
            };
            known.iter().map(shown).collect::<Vec<_>>()
        };
        assert_eq!(kept(&one, 10), [("one", 10)]);
        assert_eq!(kept(&one, 20), [("one", 10)], "it is in force since then");
        assert_eq!(kept(&two, 30), [("two", 30), ("one", 10)]);
        assert_eq!(kept(&one, 40), [("one", 40), ("two", 30)]);
        fs::write(sets.list().unwrap()[0].file(), "x").unwrap();
        assert_eq!(kept(&one, 50), [("one", 50), ("two", 30)]);
        assert_eq!(kept(&three, 60), [("three", 60), ("one", 50)]);
        // A clock that was set back makes nothing older than what was in force before.
        assert_eq!(kept(&one, 5).len(), 2);
        assert!(sets.list().unwrap().iter().all(|set| set.at.as_second() == 60));
    }
}
