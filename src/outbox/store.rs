//! The trait of a store: deliveries are put before a reply leaves, claimed by a courier, settled by the result.

use std::fmt;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::delivery::{NewDeliveries, Passing, StoredDelivery};
use crate::outside::NoCredential;

/// A place where deliveries wait: what stands there under one name of an outbox. What stands there under others is left
/// alone.
pub trait Store: fmt::Debug + Send + Sync {
    /// The time by the clock that all go by who take deliveries from it, in milliseconds since 1970.
    fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }

    /// Stores all deliveries of an event, synced to the disk when it says so; `false` where it is a repetition, the same
    /// event within its window with no other of its stream in between.
    fn put(&self, new_deliveries: NewDeliveries) -> BoxFuture<'_, Result<bool, Trouble>>;

    /// Notes an event that sends nothing, so that the one before it in its stream is no repetition when it comes again.
    fn pass(&self, passing: Passing) -> BoxFuture<'_, Result<(), Trouble>>;

    /// Deliveries of one destination that are due, the first of each ordering key, leased to one courier.
    fn claim(&self, claim: Claim) -> BoxFuture<'_, Result<Claimed, Trouble>>;

    /// What came of parcels. One whose lease went to another courier is left alone.
    fn settle(&self, settled: Vec<Settled>) -> BoxFuture<'_, Result<(), Trouble>>;

    /// Whether no other process takes deliveries from it.
    fn is_own(&self) -> bool;

    /// Gives up what a courier holds, or of a store that is one process's own what anybody held before: `None`.
    fn release(&self, worker: Option<String>) -> BoxFuture<'_, Result<(), Trouble>>;

    /// Forgets events that came before this time, in milliseconds since 1970: their window is over.
    fn forget(&self, before_ms: i64) -> BoxFuture<'_, Result<(), Trouble>>;

    /// Brings to now what a clock has put off that was set back since: what was stored, tried or leased more than `slack_ms`
    /// after now. Each wait is as long as it was meant to be. How many deliveries it was.
    fn straighten(&self, now_ms: i64, slack_ms: i64) -> BoxFuture<'_, Result<u64, Trouble>>;

    /// Names of other outboxes in a store that is one process's own, each with how much waits under it.
    fn elsewhere(&self) -> BoxFuture<'_, Result<Vec<(String, i64)>, Trouble>> {
        // In a shared store they are other tenants'.
        Box::pin(async { Ok(Vec::new()) })
    }

    /// How much waits.
    fn count(&self) -> BoxFuture<'_, Result<Count, Trouble>>;

    /// Deliveries for an operator to look at, the oldest first, with their bodies.
    fn find(&self, wanted: Wanted) -> BoxFuture<'_, Result<Vec<Row>, Trouble>>;

    /// Does something to the deliveries an operator names; how many they were.
    fn change(&self, wanted: Wanted, change: Change, now_ms: i64) -> BoxFuture<'_, Result<u64, Trouble>>;
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub waiting: i64,
    pub dead: i64,
    /// When the oldest that waits was stored, in milliseconds since 1970.
    pub oldest_ms: Option<i64>,
}

/// Which deliveries a courier wants.
#[derive(Clone, Debug)]
pub struct Claim {
    pub to: String,
    pub worker: String,
    pub now_ms: i64,
    /// Until when nobody else gets them, in milliseconds from now.
    pub lease_ms: i64,
    pub limit: usize,
    /// Deliveries that the courier cannot open: they and what waits behind them in their ordering keys are left to others.
    pub locked: Vec<i64>,
}

/// What a courier gets.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    pub deliveries: Vec<StoredDelivery>,
    /// When the next one is due, in milliseconds since 1970; `None` where none waits. One that is due and not given out
    /// waits for another of its ordering key, or is leased to somebody.
    pub next_ms: Option<i64>,
}

/// What came of one delivery.
#[derive(Clone, Debug)]
pub struct Settled {
    pub id: i64,
    pub worker: String,
    pub fate: Fate,
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Done,
    /// It is sent again at this time, in milliseconds since 1970; why it failed.
    Again { at_ms: i64, why: String },
    /// It was not sent after all: it waits as before.
    Back,
    /// It cannot be opened here, and waits as before, or from this time on, in milliseconds since 1970; why.
    Locked { at_ms: Option<i64>, why: String },
    /// It is sent no more; why.
    Dead { why: String },
}

/// Which deliveries an operator means; what is not said does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub key: Option<String>,
    pub to: Option<String>,
    pub hook: Option<String>,
    pub person: Option<String>,
    pub is_dead: Option<bool>,
    /// Most that are found; 0 for all.
    pub limit: usize,
}

/// What an operator does to deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sent again at once, with all attempts anew.
    Retry,
    /// Forgotten.
    Drop,
}

/// A delivery as an operator sees it.
#[derive(Clone, Debug)]
pub struct Row {
    pub delivery: StoredDelivery,
    pub is_dead: bool,
    pub due_ms: i64,
    /// Until when it is on its way with a courier, in milliseconds since 1970; 0 where it is not.
    pub leased_ms: i64,
    /// What the last attempt failed with.
    pub error: Option<String>,
}

/// Why a store cannot do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In words for the log, with the file or the server it is about.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A credential that is not there.
impl From<NoCredential> for Trouble {
    fn from(why: NoCredential) -> Self {
        Self { message: why.0, help: NoCredential::HELP.to_owned() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}
