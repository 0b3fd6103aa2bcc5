//! Runs what may take a while on a thread of its own, one after the other, and stops waiting for what takes too long.

use std::sync::Arc;
use std::thread::Builder;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, oneshot};

/// Stack of such a thread in bytes, as much as the reloader has: what comes into force can be tried.
const STACK_BYTES: usize = 8 << 20;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Late {
    /// Something else is still under way.
    Busy,
    /// It takes too long; it goes on until it is done or sees the end of its time.
    TooLong,
    /// It broke off.
    Broken,
}

impl Late {
    /// What happened, and what the reader can do.
    pub fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Busy => ("something else is being tried at this moment", "wait some seconds, and try again"),
            Self::TooLong => (
                "this takes longer than 10 seconds, so that it was ended",
                "try fewer rules, or `hookgate check` and `hookgate dry-run` on the command line, which take their time",
            ),
            Self::Broken => ("this broke off", "that is a mistake of hookgate: please report what you tried"),
        }
    }
}

/// A place in which one piece of work is done at a time.
#[derive(Clone, Debug)]
pub(in crate::console) struct Apart {
    place: Arc<Semaphore>,
}

impl Default for Apart {
    fn default() -> Self {
        Self { place: Arc::new(Semaphore::new(1)) }
    }
}

impl Apart {
    /// How long is waited for a result.
    const LIMIT: Duration = Duration::from_secs(10);

    /// Does the work, which is told when its time ends.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce(Instant) -> T + Send + 'static) -> Result<T, Late> {
        let end = Instant::now() + Self::LIMIT;
        let waiting = tokio::time::timeout(Self::LIMIT, Arc::clone(&self.place).acquire_owned()).await;
        let place = waiting.map_err(|_| Late::Busy)?.map_err(|_| Late::Broken)?;
        let (done, result) = oneshot::channel();
        let run = move || {
            let place = place;
            // Nobody may be waiting any more.
            let _ = done.send(work(end));
            drop(place);
        };
        Builder::new().name("console".to_owned()).stack_size(STACK_BYTES).spawn(run).map_err(|_| Late::Busy)?;
        let left = end.saturating_duration_since(Instant::now());
        tokio::time::timeout(left, result).await.map_err(|_| Late::TooLong)?.map_err(|_| Late::Broken)
    }
}
