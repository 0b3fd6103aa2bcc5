//! The connections to one database server: made when needed, one for each running question, kept while they work.
//!
//! The places of the connection limit how many questions there are at once.
//!
//! sqlx brings a pool of its own. It tries a refused connection again until its time is spent, so that nobody
//! learns why no answer comes, and asks a connection twice for each question whether it is still there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::idle::{Idle, Kept};
use super::trouble::{Stop, trouble};
use crate::lookup::login::{Credentials, Logins};
use crate::lookup::source::{Fault, Trouble};
use crate::outside::relay::Watch;

/// How long a connection may take to say goodbye, in seconds.
const GOODBYE_LIMIT_S: u64 = 5;
/// How much longer than its timeout a question may take that the server should have ended, in milliseconds: then its
/// connection is closed. Connecting may take as long, so that one that takes longer than a timeout is there for the next.
const SILENCE_LIMIT_MS: u64 = 2_000;

/// A connection whose questions the database ends in time.
pub trait Session: Sized + Send {
    /// How to connect.
    type Target: Send + Sync;

    /// Connects, through a relay that measures what the database sends where there is a network between.
    fn dial(target: Self::Target) -> impl Future<Output = Result<(Self, Option<Arc<Watch>>), Trouble>> + Send;

    /// Begins the next question: nothing of an earlier one counts, it cannot write, and ends after this time. An error where
    /// the connection is gone.
    fn start(&mut self, time: Duration) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Ends it: whatever it did is undone.
    fn undo(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Says goodbye.
    fn part(self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// How to connect and log in, with the credentials as they are now.
pub type Dial<C> = (<C as Session>::Target, Option<Credentials>);
type Options<C> = Box<dyn Fn() -> Result<Dial<C>, Trouble> + Send + Sync>;

/// The connections.
pub struct Pool<C: Session> {
    options: Options<C>,
    logins: Logins,
    idle: Idle<Watched<C>>,
}

/// A session, and the relay between.
struct Watched<C> {
    session: C,
    watch: Option<Arc<Watch>>,
}

impl<C: Session> fmt::Debug for Pool<C> {
    /// Without the options: the password is among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("logins", &self.logins).finish_non_exhaustive()
    }
}

impl<C> Watched<C> {
    /// Why the connection failed: what the relay knows of it, else what the library says.
    fn why(&self, error: impl Into<Stop>) -> Trouble {
        let cause = self.watch.as_ref().and_then(|watch| watch.cause());
        cause.map_or_else(|| error.into().into(), |cause| trouble(&sqlx::Error::Io(cause)))
    }
}

impl<C: Session + 'static> Pool<C> {
    /// Nothing is connected yet; the address is for the log. Needs a runtime around it.
    pub fn new(address: &str, options: impl Fn() -> Result<Dial<C>, Trouble> + Send + Sync + 'static) -> Self {
        Self { options: Box::new(options), logins: Logins::new(address), idle: Idle::new(part) }
    }

    /// Whether the database refused our login.
    pub fn is_refused(&self) -> bool {
        self.logins.is_refused()
    }

    /// Has a connection do something that may take this long. What does not end in time, or breaks off half way, takes its
    /// connection with it: what is half read is never used again.
    ///
    /// # Errors
    /// When there is no connection, and what the work came to.
    pub async fn with<T>(
        &self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut C) -> Result<T, Stop>,
    ) -> Result<T, Trouble> {
        let deadline = Instant::now() + limit;
        let end = deadline + Duration::from_millis(SILENCE_LIMIT_MS);
        let silent = |_| Trouble::new(Fault::Source, "the database has gone silent");
        let mut kept = timeout_at(end, self.ready(deadline)).await.map_err(silent)??;
        let outcome = timeout_at(end, work(&mut kept.connection.session)).await.map_err(silent)?;
        let is_over = match &outcome {
            // Sent at once; what is said to it is read when the next question begins, so that this answer does not wait for it.
            Ok(_) => kept.connection.session.undo().now_or_never().is_none_or(|ended| ended.is_ok()),
            Err(stop) if stop.leaves_whole() => {
                timeout_at(end, kept.connection.session.undo()).await.is_ok_and(|ended| ended.is_ok())
            }
            Err(_) => false,
        };
        if is_over {
            self.keep(kept);
            return outcome.map_err(Trouble::from);
        }
        outcome.map_err(|stop| kept.connection.why(stop))
    }

    /// A connection whose next question ends by the deadline.
    async fn ready(&self, deadline: Instant) -> Result<Kept<Watched<C>>, Trouble> {
        let left = || deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        while let Some(mut kept) = self.idle.take() {
            // The server may have closed it meanwhile; that is no trouble.
            if kept.connection.session.start(left()).await.is_ok() {
                return Ok(kept);
            }
        }
        let made = Instant::now();
        let (target, credentials) = (self.options)()?;
        let (session, watch) = self.logins.attempt(credentials, C::dial(target)).await?;
        let mut kept = Kept::new(Watched { session, watch }, made);
        if Instant::now() >= deadline {
            self.keep(kept);
            return Err(Trouble::new(Fault::Source, "connecting took too long"));
        }
        let started = kept.connection.session.start(left()).await;
        started.map_err(|error| kept.connection.why(error))?;
        Ok(kept)
    }

    fn keep(&self, kept: Kept<Watched<C>>) {
        if let Some(watch) = &kept.connection.watch {
            watch.answered();
        }
        self.idle.keep(kept);
    }
}

/// Says goodbye over connections that nobody needs any more.
async fn part<C: Session>(old: Vec<Watched<C>>) {
    for watched in old {
        let _ = timeout(Duration::from_secs(GOODBYE_LIMIT_S), watched.session.part()).await;
    }
}

#[cfg(test)]
mod tests {
    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// A session that does whatever it is asked.
    struct Willing;

    impl Session for Willing {
        type Target = ();

        async fn dial((): ()) -> Result<(Self, Option<Arc<Watch>>), Trouble> {
            Ok((Self, None))
        }

        async fn start(&mut self, _: Duration) -> Result<(), sqlx::Error> {
            Ok(())
        }

        async fn undo(&mut self) -> Result<(), sqlx::Error> {
            Ok(())
        }

        async fn part(self) -> Result<(), sqlx::Error> {
            Ok(())
        }
    }

    /// A statement that the database refused.
    #[derive(Debug)]
    struct Refused;

    impl fmt::Display for Refused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("refused")
        }
    }

    impl std::error::Error for Refused {}

    impl DatabaseError for Refused {
        fn message(&self) -> &'static str {
            "refused"
        }

        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    fn pool() -> Pool<Willing> {
        Pool::new("postgres://hr", || Ok(((), None)))
    }

    fn kept(pool: &Pool<Willing>) -> usize {
        pool.idle.count()
    }

    async fn ask(pool: &Pool<Willing>, outcome: Result<i64, Stop>) -> Result<i64, Trouble> {
        pool.with(Duration::from_secs(20), async |_: &mut Willing| outcome).await
    }

    #[tokio::test]
    async fn a_connection_is_kept_where_it_is_whole() {
        let pool = pool();
        assert_eq!(ask(&pool, Ok(1)).await, Ok(1));
        assert!(ask(&pool, Err(sqlx::Error::Database(Box::new(Refused)).into())).await.is_err());
        assert_eq!(kept(&pool), 1);
        let unfit = Trouble::new(Fault::Answer, "unfit");
        assert_eq!(ask(&pool, Err(unfit.into())).await.unwrap_err().message, "unfit");
        assert_eq!(kept(&pool), 0);
        assert_eq!(ask(&pool, Ok(1)).await, Ok(1));
    }
}
