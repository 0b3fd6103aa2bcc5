//! The file of the SQLite outbox: opening it, noticing that it was replaced, saving its contents when it was removed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, ffi, params};

use super::table;
use super::wal_index::WalIndex;
use crate::outbox::store::Trouble;
use crate::outside::Mode;

/// How long the file may be held by another program, in milliseconds: an operator's look takes less.
const BUSY_LIMIT_MS: u64 = 2_000;

/// A connection, and which files it has open.
#[derive(Debug)]
pub struct Opened {
    pub connection: Connection,
    /// Let go of behind the connection.
    _index: Option<WalIndex>,
    file: Option<Seen>,
}

/// The file and the log beside it as they were when they were opened.
#[derive(Debug)]
struct Seen {
    database: Option<Inode>,
    log: Option<Inode>,
}

/// Which file it is, whatever its name: the device and the number of its inode.
type Inode = (u64, u64);

impl Opened {
    /// Opens the file for writing, and makes it and its tables where they are not there. The log of SQLite is synced with each
    /// transaction: `synchronous=NORMAL` loses acknowledged events on a power cut.
    pub fn file(file: &Path) -> rusqlite::Result<Self> {
        // SQLite would make it readable for everybody, and what it has beside it is like the file.
        if !file.exists() {
            let _ = Mode::OWN.made(file);
        }
        let index = WalIndex::reserve(file).map_err(|error| full(&error))?;
        let connection = Connection::open(file)?;
        connection.busy_timeout(std::time::Duration::from_millis(BUSY_LIMIT_MS))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        table::create(&connection)?;
        let seen = Seen { database: inode(file), log: None };
        Ok(Self { connection, _index: index, file: Some(seen) })
    }

    /// A database in memory.
    pub fn memory() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        table::create(&connection)?;
        Ok(Self { connection, _index: None, file: None })
    }

    /// Whether what was written stands under the file's name. If it does not, because the file was removed or another put in
    /// its place, all that waits is copied into the file that is there, or a new one, and that is used from then on. If only
    /// the log was removed, all that stands in it is brought into the file.
    ///
    /// # Errors
    /// When it cannot be saved: then it stands in this connection alone, which must be kept.
    pub fn save(&mut self, file: &Path) -> rusqlite::Result<Saved> {
        let Some(seen) = &mut self.file else { return Ok(Saved::Unmoved) };
        let (database, log) = (inode(file), inode(&beside(file, "-wal")));
        if database == seen.database && database.is_some() {
            seen.log = seen.log.or(log);
            if seen.log == log {
                return Ok(Saved::Unmoved);
            }
            let busy: i64 = self.connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
            if busy != 0 {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                    None,
                ));
            }
            *self = Self::file(file)?;
            return Ok(Saved::Log);
        }
        if seen.log.is_none() || seen.log == log {
            // They belong to the file that is gone, and would be taken for those of the one in its place.
            let _ = std::fs::remove_file(beside(file, "-wal"));
            let _ = std::fs::remove_file(beside(file, "-shm"));
        }
        let fresh = Self::file(file)?;
        let deliveries = copy(&self.connection, file)?;
        *self = fresh;
        Ok(Saved::All { deliveries })
    }
}

/// What became of a file that may have been removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It stands where it stood.
    Unmoved,
    /// Its log was removed, and is saved.
    Log,
    /// It was removed or replaced, and this many deliveries are saved.
    All { deliveries: u64 },
}

/// Copies all that waits, in its order, beside what is in the other file already.
fn copy(from: &Connection, file: &Path) -> rusqlite::Result<u64> {
    from.execute("attach database ?1 as saved", params![file.display().to_string()])?;
    let copied = from.execute_batch(&format!("pragma saved.synchronous = full; begin immediate; {COPY} commit;"));
    let deliveries = copied.and_then(|()| from.query_row("select count(*) from main.parcels", [], |row| row.get(0)));
    if deliveries.is_err() {
        // What is left of a transaction would keep the file attached.
        let _ = from.execute_batch("rollback");
    }
    from.execute_batch("detach database saved")?;
    deliveries.map(|deliveries: i64| u64::try_from(deliveries).unwrap_or_default())
}

const COPY: &str = "
insert into saved.parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, attempts, leased_ms,
    worker, state, error, trace, outbox, tried_ms)
select key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, attempts, 0,
    '', state, error, trace, outbox, tried_ms
from main.parcels where true order by id on conflict (key) do nothing;
insert into saved.events (id, at_ms, outbox, event, mark)
select id, at_ms, outbox, event, mark from main.events where true on conflict (id) do nothing;
";

/// A file that SQLite keeps beside the database.
fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[cfg(unix)]
fn inode(file: &Path) -> Option<Inode> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(file).ok().map(|found| (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn inode(file: &Path) -> Option<Inode> {
    file.exists().then_some((0, 0))
}

/// Lets the file and what SQLite has beside it be read by those alone who may. What cannot be made or changed is told when it
/// is used.
pub fn own(file: &Path, mode: Mode) {
    let _ = mode.made(file);
    for behind in ["-wal", "-shm"].map(|end| beside(file, end)) {
        if behind.exists() {
            let _ = mode.made(&behind);
        }
    }
}

/// A disk without room, as SQLite says it.
fn full(error: &std::io::Error) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_FULL), Some(error.to_string()))
}

/// What is wrong with the file, and what to do.
pub fn trouble(file: &Path, error: &rusqlite::Error) -> Trouble {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read stands in the log that was removed, so that it cannot be brought into the file whole.
    #[test]
    #[cfg(unix)]
    fn a_removed_log_that_another_program_reads_is_kept_until_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outbox.db");
        let mut opened = Opened::file(&file).unwrap();
        opened.connection.busy_timeout(std::time::Duration::ZERO).unwrap();
        opened.connection.execute_batch("create table n (n); insert into n values (1)").unwrap();
        assert_eq!(opened.save(&file), Ok(Saved::Unmoved));
        let count = |connection: &Connection| connection.query_row("select count(*) from n", [], |row| row.get(0));
        let other = Connection::open(&file).unwrap();
        other.execute_batch("begin").unwrap();
        assert_eq!(count(&other), Ok(1));
        opened.connection.execute_batch("insert into n values (2)").unwrap();
        std::fs::remove_file(beside(&file, "-wal")).unwrap();
        for _ in 0..2 {
            let kept = opened.save(&file).map_err(|error| error.sqlite_error_code());
            assert_eq!(kept, Err(Some(ErrorCode::DatabaseBusy)));
        }
        drop(other);
        assert_eq!(opened.save(&file), Ok(Saved::Log));
        drop(opened);
        assert_eq!(count(&Connection::open(&file).unwrap()), Ok(2));
    }
}
