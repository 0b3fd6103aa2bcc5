//! The connections to one directory: as many as are needed at once up to a limit, kept for the next question where they are sound.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::ldap_dial::Dialer;
use super::ldap_link::Link;
use super::source::{Fault, Trouble};

/// How long nobody tries to log in after a login was refused, in seconds: directories lock accounts after a few wrong passwords.
const REFUSED_PAUSE_S: u64 = 30;

/// The connections.
#[derive(Debug)]
pub(super) struct Pool {
    dialer: Dialer,
    idle: Mutex<Vec<Link>>,
    places: Semaphore,
    refused: Mutex<Option<(Instant, Trouble)>>,
}

/// A connection on loan. Dropped, it is thrown away: only who has read an answer to its end may give it back.
#[derive(Debug)]
pub(super) struct Lease<'p> {
    pool: &'p Pool,
    link: Link,
    is_reused: bool,
    /// Free again when the connection is back or gone.
    _place: SemaphorePermit<'p>,
}

impl Pool {
    pub(super) fn new(dialer: Dialer, at_once: u32) -> Self {
        let places = Semaphore::new(usize::try_from(at_once).unwrap_or(1));
        Self { dialer, idle: Mutex::default(), places, refused: Mutex::default() }
    }

    /// A connection that waits for questions, else a new one, which may take `limit` for each step.
    ///
    /// # Errors
    /// When none can be made.
    pub(super) async fn lease(&self, limit: Duration) -> Result<Lease<'_>, Trouble> {
        let closed = |_| Trouble::new(Fault::Question, "the connection is being closed");
        let place = self.places.acquire().await.map_err(closed)?;
        let (link, is_reused) = match self.waiting() {
            Some(link) => (link, true),
            None => (self.dial(limit).await?, false),
        };
        Ok(Lease { pool: self, link, is_reused, _place: place })
    }

    /// A new connection.
    ///
    /// # Errors
    /// When it cannot be made, or when a login was refused a moment ago.
    pub(super) async fn dial(&self, limit: Duration) -> Result<Link, Trouble> {
        let pause = Duration::from_secs(REFUSED_PAUSE_S);
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, trouble)) = refused.filter(|(at, _)| at.elapsed() < pause) {
            return Err(trouble);
        }
        let outcome = self.dialer.dial(limit).await;
        if let Err(trouble) = &outcome
            && trouble.fault == Fault::Access
        {
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), trouble.clone()));
        }
        outcome
    }

    /// How connections are made, in words.
    pub(super) fn manner(&self) -> String {
        self.dialer.manner()
    }

    /// The connection that was used last, so that those that are not needed grow old; these go.
    fn waiting(&self) -> Option<Link> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(Link::is_usable);
        idle.pop()
    }
}

impl Lease<'_> {
    pub(super) fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Whether it waited for this question: the server may have closed it without our knowing.
    pub(super) fn is_reused(&self) -> bool {
        self.is_reused
    }

    /// Takes a new connection in its place; those that wait are most likely gone with it.
    ///
    /// # Errors
    /// When none can be made.
    pub(super) async fn renew(&mut self, limit: Duration) -> Result<(), Trouble> {
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.link = self.pool.dial(limit).await?;
        self.is_reused = false;
        Ok(())
    }

    /// Keeps the connection for the next question.
    pub(super) fn give_back(self) {
        let Self { pool, link, .. } = self;
        link.answered();
        if link.is_usable() {
            pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(link);
        }
    }
}
