//! Sessions of the shared outbox: each serves one task at a time, and is closed when anything goes wrong.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::clock::DatabaseClock;
use super::options::options;
use super::table::create;
use super::trouble::{Failure, is_passing};
use crate::outbox::settings::PostgresStore;
use crate::outbox::store::Trouble;
use crate::outside::relay::{self, Watch};

/// How long a session that nobody uses is trusted, in milliseconds: what stands between may have forgotten it.
const IDLE_LIMIT_MS: u64 = 60_000;

/// Sessions with one database.
pub struct Sessions {
    settings: PostgresStore,
    /// What messages call it: never more than the host and the database.
    name: String,
    clock: Arc<DatabaseClock>,
    places: Semaphore,
    idle: Mutex<Vec<Kept>>,
    /// The runtime that the sessions belong to: not that of a thread that answers hooks, which may end before.
    handle: OnceLock<Handle>,
}

/// A session that nobody uses now.
struct Kept {
    session: Session,
    since: Instant,
}

/// A session, and the time limit that the server has been told.
struct Session {
    connection: PgConnection,
    told: Option<Duration>,
    watch: Arc<Watch>,
}

/// Why a connection failed: what the relay knows of it, else what the library says.
fn why(watch: &Watch, error: sqlx::Error) -> sqlx::Error {
    watch.cause().map_or(error, sqlx::Error::Io)
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sessions({})", self.name)
    }
}

impl Sessions {
    /// At most `places` sessions; nothing is connected yet.
    pub fn open(settings: &PostgresStore, clock: &Arc<DatabaseClock>, places: usize) -> Result<Self, Trouble> {
        // What is not there is told now, and not with the first event.
        let (server, _) = options(settings)?;
        let handle = OnceLock::new();
        if let Ok(current) = Handle::try_current() {
            let _ = handle.set(current);
        }
        let name = format!("the outbox in PostgreSQL at `{}`", server.host);
        let (settings, clock, places) = (settings.clone(), Arc::clone(clock), Semaphore::new(places));
        Ok(Self { settings, name, clock, places, idle: Mutex::default(), handle })
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its work runs.
    pub fn handle(&self) -> &Handle {
        self.handle.get_or_init(Handle::current)
    }

    /// Does something over a session of its own, within this time, connecting included. It may be done twice: when the
    /// session broke, nobody knows whether the first time counts.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        limit: Duration,
        work: impl for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + Sync + 'static,
    ) -> Result<T, Failure> {
        let sessions = Arc::clone(self);
        // A task of its own, so that a caller that goes away leaves nothing half said. What takes too long is dropped
        // together with its session: nobody else ever reads the rest of its answer.
        let task = self.handle().spawn(async move { timeout(limit, sessions.twice(limit, work)).await });
        match task.await {
            Ok(Ok(done)) => done.map_err(|error| Failure::of(&self.name, &error)),
            Ok(Err(_)) => {
                self.close();
                Err(Failure::silent(&self.name, limit))
            }
            Err(_) => Err(Failure::broken(&self.name)),
        }
    }

    async fn twice<T>(
        &self,
        limit: Duration,
        work: impl for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    ) -> sqlx::Result<T> {
        // Nobody closes it.
        let _place = self.places.acquire().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let session = match self.kept() {
            Some(session) => session,
            None => self.connect().await?,
        };
        match self.over(session, limit, &work).await {
            Err(error) if is_passing(&error) => {
                self.close();
                self.over(self.connect().await?, limit, &work).await
            }
            done => done,
        }
    }

    /// The session is kept only if all went well: else something may be open in it.
    async fn over<T>(
        &self,
        mut session: Session,
        limit: Duration,
        work: &impl for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>,
    ) -> sqlx::Result<T> {
        if session.told != Some(limit) {
            // The server ends by itself what nobody waits for any more.
            let set = format!("set statement_timeout = {}", limit.as_millis());
            session.connection.execute(AssertSqlSafe(set)).await?;
            session.told = Some(limit);
        }
        self.clock.read(&mut session.connection).await.map_err(|error| why(&session.watch, error))?;
        let done = work(&mut session.connection).await.map_err(|error| why(&session.watch, error))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Kept { session, since: Instant::now() });
        Ok(done)
    }

    async fn connect(&self) -> sqlx::Result<Session> {
        let now = options(&self.settings).map_err(|trouble| sqlx::Error::Configuration(trouble.message.into()))?;
        // What is claimed is as large as the deliveries that wait: each message has a limit, all together have none.
        let (socket, watch) = relay::postgres(&now.0, false).await?;
        let connected = now.1.socket(socket).connect().await;
        let mut connection = connected.map_err(|error| why(&watch, error))?;
        create(&mut connection).await.map_err(|error| why(&watch, error))?;
        Ok(Session { connection, told: None, watch })
    }

    /// The session that was used last, if that is not long ago.
    fn kept(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|kept| kept.since.elapsed() < Duration::from_millis(IDLE_LIMIT_MS));
        idle.pop().map(|kept| kept.session)
    }

    /// Closes all that nobody uses now: where one broke, the others are no better.
    fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
