//! Keeps what takes a while to find out, and finds it out anew in the background: no page waits for it for long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crate::gateway::STACK_BYTES;

/// How long a page waits for what is not known yet, and how often it looks.
const PATIENCE: Duration = Duration::from_millis(50);
const LOOK: Duration = Duration::from_millis(2);

/// A value by its key: one of another key counts for nothing.
pub(in crate::console) struct Refreshed<K, T> {
    shared: Arc<Mutex<State<K, T>>>,
}

struct State<K, T> {
    found: Option<Found<K, T>>,
    is_under_way: bool,
}

struct Found<K, T> {
    key: K,
    value: Arc<T>,
    at: Instant,
}

impl<K, T> std::fmt::Debug for Refreshed<K, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refreshed").finish_non_exhaustive()
    }
}

impl<K, T> Default for Refreshed<K, T> {
    fn default() -> Self {
        Self { shared: Arc::new(Mutex::new(State { found: None, is_under_way: false })) }
    }
}

impl<K: PartialEq + Send + 'static, T: Send + Sync + 'static> Refreshed<K, T> {
    /// The value of this key, as far as it is known within some milliseconds. One that is older than `age` is given once
    /// more, and found out anew.
    pub async fn get(&self, key: K, age: Duration, find: impl FnOnce() -> T + Send + 'static) -> Option<Arc<T>>
    where
        K: Clone,
    {
        self.begin(&key, age, find);
        let end = Instant::now() + PATIENCE;
        loop {
            let known = self.known(&key);
            if known.is_some() || Instant::now() >= end {
                return known;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State<K, T>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, key: &K) -> Option<Arc<T>> {
        let state = self.state();
        state.found.as_ref().filter(|found| found.key == *key).map(|found| Arc::clone(&found.value))
    }

    fn begin(&self, key: &K, age: Duration, find: impl FnOnce() -> T + Send + 'static)
    where
        K: Clone,
    {
        let mut state = self.state();
        let is_fresh = state.found.as_ref().is_some_and(|found| found.key == *key && found.at.elapsed() < age);
        if is_fresh || state.is_under_way {
            return;
        }
        let (shared, key) = (Arc::clone(&self.shared), key.clone());
        let run = move || {
            let under_way = UnderWay(shared);
            let value = Arc::new(find());
            let found = Found { key, value, at: Instant::now() };
            under_way.0.lock().unwrap_or_else(PoisonError::into_inner).found = Some(found);
        };
        state.is_under_way = Builder::new().name("console".to_owned()).stack_size(STACK_BYTES).spawn(run).is_ok();
    }
}

/// Ends with the search, also where that breaks off.
struct UnderWay<K, T>(Arc<Mutex<State<K, T>>>);

impl<K, T> Drop for UnderWay<K, T> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_under_way = false;
    }
}
