//! What came of the buttons of *Set up* last: of "save & test", and of doctor. Each runs once at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::report::connect::{self, Played};
use crate::report::doctor::{Trials, Wrong};

/// Something that is done in the background.
#[derive(Clone, Debug)]
pub(in crate::console) enum Work<T> {
    /// It was not asked for since the start.
    Never,
    Since(Timestamp),
    Done {
        at: Timestamp,
        what: Arc<T>,
    },
}

/// What "save & test" found, or why it could not be played.
pub(in crate::console) type OfPlay = Result<Played, connect::Wrong>;
/// What doctor found, or why it could not look.
pub(in crate::console) type OfTrials = Result<Trials, Wrong>;

/// What came of the buttons.
#[derive(Clone, Debug)]
pub(in crate::console) struct SetUp {
    played: Arc<Mutex<Work<OfPlay>>>,
    trials: Arc<Mutex<Work<OfTrials>>>,
}

impl Default for SetUp {
    fn default() -> Self {
        Self { played: Arc::new(Mutex::new(Work::Never)), trials: Arc::new(Mutex::new(Work::Never)) }
    }
}

impl SetUp {
    pub fn played(&self) -> Work<OfPlay> {
        locked(&self.played).clone()
    }

    pub fn trials(&self) -> Work<OfTrials> {
        locked(&self.trials).clone()
    }

    /// From now on it is played; false where it is already.
    pub fn begin_play(&self) -> bool {
        begin(&self.played)
    }

    /// From now on doctor looks; false where it does already.
    pub fn begin_trials(&self) -> bool {
        begin(&self.trials)
    }

    pub fn end_play(&self, what: OfPlay) {
        *locked(&self.played) = Work::Done { at: Timestamp::now(), what: Arc::new(what) };
    }

    pub fn end_trials(&self, what: OfTrials) {
        *locked(&self.trials) = Work::Done { at: Timestamp::now(), what: Arc::new(what) };
    }
}

fn begin<T>(work: &Mutex<Work<T>>) -> bool {
    let mut work = locked(work);
    let is_free = !matches!(*work, Work::Since(_));
    if is_free {
        *work = Work::Since(Timestamp::now());
    }
    is_free
}

fn locked<T>(work: &Mutex<T>) -> MutexGuard<'_, T> {
    work.lock().unwrap_or_else(PoisonError::into_inner)
}
