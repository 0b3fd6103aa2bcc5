//! Answers of one lookup, kept as long as it says; equal questions that are asked at once are one.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use moka::Expiry;
use moka::future::Cache as Store;
use tokio::time::Instant;

use super::source::{Fault, Rows, Trouble};
use crate::rule::{Keep, OnError, Remote};

/// Most answers that are kept of one lookup.
const CACHE_LIMIT_ENTRIES: u64 = 10_000;

/// The answers of one lookup.
#[derive(Debug)]
pub(super) struct Cache {
    store: Store<String, Entry>,
    keep: Option<Keep>,
}

/// What came of the last question under a key.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub outcome: Result<Arc<Rows>, Trouble>,
    at: Instant,
    /// The last answer that was one.
    good: Option<(Arc<Rows>, Instant)>,
}

/// Entries go when neither `cache` nor `stale` has a use for them: personal data stays no longer than it is told to.
#[derive(Debug)]
struct Until(Duration);

impl Expiry<String, Entry> for Until {
    fn expire_after_create(&self, _: &String, _: &Entry, _: std::time::Instant) -> Option<Duration> {
        Some(self.0)
    }

    fn expire_after_update(
        &self,
        _: &String,
        _: &Entry,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(self.0)
    }
}

impl Entry {
    /// The last good answer, if it is no older than `limit`.
    pub fn good(&self, limit: Duration) -> Option<Arc<Rows>> {
        self.good.as_ref().filter(|(_, at)| at.elapsed() <= limit).map(|(rows, _)| Arc::clone(rows))
    }

    /// Whether its question found no place while whoever asked it had time.
    pub fn is_queued_in_vain(&self) -> bool {
        self.outcome.as_ref().is_err_and(|trouble| trouble.fault == Fault::Queue)
    }

    fn is_fresh(&self, keep: Option<Keep>) -> bool {
        match (&self.outcome, keep) {
            (Ok(rows), Some(keep)) => self.at.elapsed() < if rows.is_empty() { keep.misses } else { keep.hits },
            _ => false,
        }
    }
}

impl Cache {
    pub(super) fn new(remote: &Remote) -> Self {
        let stale = match remote.on_error {
            OnError::Stale(limit) => limit,
            _ => Duration::ZERO,
        };
        let kept = remote.cache.map_or(Duration::ZERO, |keep| keep.hits.max(keep.misses));
        let store = Store::builder().max_capacity(CACHE_LIMIT_ENTRIES).expire_after(Until(stale.max(kept))).build();
        Self { store, keep: remote.cache }
    }

    /// What is known under a key, if it is still good without asking, or of an earlier question.
    pub(super) async fn known(&self, key: &str) -> Option<Entry> {
        self.store.get(key).await
    }

    /// The answer under a key; `ask` is awaited only where none is kept and nobody asks the same already.
    pub(super) async fn answer(&self, key: String, ask: impl Future<Output = Result<Rows, Trouble>> + Send) -> Entry {
        let before = self.known(&key).await.and_then(|entry| entry.good);
        let asked = async {
            let outcome = ask.await.map(Arc::new);
            let at = Instant::now();
            let good = outcome.as_ref().ok().map(|rows| (Arc::clone(rows), at)).or(before);
            Entry { outcome, at, good }
        };
        let keep = self.keep;
        self.store.entry(key).or_insert_with_if(asked, move |entry| !entry.is_fresh(keep)).await.into_value()
    }
}
