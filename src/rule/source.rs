//! Reads the rules folder: which files, in which order, and what is ignored. The only file of this room that sees
//! a disk.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::encoding::{file_of, why_no_text};
use crate::diagnostic::{Budget, Diagnostic, File, Report, code};
use crate::event::secret::SecretNames;
use crate::yaml::{MEMORY_BYTES, hold};

/// Largest file that is read, in bytes: YAML trees take about thirty times the file.
pub const FILE_LIMIT_BYTES: u64 = 16 << 20;
/// Largest rules folder that is read, in bytes of files together.
pub const FOLDER_LIMIT_BYTES: u64 = 256 << 20;
/// Most files a rules folder may hold.
pub const FOLDER_LIMIT_FILES: usize = 20_000;
/// What to do about too large a file of rules, and about too large a table, of which a lookup reads one.
const SMALLER_FILES: &str = "split it into several files";
const SMALLER_TABLE: &str = "keep in tables only the columns and rows that rules need, or ask a database for them";
/// Deepest nesting of folders that is followed.
const FOLDER_LIMIT_DEPTH: usize = 16;

/// Folders that file systems, network storage and archives make by themselves, beside those whose names begin with a point.
/// Nobody keeps rules there; some may not be read, some hold what was deleted.
const NOT_OURS: [&str; 9] = [
    "lost+found",
    "@eaDir",
    "#recycle",
    "#snapshot",
    "~snapshot",
    "$RECYCLE.BIN",
    "RECYCLER",
    "System Volume Information",
    "__MACOSX",
];

/// What kind of thing a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Rules, or a table when its outermost value is a list.
    Yaml,
    /// `*.test.yaml`.
    Tests,
    Csv,
    Json,
    /// `*.xlsx`.
    Workbook,
    /// `*.rhai`: functions every script may call.
    Functions,
}

/// A rules folder as it was at one moment.
#[derive(Clone, Debug)]
pub struct Sources {
    pub folder: PathBuf,
    /// In path order.
    pub files: Vec<(Role, Arc<File>)>,
    /// Files that are there and of a kind that is not read, by their names.
    pub others: Vec<String>,
    /// SHA-256 of all names below the folder and of all contents, in hexadecimal: two folders with one hash are one rule
    /// set, however each is named.
    pub hash: String,
    /// What loading the files may hold in memory, and what they hold themselves, in bytes.
    budget: Arc<Budget>,
    bytes: usize,
}

impl Role {
    /// The role of a file of this name; `None` for a file that is none of ours.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        // `~$people.xlsx` lies beside a workbook as long as somebody has it open.
        let is_temporary = name.starts_with(['.', '#']) || name.starts_with("~$") || name.ends_with('~');
        if is_temporary {
            return None;
        }
        let name = name.to_ascii_lowercase();
        match name.rsplit_once('.')?.1 {
            "yaml" | "yml" if name.ends_with(".test.yaml") || name.ends_with(".test.yml") => Some(Role::Tests),
            "yaml" | "yml" => Some(Role::Yaml),
            "csv" => Some(Role::Csv),
            "json" => Some(Role::Json),
            "xlsx" => Some(Role::Workbook),
            "rhai" => Some(Role::Functions),
            _ => None,
        }
    }
}

impl Role {
    /// The file of this role that has these bytes: a text where they are one as they stand.
    #[must_use]
    pub fn file(self, name: &str, bytes: Vec<u8>) -> File {
        match self {
            Role::Workbook => File::of_bytes(name, bytes),
            Role::Yaml | Role::Tests | Role::Functions => file_of(name, bytes),
            Role::Csv | Role::Json => {
                let is_hidden = has_secret_column(&bytes);
                file_of(name, bytes).hidden(is_hidden)
            }
        }
    }
}

/// How much of a table is looked at for names of columns, in bytes: its first row, or its first few objects.
const COLUMNS_BYTES: usize = 16 << 10;

/// Whether a table has a column by the name of a secret. What `check` prints goes where builds are logged.
fn has_secret_column(bytes: &[u8]) -> bool {
    let beginning = String::from_utf8_lossy(bytes.get(..COLUMNS_BYTES).unwrap_or(bytes));
    let names = SecretNames::default();
    beginning.split([',', ';', '\t', '|', '"', '\n', '\r']).any(|name| names.has_key(name.trim()))
}

impl Sources {
    /// Reads a folder and the folders in it, for a load that holds what it may by default.
    ///
    /// # Errors
    /// As [`Sources::read_within`].
    pub fn read(folder: &Path) -> Result<Self, Report> {
        Self::read_within(folder, &[], MEMORY_BYTES)
    }

    /// Reads a folder and the folders in it, for a load that holds at most so many bytes of memory. Links may lead below the
    /// folder, and to the folders of `follow`. Hidden files and editors' backups are left alone.
    ///
    /// # Errors
    /// Reports each file that cannot be read, is too large or is no text, each link that leads out of the folder, and a
    /// folder that is not there.
    pub fn read_within(folder: &Path, follow: &[PathBuf], memory_bytes: usize) -> Result<Self, Report> {
        let budget = Arc::new(Budget::new(memory_bytes));
        // Resolved once: a folder that a link is turned to while it is read is still read as one.
        let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let followed = follow.iter().filter_map(|folder| fs::canonicalize(folder).ok());
        let mut walk = Walk {
            root: folder,
            within: std::iter::once(real.clone()).chain(followed).collect(),
            seen: HashSet::new(),
            found: Vec::new(),
            others: Vec::new(),
            report: Report::default(),
        };
        walk.folder(folder, &real, 0);
        walk.found.sort();
        let mut files = Vec::with_capacity(walk.found.len());
        let mut bytes = 0;
        for (name, path) in &walk.found {
            let Some(role) = name.rsplit('/').next().and_then(Role::of) else { continue };
            match read_file(role, name, path) {
                Ok(file) => {
                    let file = Arc::new(file.within(Some(&budget)));
                    bytes += file.content().len() as u64;
                    let is_held = hold(&file, file.content().len(), &(0..1), &mut walk.report);
                    files.push((role, file));
                    if is_held.is_none() {
                        break;
                    }
                }
                Err(finding) => walk.report.push(finding),
            }
            if bytes > FOLDER_LIMIT_BYTES {
                walk.report.push(too_large(&folder.display().to_string(), FOLDER_LIMIT_BYTES, SMALLER_TABLE));
                break;
            }
        }
        if walk.report.has_errors() {
            return Err(walk.report);
        }
        walk.others.sort();
        let bytes = budget.held();
        Ok(Self { others: walk.others, budget, bytes, ..Self::from_files(folder, files) })
    }

    /// A folder that is not on a disk: starter rules, tests, fuzzing.
    #[must_use]
    pub fn from_files(folder: &Path, files: Vec<(Role, Arc<File>)>) -> Self {
        let mut hash = Sha256::new();
        for (_, file) in &files {
            // A text and its bytes are the same for the rules, whatever mark or encoding it came with.
            for part in [below(folder, &file.name).as_bytes(), file.text.as_bytes(), &*file.bytes] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        let budget = Arc::new(Budget::new(MEMORY_BYTES));
        Self {
            folder: folder.to_owned(),
            files,
            others: Vec::new(),
            hash: format!("{:x}", hash.finalize()),
            budget,
            bytes: 0,
        }
    }

    /// What loading the files may hold, of which nothing is held but the files themselves.
    #[must_use]
    pub fn budget(&self) -> &Budget {
        self.budget.begin(self.bytes);
        &self.budget
    }

    /// The file that `written` names in a rule file called `beside`.
    #[must_use]
    pub fn beside(&self, beside: &str, written: &str) -> Option<&(Role, Arc<File>)> {
        let full = Self::full_name(beside, written);
        self.files.iter().find(|(_, file)| file.name == full)
    }

    /// Whether `written` names a file that is there and of a kind that is not read.
    #[must_use]
    pub fn has_other(&self, beside: &str, written: &str) -> bool {
        self.others.contains(&Self::full_name(beside, written))
    }

    fn full_name(beside: &str, written: &str) -> String {
        let folder = beside.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder.is_empty() { written.to_owned() } else { format!("{folder}/{written}") }
    }
}

/// The path of a file below the rules folder, by the name a person knows it by; that name where it is not below it.
#[must_use]
pub fn below<'n>(folder: &Path, name: &'n str) -> &'n str {
    let folder = shown(folder);
    match name.strip_prefix(&folder) {
        Some(rest) if rest.starts_with('/') || folder.is_empty() || folder.ends_with('/') => {
            rest.trim_start_matches('/')
        }
        _ => name,
    }
}

/// A path with `/` between its parts everywhere.
fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// Whether a folder of this name, within the rules folder, is read.
#[must_use]
pub fn is_folder_for_rules(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    !name.starts_with(b".") && !NOT_OURS.iter().any(|other| other.as_bytes().eq_ignore_ascii_case(name))
}

struct Walk<'f> {
    root: &'f Path,
    /// Where links may lead, by real paths: the rules folder, and those that gateway.yaml names.
    within: Vec<PathBuf>,
    /// Folders by their real paths: links in a circle are followed once.
    seen: HashSet<PathBuf>,
    /// The name a person knows it by, and where it is when all links are followed.
    found: Vec<(String, PathBuf)>,
    /// Files of kinds that are not read, as far as there is room to tell of them.
    others: Vec<String>,
    report: Report,
}

impl Walk<'_> {
    /// Looks into a folder, which is shown by one path and has another when all links are followed.
    fn folder(&mut self, folder: &Path, real: &Path, depth: usize) {
        let name = folder.display().to_string();
        if !self.seen.insert(real.to_owned()) {
            let message = format!("folder `{name}` is a link to a folder that is read already");
            self.report.push(Diagnostic::nowhere(&code::FILE_UNREADABLE, message).help("remove the link"));
            return;
        }
        let entries = match fs::read_dir(real) {
            Ok(_) if depth > FOLDER_LIMIT_DEPTH => {
                let message = format!("folders are nested deeper than {FOLDER_LIMIT_DEPTH} levels at `{name}`");
                self.report.push(Diagnostic::nowhere(&code::FILE_UNREADABLE, message));
                return;
            }
            Ok(entries) => entries,
            Err(error) => {
                let finding =
                    Diagnostic::nowhere(&code::FILE_UNREADABLE, format!("cannot read folder `{name}`: {error}"));
                self.report
                    .push(finding.help("name the folder that holds the rule files, for example `--rules rules`; `hookgate init DIR` writes starter rules"));
                return;
            }
        };
        for entry in entries.flatten() {
            self.entry(&folder.join(entry.file_name()), entry.path(), depth);
            if self.found.len() > FOLDER_LIMIT_FILES {
                let message = format!("folder `{name}` holds more than {FOLDER_LIMIT_FILES} files");
                self.report.push(Diagnostic::nowhere(&code::FILE_TOO_LARGE, message));
                return;
            }
        }
    }

    fn entry(&mut self, path: &Path, mut real: PathBuf, depth: usize) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return self.unnamed(path);
        };
        if name.starts_with('.') {
            return;
        }
        let is_link = fs::symlink_metadata(&real).is_ok_and(|metadata| metadata.is_symlink());
        if is_link {
            real = fs::canonicalize(&real).unwrap_or(real);
        }
        let Ok(metadata) = fs::metadata(&real) else {
            if Role::of(name).is_some() {
                let message = format!("file `{}` is a link that leads nowhere, or vanished", path.display());
                self.report.push(Diagnostic::nowhere(&code::FILE_UNREADABLE, message));
            }
            return;
        };
        let is_read = if metadata.is_dir() { is_folder_for_rules(name.as_ref()) } else { Role::of(name).is_some() };
        // Links are followed within the folder: a Kubernetes ConfigMap is made of them.
        if is_read && is_link && !self.within.iter().any(|folder| real.starts_with(folder)) {
            self.leads_out(path, &real);
        } else if is_read && metadata.is_dir() {
            self.folder(path, &real, depth + 1);
        } else if is_read {
            self.found.push((self.shown_name(path), real));
        } else if !metadata.is_dir() && self.others.len() < FOLDER_LIMIT_FILES {
            self.others.push(self.shown_name(path));
        }
    }

    /// Whoever may write rules is not to read by them what hookgate's user may: nothing of the file is read or shown.
    fn leads_out(&mut self, path: &Path, real: &Path) {
        let (name, target) = (path.display(), real.display());
        let message = format!("`{name}` is a link that leads out of the rules folder, to `{target}`");
        let help = "put what it leads to into the rules folder; or, if whoever writes rules may read all that is there, let \
                    `reload.follow` in gateway.yaml name the folder that it leads to";
        self.report.push(Diagnostic::nowhere(&code::LINK_LEADS_OUT, message).help(help));
    }

    /// A file or folder whose name is no text. It cannot be named in a finding or a rule, so that one that may hold rules is
    /// a mistake; what would be left alone anyway is.
    fn unnamed(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let what = if path.is_dir() { "folder" } else { "file" };
        if name.starts_with('.') || what == "file" && Role::of(&name).is_none() {
            return;
        }
        let message = format!("the name of {what} `{}` is not UTF-8", path.display());
        let help = format!("rename the {what}: it may hold rules, and messages could not name it");
        self.report.push(Diagnostic::nowhere(&code::FILE_UNREADABLE, message).help(help));
    }

    /// Path below the rules folder, with `/` between its parts everywhere, behind the folder's own name.
    fn shown_name(&self, path: &Path) -> String {
        let below = path.strip_prefix(self.root).unwrap_or(path);
        shown(&self.root.join(below))
    }
}

fn read_file(role: Role, name: &str, path: &Path) -> Result<File, Diagnostic> {
    let fail = |why: String| Diagnostic::nowhere(&code::FILE_UNREADABLE, format!("cannot read file `{name}`: {why}"));
    let metadata = fs::metadata(path).map_err(|error| fail(error.to_string()))?;
    if !metadata.is_file() {
        return Err(fail("it is not an ordinary file".to_owned()));
    }
    let is_table = matches!(role, Role::Csv | Role::Json | Role::Workbook);
    let large = || too_large(name, FILE_LIMIT_BYTES, if is_table { SMALLER_TABLE } else { SMALLER_FILES });
    if metadata.len() > FILE_LIMIT_BYTES {
        return Err(large());
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(path).map_err(|error| fail(error.to_string()))?;
    opened.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(|error| fail(error.to_string()))?;
    // It may have grown since.
    if bytes.len() as u64 > FILE_LIMIT_BYTES {
        return Err(large());
    }
    let file = role.file(name, bytes);
    match role {
        // Which encoding a CSV file has is said where a rule file names it.
        Role::Csv | Role::Workbook => Ok(file),
        Role::Yaml | Role::Tests | Role::Json | Role::Functions if file.bytes.is_empty() => Ok(file),
        Role::Yaml | Role::Tests | Role::Json | Role::Functions => {
            Err(fail(why_no_text(&file.bytes)).help("save the file as UTF-8 in your editor"))
        }
    }
}

fn too_large(name: &str, limit_bytes: u64, help: &str) -> Diagnostic {
    let message = format!("`{name}` is larger than {} MiB", limit_bytes >> 20);
    Diagnostic::nowhere(&code::FILE_TOO_LARGE, message).help(help)
}
