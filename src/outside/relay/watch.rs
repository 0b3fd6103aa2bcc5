//! The state of one relayed connection: how much of an answer is held, and why it was closed.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::excess::Excess;

/// Most memory that one answer may take, in bytes: while it is read, and while an event uses it.
pub const ANSWER_LIMIT_BYTES: usize = 16 << 20;
/// Most memory that answers of all servers together may take while they are read or used, in bytes. Beside what callers can make
/// hookgate hold it fits a container of 256 MiB.
pub const NEIGHBOURS_LIMIT_BYTES: usize = 32 << 20;
/// So much of each connection's answer counts for nobody, in bytes: an answer of usual size comes through whatever others
/// send.
const FREE_BYTES: usize = 64 << 10;

/// What all connections of this process hold together, in bytes.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// One relayed connection.
#[derive(Debug, Default)]
pub struct Watch {
    /// Most that an answer may take, in bytes; where there is no limit, the answer does not count for the process either.
    limit: Option<usize>,
    held: Mutex<usize>,
    cause: Mutex<Option<io::Error>>,
}

impl Watch {
    /// Of a connection whose answers take at most `limit` bytes.
    #[must_use]
    pub fn new(limit: Option<usize>) -> Self {
        Self { limit, held: Mutex::default(), cause: Mutex::default() }
    }

    /// Why the connection was closed, if the relay knows; told once.
    pub fn cause(&self) -> Option<io::Error> {
        self.cause.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes why the connection is closed; what was noted first stays.
    pub fn close(&self, why: io::Error) {
        self.cause.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }

    /// What came so far has been read, and nothing of it is held any more.
    pub fn answered(&self) {
        let held = std::mem::take(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner));
        HELD.fetch_sub(counted(held), Ordering::Relaxed);
    }

    /// So many bytes more are held.
    ///
    /// # Errors
    /// When that is more than this answer, or all answers together, may take.
    pub fn hold(&self, bytes: usize) -> Result<(), Excess> {
        let Some(limit) = self.limit else { return Ok(()) };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let after = held.saturating_add(bytes);
        if after > limit {
            return Err(Excess::Much { limit });
        }
        let more = counted(after) - counted(*held);
        let room = |all: usize| all.checked_add(more).filter(|all| *all <= NEIGHBOURS_LIMIT_BYTES);
        let crowded = |_| Excess::Crowded { limit: NEIGHBOURS_LIMIT_BYTES };
        HELD.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).map_err(crowded)?;
        *held = after;
        Ok(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.answered();
    }
}

/// What of a connection's bytes counts for the process.
fn counted(held: usize) -> usize {
    held.saturating_sub(FREE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_limit_and_all_together_have_one_while_small_ones_come_through() {
        let watches: Vec<Watch> = (0..4).map(|_| Watch::new(Some(16 << 20))).collect();
        assert_eq!(watches[0].hold((16 << 20) + 1), Err(Excess::Much { limit: 16 << 20 }));
        let full: Vec<_> = watches.iter().map(|watch| watch.hold(16 << 20)).collect();
        // Other tests of this process may hold a little.
        assert!(matches!(full[3], Err(Excess::Crowded { .. })), "{full:?}");
        assert_eq!(watches[3].hold(FREE_BYTES), Ok(()));
        watches[0].answered();
        assert_eq!(watches[3].hold(8 << 20), Ok(()));
        assert_eq!(Watch::new(None).hold(usize::MAX), Ok(()));
    }

    #[test]
    fn the_first_cause_is_told_once() {
        let watch = Watch::default();
        watch.close(Excess::Deep { limit: 1 }.into());
        watch.close(io::ErrorKind::BrokenPipe.into());
        let cause = watch.cause().unwrap();
        assert_eq!(super::super::excess::excess(&cause), Some(Excess::Deep { limit: 1 }));
        assert!(watch.cause().is_none());
    }
}
