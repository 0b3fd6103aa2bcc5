//! One connection to a directory with the task that reads and writes for it; both end together.

use std::sync::Arc;
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::trouble::of_io;
use crate::lookup::source::Trouble;
use crate::outside::relay::Watch;

/// Longest time without a question, in seconds: firewalls on the way forget silent connections after a few minutes.
const IDLE_LIMIT_S: u64 = 120;
/// Longest life, in seconds: then the host's name is resolved anew.
const AGE_LIMIT_S: u64 = 1_800;

/// A connection.
#[derive(Debug)]
pub struct Link {
    handle: Ldap,
    driver: JoinHandle<()>,
    watch: Arc<Watch>,
    began: Instant,
    last_used: Instant,
}

impl Link {
    /// Takes over a connection that is open.
    pub fn new(connection: LdapConnAsync, handle: Ldap, watch: Arc<Watch>) -> Self {
        let driver = tokio::spawn(async move {
            // What broke is told by the question that was on its way.
            let _ = connection.drive().await;
        });
        let now = Instant::now();
        Self { handle, driver, watch, began: now, last_used: now }
    }

    /// The connection, to ask a question.
    pub fn handle(&mut self) -> &mut Ldap {
        self.last_used = Instant::now();
        &mut self.handle
    }

    /// Why the connection was closed, if the relay closed it or knows more.
    pub fn cause(&self) -> Option<Trouble> {
        self.watch.cause().map(|error| of_io(&error))
    }

    /// The answer has been read.
    pub fn answered(&self) {
        self.watch.answered();
    }

    /// Whether it may be asked once more.
    pub fn is_usable(&self) -> bool {
        let is_young = |since: Instant, limit_s| since.elapsed() < Duration::from_secs(limit_s);
        !self.driver.is_finished() && is_young(self.last_used, IDLE_LIMIT_S) && is_young(self.began, AGE_LIMIT_S)
    }
}

impl Drop for Link {
    /// The task would otherwise go on for as long as the server says nothing.
    fn drop(&mut self) {
        self.driver.abort();
    }
}
