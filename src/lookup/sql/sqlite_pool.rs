//! The connections to one SQLite file: made when needed, one for each running question, kept for the next one.
//!
//! The library works on the thread that calls it, so each question has a thread while it runs. The places of the
//! connection limit how many there are at once.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, timeout};

use super::idle::{Idle, Kept};
use crate::lookup::source::{Fault, Trouble};

/// Steps of SQLite's machine between two looks at the time.
const STEPS_PER_LOOK: i32 = 1_000;
/// How long a file that is being written is waited for, in milliseconds.
const BUSY_LIMIT_MS: u64 = 500;
/// Queries that a connection keeps prepared.
const PREPARED_LIMIT: usize = 100;
/// How much longer than its timeout a question may take: a disk that does not answer cannot be interrupted.
const SILENCE_LIMIT_MS: u64 = 2_000;

/// The connections.
#[derive(Debug)]
pub(super) struct Pool {
    file: String,
    idle: Idle<Connection>,
}

/// Opens the file for reading alone.
fn open(file: &str) -> Result<Kept<Connection>, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
    let made = Instant::now();
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_millis(BUSY_LIMIT_MS))?;
    connection.set_prepared_statement_cache_capacity(PREPARED_LIMIT);
    connection.pragma_update(None, "query_only", true)?;
    Ok(Kept::new(connection, made))
}

/// Does something that ends by the deadline, whether or not anybody still waits for it.
fn ask<T>(
    connection: &Connection,
    deadline: Instant,
    work: impl FnOnce(&Connection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    if Instant::now() >= deadline {
        return Err(Trouble::new(Fault::Source, "connecting took too long"));
    }
    connection.progress_handler(STEPS_PER_LOOK, Some(move || Instant::now() >= deadline))?;
    work(connection)
}

impl Pool {
    /// Nothing is opened yet. Needs a runtime around it.
    pub(super) fn new(file: &str) -> Self {
        let close = async |old: Vec<Connection>| drop(spawn_blocking(move || drop(old)));
        Self { file: file.to_owned(), idle: Idle::new(close) }
    }

    /// Has a connection do something that may take this long.
    ///
    /// # Errors
    /// When there is no connection, and what the work came to.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let (deadline, waiting, file) = (Instant::now() + limit, self.idle.take(), self.file.clone());
        let asking = spawn_blocking(move || {
            let kept = waiting.map_or_else(|| open(&file), Ok)?;
            let outcome = ask(&kept.connection, deadline, work);
            Ok::<_, Trouble>((kept, outcome))
        });
        // What takes longer is waited for no more, and closes its connection when it is over.
        let asked = timeout(limit + Duration::from_millis(SILENCE_LIMIT_MS), asking).await;
        let asked = asked.map_err(|_| Trouble::new(Fault::Source, "the database has gone silent"))?;
        let (kept, outcome) = match asked.map_err(JoinError::try_into_panic) {
            Ok(asked) => asked?,
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            Err(Err(_)) => return Err(Trouble::new(Fault::Source, "hookgate is being stopped")),
        };
        self.idle.keep(kept);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const ENDLESS: &str =
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n where i < 0";

    fn pool() -> Pool {
        Pool::new(":memory:")
    }

    fn kept(pool: &Pool) -> usize {
        pool.idle.count()
    }

    async fn ask(pool: &Pool, limit: Duration, query: &'static str) -> Result<i64, Trouble> {
        pool.with(limit, move |connection| Ok(connection.query_row(query, [], |row| row.get(0))?)).await
    }

    async fn ask_one(pool: &Pool) -> Result<i64, Trouble> {
        ask(pool, Duration::from_secs(20), "select 1").await
    }

    #[tokio::test]
    async fn a_connection_is_kept_whatever_it_was_asked() {
        let pool = pool();
        for _ in 0..3 {
            assert_eq!(ask_one(&pool).await, Ok(1));
            assert!(ask(&pool, Duration::from_secs(20), "select nothing").await.is_err());
            assert_eq!(kept(&pool), 1);
        }
    }

    #[tokio::test]
    async fn a_slow_question_holds_nobody_up_and_ends_at_its_limit() {
        let pool = Arc::new(pool());
        let (limit, began) = (Duration::from_secs(2), Instant::now());
        let slow = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { ask(&pool, limit, ENDLESS).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(ask_one(&pool).await, Ok(1));
        assert!(!slow.is_finished());
        let told = slow.await.unwrap().unwrap_err();
        assert_eq!(
            (told.fault, told.message.as_str()),
            (Fault::Source, "the query took too long and was ended (code 9)")
        );
        assert!(began.elapsed() >= limit, "{:?}", began.elapsed());
        assert_eq!(kept(&pool), 2);
    }

    /// Whoever asked may be gone: nothing is left on its way past its limit.
    #[tokio::test]
    async fn a_question_that_nobody_waits_for_ends_at_its_limit_too() {
        let pool = pool();
        let (left, over) = tokio::sync::oneshot::channel();
        let asking = pool.with(Duration::from_millis(300), move |connection| {
            let outcome = connection.query_row(ENDLESS, [], |_| Ok(()));
            let _ = left.send(outcome.is_err());
            Ok(outcome?)
        });
        assert!(timeout(Duration::from_millis(50), asking).await.is_err(), "it was dropped half way");
        assert_eq!(over.await, Ok(true));
        assert_eq!(kept(&pool), 0);
    }

    #[tokio::test]
    async fn a_file_is_opened_for_reading_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hr.db").display().to_string();
        Connection::open(&file).unwrap().execute_batch("create table t (a integer)").unwrap();
        let pool = Pool::new(&file);
        let told = ask(&pool, Duration::from_secs(20), "insert into t values (1) returning a").await.unwrap_err();
        assert_eq!(told.message, "the query would change something (code 8)");
    }
}
