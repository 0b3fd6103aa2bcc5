//! The writer thread: seals the waiting records, writes them together, rotates files, and reports what was lost.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;
use tracing::{debug, error, info, warn};

use super::chain::{Chain, last_tag};
use super::exclusive::request_of;
use super::index::{self, Entry};
use super::key::Masters;
use super::reading::{first_time, is_of_this_form};
use super::room::Room;
use super::settings::Settings;
use super::trouble::Trouble;
use super::unsealed::Unsealed;
use crate::outside::{FileLock, LineFile, NotLocked};

/// Most records that are written together.
const BATCH_LIMIT_RECORDS: usize = 512;
/// From how many bytes on records are written before the rest of them is made.
const PIECE_BYTES: u64 = 1 << 20;
/// How long records gather before they are written, where nobody waits for them: one waking for many.
const GATHER_MS: u64 = 25;
/// How often it is looked whether the file has become too old while no event comes.
const IDLE_MS: u64 = 1_000;
/// Time between two lines in the log about lost records.
const TELL_EVERY_MS: u64 = 10_000;

/// What the writer is told to do.
#[derive(Debug)]
pub(super) enum Job {
    Record(Unsealed, Option<oneshot::Sender<Result<(), Trouble>>>),
    /// Writes what waits and ends.
    Stop,
}

/// What became of records, and how much of them waits.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) written: AtomicU64,
    /// For which there was no room in the queue.
    pub(super) dropped: AtomicU64,
    /// That could not be written.
    pub(super) failed: AtomicU64,
    /// Whether the last of them could not be.
    pub(super) is_failing: AtomicBool,
    /// Memory of what waits.
    pub(super) waiting_bytes: AtomicUsize,
}

/// The thread's side of the journal.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Receiver<Job>,
    growing: LineFile,
    room: Room,
    masters: Masters,
    /// The lines that are being written, and how long their file was behind the last of them, in bytes.
    chain: Option<(Chain, u64)>,
    tally: Arc<Tally>,
    rotate_bytes: u64,
    rotate_age: SignedDuration,
    /// When the file was begun, if that is known.
    began: Option<Timestamp>,
    /// Keeps other processes from writing the file.
    alone: Option<FileLock>,
    told: LossReport,
}

/// Records that are written together, and who waits for that.
#[derive(Debug, Default)]
struct Piece {
    records: Vec<Unsealed>,
    bytes: usize,
    waiting: Vec<oneshot::Sender<Result<(), Trouble>>>,
}

/// What the log knows of lost records.
#[derive(Debug, Default)]
struct LossReport {
    dropped: u64,
    failed: u64,
    at: Option<Instant>,
}

impl Writer {
    pub(super) fn new(
        file: &Path,
        settings: &Settings,
        (masters, alone): (Masters, Option<FileLock>),
        jobs: Receiver<Job>,
        tally: Arc<Tally>,
    ) -> Self {
        let growing = LineFile {
            file: file.to_owned(),
            // The room sees to that, for what stands beside each file goes with it.
            keep_files: usize::MAX,
            mode: settings.mode,
            is_synced: settings.is_durable,
        };
        Self {
            jobs,
            room: Room::of(file, settings),
            masters,
            chain: None,
            tally,
            rotate_bytes: settings.file_bytes(),
            rotate_age: SignedDuration::from_hours(i64::try_from(settings.rotate_hours).unwrap_or(i64::MAX / 3_600)),
            began: began(file),
            growing,
            alone,
            told: LossReport::default(),
        }
    }

    /// Waits for records and writes all that gather; `false` when it is time to end.
    pub(super) fn step(&mut self) -> bool {
        let first = match self.jobs.recv_timeout(Duration::from_millis(IDLE_MS)) {
            Ok(job) => job,
            Err(RecvTimeoutError::Timeout) => {
                // With trouble the next record tells.
                let _ = self.stay_alone();
                self.retire();
                self.asked();
                self.tell(false);
                return true;
            }
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        if matches!(first, Job::Record(_, None)) {
            // Nobody unparks: while it is asleep a sender has nobody to wake.
            std::thread::park_timeout(Duration::from_millis(GATHER_MS));
        }
        let (mut batch, mut is_end) = (vec![first], false);
        // Under load there may always be more.
        while !batch.is_empty() {
            batch.extend(self.jobs.try_iter().take(BATCH_LIMIT_RECORDS - 1));
            is_end |= batch.iter().any(|job| matches!(job, Job::Stop));
            self.asked();
            self.write(std::mem::take(&mut batch));
            self.tell(is_end);
            batch.extend(self.jobs.try_recv());
        }
        !is_end
    }

    /// Writes the records together, in pieces: what of them is a text already never takes much more than one of them.
    fn write(&mut self, batch: Vec<Job>) {
        let mut piece = Piece::default();
        for job in batch {
            let Job::Record(record, reply) = job else { continue };
            piece.bytes += record.weight();
            piece.records.push(record);
            piece.waiting.extend(reply);
            if piece.bytes as u64 >= self.rotate_bytes.min(PIECE_BYTES) {
                self.append(std::mem::take(&mut piece));
            }
        }
        self.append(piece);
    }

    fn append(&mut self, Piece { records, bytes, waiting }: Piece) {
        if records.is_empty() {
            return;
        }
        let count = records.len() as u64;
        let result = self.stay_alone().and_then(|()| self.appended(&records));
        drop(records);
        self.tally.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        let tallied = if result.is_ok() { &self.tally.written } else { &self.tally.failed };
        tallied.fetch_add(count, Ordering::Relaxed);
        self.told_of(&result);
        waiting.into_iter().for_each(|reply| drop(reply.send(result.clone())));
    }

    /// Keeps others from writing the file, where its lock was removed since.
    fn stay_alone(&mut self) -> Result<(), Trouble> {
        match self.alone.as_mut().map(FileLock::stay) {
            Some(Err(NotLocked::Taken)) => Err(Trouble::taken(&self.growing.file)),
            None | Some(Ok(()) | Err(NotLocked::Failed(_))) => Ok(()),
        }
    }

    fn appended(&mut self, records: &[Unsealed]) -> Result<(), Trouble> {
        self.yield_to_outbox()?;
        let (mut chain, mut before) = self.going_on()?;
        let last = chain.last().cloned();
        let (mut lines, mut entries) = Self::sealed(&mut chain, records)?;
        if before > 0 && before + lines.len() as u64 > self.rotate_bytes {
            self.set_aside().map_err(|error| Trouble::writing(&self.growing.file, &error))?;
            (chain, before) = (Chain::begin(&self.growing.file, &self.masters, last.clone())?, 0);
            (lines, entries) = Self::sealed(&mut chain, records)?;
        }
        if before == 0 || self.began.is_none() {
            self.began = Some(Timestamp::now());
        }
        let written = self.growing.append(&lines, |_| false);
        if written.is_err() {
            chain.back(last);
        }
        let end = length(&self.growing.file).unwrap_or_default();
        self.chain = Some((chain, end));
        written.map_err(|error| Trouble::writing(&self.growing.file, &error))?;
        let first = end.saturating_sub(lines.len() as u64);
        entries.iter_mut().for_each(|entry| entry.offset += first);
        if let Err(error) = index::append(&self.growing.file, &entries, self.growing.mode) {
            // Who reads makes what is missing of it anew.
            debug!(%error, "the index of the journal cannot be written");
        }
        Ok(())
    }

    /// Leaves the disk to the outbox where both share it, with the file that is being written at last.
    fn yield_to_outbox(&mut self) -> Result<(), Trouble> {
        let Err(free) = self.room.yield_to_outbox() else { return Ok(()) };
        let file = self.growing.file.clone();
        if length(&file).is_some_and(|length| length > 0) {
            self.set_aside().map_err(|error| Trouble::writing(&file, &error))?;
            return self.room.yield_to_outbox().map_err(|free| Trouble::yielding(&file, free));
        }
        Err(Trouble::yielding(&file, free))
    }

    /// The lines of decisions, and their entries as though they stood in front of the file.
    fn sealed(chain: &mut Chain, records: &[Unsealed]) -> Result<(String, Vec<Entry>), Trouble> {
        let (mut lines, mut entries) = (String::new(), Vec::with_capacity(records.len()));
        for record in records {
            let entry = chain.add(record, &mut lines);
            let broken = || Trouble::new("a record cannot be sealed", "restart hookgate, and tell its makers");
            entries.push(entry.ok_or_else(broken)?);
        }
        Ok((lines, entries))
    }

    /// The chain that the next lines belong to, and how long the file is: a new chain in a new file, and behind lines that
    /// somebody else wrote.
    fn going_on(&mut self) -> Result<(Chain, u64), Trouble> {
        let file = self.growing.file.clone();
        let mut now = length(&file);
        let is_other_form = || self.chain.is_none() && !is_of_this_form(&file);
        if now.is_some_and(|length| length > 0) && (self.is_old() || is_other_form() || self.is_cut(now)) {
            self.set_aside().map_err(|error| Trouble::writing(&file, &error))?;
            now = None;
        }
        let now = now.unwrap_or_default();
        if now == 0 {
            // It may be left of a file that is gone.
            let _ = std::fs::remove_file(index::index_of(&file));
        }
        let after = match self.chain.take() {
            Some((chain, end)) if end == now && now > 0 => return Ok((chain, now)),
            Some((chain, _)) => chain.last().cloned(),
            None => last_tag(&file),
        };
        Ok((Chain::begin(&file, &self.masters, after)?, now))
    }

    /// Whether the file is shorter than its index says, as it was found at the start. It stays so, beside its index.
    fn is_cut(&self, length: Option<u64>) -> bool {
        let last = || index::last_entry(&self.growing.file).ok().flatten();
        let cut = length.zip(self.chain.is_none().then(last).flatten()).filter(|(length, last)| last.end() > *length);
        if let Some((length, last)) = cut {
            error!(
                file = %self.growing.file.display(),
                bytes = length,
                expected_bytes = last.end(),
                "the journal was cut short: its index knows of more. After a loss of power that may be what did not come to the \
                 disk; else look who can write the file. `hookgate decisions --verify` goes on telling it"
            );
        }
        cut.is_some()
    }

    fn set_aside(&mut self) -> std::io::Result<()> {
        let file = &self.growing.file;
        let aside = self.growing.set_aside()?;
        let _ = std::fs::rename(index::index_of(file), index::index_of(&aside));
        // It may be older than the setting, and never have been opened by this program.
        let _ = self.growing.mode.made(&aside);
        self.began = None;
        self.room.make();
        Ok(())
    }

    /// Says once when writing begins to fail and when it ends.
    fn told_of(&mut self, result: &Result<(), Trouble>) {
        let was_failing = self.tally.is_failing.swap(result.is_err(), Ordering::Relaxed);
        match result {
            Err(trouble) if !was_failing => {
                error!(cause = trouble.message, "decisions are not recorded: {}", trouble.help);
            }
            Ok(()) if was_failing => info!("decisions are recorded again"),
            _ => {}
        }
    }

    fn is_old(&self) -> bool {
        self.began.is_some_and(|began| Timestamp::now().duration_since(began) >= self.rotate_age)
    }

    /// Sets a file aside that has become too old while no event came.
    fn retire(&mut self) {
        if self.is_old()
            && self.growing.file.exists()
            && let Err(error) = self.set_aside()
        {
            self.began = None;
            warn!(%error, "the journal cannot be set aside");
        }
    }

    /// Begins a new file where a command waits for the old one.
    fn asked(&mut self) {
        let request = request_of(&self.growing.file);
        if !request.exists() {
            return;
        }
        let done = if length(&self.growing.file).is_some_and(|length| length > 0) { self.set_aside() } else { Ok(()) };
        match done.and_then(|()| std::fs::remove_file(&request)) {
            Ok(()) => {}
            Err(error) => warn!(%error, "the journal cannot be set aside"),
        }
    }

    /// How many were lost since the last time, once in a while.
    fn tell(&mut self, is_end: bool) {
        let [dropped, failed] = [&self.tally.dropped, &self.tally.failed].map(|count| count.load(Ordering::Relaxed));
        let (more_dropped, more_failed) = (dropped - self.told.dropped, failed - self.told.failed);
        let is_quiet = self.told.at.is_some_and(|at| at.elapsed() < Duration::from_millis(TELL_EVERY_MS));
        if more_dropped + more_failed == 0 || is_quiet && !is_end {
            return;
        }
        warn!(dropped = more_dropped, failed = more_failed, "decisions were not recorded");
        self.told = LossReport { dropped, failed, at: Some(Instant::now()) };
    }
}

/// When the file was begun: by its first record, else by when it was last written.
fn began(file: &Path) -> Option<Timestamp> {
    let written = || Timestamp::try_from(std::fs::metadata(file).ok()?.modified().ok()?).ok();
    first_time(file).or_else(written)
}

/// How long a file is, in bytes; `None` where there is none.
fn length(file: &Path) -> Option<u64> {
    std::fs::metadata(file).ok().map(|found| found.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::reading::files;
    use crate::journal::unsealed::tests::unsealed;

    /// How long each file is behind two records that came one after the other.
    fn lengths(rotate_bytes: u64) -> Vec<u64> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.jsonl");
        let settings = Settings { rotate_bytes, ..Settings::default() };
        let (masters, (_, jobs)) = (Masters::made(&[], &file).unwrap(), std::sync::mpsc::sync_channel(1));
        let mut writer = Writer::new(&file, &settings, (masters, None), jobs, Arc::default());
        for _ in 0..2 {
            writer.append(Piece { records: vec![unsealed("asha", 10)], ..Piece::default() });
        }
        files(&file).unwrap().iter().filter_map(|file| length(file)).collect()
    }

    #[test]
    fn a_file_becomes_as_long_as_it_may_be_and_no_longer() {
        let together = lengths(1 << 20);
        assert_eq!(together.len(), 1);
        assert_eq!(lengths(together[0]), together);
        let apart = lengths(together[0] - 1);
        assert_eq!((apart.len(), apart.iter().sum()), (2, together[0]));
    }
}
