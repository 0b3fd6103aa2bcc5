//! The store in PostgreSQL: any gateway sends what any of them stored, and no ordering key is held by two at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnection;

use super::claim::{Round, claim};
use super::clock::DatabaseClock;
use super::sessions::Sessions;
use super::table;
use super::writer::Writer;
use crate::outbox::delivery::{NewDeliveries, Passing};
use crate::outbox::settings::PostgresStore;
use crate::outbox::store::{Change, Claim, Claimed, Count, Row, Settled, Store, Trouble, Wanted};

/// Sessions of the couriers at once; the writer has one of its own beside them.
const COURIER_SESSIONS: usize = 3;
/// How long a courier waits for the database, in milliseconds.
const COURIER_LIMIT_MS: u64 = 5_000;
/// How long an operator waits for it, in milliseconds: what is looked at or changed may be very much.
const OPERATOR_LIMIT_MS: u64 = 60_000;

/// The shared outbox.
#[derive(Debug)]
pub struct Postgres {
    /// The name of the outbox: what stands there under others is left alone.
    outbox: Arc<str>,
    clock: Arc<DatabaseClock>,
    writer: Writer,
    sessions: Arc<Sessions>,
    /// Where the next look goes on, by destination.
    rounds: Mutex<BTreeMap<String, Round>>,
}

impl Postgres {
    /// Makes the outbox ready; nothing is connected yet, so that a database that is down is no reason not to start.
    ///
    /// # Errors
    /// Credentials that are not there, and an address that is none.
    pub fn open(settings: &PostgresStore, outbox: &str) -> Result<Self, Trouble> {
        let (outbox, clock): (Arc<str>, _) = (outbox.into(), Arc::default());
        let writer = Writer::new(Arc::new(Sessions::open(settings, &clock, 1)?), Arc::clone(&outbox));
        let sessions = Arc::new(Sessions::open(settings, &clock, COURIER_SESSIONS)?);
        Ok(Self { outbox, clock, writer, sessions, rounds: Mutex::default() })
    }

    fn outbox(&self) -> Arc<str> {
        Arc::clone(&self.outbox)
    }

    fn courier<T: Send + 'static>(
        &self,
        work: impl for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + Sync + 'static,
    ) -> BoxFuture<'_, Result<T, Trouble>> {
        let limit = Duration::from_millis(COURIER_LIMIT_MS);
        Box::pin(async move { Ok(self.sessions.run(limit, work).await?) })
    }

    fn operator<T: Send + 'static>(
        &self,
        work: impl for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>> + Send + Sync + 'static,
    ) -> BoxFuture<'_, Result<T, Trouble>> {
        let limit = Duration::from_millis(OPERATOR_LIMIT_MS);
        Box::pin(async move { Ok(self.sessions.run(limit, work).await?) })
    }
}

impl Store for Postgres {
    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    fn put(&self, new_deliveries: NewDeliveries) -> BoxFuture<'_, Result<bool, Trouble>> {
        let at_ms = self.clock.of(new_deliveries.at_ms);
        Box::pin(self.writer.put(NewDeliveries { at_ms, ..new_deliveries }))
    }

    fn pass(&self, passing: Passing) -> BoxFuture<'_, Result<(), Trouble>> {
        Box::pin(self.writer.pass(passing))
    }

    fn claim(&self, wanted: Claim) -> BoxFuture<'_, Result<Claimed, Trouble>> {
        Box::pin(async move {
            let rounds = || self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
            let (to, wanted) = (wanted.to.clone(), Arc::new(wanted));
            let (outbox, round) = (self.outbox(), rounds().get(&to).cloned().unwrap_or_default());
            let claimed = self.courier(move |connection| {
                Box::pin(claim(connection, Arc::clone(&outbox), Arc::clone(&wanted), round.clone()))
            });
            let (claimed, round) = claimed.await?;
            rounds().insert(to, round);
            Ok(claimed)
        })
    }

    fn settle(&self, settled: Vec<Settled>) -> BoxFuture<'_, Result<(), Trouble>> {
        let settled = Arc::new(settled);
        self.courier(move |connection| Box::pin(table::settle(connection, Arc::clone(&settled))))
    }

    fn is_own(&self) -> bool {
        false
    }

    fn release(&self, worker: Option<String>) -> BoxFuture<'_, Result<(), Trouble>> {
        // What others hold is on its way.
        let Some(worker) = worker else { return Box::pin(async { Ok(()) }) };
        self.courier(move |connection| Box::pin(table::release(connection, worker.clone())))
    }

    fn forget(&self, before_ms: i64) -> BoxFuture<'_, Result<(), Trouble>> {
        Box::pin(async move {
            loop {
                let outbox = self.outbox();
                let some =
                    self.courier(move |connection| Box::pin(table::forget(connection, Arc::clone(&outbox), before_ms)));
                if !some.await? {
                    return Ok(());
                }
            }
        })
    }

    fn straighten(&self, now_ms: i64, slack_ms: i64) -> BoxFuture<'_, Result<u64, Trouble>> {
        let outbox = self.outbox();
        self.courier(move |connection| Box::pin(table::straighten(connection, Arc::clone(&outbox), now_ms, slack_ms)))
    }

    fn count(&self) -> BoxFuture<'_, Result<Count, Trouble>> {
        let outbox = self.outbox();
        self.operator(move |connection| Box::pin(table::count(connection, Arc::clone(&outbox))))
    }

    fn find(&self, wanted: Wanted) -> BoxFuture<'_, Result<Vec<Row>, Trouble>> {
        let outbox = self.outbox();
        self.operator(move |connection| Box::pin(table::find(connection, Arc::clone(&outbox), wanted.clone())))
    }

    fn change(&self, wanted: Wanted, change: Change, now_ms: i64) -> BoxFuture<'_, Result<u64, Trouble>> {
        let (outbox, clock) = (self.outbox(), Arc::clone(&self.clock));
        self.operator(move |connection| {
            Box::pin(table::change(connection, Arc::clone(&outbox), wanted.clone(), change, clock.of(now_ms)))
        })
    }
}
