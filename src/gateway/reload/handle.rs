//! The handle to the reloader: requests a look at the folder, and reads the status so far.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::watch;

use super::failure::Failure;
use super::history::{Came, Happened, History};
use super::origin::Origin;
use crate::rule::Sources;

/// What came of the looks at the rules folder so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The content hash of the rules in force (`Sources::hash`); `None` as long as there are none.
    pub hash: Option<String>,
    /// When the rules in force were loaded.
    pub loaded_at: Option<Timestamp>,
    /// Where they come from.
    pub origin: Origin,
    /// Whether a restart will find them in force; always where they are the folder's.
    pub survives: bool,
    /// How often the folder was read.
    pub looks: u64,
    /// How often something new was found and tried.
    pub attempts: u64,
    /// How many attempts ended with new rules in force.
    pub loads: u64,
    /// How many failures were told, each in the log too.
    pub failures: u64,
    /// Why what is in the folder is not in force; `None` when it is.
    pub last_failure: Option<Failure>,
    /// Why the last wish to roll back came to nothing; `None` when it did not.
    pub rollback_failure: Option<Failure>,
    /// Whether the system tells of changes. If not, the folder is read every few seconds.
    pub watching: bool,
}

/// A line to the reloader: cheap to clone, usable from any thread.
#[derive(Clone, Debug)]
pub struct ReloadHandle {
    shared: Arc<Shared>,
}

impl ReloadHandle {
    /// Asks for a look at once, without waiting for quiet. What failed before is tried again.
    pub fn request(&self) {
        self.asked(Vec::new(), None);
    }

    /// The same, and waits until it is known what came of it; `None` where that takes longer than `limit`. A mistake is
    /// known when a second look still finds it. The rows of the tables in `accept` are taken, however few they are.
    pub async fn look(&self, accept: Vec<String>, limit: Duration) -> Option<Status> {
        self.answered(accept, None, limit).await
    }

    /// Puts rules in force that were so before, until the folder changes, and waits as [`ReloadHandle::look`] does.
    pub async fn roll_back(&self, sources: Sources, limit: Duration) -> Option<Status> {
        self.answered(Vec::new(), Some(sources), limit).await
    }

    async fn answered(&self, accept: Vec<String>, roll_back: Option<Sources>, limit: Duration) -> Option<Status> {
        let mut answered = self.shared.answered.subscribe();
        let request = self.asked(accept, roll_back);
        tokio::time::timeout(limit, answered.wait_for(|answered| *answered >= request)).await.ok()?.ok()?;
        Some(self.status())
    }

    /// Asks, and says with which number.
    fn asked(&self, mut accept: Vec<String>, roll_back: Option<Sources>) -> u64 {
        let mut signals = self.shared.signals();
        signals.accept.append(&mut accept);
        signals.roll_back = roll_back.or(signals.roll_back.take());
        signals.requests += 1;
        self.shared.wake.notify_all();
        signals.requests
    }

    /// What came of the looks so far.
    #[must_use]
    pub fn status(&self) -> Status {
        self.shared.status().clone()
    }

    /// The newest changes of the rules and attempts at one, the newest first; those since the start, up to 50.
    #[must_use]
    pub fn history(&self) -> Vec<Happened> {
        self.shared.history().newest()
    }
}

/// Tells the reloader that something may have changed. Never more than a hint: the folder itself decides.
#[derive(Clone, Debug)]
pub struct Hints {
    shared: Arc<Shared>,
}

impl Hints {
    /// Something in the folder may have changed.
    pub fn hint(&self) {
        let mut signals = self.shared.signals();
        signals.hints = signals.hints.wrapping_add(1);
        if signals.hint_wakes {
            self.shared.wake.notify_all();
        }
    }
}

/// What reached the reloader from outside since it last asked.
#[derive(Debug, Default)]
pub struct Signals {
    /// Hints so far.
    pub hints: u64,
    /// Requests so far,
    requests: u64,
    /// and those that a look was begun for.
    taken: u64,
    /// Tables that these ask to be taken although they lost rows.
    pub accept: Vec<String>,
    /// Rules that one of them asks to roll back to.
    pub roll_back: Option<Sources>,
    stopped: bool,
    /// Whether the reloader sleeps so deep that a hint must wake it. Otherwise it comes by soon, and a storm of
    /// hints costs no wake-ups.
    hint_wakes: bool,
}

/// The place where the reloader, its handles and its watch meet.
#[derive(Debug, Default)]
pub struct Shared {
    signals: Mutex<Signals>,
    wake: Condvar,
    status: Mutex<Status>,
    history: Mutex<History>,
    /// The last request of which it is known what came of it.
    answered: watch::Sender<u64>,
}

impl Signals {
    /// Whether somebody asks for a look; from now on that is being done.
    pub fn take_request(&mut self) -> bool {
        let is_requested = self.is_requested();
        self.taken = self.requests;
        is_requested
    }

    fn is_requested(&self) -> bool {
        self.taken != self.requests
    }
}

impl Shared {
    /// It is known what came of every request taken so far.
    pub fn answer(&self) {
        let taken = self.signals().taken;
        self.answered.send_replace(taken);
    }

    pub fn handle(self: &Arc<Self>) -> ReloadHandle {
        ReloadHandle { shared: Arc::clone(self) }
    }

    pub fn hints(self: &Arc<Self>) -> Hints {
        Hints { shared: Arc::clone(self) }
    }

    pub fn signals(&self) -> MutexGuard<'_, Signals> {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what became of a change.
    pub fn note(&self, what: Came) {
        self.history().note(what);
    }

    /// Ends the reloader's thread.
    pub fn stop(&self) {
        self.signals().stopped = true;
        self.wake.notify_all();
    }

    /// Waits until then, or until somebody asks; with `known_hints` also until there are more hints than those.
    /// False when it is time to end.
    pub fn wait(&self, until: Instant, known_hints: Option<u64>) -> bool {
        let mut signals = self.signals();
        loop {
            let hinted = known_hints.is_some_and(|known| signals.hints != known);
            let left = until.saturating_duration_since(Instant::now());
            if signals.stopped || signals.is_requested() || hinted || left.is_zero() {
                signals.hint_wakes = false;
                return !signals.stopped;
            }
            signals.hint_wakes = known_hints.is_some();
            signals = self.wake.wait_timeout(signals, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
