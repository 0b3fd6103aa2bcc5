//! Records who used the console for what, before it is done: a line of JSON each, beside the journal, and in the log.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::answer::Answer;
use super::asked::Asked;
use crate::outside::{LineFile, Mode};
use crate::telemetry::PersonKey;

/// The file's name in the folder in which hookgate keeps its state.
const NAME: &str = "console.jsonl";
/// Size at which the file is set aside, in bytes.
const FULL_BYTES: u64 = 16 << 20;
/// How much of its end is read for the newest uses, in bytes.
const READ_BYTES: u64 = 256 << 10;
/// How many full files are kept.
const KEEP_FILES: usize = 10;

/// What a use is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum About<'a> {
    Nothing,
    /// A person, by any name: the line has the digest that the log has, so that erasing somebody leaves nothing here.
    Person(&'a str),
    /// A request's id, a delivery's key, a rule, a destination, the hash of rules.
    Thing(&'a str),
}

/// The record of uses.
#[derive(Debug)]
pub(super) struct Used {
    file: Option<LineFile>,
    people: PersonKey,
}

impl Used {
    /// Kept in this folder, people named by this key; in the log alone where there is no folder.
    pub fn new(folder: Option<&Path>, people: PersonKey) -> Self {
        let at = |folder: &Path| LineFile {
            file: folder.join(NAME),
            keep_files: KEEP_FILES,
            mode: Mode::OWN,
            is_synced: true,
        };
        Self { file: folder.map(at), people }
    }

    /// Records that the visitor does this, in a word or two: `search`, `show record`, `redrive`.
    ///
    /// # Errors
    /// The answer to the visitor, where it cannot be recorded: then it must not be done.
    pub fn record(&self, asked: &Asked, does: &str, about: About<'_>) -> Result<(), Answer> {
        let who = asked.visitor.as_ref().map_or("", |visitor| visitor.name.as_str());
        let (person, thing) = match about {
            About::Nothing => (None, None),
            About::Person(name) => (Some(format!("{:016x}", self.people.digest(name))), None),
            About::Thing(name) => (None, Some(name)),
        };
        tracing::info!(target: "hookgate::console", who, does, person, thing, "console used");
        let Some(file) = &self.file else { return Ok(()) };
        let line =
            json!({ "time": Timestamp::now().to_string(), "who": who, "does": does, "person": person, "thing": thing });
        file.append(&format!("{line}\n"), |length| length > FULL_BYTES).map_err(|error| {
            let what = format!("this use cannot be recorded in `{}`: {error}", file.file.display());
            Answer::refused(
                what,
                "make the folder writable for hookgate's user, or make room on its disk, and try again",
            )
        })
    }

    /// The newest uses, the newest first.
    pub fn newest(&self, count: usize) -> Vec<Json> {
        let Some(file) = &self.file else { return Vec::new() };
        let text = end_of(&file.file).unwrap_or_default();
        text.lines().rev().take(count).filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// The last lines of a file, the first of them perhaps cut off.
fn end_of(file: &Path) -> std::io::Result<String> {
    let mut file = File::open(file)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(READ_BYTES)))?;
    let mut end = Vec::new();
    file.take(READ_BYTES).read_to_end(&mut end)?;
    Ok(String::from_utf8_lossy(&end).into_owned())
}
