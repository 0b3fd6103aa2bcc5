//! How far a long command has come: one line at a terminal, nothing anywhere else.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

/// Time between two lines.
const EVERY_MS: u64 = 200;

/// A line that is written over.
#[derive(Debug)]
pub(super) struct Progress {
    is_shown: bool,
    last: Instant,
    is_begun: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { is_shown: stderr().is_terminal(), last: Instant::now(), is_begun: false }
    }

    /// So much is done.
    pub(super) fn at(&mut self, what: impl FnOnce() -> String) {
        if self.is_shown && self.last.elapsed() >= Duration::from_millis(EVERY_MS) {
            self.last = Instant::now();
            self.is_begun = true;
            // A terminal that is gone is no reason to end.
            let _ = write!(stderr(), "\r{}\x1b[K", what());
        }
    }
}

impl Drop for Progress {
    /// Takes the line away.
    fn drop(&mut self) {
        if self.is_begun {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
