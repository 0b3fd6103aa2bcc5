//! The journal of a running gateway: a bounded queue, and a thread that writes.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use tokio::sync::oneshot;
use tracing::error;

use super::beside::beside;
use super::content::Outcome;
use super::key::{FileKey, KeyFile, KeyName, Masters, rewrap};
use super::room::keys_in_use;
use super::settings::Settings;
use super::trouble::Trouble;
use super::unsealed::Unsealed;
use super::writer::{Job, Tally, Writer};
use crate::event::Event;
use crate::outside::{FileLock, NotLocked};
use crate::telemetry::PersonKey;
use crate::telemetry::metrics::{JOURNAL_RECORDS, JOURNAL_WRITABLE, Measured, Page};

/// Where decisions are recorded.
#[derive(Debug)]
pub struct Journal {
    jobs: SyncSender<Job>,
    is_durable: bool,
    instance: Option<String>,
    people: PersonKey,
    /// Most memory that what waits for the writer takes, whatever its number, in bytes.
    queue_limit_bytes: usize,
    tally: Arc<Tally>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What became of the records so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub written: u64,
    /// For which there was no room in the queue.
    pub dropped: u64,
    /// That could not be written.
    pub failed: u64,
}

impl Journal {
    /// A journal with its thread under way; the key is made where there is none.
    ///
    /// # Errors
    /// When another process writes it, there is no key, or no thread.
    pub fn open(file: &Path, settings: &Settings) -> Result<Self, Trouble> {
        let alone = match FileLock::with(file) {
            Ok(alone) => Some(alone),
            Err(NotLocked::Taken) => return Err(Trouble::taken(file)),
            // What is wrong with its folder is told when a record is written, and may pass.
            Err(NotLocked::Failed(_)) => None,
        };
        let masters = Masters::made(&settings.keys, file)?;
        tell_lost_keys(file, &masters)?;
        let (jobs, waiting) = sync_channel(settings.queue_limit_records);
        let tally = Arc::new(Tally::default());
        let (instance, people) = (settings.instance.clone(), PersonKey::new(masters.people()));
        let mut writer = Writer::new(file, settings, (masters, alone), waiting, Arc::clone(&tally));
        let thread = Builder::new().name("journal".to_owned()).spawn(move || while writer.step() {});
        let thread = thread.map_err(|error| Trouble::writing(file, &error))?;
        let (is_durable, queue_limit_bytes) = (settings.is_durable, settings.queue_limit_bytes);
        Ok(Self { jobs, is_durable, instance, people, queue_limit_bytes, tally, thread: Mutex::new(Some(thread)) })
    }

    /// What the log makes digests of people with, so that they are the same as long as the journal's key is.
    #[must_use]
    pub fn people(&self) -> PersonKey {
        self.people
    }

    /// Whether a reply waits until its record is written.
    #[must_use]
    pub fn is_durable(&self) -> bool {
        self.is_durable
    }

    /// The record of a decision on a hook, by rules of this hash, `micros` microseconds after the event came; `None` where it
    /// cannot be written as JSON, which is counted as one that failed.
    #[must_use]
    pub fn unsealed(&self, event: &Event, outcome: &Outcome, hook: &str, rules: &str, micros: u64) -> Option<Unsealed> {
        let record = Unsealed::of(event, outcome, (hook, rules, self.instance.as_deref()), micros);
        if record.is_none() {
            self.tally.failed.fetch_add(1, Ordering::Relaxed);
        }
        record
    }

    /// Records a decision some time soon. Never waits: where there is no room it is dropped and counted.
    pub fn note(&self, record: Unsealed) {
        self.send(record, None);
    }

    /// Records a decision; comes back when it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written, or too many wait.
    pub async fn keep(&self, record: Unsealed) -> Result<(), Trouble> {
        let (reply, answer) = oneshot::channel();
        if !self.send(record, Some(reply)) {
            let help = "more is decided than the disk can take: use a faster one, or `journal.durable: false`";
            return Err(Trouble::new("too many records wait to be written", help));
        }
        let broken = || Trouble::new("the thread that writes the journal broke down", "restart hookgate");
        answer.await.unwrap_or_else(|_| Err(broken()))
    }

    /// What became of the records so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let count = |of: &std::sync::atomic::AtomicU64| of.load(Ordering::Relaxed);
        let Tally { written, dropped, failed, .. } = &*self.tally;
        Counts { written: count(written), dropped: count(dropped), failed: count(failed) }
    }

    /// Whether the newest record could be written.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        !self.tally.is_failing.load(Ordering::Relaxed)
    }

    /// Writes all that waits and ends the thread; what comes later is dropped.
    pub fn stop(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = self.jobs.send(Job::Stop);
            let _ = thread.join();
        }
    }

    /// Whether there was room.
    fn send(&self, record: Unsealed, reply: Option<oneshot::Sender<Result<(), Trouble>>>) -> bool {
        let (tally, weight) = (&self.tally, record.weight());
        let before = tally.waiting_bytes.fetch_add(weight, Ordering::Relaxed);
        // One alone has room, whatever it takes.
        let sent = match before > 0 && before.saturating_add(weight) > self.queue_limit_bytes {
            true => false,
            false => match self.jobs.try_send(Job::Record(record, reply)) {
                Ok(()) => true,
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
            },
        };
        if !sent {
            tally.waiting_bytes.fetch_sub(weight, Ordering::Relaxed);
            tally.dropped.fetch_add(1, Ordering::Relaxed);
        }
        sent
    }
}

/// Wraps all keys by the first master key, and says which files cannot be read any more.
fn tell_lost_keys(file: &Path, masters: &Masters) -> Result<(), Trouble> {
    let keys = KeyFile::read(file).map_err(|error| Trouble::reading_keys(&beside(file, ".keys"), &error))?;
    if !keys.is_empty() {
        rewrap(file, masters)?;
    }
    let used = keys_in_use(file).unwrap_or_default();
    let opened: HashSet<KeyName> = keys.all(masters).iter().map(FileKey::name).collect();
    let lost = used.iter().filter(|key| keys.has(**key) && !opened.contains(key)).count();
    let missing = used.iter().filter(|key| !keys.has(**key)).count();
    if lost > 0 {
        error!(
            keys = lost,
            "a master key of the journal is lost: what was sealed with keys that it wraps cannot be read, and `hookgate why`, \
             `decisions` and `replay` leave it out. Take it back from the backup and write it in `journal.key` of gateway.yaml, \
             behind the first one"
        );
    }
    if missing > 0 {
        error!(
            keys = missing,
            "keys of the journal are not in the file beside it with `.keys` behind its name: what they sealed cannot be read. \
             Take that file back from the backup"
        );
    }
    Ok(())
}

impl Measured for Journal {
    fn tell(&self, page: &mut Page<'_>) {
        let Counts { written, dropped, failed } = self.counts();
        page.numbers(&JOURNAL_RECORDS, [(["written"], written), (["dropped"], dropped), (["failed"], failed)]);
        page.number(&JOURNAL_WRITABLE, u64::from(self.is_writable()));
    }
}

/// A journal that could not be begun, where answers need no records: its numbers say so.
#[derive(Debug)]
pub struct NotBegun;

impl Measured for NotBegun {
    fn tell(&self, page: &mut Page<'_>) {
        page.numbers(&JOURNAL_RECORDS, [(["written"], 0_u64), (["dropped"], 0), (["failed"], 0)]);
        page.number(&JOURNAL_WRITABLE, 0_u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::unsealed::tests::unsealed;

    /// Of a writer that never comes, so many of eight records find room.
    #[test]
    fn what_waits_takes_no_more_than_its_limits_and_one_alone_has_room_whatever_it_takes() {
        let weight = unsealed("asha", 1_000).weight();
        for (queue_limit_records, queue_limit_bytes, room) in [
            (100, 0, 1),
            (100, weight - 1, 1),
            (100, 2 * weight - 1, 1),
            (100, 2 * weight, 2),
            (100, 5 * weight, 5),
            (100, usize::MAX, 8),
            (3, usize::MAX, 3),
        ] {
            let (jobs, waiting) = sync_channel(queue_limit_records);
            let (is_durable, instance, people) = (false, None, PersonKey::new([0; 16]));
            let (tally, thread) = (Arc::<Tally>::default(), Mutex::default());
            let journal = Journal { jobs, is_durable, instance, people, queue_limit_bytes, tally, thread };
            (0..8).for_each(|_| journal.note(unsealed("asha", 1_000)));
            let counts = Counts { written: 0, dropped: 8 - room, failed: 0 };
            assert_eq!(journal.counts(), counts, "{queue_limit_records} {queue_limit_bytes} of {weight}");
            let taken = usize::try_from(room).unwrap() * weight;
            assert_eq!(journal.tally.waiting_bytes.load(Ordering::Relaxed), taken);
            assert_eq!(waiting.try_iter().count() as u64, room);
        }
    }
}
