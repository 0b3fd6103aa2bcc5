//! Database connections that wait for their next question, and when they are closed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Longest time without a question, in seconds.
const IDLE_LIMIT_S: u64 = 300;
/// Longest life, in seconds: then the host's name is resolved anew, and what stands beside a file is opened anew.
const AGE_LIMIT_S: u64 = 1_800;
/// Time between two looks for connections that nobody needs, in seconds.
const SWEEP_S: u64 = 60;

/// A connection, and since when it is there and unused.
#[derive(Debug)]
pub(super) struct Kept<C> {
    pub(super) connection: C,
    made: Instant,
    last_used: Instant,
}

/// The connections that nobody uses now.
#[derive(Debug)]
pub(super) struct Idle<C>(Arc<Mutex<Vec<Kept<C>>>>);

impl<C> Kept<C> {
    /// A connection that was begun at this moment.
    pub(super) fn new(connection: C, made: Instant) -> Self {
        Self { connection, made, last_used: made }
    }

    fn is_young(&self) -> bool {
        self.last_used.elapsed() < Duration::from_secs(IDLE_LIMIT_S)
            && self.made.elapsed() < Duration::from_secs(AGE_LIMIT_S)
    }
}

impl<C: Send + 'static> Idle<C> {
    /// None yet. Those that grow old are handed to `close` until this is dropped. Needs a runtime around it.
    pub(super) fn new<F: Future<Output = ()> + Send>(close: impl Fn(Vec<C>) -> F + Send + 'static) -> Self {
        let kept = Arc::default();
        let of_pool = Arc::downgrade(&kept);
        tokio::spawn(async move {
            loop {
                sleep(Duration::from_secs(SWEEP_S)).await;
                let Some(kept) = of_pool.upgrade() else { return };
                let old: Vec<_> = locked(&kept).extract_if(.., |kept: &mut Kept<C>| !kept.is_young()).collect();
                close(old.into_iter().map(|kept| kept.connection).collect()).await;
            }
        });
        Self(kept)
    }

    /// The one that was used last, so that those that are not needed grow old.
    pub(super) fn take(&self) -> Option<Kept<C>> {
        let mut kept = locked(&self.0);
        let newest = kept.iter().rposition(Kept::is_young)?;
        Some(kept.remove(newest))
    }

    /// Keeps one for the next question.
    pub(super) fn keep(&self, kept: Kept<C>) {
        locked(&self.0).push(Kept { last_used: Instant::now(), ..kept });
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        locked(&self.0).len()
    }
}

fn locked<C>(kept: &Mutex<Vec<Kept<C>>>) -> MutexGuard<'_, Vec<Kept<C>>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idle() -> (Idle<u8>, Arc<Mutex<Vec<u8>>>) {
        let closed: Arc<Mutex<Vec<u8>>> = Arc::default();
        let told = Arc::clone(&closed);
        let close = move |old: Vec<u8>| {
            told.lock().unwrap().extend(old);
            std::future::ready(())
        };
        (Idle::new(close), closed)
    }

    async fn later(seconds: u64) {
        sleep(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_uses_is_closed_and_what_was_used_last_is_given_first() {
        let (idle, closed) = idle();
        [1, 2, 3].into_iter().for_each(|connection| idle.keep(Kept::new(connection, Instant::now())));
        for _ in 0..3 {
            later(IDLE_LIMIT_S - 2 * SWEEP_S).await;
            let last = idle.take().unwrap();
            assert_eq!(last.connection, 3);
            idle.keep(last);
        }
        assert_eq!((idle.count(), &*closed.lock().unwrap()), (1, &vec![1, 2]));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_always_used_is_closed_at_its_age() {
        let (idle, closed) = idle();
        idle.keep(Kept::new(1, Instant::now()));
        for _ in 0..AGE_LIMIT_S / SWEEP_S - 1 {
            later(SWEEP_S).await;
            idle.keep(idle.take().unwrap());
        }
        later(SWEEP_S).await;
        assert!(idle.take().is_none());
        later(SWEEP_S).await;
        assert_eq!(*closed.lock().unwrap(), [1]);
    }
}
