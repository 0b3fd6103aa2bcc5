//! Caches the answers of one lookup, within limits of age and number; equal questions asked at once are asked once.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use moka::Expiry;
use moka::future::Cache as Store;
use moka::policy::EvictionPolicy;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::held::{Held, held_bytes};
use super::source::{Fault, Rows, Trouble};
use crate::rule::{Keep, OnError, Remote};

/// Most memory that the kept answers of all lookups together take, in bytes.
pub const KEPT_LIMIT_BYTES: usize = 16 << 20;
/// Most answers that are kept of one lookup.
const CACHE_LIMIT_ENTRIES: usize = 10_000;
/// What keeping takes beside the answer and its key, in bytes.
const ENTRY_BYTES: usize = 256;
/// Time between two looks for answers whose time is over, in seconds.
const SWEEP_S: u64 = 10;

/// The answers of one lookup.
#[derive(Debug)]
pub(super) struct Cache {
    /// The questions on their way. Nothing is ever stored here: what is asked fails with what came of it, which all who wait
    /// for it are given.
    asking: Store<String, Infallible>,
    /// `None` where neither `cache` nor `stale` has a use for an answer: personal data stays no longer than it is told to.
    kept: Option<Store<String, Kept>>,
    keep: Option<Keep>,
    sweeping: Option<AbortHandle>,
}

/// A good answer, and when it came.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    rows: Arc<Rows>,
    at: Instant,
}

/// What came of a question.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub outcome: Result<Held, Trouble>,
    /// The last answer that was one, of an earlier question.
    pub before: Option<Kept>,
}

/// How long answers are kept.
#[derive(Debug)]
struct Until(Duration);

impl Expiry<String, Kept> for Until {
    fn expire_after_create(&self, _: &String, _: &Kept, _: std::time::Instant) -> Option<Duration> {
        Some(self.0)
    }

    fn expire_after_update(
        &self,
        _: &String,
        _: &Kept,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(self.0)
    }
}

impl Kept {
    /// The rows, if they are no older than `limit`.
    pub fn within(&self, limit: Duration) -> Option<Arc<Rows>> {
        (self.at.elapsed() <= limit).then(|| Arc::clone(&self.rows))
    }

    fn is_fresh(&self, keep: Option<Keep>) -> bool {
        keep.is_some_and(|keep| self.at.elapsed() < if self.rows.is_empty() { keep.misses } else { keep.hits })
    }
}

impl Entry {
    /// Whether its question found no place while whoever asked it had time.
    pub fn is_queued_in_vain(&self) -> bool {
        self.outcome.as_ref().is_err_and(|trouble| trouble.fault == Fault::Queue)
    }
}

impl Cache {
    /// An empty one that keeps at most `room_bytes`, and forgets on this runtime.
    pub(super) fn new(remote: &Remote, room_bytes: usize, runtime: &Handle) -> Self {
        let kept = Self::keeps(remote).map(|time| {
            // No answer counts less than its part of the room, so that no more of them are kept than may be.
            let least = room_bytes / CACHE_LIMIT_ENTRIES;
            let weigh = move |key: &String, kept: &Kept| {
                let bytes = ENTRY_BYTES + key.capacity() + held_bytes(&kept.rows);
                u32::try_from(bytes.max(least)).unwrap_or(u32::MAX)
            };
            let store = Store::builder().weigher(weigh).max_capacity(room_bytes.try_into().unwrap_or(u64::MAX));
            store.eviction_policy(EvictionPolicy::lru()).expire_after(Until(time)).build()
        });
        let sweeping = kept.clone().map(|kept| runtime.spawn(sweep(kept)).abort_handle());
        Self { asking: Store::new(0), kept, keep: remote.cache, sweeping }
    }

    /// For how long a lookup's answers are kept; `None`: not at all.
    pub(super) fn keeps(remote: &Remote) -> Option<Duration> {
        let stale = match remote.on_error {
            OnError::Stale(limit) => Some(limit),
            OnError::Fail | OnError::Absent | OnError::Use(_) => None,
        };
        stale.max(remote.cache.map(|keep| keep.hits.max(keep.misses)))
    }

    /// The last good answer under a key, as long as it is kept.
    pub(super) async fn known(&self, key: &str) -> Option<Kept> {
        self.kept.as_ref()?.get(key).await
    }

    /// The answer under a key; `ask` is awaited only where none is kept and nobody asks the same already.
    pub(super) async fn answer(&self, key: String, ask: impl Future<Output = Result<Held, Trouble>> + Send) -> Entry {
        if let Some(entry) = self.fresh(&key).await {
            return entry;
        }
        let asked = async {
            // Whoever asked the same may have been answered just now.
            if let Some(entry) = self.fresh(&key).await {
                return Err(entry);
            }
            let (outcome, before) = (ask.await, self.known(&key).await);
            if let (Ok(held), Some(store)) = (&outcome, &self.kept) {
                store.insert(key.clone(), Kept { rows: held.rows(), at: Instant::now() }).await;
                // Else what no longer has room goes only when others ask.
                store.run_pending_tasks().await;
            }
            Err(Entry { outcome, before })
        };
        match self.asking.try_get_with_by_ref(&key, asked).await {
            Ok(never) => match never {},
            Err(entry) => Arc::unwrap_or_clone(entry),
        }
    }

    async fn fresh(&self, key: &str) -> Option<Entry> {
        let kept = self.known(key).await.filter(|kept| kept.is_fresh(self.keep))?;
        Some(Entry { outcome: Ok(Held::kept(kept.rows)), before: None })
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if let Some(sweeping) = &self.sweeping {
            sweeping.abort();
        }
    }
}

/// Lets go of answers whose time is over, also where nobody asks any more.
async fn sweep(kept: Store<String, Kept>) {
    loop {
        sleep(Duration::from_secs(SWEEP_S)).await;
        kept.run_pending_tasks().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time is the machine's, which nobody turns: it is looked again until it is over.
    #[tokio::test]
    async fn an_answer_is_let_go_when_its_time_is_over_also_a_newer_one() {
        let kept = Kept { rows: Arc::default(), at: Instant::now() };
        let store: Store<String, Kept> = Store::builder().expire_after(Until(Duration::from_millis(20))).build();
        for answers in [1, 2] {
            let key = format!("{answers} answers");
            for _ in 0..answers {
                store.insert(key.clone(), kept.clone()).await;
            }
            let began = Instant::now();
            while store.contains_key(&key) {
                assert!(began.elapsed() < Duration::from_secs(10), "{key}");
            }
        }
    }
}
