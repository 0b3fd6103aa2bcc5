//! Saved tables, one file each: the rows in force that a gateway starts with.
//!
//! A file has a line of JSON that describes it, followed by the table's file as it was read. Its name has hashes of
//! the rules folder and of the table, and the table's name for people, so that gateways of several folders do not
//! collide.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tracing::{info, warn};

use super::plain_path::plain_path;
use super::rows::Rows;
use super::whole_file::{is_being_written, is_new, write};
use crate::diagnostic::File;
use crate::outside::read_small_bytes;
use crate::rule::Role;
use crate::rule::source::FILE_LIMIT_BYTES;

/// What the name of every such file begins with.
const NAME: &str = "hookgate-table-";
/// How the first line is written.
const VERSION: u32 = 1;
/// Largest first line, in bytes.
const HEAD_LIMIT_BYTES: u64 = 64 << 10;
/// So many digits of a hash tell rules folders apart, and tables.
pub const FOLDER_DIGITS: usize = 12;
const TABLE_DIGITS: usize = 20;
/// So many characters of a table's name stand in the file's name for people.
const SHOWN_CHARACTERS: usize = 40;

/// A table in force.
#[derive(Clone, Debug)]
pub struct Held {
    pub role: Role,
    /// The file whose rows are in force.
    pub file: Arc<File>,
    /// When these rows were loaded from the file.
    pub loaded_at: Timestamp,
    /// Since when they are not those of the file any more.
    pub kept_since: Option<Timestamp>,
    /// How many they are; `None` where an older hookgate wrote the state.
    pub rows: Option<Rows>,
    /// The names of the lookups that ask the table.
    pub lookups: Vec<String>,
}

/// The tables in force, by their paths below the rules folder.
pub type InForce = BTreeMap<String, Held>;

/// Such files of one rules folder.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// The rules folder, as an absolute path.
    rules: PathBuf,
    /// As the settings have it.
    shown_rules: PathBuf,
    /// What is written down, by the tables' paths.
    written: BTreeMap<String, Head>,
    /// Whether it was told that nothing can be written.
    is_trouble_told: bool,
}

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    version: u32,
    rules: PathBuf,
    table: String,
    /// Moments in ISO 8601.
    loaded_at: String,
    kept_since: Option<String>,
    /// Nothing of these in files of an older hookgate.
    #[serde(default)]
    rows: Option<usize>,
    #[serde(default)]
    most_rows: Option<usize>,
    #[serde(default)]
    fell_at: Option<String>,
    #[serde(default)]
    lookups: Vec<String>,
    bytes: usize,
    sha256: String,
}

impl Store {
    /// Files in `folder`, of the gateway with these rules.
    pub fn at(folder: &Path, rules: &Path) -> Self {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Self {
            folder: folder.to_owned(),
            rules: plain_path(rules),
            shown_rules: rules.to_owned(),
            written: BTreeMap::new(),
            is_trouble_told: false,
        }
    }

    /// The tables that are written down. What cannot be read is told and left out.
    pub fn read(&mut self) -> InForce {
        let mut found = InForce::new();
        // A folder that cannot be read is told when it is to be written, if there are tables.
        let paths = self.paths().unwrap_or_default();
        for path in paths.into_iter().filter(|path| !is_new(path)) {
            match read(&path).and_then(|(head, content)| self.taken(head, content)) {
                Ok((head, held)) => {
                    found.insert(head.table.clone(), held);
                    self.written.insert(head.table.clone(), head);
                }
                Err(cause) => warn!(
                    file = %path.display(),
                    cause,
                    "rows that were kept for a restart cannot be read: if the file of their table lost rows meanwhile, that \
                     is not noticed. Compare the row counts of the tables with those of the last export"
                ),
            }
        }
        found
    }

    /// What a file has, if it is of these rules.
    fn taken(&self, head: Head, content: Vec<u8>) -> Result<(Head, Held), String> {
        if head.rules != self.rules {
            return Err(format!("they are of the rules in `{}`", head.rules.display()));
        }
        let role = Path::new(&head.table).file_name().and_then(|name| Role::of(name.to_str()?));
        let role = role.ok_or_else(|| format!("`{}` is not a name of a table", head.table))?;
        let name = self.shown_rules.join(&head.table).display().to_string();
        let moment = |text: &String| text.parse::<Timestamp>().map_err(|_| format!("`{text}` is not a time"));
        let (loaded_at, kept_since) = (moment(&head.loaded_at)?, head.kept_since.as_ref().map(moment).transpose()?);
        let fell_at = head.fell_at.as_ref().map(moment).transpose()?;
        let rows = head.rows.map(|now| Rows { now, most: head.most_rows.unwrap_or(now).max(now), fell_at });
        let (file, lookups) = (Arc::new(role.file(&name, content)), head.lookups.clone());
        Ok((head, Held { role, file, loaded_at, kept_since, rows, lookups }))
    }

    /// Writes down what is in force, where it is not yet, and removes what is no longer.
    pub fn write(&mut self, in_force: &InForce) {
        match self.try_write(in_force) {
            Ok(()) if std::mem::take(&mut self.is_trouble_told) => {
                info!("the rows of tables are kept over a restart again");
            }
            Ok(()) => {}
            Err(_) if in_force.is_empty() => {}
            Err(error) => self.tell(&error),
        }
    }

    fn try_write(&mut self, in_force: &InForce) -> io::Result<()> {
        for (table, held) in in_force {
            let (path, content) = (self.path(table), held.file.content());
            let head = self.head(table, held, content);
            if self.written.get(table) == Some(&head) && path.exists() {
                continue;
            }
            let mut line = serde_json::to_vec(&head)?;
            line.push(b'\n');
            write(&path, [&*line, content])?;
            self.written.insert(table.clone(), head);
        }
        self.written.retain(|table, _| in_force.contains_key(table));
        let wanted: Vec<PathBuf> = in_force.keys().map(|table| self.path(table)).collect();
        self.paths()?.iter().filter(|path| !wanted.contains(path)).try_for_each(fs::remove_file)
    }

    fn head(&self, table: &str, held: &Held, content: &[u8]) -> Head {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Head {
            version: VERSION,
            rules: self.rules.clone(),
            table: table.to_owned(),
            loaded_at: held.loaded_at.to_string(),
            kept_since: text(held.kept_since),
            rows: held.rows.map(|rows| rows.now),
            most_rows: held.rows.map(|rows| rows.most),
            fell_at: text(held.rows.and_then(|rows| rows.fell_at)),
            lookups: held.lookups.clone(),
            bytes: content.len(),
            sha256: hexadecimal(content),
        }
    }

    /// All files of these rules.
    fn paths(&self) -> io::Result<Vec<PathBuf>> {
        let prefix = format!("{NAME}{}-", short(self.rules.as_os_str().as_encoded_bytes(), FOLDER_DIGITS));
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix));
            if is_ours && !is_being_written(&entry) {
                paths.push(entry.path());
            }
        }
        Ok(paths)
    }

    fn path(&self, table: &str) -> PathBuf {
        let folder = short(self.rules.as_os_str().as_encoded_bytes(), FOLDER_DIGITS);
        // For people; the hash tells tables apart, and as the end no table's name is taken for that of a new file.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let shown: String = table.rsplit('/').next().unwrap_or(table).chars().take(SHOWN_CHARACTERS).collect();
        let shown = shown.replace(|c| !is_plain(c), "_");
        self.folder.join(format!("{NAME}{folder}-{shown}-{}", short(table.as_bytes(), TABLE_DIGITS)))
    }

    /// Told when it begins.
    fn tell(&mut self, cause: &io::Error) {
        if !std::mem::replace(&mut self.is_trouble_told, true) {
            warn!(
                folder = %self.folder.display(),
                %cause,
                "the rows of tables are not kept over a restart: let hookgate's user write the folder, or name another as \
                 `reload.state` in gateway.yaml"
            );
        }
    }
}

/// The first line and the table's file behind it.
fn read(path: &Path) -> Result<(Head, Vec<u8>), String> {
    let bytes = read_small_bytes(path, HEAD_LIMIT_BYTES + FILE_LIMIT_BYTES + 1).map_err(|error| error.to_string())?;
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or("its first line has no end")?;
    let (line, content) = bytes.split_at(end);
    let content = content.get(1..).unwrap_or_default();
    let head: Head = serde_json::from_slice(line).map_err(|_| "its first line does not say what it is")?;
    if head.version != VERSION {
        return Err(format!("it is of another version of hookgate, {}", head.version));
    }
    if (head.bytes, &head.sha256) != (content.len(), &hexadecimal(content)) {
        return Err("it is not as it was written".to_owned());
    }
    Ok((head, content.to_vec()))
}

pub fn short(bytes: &[u8], digits: usize) -> String {
    let mut text = hexadecimal(bytes);
    text.truncate(digits);
    text
}

fn hexadecimal(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> InForce {
        let file = Arc::new(File::new("rules/people.csv", text));
        let held =
            Held { role: Role::Csv, file, loaded_at: Timestamp::now(), kept_since: None, rows: None, lookups: vec![] };
        InForce::from([("people.csv".to_owned(), held)])
    }

    #[test]
    fn what_is_written_is_read_again_by_the_same_rules_alone() {
        let folder = tempfile::tempdir().unwrap();
        let kept = held("login\nasha.rao\n");
        Store::at(folder.path(), Path::new("rules")).write(&kept);
        Store::at(folder.path(), Path::new("others")).write(&held("login\n"));
        let mut store = Store::at(folder.path(), Path::new("rules"));
        let found = store.read();
        let (before, now) = (&kept["people.csv"], &found["people.csv"]);
        assert_eq!((now.role, &now.file, now.loaded_at), (Role::Csv, &before.file, before.loaded_at));
        assert_eq!(found.len(), 1);
        assert!(Store::at(folder.path(), Path::new("elsewhere")).read().is_empty());
        store.write(&InForce::new());
        assert!(Store::at(folder.path(), Path::new("rules")).read().is_empty());
        assert_eq!(Store::at(folder.path(), Path::new("others")).read().len(), 1, "not ours to remove");
    }

    /// A table in another encoding and a workbook come back as the bytes they are.
    #[test]
    fn files_that_are_no_text_are_kept_too() {
        let folder = tempfile::tempdir().unwrap();
        let mut kept = InForce::new();
        let tables: [(&str, &[u8]); 3] = [
            ("latin.csv", b"login\nJos\xe9\n"),
            ("wide.csv", b"l\0o\0g\0i\0n\0\n\0"),
            ("hr.xlsx", b"PK\x03\x04\n\xff\0"),
        ];
        for (name, bytes) in tables {
            let role = Role::of(name).unwrap();
            let file = Arc::new(role.file(&format!("rules/{name}"), bytes.to_vec()));
            assert_eq!(file.content(), bytes);
            let (loaded_at, lookups) = (Timestamp::now(), vec![]);
            kept.insert(name.to_owned(), Held { role, file, loaded_at, kept_since: None, rows: None, lookups });
        }
        Store::at(folder.path(), Path::new("rules")).write(&kept);
        let found = Store::at(folder.path(), Path::new("rules")).read();
        assert_eq!(found.len(), 3);
        for (name, held) in &kept {
            assert_eq!((found[name].role, &found[name].file), (held.role, &held.file));
        }
    }

    /// What a crash left half written is no state, and does not stay; what another gateway is writing does.
    #[test]
    fn a_file_that_was_given_up_is_removed_and_never_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::at(folder.path(), Path::new("rules"));
        let kept = held("login\n");
        let new = PathBuf::from(format!("{}.7.new", store.path("people.csv").display()));
        store.write(&kept);
        fs::copy(store.path("people.csv"), &new).unwrap();
        fs::remove_file(store.path("people.csv")).unwrap();
        assert!(store.read().is_empty());
        store.write(&kept);
        assert!(new.exists(), "somebody may be writing it");
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        fs::OpenOptions::new().write(true).open(&new).unwrap().set_modified(long_ago).unwrap();
        store.write(&kept);
        assert!(!new.exists() && store.path("people.csv").exists());
    }
}
