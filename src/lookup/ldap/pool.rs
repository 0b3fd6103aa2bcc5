//! The connections to one directory: one for each running question, kept for the next one while they work.
//!
//! The places of the connection limit how many questions there are at once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::dial::Dialer;
use super::link::Link;
use crate::lookup::login::Logins;
use crate::lookup::source::Trouble;

/// The connections.
#[derive(Debug)]
pub struct Pool {
    dialer: Dialer,
    idle: Mutex<Vec<Link>>,
    logins: Logins,
}

/// A connection on loan. Dropped, it is thrown away: only who has read an answer to its end may give it back.
#[derive(Debug)]
pub struct Lease<'p> {
    pool: &'p Pool,
    link: Link,
    is_reused: bool,
}

impl Pool {
    pub fn new(dialer: Dialer) -> Self {
        let logins = Logins::new(dialer.address());
        Self { dialer, idle: Mutex::default(), logins }
    }

    /// Whether the directory refused our login.
    pub fn is_refused(&self) -> bool {
        self.logins.is_refused()
    }

    /// A connection that waits for questions, else a new one, which may take `limit` for each step.
    ///
    /// # Errors
    /// When none can be made.
    pub async fn lease(&self, limit: Duration) -> Result<Lease<'_>, Trouble> {
        let (link, is_reused) = match self.waiting() {
            Some(link) => (link, true),
            None => (self.dial(limit).await?, false),
        };
        Ok(Lease { pool: self, link, is_reused })
    }

    /// A new connection.
    ///
    /// # Errors
    /// When it cannot be made, or when a login was refused a moment ago.
    pub async fn dial(&self, limit: Duration) -> Result<Link, Trouble> {
        let (credentials, login) = (self.dialer.credentials()?, self.dialer.credentials()?);
        self.logins.attempt(credentials, self.dialer.dial(limit, login)).await
    }

    /// How connections are made, in words.
    pub fn manner(&self) -> String {
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
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Whether it waited for this question: the server may have closed it without our knowing.
    pub fn is_reused(&self) -> bool {
        self.is_reused
    }

    /// Takes a new connection in its place; those that wait are most likely gone with it.
    ///
    /// # Errors
    /// When none can be made.
    pub async fn renew(&mut self, limit: Duration) -> Result<(), Trouble> {
        self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.link = self.pool.dial(limit).await?;
        self.is_reused = false;
        Ok(())
    }

    /// Keeps the connection for the next question.
    pub fn give_back(self) {
        let Self { pool, link, .. } = self;
        link.answered();
        if link.is_usable() {
            pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(link);
        }
    }
}
