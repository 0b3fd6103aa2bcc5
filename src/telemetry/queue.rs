//! The queue of log lines, with a limit: the writer thread takes them, and lines without room are counted.

use std::fmt::{self, Debug};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long lines gather before they are written together. Warnings and errors wait for nobody.
const GATHER: Duration = Duration::from_millis(10);

/// Lines that are not written yet. To add one takes as long as copying it, whatever becomes of those before it.
pub(super) struct Queue {
    state: Mutex<State>,
    /// There is something to take.
    filled: Condvar,
    /// Something taken is written.
    written: Condvar,
    limit_bytes: usize,
    dropped: AtomicU64,
}

#[derive(Default)]
struct State {
    lines: Vec<u8>,
    /// Lines that found no room since lines were taken.
    dropped: u64,
    /// The writer waits for a first line.
    is_idle: bool,
    /// What is there is to be written now.
    is_hurried: bool,
    /// How often lines were taken, and how often what was taken is written.
    taken: u64,
    written: u64,
}

impl Queue {
    /// Beyond the limit warnings and errors have another quarter of it, and nothing else.
    pub(super) fn new(limit_bytes: usize) -> Self {
        let (state, filled, written) = Default::default();
        Self { state, filled, written, limit_bytes, dropped: AtomicU64::new(0) }
    }

    /// Adds a line, its end included, or counts it as dropped.
    pub(super) fn push(&self, line: &[u8], is_urgent: bool) {
        let reserve = if is_urgent { self.limit_bytes / 4 } else { 0 };
        let mut state = self.lock();
        if state.lines.len() + line.len() > self.limit_bytes + reserve {
            state.dropped += 1;
            self.count_dropped(1);
            return;
        }
        state.lines.extend_from_slice(line);
        let was_hurried = state.is_hurried;
        state.is_hurried |= is_urgent || state.lines.len() > self.limit_bytes / 2;
        let is_waited_for = std::mem::take(&mut state.is_idle) || state.is_hurried != was_hurried;
        drop(state);
        if is_waited_for {
            self.filled.notify_one();
        }
    }

    /// Waits for lines and swaps them with `batch`, which is empty; how many found no room behind them.
    pub(super) fn take(&self, batch: &mut Vec<u8>) -> u64 {
        let mut state = self.lock();
        state.is_idle = state.lines.is_empty();
        let waiting = self.filled.wait_while(state, |state| state.lines.is_empty());
        state = waiting.unwrap_or_else(PoisonError::into_inner);
        let waiting = self.filled.wait_timeout_while(state, GATHER, |state| !state.is_hurried);
        state = waiting.unwrap_or_else(PoisonError::into_inner).0;
        std::mem::swap(&mut state.lines, batch);
        state.is_hurried = false;
        state.taken += 1;
        std::mem::take(&mut state.dropped)
    }

    /// What was taken is written.
    pub(super) fn note_written(&self) {
        let mut state = self.lock();
        state.written = state.taken;
        drop(state);
        self.written.notify_all();
    }

    /// Waits until all lines that are there now are written, but no longer than `limit`; whether they are.
    pub(super) fn flush(&self, limit: Duration) -> bool {
        let mut state = self.lock();
        let target = state.taken + u64::from(!state.lines.is_empty());
        state.is_hurried = true;
        self.filled.notify_one();
        let waiting = self.written.wait_timeout_while(state, limit, |state| state.written < target);
        waiting.unwrap_or_else(PoisonError::into_inner).0.written >= target
    }

    /// Counts lines that were lost, here or on their way from here.
    pub(super) fn count_dropped(&self, lines: u64) {
        self.dropped.fetch_add(lines, Ordering::Relaxed);
    }

    /// Lines that were lost so far.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("limit_bytes", &self.limit_bytes).finish_non_exhaustive()
    }
}
