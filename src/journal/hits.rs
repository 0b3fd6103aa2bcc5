//! Counts from the indexes how often each rule decided, and when it last did: no record is read.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::index::{Entry, entries, short_hash};
use super::line::REWRITTEN;
use super::reading::files;

/// Most entries that are read for older decisions than those that are counted; the newest are read first.
const LOOK_LIMIT_ENTRIES: u64 = 2_000_000;

/// What rules decided. Rules are told by hashes of their names, as an index has them.
#[derive(Debug, Default)]
pub struct Hits {
    found: HashMap<u32, Hit>,
    /// From when on decisions are counted.
    pub since: Timestamp,
    /// The oldest decision that was looked at, where not all were.
    pub back_to: Option<Timestamp>,
}

/// What one rule decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// How many decisions there were within the time that is counted.
    pub count: u64,
    /// When the event of its last decision came.
    pub last: Timestamp,
}

impl Hits {
    /// Counts the decisions of this journal within `period` before `now`.
    ///
    /// # Errors
    /// When its folder or a file cannot be read.
    pub fn read(journal: &Path, period: SignedDuration, now: Timestamp) -> io::Result<Self> {
        let since = now.checked_sub(period).unwrap_or(Timestamp::MIN);
        let mut hits = Self { since, ..Self::default() };
        let (mut looked_at, files): (u64, Vec<PathBuf>) = (0, files(journal)?);
        for file in files.iter().rev() {
            if looked_at > LOOK_LIMIT_ENTRIES {
                break;
            }
            let mut oldest = i64::MAX;
            entries(file, &mut |entry| {
                looked_at += 1;
                oldest = oldest.min(entry.micros);
                hits.take(entry);
                false
            })?;
            if looked_at > LOOK_LIMIT_ENTRIES && Some(file) != files.first() {
                hits.back_to = Timestamp::from_microsecond(oldest).ok();
            }
        }
        Ok(hits)
    }

    fn take(&mut self, entry: &Entry) {
        let Ok(at) = Timestamp::from_microsecond(entry.micros) else { return };
        if entry.rule == 0 || entry.outcome == short_hash(REWRITTEN) {
            return;
        }
        let hit = self.found.entry(entry.rule).or_insert(Hit { count: 0, last: at });
        hit.last = hit.last.max(at);
        hit.count += u64::from(at >= self.since);
    }

    /// What the rule of this name decided; none where nothing is known of it.
    #[must_use]
    pub fn of(&self, rule: &str) -> Option<Hit> {
        self.found.get(&short_hash(rule)).copied()
    }
}
