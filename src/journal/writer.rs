//! The writer's thread: makes records of what gathered and writes them together, rotates, and says what was lost.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;
use tracing::{error, info, warn};

use super::happening::Happening;
use super::reading::first_time;
use super::record::Record;
use super::settings::Settings;
use super::trouble::Trouble;
use crate::outside::{Alone, Growing, NotAlone};

/// Most records that are written together.
const BATCH_LIMIT_RECORDS: usize = 512;
/// From how many bytes on records are written before the rest of them is made.
const PIECE_BYTES: usize = 1 << 20;
/// How long records gather before they are written, where nobody waits for them: one waking for many.
const GATHER_MS: u64 = 10;
/// How often it is looked whether the file has become too old while no event comes.
const IDLE_MS: u64 = 1_000;
/// Time between two lines in the log about lost records.
const TELL_EVERY_MS: u64 = 10_000;

/// What the writer is told to do.
#[derive(Debug)]
pub(super) enum Job {
    Record(Box<Happening>, Option<oneshot::Sender<Result<(), Trouble>>>),
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
    /// Memory of what waits.
    pub(super) waiting_bytes: AtomicUsize,
}

/// The thread's side of the journal.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Receiver<Job>,
    growing: Growing,
    tally: Arc<Tally>,
    rotate_bytes: u64,
    rotate_age: SignedDuration,
    /// When the file was begun, if that is known.
    began: Option<Timestamp>,
    /// Keeps other processes from writing the file.
    alone: Option<Alone>,
    is_failing: bool,
    told: Told,
}

/// Records that are written together, and who waits for that.
#[derive(Debug, Default)]
struct Piece {
    lines: String,
    waiting: Vec<oneshot::Sender<Result<(), Trouble>>>,
    count: u64,
}

/// What the log knows of lost records.
#[derive(Debug, Default)]
struct Told {
    dropped: u64,
    failed: u64,
    at: Option<Instant>,
}

impl Writer {
    pub(super) fn new(
        file: &Path,
        settings: &Settings,
        alone: Option<Alone>,
        jobs: Receiver<Job>,
        tally: Arc<Tally>,
    ) -> Self {
        let growing = Growing {
            file: file.to_owned(),
            keep_files: settings.keep_files,
            mode: settings.mode,
            is_synced: settings.is_durable,
        };
        Self {
            jobs,
            tally,
            rotate_bytes: settings.rotate_bytes,
            rotate_age: SignedDuration::from_hours(i64::try_from(settings.rotate_hours).unwrap_or(i64::MAX / 3_600)),
            began: began(file),
            growing,
            alone,
            is_failing: false,
            told: Told::default(),
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
                self.tell(false);
                return true;
            }
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        if matches!(first, Job::Record(_, None)) {
            // Nobody unparks: while it is asleep a sender has nobody to wake.
            std::thread::park_timeout(Duration::from_millis(GATHER_MS));
        }
        let mut batch = vec![first];
        batch.extend(self.jobs.try_iter().take(BATCH_LIMIT_RECORDS - 1));
        let is_end = batch.iter().any(|job| matches!(job, Job::Stop));
        if is_end {
            batch.extend(self.jobs.try_iter());
        }
        self.write(batch);
        self.tell(is_end);
        !is_end
    }

    /// Writes the records together, in pieces: what of them is a text already never takes much more than one of them.
    fn write(&mut self, batch: Vec<Job>) {
        let mut piece = Piece::default();
        for job in batch {
            let Job::Record(happening, reply) = job else { continue };
            let weight = happening.weight();
            piece.lines += &Record::of(&happening).to_line();
            piece.count += 1;
            piece.waiting.extend(reply);
            drop(happening);
            self.tally.waiting_bytes.fetch_sub(weight, Ordering::Relaxed);
            if piece.lines.len() >= PIECE_BYTES {
                self.append(std::mem::take(&mut piece));
            }
        }
        self.append(piece);
    }

    fn append(&mut self, Piece { lines, waiting, count }: Piece) {
        if count == 0 {
            return;
        }
        let result = self.stay_alone().and_then(|()| self.appended(&lines));
        let tallied = if result.is_ok() { &self.tally.written } else { &self.tally.failed };
        tallied.fetch_add(count, Ordering::Relaxed);
        self.told_of(&result);
        waiting.into_iter().for_each(|reply| drop(reply.send(result.clone())));
    }

    /// Keeps others from writing the file, where its lock was removed since.
    fn stay_alone(&mut self) -> Result<(), Trouble> {
        match self.alone.as_mut().map(Alone::stay) {
            Some(Err(NotAlone::Taken)) => Err(Trouble::taken(&self.growing.file)),
            None | Some(Ok(()) | Err(NotAlone::Failed(_))) => Ok(()),
        }
    }

    fn appended(&mut self, lines: &str) -> Result<(), Trouble> {
        let added = lines.len() as u64;
        let (is_old, most) = (self.is_old(), self.rotate_bytes);
        let mut is_new = false;
        let written = self.growing.append(lines, |length| {
            is_new = is_old || length + added > most;
            is_new
        });
        if is_new || self.began.is_none() {
            self.began = Some(Timestamp::now());
        }
        written.map_err(|error| Trouble::writing(&self.growing.file, &error))
    }

    /// Says once when writing begins to fail and when it ends.
    fn told_of(&mut self, result: &Result<(), Trouble>) {
        match result {
            Err(trouble) if !self.is_failing => {
                error!(cause = trouble.message, "decisions are not recorded: {}", trouble.help);
            }
            Ok(()) if self.is_failing => info!("decisions are recorded again"),
            _ => {}
        }
        self.is_failing = result.is_err();
    }

    fn is_old(&self) -> bool {
        self.began.is_some_and(|began| Timestamp::now().duration_since(began) >= self.rotate_age)
    }

    /// Sets a file aside that has become too old while no event came.
    fn retire(&mut self) {
        if self.is_old() && self.growing.file.exists() {
            self.began = None;
            if let Err(error) = self.growing.set_aside() {
                warn!(%error, "the journal cannot be set aside");
            }
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
        self.told = Told { dropped, failed, at: Some(Instant::now()) };
    }
}

/// When the file was begun: by its first record, else by when it was last written.
fn began(file: &Path) -> Option<Timestamp> {
    let written = || Timestamp::try_from(std::fs::metadata(file).ok()?.modified().ok()?).ok();
    first_time(file).or_else(written)
}
