//! The lines of one file in one run of the program: each is sealed by the file's key and names the tag of the one before, so
//! that none can be changed, moved or left out unseen.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::happening::Happening;
use super::index::Entry;
use super::key_file::added;
use super::line::{Clear, Sealed, VERSION, append, digest_text};
use super::masters::Masters;
use super::reading::files;
use super::record::write;
use super::seal::FileKey;
use super::trouble::Trouble;

/// How much of a file's end is looked at for its last line, in bytes.
const END_BYTES: u64 = 1 << 20;
/// Letters of the rules' hash that a line shows.
const HASH_LETTERS: usize = 16;

/// Where the next line goes on.
#[derive(Debug)]
pub(super) struct Chain {
    key: FileKey,
    number: u64,
    after: Option<String>,
}

impl Chain {
    /// Goes on behind the last line of the journal, with a key of its own.
    pub(super) fn begin(journal: &Path, masters: &Masters, after: Option<String>) -> Result<Self, Trouble> {
        Ok(Self { key: added(journal, masters)?, number: 0, after })
    }

    /// The tag of the last line.
    pub(super) fn last(&self) -> Option<&String> {
        self.after.as_ref()
    }

    /// Takes back lines that did not come to the disk. Their numbers stay taken: no two texts may be sealed under one.
    pub(super) fn back(&mut self, after: Option<String>) {
        self.after = after;
    }

    /// Appends the line of a decision; gives its entry in the index of a text that is a file. `None` where it cannot be
    /// sealed.
    pub(super) fn add(&mut self, happening: &Happening, instance: Option<&str>, to: &mut String) -> Option<Entry> {
        let start = to.len();
        let clear = self.clear(happening, instance);
        let text = write(happening)?;
        let tag = append(&clear, text, &self.key, to)?;
        self.after = Some(tag);
        let length = u32::try_from(to.len() - start).ok()?;
        Some(Entry::of(&clear, self.key.name(), happening.event.context.now, start as u64, length))
    }

    fn clear<'h>(&mut self, happening: &'h Happening, instance: Option<&'h str>) -> Clear<'h> {
        let Happening { event, outcome, hook, rules, status, micros } = happening;
        let context = &event.context;
        self.number += 1;
        #[expect(clippy::cast_precision_loss, reason = "no decision takes years")]
        let ms = *micros as f64 / 1_000.0;
        Clear {
            v: VERSION,
            time: context.now.to_string().into(),
            id: Cow::Borrowed(&context.id),
            hook: Cow::Borrowed(hook),
            app: context.app.as_deref().map(Cow::Borrowed),
            outcome: Cow::Borrowed(outcome.word),
            code: outcome.code.as_deref().map(Cow::Borrowed),
            rule: outcome.rule.as_ref().map(|(name, _)| Cow::Borrowed(name.as_str())),
            status: *status,
            ms,
            rules: Cow::Borrowed(rules.get(..HASH_LETTERS).unwrap_or(rules)),
            instance: instance.map(Cow::Borrowed),
            trace: context.trace.as_ref().map(|trace| Cow::Borrowed(trace.id.as_str())),
            person: event.person_names().map(|name| digest_text(self.key.digest(&name)).into()).collect(),
            key: self.key.name().to_string().into(),
            n: self.number,
            after: self.after.clone().map(Cow::Owned),
        }
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
        let near = end_of(&mut open, length.saturating_sub(END_BYTES))?;
        near.or_else(|| end_of(&mut open, 0).flatten())
    })
}

/// The tag of the last whole line behind this place; `None` in `Some` where there is none.
fn end_of(open: &mut File, from: u64) -> Option<Option<String>> {
    open.seek(SeekFrom::Start(from)).ok()?;
    let mut end = Vec::new();
    open.read_to_end(&mut end).ok()?;
    let tag = |line: &[u8]| Sealed::read(std::str::from_utf8(line).ok()?).ok()?.tag();
    Some(end.rsplit(|byte| *byte == b'\n').find_map(tag))
}
