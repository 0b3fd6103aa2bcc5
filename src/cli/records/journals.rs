//! The journals that a command reads: that of gateway.yaml, or named files and folders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::exit::Failure;
use crate::config::Settings;
use crate::journal::{Archive, Found, Place, Query, Unread, is_journal};
use crate::outside::aside_of;

/// Several journals as one, in the order of time.
#[derive(Debug)]
pub struct Journals {
    archives: Vec<Archive>,
}

/// A place in one of them.
pub type At = (usize, Place);

/// What was found.
#[derive(Debug, Default)]
pub struct Sighted {
    /// The oldest first.
    pub lines: Vec<At>,
    pub unread: Vec<(usize, Unread)>,
    /// How many lines cannot be opened for want of their key.
    pub keyless: u64,
}

impl Sighted {
    /// What to say of lines whose key is not there; blank where there are none.
    pub fn keyless_to_text(&self) -> String {
        match self.keyless {
            0 => String::new(),
            count => format!(
                "{count} lines cannot be opened, and whom they are about is not known: the master key in `journal.key`, or beside \
                 the journal, is not the one that wrapped their keys, or the file `….keys` has lost them. Take it back from the backup\n"
            ),
        }
    }
}

/// The journals that are named; without a name that of gateway.yaml.
///
/// # Errors
/// When there is none, or one cannot be read.
pub fn journals(named: &[PathBuf], settings: &Settings) -> Result<Journals, Failure> {
    let masters = &settings.journal.keys;
    let unreadable =
        |path: &Path, error: std::io::Error| Failure::message(format!("`{}` cannot be read: {error}", path.display()));
    let mut archives = Vec::new();
    for path in named {
        match path.try_exists() {
            Ok(true) => {}
            Ok(false) => return Err(Failure::message(format!("there is no file `{}`", path.display()))),
            Err(error) => {
                return Err(unreadable(path, error).help("read it as a user who may: the one that hookgate runs as"));
            }
        }
        if path.is_dir() {
            let found = in_folder(path).map_err(|error| unreadable(path, error))?;
            if found.is_empty() {
                let help = "name a folder that has the file of `journal.file` in it, or that file";
                return Err(Failure::message(format!("there is no journal in `{}`", path.display())).help(help));
            }
            for journal in found {
                archives.push(Archive::of(&journal, masters).map_err(|error| unreadable(&journal, error))?);
            }
        } else {
            archives.push(Archive::of_file(path, masters).map_err(|error| unreadable(path, error))?);
        }
    }
    if named.is_empty() {
        archives.push(own_archive(own(settings)?, settings)?);
    }
    Ok(Journals { archives })
}

/// The journal of gateway.yaml, whose file this is.
///
/// # Errors
/// When it is not there or cannot be read.
pub fn own_archive(file: &Path, settings: &Settings) -> Result<Archive, Failure> {
    let unreadable = |error: std::io::Error| Failure::message(format!("`{}` cannot be read: {error}", file.display()));
    let archive = Archive::of(file, &settings.journal.keys).map_err(unreadable)?;
    if archive.files().is_empty() {
        let help = "`journal.file` of gateway.yaml names it, relative to the folder in which hookgate is started; run \
                    this command there, and as hookgate's user";
        return Err(Failure::message(format!("there is no journal `{}`", file.display())).help(help));
    }
    Ok(archive)
}

/// The file of the journal of gateway.yaml.
///
/// # Errors
/// When nothing is recorded.
pub fn own(settings: &Settings) -> Result<&Path, Failure> {
    settings.journal.file.as_deref().ok_or_else(|| {
        let help = "name a file in `journal.file` of gateway.yaml; what was decided until then is not known";
        Failure::message("nothing is recorded: `journal.file` is null").help(help)
    })
}

/// The journals whose files lie in a folder.
fn in_folder(folder: &Path) -> std::io::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && is_journal(&path) {
            found.insert(aside_of(&path).unwrap_or(path));
        }
    }
    Ok(found)
}

impl Journals {
    /// Where the decisions are that are sought, the oldest first, and lines that cannot be read.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn find(&self, query: &Query) -> Result<Sighted, Failure> {
        let mut all = Sighted::default();
        for (number, archive) in self.archives.iter().enumerate() {
            let found = archive.places(query);
            let found = found.map_err(|error| Failure::message(format!("the journal cannot be read: {error}")))?;
            all.lines.extend(found.lines.into_iter().map(|place| (number, place)));
            all.keyless += found.keyless;
            all.unread.extend(found.unread.into_iter().map(|unread| (number, unread)));
        }
        all.lines.sort_by_key(|(_, place)| place.micros());
        Ok(all)
    }

    /// Opens what was found.
    pub fn open(&self, (number, place): &At) -> Option<Found> {
        Some(self.archives.get(*number)?.open(place))
    }

    /// The same of a line that has no entry in an index.
    pub fn open_unread(&self, (number, unread): &(usize, Unread)) -> Option<Found> {
        Some(self.archives.get(*number)?.open_unread(unread))
    }

    /// The journals one by one.
    pub fn archives(&self) -> &[Archive] {
        &self.archives
    }

    /// How many files they have.
    pub fn file_count(&self) -> usize {
        self.archives.iter().map(|archive| archive.files().len()).sum()
    }
}
