//! The file of a journal's keys, each wrapped by a master key; its name is the journal's with `.keys`.
//!
//! Destroying a key there destroys everything it sealed.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::masters::{Masters, Wrapped};
use super::seal::{FileKey, KeyName, random};
use crate::journal::beside::{beside, keep_owner, own, replace};
use crate::journal::trouble::Trouble;
use crate::outside::read_small_file;

/// Largest file of keys, in bytes: half a million keys.
const FILE_LIMIT_BYTES: u64 = 64 << 20;

/// The wrapped keys.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
    keys: Vec<(KeyName, Wrapped)>,
    /// Lines that are no keys. They stay: somebody may mend them.
    broken: Vec<String>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    key: String,
    by: String,
    wrapped: String,
}

impl KeyFile {
    /// Those of a journal; none where it has no such file yet.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn read(journal: &Path) -> io::Result<Self> {
        let path = beside(journal, ".keys");
        let text = match read_small_file(&path, FILE_LIMIT_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let (mut keys, mut broken) = (Vec::new(), Vec::new());
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let read = serde_json::from_str(line).ok();
            let read =
                read.and_then(|Line { key, by, wrapped }| Some((KeyName::read(&key)?, Wrapped { by, bytes: wrapped })));
            match read {
                Some(key) => keys.push(key),
                None => broken.push(line.to_owned()),
            }
        }
        Ok(Self { path, keys, broken })
    }

    /// Whether it has the key of this name, wrapped by whatever key.
    pub fn has(&self, name: KeyName) -> bool {
        self.keys.iter().any(|(known, _)| *known == name)
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// All keys that can be unwrapped.
    pub fn all(&self, masters: &Masters) -> Vec<FileKey> {
        let unwrapped = |(name, wrapped): &(KeyName, Wrapped)| FileKey::of(*name, &*masters.unwrap(*name, wrapped)?);
        self.keys.iter().filter_map(unwrapped).collect()
    }

    fn write(&self) -> io::Result<()> {
        let mut text = self.broken.join("\n");
        if !self.broken.is_empty() {
            text.push('\n');
        }
        for (name, Wrapped { by, bytes }) in &self.keys {
            let line = Line { key: name.to_string(), by: by.clone(), wrapped: bytes.clone() };
            text += &serde_json::to_string(&line).map_err(io::Error::other)?;
            text.push('\n');
        }
        replace(&self.path, text.as_bytes())
    }
}

/// A new key, which is on the disk before anything is sealed with it.
pub fn added(journal: &Path, masters: &Masters) -> Result<FileKey, Trouble> {
    let (name, bytes) = random().map_err(|why| Trouble::new(why, "restart hookgate"))?;
    let wrapped = masters.wrap(name, &bytes);
    let made = wrapped.and_then(|wrapped| Some((wrapped, FileKey::of(name, &bytes)?)));
    let (wrapped, key) = made.ok_or_else(|| Trouble::new("no key could be made", "restart hookgate"))?;
    change(journal, |keys| keys.push((name, wrapped)))?;
    Ok(key)
}

/// Destroys all keys but these.
pub fn retain(journal: &Path, is_kept: impl Fn(KeyName) -> bool) -> Result<(), Trouble> {
    change(journal, |keys| keys.retain(|(name, _)| is_kept(*name)))
}

/// Wraps by the first master key what another one wraps. What none of them unwraps stays: its key may be found again.
pub fn rewrap(journal: &Path, masters: &Masters) -> Result<(), Trouble> {
    change(journal, |keys| {
        for (name, wrapped) in keys.iter_mut().filter(|(_, wrapped)| wrapped.by != masters.name()) {
            let anew = masters.unwrap(*name, wrapped).and_then(|key| masters.wrap(*name, &key));
            *wrapped = anew.unwrap_or_else(|| wrapped.clone());
        }
    })
}

/// Changes the file while nobody else does: a gateway may begin a file while a command erases a person.
fn change(journal: &Path, change: impl FnOnce(&mut Vec<(KeyName, Wrapped)>)) -> Result<(), Trouble> {
    let path = beside(journal, ".keys");
    let changed = || -> io::Result<()> {
        let lock = beside(journal, ".keys.lock");
        let is_new = !lock.exists();
        let held = own(OpenOptions::new().create(true).truncate(false).write(true)).open(&lock)?;
        if is_new {
            keep_owner(&lock, &path);
        }
        held.lock()?;
        // What a kill has left of an earlier change.
        let _ = std::fs::remove_file(beside(&path, ".new"));
        let mut file = KeyFile::read(journal)?;
        let before = file.keys.clone();
        change(&mut file.keys);
        if file.keys == before { Ok(()) } else { file.write() }
    };
    changed().map_err(|error| Trouble::writing(&path, &error))
}
