//! Verifies a journal: no line was changed, moved, left out or cut off.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use super::archive::Archive;
use super::index::last_entry;
use super::key::KeyName;
use super::line::{NoLine, REWRITTEN, Rewritten, Sealed};

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Lines that are as they were written.
    pub whole: u64,
    /// Lines of the old form, of which that cannot be known.
    pub old: u64,
    /// Where something is not, and what.
    pub faults: Vec<Fault>,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `FILE:LINE`.
    pub at: String,
    pub what: String,
}

/// Where the walk through the files is.
#[derive(Default)]
struct Walk {
    verified: Verified,
    /// What the next line may name as the tag of the line before; nothing where nothing was before.
    tags: Vec<String>,
    /// The key and the number of the last line.
    last: Option<(KeyName, u64)>,
    /// Whether a sealed line of the file was read.
    is_sealed: bool,
    /// A line that is broken off, which is no fault where a new start follows it.
    broken: Option<Fault>,
}

/// Reads every line of a journal.
///
/// # Errors
/// When a file cannot be read.
pub fn verify(archive: &Archive) -> io::Result<Verified> {
    let mut walk = Walk::default();
    for file in archive.files() {
        walk.file(archive, file)?;
        walk.end(file)?;
    }
    let Walk { mut verified, broken, .. } = walk;
    verified.faults.extend(broken);
    Ok(verified)
}

impl Walk {
    fn file(&mut self, archive: &Archive, file: &Path) -> io::Result<()> {
        let mut reader = BufReader::new(File::open(file)?);
        let mut bytes = Vec::new();
        let mut number = 0;
        self.is_sealed = false;
        loop {
            bytes.clear();
            if reader.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(());
            }
            number += 1;
            let at = format!("{}:{number}", file.display());
            match bytes.trim_ascii().is_empty() {
                true => self.fault(at, "it is blank, and nothing writes blank lines"),
                false => self.line(archive, &bytes, at),
            }
        }
    }

    fn line(&mut self, archive: &Archive, line: &[u8], at: String) {
        let sealed = match Sealed::read_bytes(line) {
            Ok(sealed) => sealed,
            Err(NoLine::Old) if self.is_sealed => {
                self.fault(at, "a line of the old form stands behind sealed ones");
                return;
            }
            Err(NoLine::Old) => {
                self.verified.old += 1;
                return;
            }
            Err(why) => {
                self.verified.faults.extend(self.broken.take());
                let fault = Fault { at, what: why.to_string() };
                match why {
                    NoLine::BrokenOff => self.broken = Some(fault),
                    NoLine::Other(_) | NoLine::Old => self.verified.faults.push(fault),
                }
                return;
            }
        };
        let opened = archive.sealed_text(&sealed);
        let is_first = self.tags.is_empty() && self.verified.whole == 0 && self.verified.faults.is_empty();
        let follows = match sealed.clear.after.as_deref() {
            Some(after) => self.tags.iter().any(|tag| tag == after),
            None => self.tags.is_empty(),
        };
        let begins = sealed.clear.n == 1;
        self.last = sealed.key().map(|key| (key, sealed.clear.n));
        let is_first_of_file = !std::mem::replace(&mut self.is_sealed, true);
        let tags = match &opened {
            Ok(text) if sealed.clear.outcome == REWRITTEN => {
                serde_json::from_str::<Rewritten>(text).map(|rewritten| rewritten.was).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        match (opened, self.broken.take()) {
            (Err(what), broken) => {
                self.verified.faults.extend(broken);
                self.fault(at, &what);
            }
            // What was begun when the machine stopped: the next start goes on behind the last whole line.
            (Ok(_), Some(_)) if follows && begins => self.verified.whole += 1,
            (Ok(_), broken) => {
                let had_broken = broken.is_some();
                self.verified.faults.extend(broken);
                match (follows || is_first || had_broken) && (begins || !is_first_of_file) {
                    true => self.verified.whole += 1,
                    false => self.fault(at, "something is missing before it, or it stood elsewhere"),
                }
            }
        }
        self.tags = tags.into_iter().chain(sealed.tag()).collect();
    }

    /// Whether a file reaches as far as its index says.
    fn end(&mut self, file: &Path) -> io::Result<()> {
        let length = std::fs::metadata(file)?.len();
        if let Some(last) = last_entry(file).ok().flatten().filter(|last| last.end() > length)
            && self.last != Some((last.key, last.number))
        {
            let what = format!(
                "it was cut short: its index knows a line up to byte {}, and it ends at byte {length}. After a loss of power \
                 that may be what did not come to the disk",
                last.end()
            );
            self.verified.faults.push(Fault { at: file.display().to_string(), what });
        }
        Ok(())
    }

    fn fault(&mut self, at: String, what: &str) {
        self.verified.faults.push(Fault { at, what: what.to_owned() });
    }
}
