//! The outbox in one file of SQLite: one thread writes, and takes whatever has gathered into one synced transaction.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use futures_util::future::BoxFuture;
use rusqlite::{Connection, ErrorCode, TransactionBehavior, ffi};
use tokio::sync::oneshot;

use super::parcel::Consignment;
use super::store::{Change, Claim, Claimed, Count, Row, Settled, Store, Trouble, Wanted};
use super::table;
use super::wal_index::WalIndex;
use crate::outside::Mode;

/// Jobs that wait for the writer; when they are full a caller is turned away rather than kept waiting.
const QUEUE_LIMIT_JOBS: usize = 4_096;
/// Most jobs that one transaction takes.
const BATCH_LIMIT_JOBS: usize = 512;
/// How long the file may be held by another program, in milliseconds: an operator's look takes less.
const BUSY_LIMIT_MS: u64 = 2_000;

/// What is done inside a transaction. Given trouble instead, it does nothing. What it returns is called after the commit.
type Job = Box<dyn FnOnce(Result<&Connection, Trouble>) -> (rusqlite::Result<()>, Finish) + Send>;
type Finish = Box<dyn FnOnce(Result<(), Trouble>) + Send>;

/// The embedded outbox.
#[derive(Debug)]
pub struct Embedded {
    jobs: SyncSender<Job>,
    name: String,
}

/// Where the parcels are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    /// For what must not be written down; gone with the process.
    Memory,
}

impl Embedded {
    /// An outbox at this place. The file is opened with the first job, and again after trouble: a disk that has room
    /// again needs no restart.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(place: Place) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(QUEUE_LIMIT_JOBS);
        let name = match &place {
            Place::File(file) => format!("`{}`", file.display()),
            Place::Memory => "the outbox in memory".to_owned(),
        };
        let mut writer = Writer { place, connection: None, index: None, waiting };
        thread::Builder::new().name("outbox".to_owned()).spawn(move || while writer.step() {})?;
        Ok(Self { jobs, name })
    }

    /// Has the writer do something within a transaction.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, Trouble>> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.try_send(job(work, reply));
        Box::pin(async move {
            let help = "more is sent than the disk can take: spread the load, or use a faster disk";
            match sent {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    let message = format!("{} has {QUEUE_LIMIT_JOBS} jobs waiting", self.name);
                    return Err(Trouble { message, help: help.to_owned() });
                }
                Err(TrySendError::Disconnected(_)) => return Err(self.broken()),
            }
            answer.await.unwrap_or_else(|_| Err(self.broken()))
        })
    }

    fn broken(&self) -> Trouble {
        Trouble {
            message: format!("the thread that writes {} broke down", self.name),
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

/// The thread's side.
struct Writer {
    place: Place,
    connection: Option<Connection>,
    /// For as long as there is a connection, and longer than that.
    index: Option<WalIndex>,
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
        let mut connection = match self.open() {
            Ok(connection) => connection,
            Err(error) => {
                self.index = None;
                let trouble = self.trouble(&error);
                jobs.into_iter().for_each(|job| (job(Err(trouble.clone())).1)(Ok(())));
                return;
            }
        };
        let mut finishes = Vec::with_capacity(jobs.len());
        let outcome = work(&mut connection, jobs, &mut finishes);
        let done = outcome.map_err(|error| self.trouble(&error));
        if done.is_ok() {
            self.connection = Some(connection);
        } else {
            drop(connection);
            self.index = None;
        }
        // After trouble the connection is closed: a sync that failed once may seem to work the next time and has lost pages.
        finishes.into_iter().for_each(|finish| finish(done.clone()));
    }

    fn open(&mut self) -> rusqlite::Result<Connection> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let connection = match &self.place {
            Place::File(file) => {
                self.index = None;
                self.index = WalIndex::reserve(file).map_err(|error| full(&error))?;
                open_file(file)?
            }
            Place::Memory => Connection::open_in_memory()?,
        };
        table::create(&connection)?;
        Ok(connection)
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

/// Lets the file and what SQLite has beside it be read by those alone who may. What cannot be made or changed is told when it is used.
pub(super) fn own(file: &Path, mode: Mode) {
    let _ = mode.made(file);
    for behind in ["-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(behind);
        if Path::new(&name).exists() {
            let _ = mode.made(Path::new(&name));
        }
    }
}

/// Opens the file for writing. The log of SQLite is synced with each transaction: `synchronous=NORMAL` loses
/// acknowledged events on a power cut.
fn open_file(file: &Path) -> rusqlite::Result<Connection> {
    // SQLite would make it readable for everybody, and what it has beside it is like the file.
    if !file.exists() {
        let _ = Mode::OWN.made(file);
    }
    let connection = Connection::open(file)?;
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_LIMIT_MS))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// As SQLite says it.
fn full(error: &std::io::Error) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), Some(error.to_string()))
}

/// What is wrong with the file, and what to do.
fn trouble(file: &Path, error: &rusqlite::Error) -> Trouble {
    let name = file.display();
    let (what, help) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            ("cannot be written, the disk is full", "make room there; hookgate goes on by itself")
        }
        Some(ErrorCode::ReadOnly) => {
            ("cannot be written", "let hookgate's user write the file and its folder; it goes on by itself")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ("is held by another program", "end the program that holds it; hookgate goes on by itself")
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            ("is damaged", "move it away to save what can be read of it; hookgate then begins a new one")
        }
        Some(ErrorCode::CannotOpen) => (
            "cannot be opened",
            "see that its folder is there and that hookgate's user may write it; it goes on by itself",
        ),
        _ => ("cannot be written", "see whether its disk is well; hookgate goes on by itself"),
    };
    Trouble { message: format!("the outbox `{name}` {what} ({error})"), help: help.to_owned() }
}

impl Store for Embedded {
    fn put(&self, consignment: Consignment) -> BoxFuture<'_, Result<bool, Trouble>> {
        self.run(move |connection| table::put(connection, &consignment))
    }

    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, Trouble>> {
        self.run(move |connection| table::claim(connection, &claim))
    }

    fn settle(&self, settled: Vec<Settled>) -> BoxFuture<'_, Result<(), Trouble>> {
        self.run(move |connection| settled.iter().try_for_each(|settled| table::settle(connection, settled)))
    }

    fn is_own(&self) -> bool {
        true
    }

    fn release(&self, worker: Option<String>) -> BoxFuture<'_, Result<(), Trouble>> {
        self.run(move |connection| table::release(connection, worker.as_deref()))
    }

    fn forget(&self, before_ms: i64) -> BoxFuture<'_, Result<(), Trouble>> {
        self.run(move |connection| table::forget(connection, before_ms))
    }

    fn count(&self) -> BoxFuture<'_, Result<Count, Trouble>> {
        self.run(table::count)
    }

    fn find(&self, wanted: Wanted) -> BoxFuture<'_, Result<Vec<Row>, Trouble>> {
        self.run(move |connection| table::find(connection, &wanted))
    }

    fn change(&self, wanted: Wanted, change: Change, now_ms: i64) -> BoxFuture<'_, Result<u64, Trouble>> {
        self.run(move |connection| table::change(connection, &wanted, change, now_ms))
    }
}
