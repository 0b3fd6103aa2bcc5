//! The store in SQLite: one thread writes, and stores everything that has gathered in one synced transaction.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use futures_util::future::BoxFuture;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::file::{Opened, Saved, trouble};
use super::table;
use crate::outbox::delivery::{NewDeliveries, Passing};
use crate::outbox::settings::Settings;
use crate::outbox::store::{Change, Claim, Claimed, Count, Row, Settled, Store, Trouble, Wanted};
use crate::outside::{FileLock, NotLocked};

/// Jobs that wait for the writer; when they are full a caller is turned away rather than kept waiting.
const QUEUE_LIMIT_JOBS: usize = 4_096;
/// Most jobs that one transaction takes.
const BATCH_LIMIT_JOBS: usize = 512;

/// What is done inside a transaction. Given trouble instead, it does nothing. What it returns is called after the commit.
type Job = Box<dyn FnOnce(Result<&Connection, Trouble>) -> (rusqlite::Result<()>, Finish) + Send>;
type Finish = Box<dyn FnOnce(Result<(), Trouble>) + Send>;

/// The embedded outbox.
#[derive(Debug)]
pub struct Embedded {
    jobs: SyncSender<Job>,
    /// The name of the outbox: what stands there under others is left alone.
    outbox: Arc<str>,
    /// What messages call it.
    shown: String,
}

/// Where the deliveries are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    /// For what must not be written down; gone with the process.
    Memory,
}

impl Embedded {
    /// An outbox of the usual name at this place; see [`Embedded::named`].
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(place: Place) -> std::io::Result<Self> {
        Self::named(place, Settings::USUAL_NAME)
    }

    /// An outbox at this place. The file is opened with the first job, and again after trouble: a disk that has room
    /// again needs no restart.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn named(place: Place, outbox: &str) -> std::io::Result<Self> {
        Self::begun(place, outbox, false, None)
    }

    /// The same that no other process begins beside it: commands for an operator, which begin it without, may work on it.
    ///
    /// # Errors
    /// When another process has it, or the operating system gives no thread.
    pub fn alone(file: PathBuf, outbox: &str) -> Result<Self, NotBegun> {
        let lock = match FileLock::with(&file) {
            Ok(lock) => Some(lock),
            Err(NotLocked::Taken) => return Err(NotBegun::Taken),
            // What is wrong with its folder is told by whoever stores something, and may pass.
            Err(NotLocked::Failed(_)) => None,
        };
        Self::begun(Place::File(file), outbox, true, lock).map_err(NotBegun::NoThread)
    }

    fn begun(place: Place, outbox: &str, is_alone: bool, lock: Option<FileLock>) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(QUEUE_LIMIT_JOBS);
        let shown = match &place {
            Place::File(file) => format!("`{}`", file.display()),
            Place::Memory => "the outbox in memory".to_owned(),
        };
        let mut writer = Writer { place, is_alone, lock, opened: None, waiting };
        thread::Builder::new().name("outbox".to_owned()).spawn(move || while writer.step() {})?;
        Ok(Self { jobs, outbox: outbox.into(), shown })
    }

    /// Has the writer do something within a transaction; it is given the outbox's name.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &str) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, Trouble>> {
        let (reply, answer) = oneshot::channel();
        let outbox = Arc::clone(&self.outbox);
        let sent = self.jobs.try_send(job(move |connection| work(connection, &outbox), reply));
        Box::pin(async move {
            let help = "more is sent than the disk can take: spread the load, or use a faster disk";
            match sent {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    let message = format!("{} has {QUEUE_LIMIT_JOBS} jobs waiting", self.shown);
                    return Err(Trouble { message, help: help.to_owned() });
                }
                Err(TrySendError::Disconnected(_)) => return Err(self.broken()),
            }
            answer.await.unwrap_or_else(|_| Err(self.broken()))
        })
    }

    fn broken(&self) -> Trouble {
        Trouble {
            message: format!("the thread that writes {} broke down", self.shown),
            help: "restart hookgate; what was acknowledged is stored".to_owned(),
        }
    }
}

fn job<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    reply: oneshot::Sender<Result<T, Trouble>>,
) -> Job {
    Box::new(move |connection| {
        let send = |answer| drop(reply.send(answer));
        match connection.map(work) {
            Ok(Ok(value)) => (Ok(()), Box::new(move |done: Result<(), Trouble>| send(done.map(|()| value)))),
            // What failed fails the whole transaction, so that `done` is never well here.
            Ok(Err(error)) => (Err(error), Box::new(move |done: Result<(), Trouble>| send(Err(trouble_of(done))))),
            Err(trouble) => (Ok(()), Box::new(move |_| send(Err(trouble)))),
        }
    })
}

fn trouble_of(done: Result<(), Trouble>) -> Trouble {
    let unknown = Trouble { message: "the outbox failed".to_owned(), help: "look into the log".to_owned() };
    done.err().unwrap_or(unknown)
}

/// Why an outbox cannot be begun.
#[derive(Debug)]
pub enum NotBegun {
    /// Another process works on it.
    Taken,
    NoThread(std::io::Error),
}

/// The thread's side.
struct Writer {
    place: Place,
    /// Whether no other process may begin it.
    is_alone: bool,
    /// What keeps others from it, as soon as it can be had.
    lock: Option<FileLock>,
    opened: Option<Opened>,
    waiting: Receiver<Job>,
}

impl Writer {
    /// Waits for a job and does it with all others that have gathered; `false` when nobody can send any more.
    fn step(&mut self) -> bool {
        let Ok(first) = self.waiting.recv() else { return false };
        let gathered = std::iter::once(first).chain(self.waiting.try_iter().take(BATCH_LIMIT_JOBS - 1));
        let jobs: Vec<Job> = gathered.collect();
        self.transact(jobs);
        true
    }

    fn transact(&mut self, jobs: Vec<Job>) {
        let mut opened = match self.open() {
            Ok(opened) => opened,
            Err(trouble) => {
                jobs.into_iter().for_each(|job| (job(Err(trouble.clone())).1)(Ok(())));
                return;
            }
        };
        let mut finishes = Vec::with_capacity(jobs.len());
        let worked = work(&mut opened.connection, jobs, &mut finishes).map_err(|error| self.trouble(&error));
        let saved = self.save(&mut opened);
        // After trouble the connection is closed: a sync that failed once may seem to work the next time and has lost
        // pages. One whose file is gone has all that waits, and is kept until that is saved.
        if worked.is_ok() || saved.is_err() {
            self.opened = Some(opened);
        }
        let done = saved.and(worked);
        finishes.into_iter().for_each(|finish| finish(done.clone()));
    }

    fn open(&mut self) -> Result<Opened, Trouble> {
        self.take_lock()?;
        if let Some(opened) = self.opened.take() {
            return Ok(opened);
        }
        let opened = match &self.place {
            Place::File(file) => Opened::file(file),
            Place::Memory => Opened::memory(),
        };
        opened.map_err(|error| self.trouble(&error))
    }

    /// Takes the lock where there should be one and is none, or none any more.
    fn take_lock(&mut self) -> Result<(), Trouble> {
        let (true, Place::File(file)) = (self.is_alone, &self.place) else { return Ok(()) };
        let held = match &mut self.lock {
            Some(lock) => lock.stay(),
            None => FileLock::with(file).map(|lock| self.lock = Some(lock)),
        };
        match held {
            // Where it cannot be made, what is wrong with the folder is told by whoever writes there.
            Ok(()) | Err(NotLocked::Failed(_)) => Ok(()),
            Err(NotLocked::Taken) => Err(taken(file)),
        }
    }

    /// Sees to it that what was written stands under the file's name, before anybody is told that it is stored.
    fn save(&mut self, opened: &mut Opened) -> Result<(), Trouble> {
        // An operator's command makes no outbox, also where there was one a moment ago.
        let (Place::File(file), true) = (&self.place, self.is_alone) else { return Ok(()) };
        let name = file.display().to_string();
        match opened.save(file) {
            Ok(Saved::Unmoved) => return Ok(()),
            Ok(Saved::Log) => tracing::error!(
                target: "hookgate::outbox",
                file = name,
                "the log beside the outbox was removed while hookgate runs, and what stood in it is saved; leave both alone"
            ),
            Ok(Saved::All { deliveries }) => tracing::error!(
                target: "hookgate::outbox",
                file = name,
                deliveries,
                "the outbox was removed or replaced while hookgate runs, and what waits is written there anew; stop hookgate \
                 before you move it"
            ),
            Err(error) => {
                let mut trouble = trouble(file, &error);
                trouble.message += "; it was removed while hookgate runs, and what waits stands in memory alone until it can be written";
                return Err(trouble);
            }
        }
        // Its file may be gone with the outbox.
        self.take_lock()
    }

    fn trouble(&self, error: &rusqlite::Error) -> Trouble {
        match &self.place {
            Place::File(file) => trouble(file, error),
            Place::Memory => Trouble {
                message: format!("the outbox in memory failed: {error}"),
                help: "restart hookgate".to_owned(),
            },
        }
    }
}

/// What is told where another process has it.
pub fn taken(file: &std::path::Path) -> Trouble {
    Trouble {
        message: format!("the outbox `{}` is in use by another `hookgate serve`", file.display()),
        help:
            "stop that one first, or give this one an `outbox.file` of its own; gateways that share deliveries share \
               `outbox.postgres`"
                .to_owned(),
    }
}

/// All jobs in one transaction; each is called, also behind one that failed.
fn work(connection: &mut Connection, jobs: Vec<Job>, finishes: &mut Vec<Finish>) -> rusqlite::Result<()> {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            finishes.extend(jobs.into_iter().map(undone));
            return Err(error);
        }
    };
    let mut failed = None;
    for job in jobs {
        let (result, finish) = job(Ok(&transaction));
        finishes.push(finish);
        failed = failed.or(result.err());
    }
    match failed {
        Some(error) => Err(error),
        None => transaction.commit(),
    }
}

/// A job that was never begun: it is told the trouble of the whole.
fn undone(job: Job) -> Finish {
    Box::new(move |done| (job(Err(trouble_of(done))).1)(Ok(())))
}

impl Store for Embedded {
    fn put(&self, new_deliveries: NewDeliveries) -> BoxFuture<'_, Result<bool, Trouble>> {
        self.run(move |connection, outbox| table::put(connection, outbox, &new_deliveries))
    }

    fn pass(&self, passing: Passing) -> BoxFuture<'_, Result<(), Trouble>> {
        self.run(move |connection, _| table::pass(connection, &passing))
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, Trouble>> {
        self.run(move |connection, outbox| table::claim(connection, outbox, &claim))
    }

    fn settle(&self, settled: Vec<Settled>) -> BoxFuture<'_, Result<(), Trouble>> {
        self.run(move |connection, _| settled.iter().try_for_each(|settled| table::settle(connection, settled)))
    }

    fn is_own(&self) -> bool {
        true
    }

    fn release(&self, worker: Option<String>) -> BoxFuture<'_, Result<(), Trouble>> {
        self.run(move |connection, outbox| table::release(connection, outbox, worker.as_deref()))
    }

    fn forget(&self, before_ms: i64) -> BoxFuture<'_, Result<(), Trouble>> {
        self.run(move |connection, outbox| table::forget(connection, outbox, before_ms))
    }

    fn straighten(&self, now_ms: i64, slack_ms: i64) -> BoxFuture<'_, Result<u64, Trouble>> {
        self.run(move |connection, outbox| table::straighten(connection, outbox, now_ms, slack_ms))
    }

    fn elsewhere(&self) -> BoxFuture<'_, Result<Vec<(String, i64)>, Trouble>> {
        self.run(table::elsewhere)
    }

    fn count(&self) -> BoxFuture<'_, Result<Count, Trouble>> {
        self.run(table::count)
    }

    fn find(&self, wanted: Wanted) -> BoxFuture<'_, Result<Vec<Row>, Trouble>> {
        self.run(move |connection, outbox| table::find(connection, outbox, &wanted))
    }

    fn change(&self, wanted: Wanted, change: Change, now_ms: i64) -> BoxFuture<'_, Result<u64, Trouble>> {
        self.run(move |connection, outbox| table::change(connection, outbox, &wanted, change, now_ms))
    }
}
