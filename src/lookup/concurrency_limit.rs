//! Limits how many questions run at once: of one lookup, and of its connection, which all its lookups share.
//!
//! Waiting for a place happens in our own queue: it costs the event's time and says nothing about the source.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::source::{Fault, Trouble};

/// So many places, for whoever asks.
#[derive(Clone, Debug)]
pub(super) struct Capacity {
    at_once: usize,
    places: Arc<Semaphore>,
}

impl Capacity {
    pub(super) fn new(at_once: usize) -> Self {
        Self { at_once, places: Arc::new(Semaphore::new(at_once)) }
    }

    /// A place that nobody waits for.
    fn free(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// The next place, in the order in which it was asked for.
    async fn next(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }
}

/// How much longer than usual an answer may take at least, in seconds.
const LEAST_SLACK_S: f64 = 0.005;

/// The places that one lookup needs.
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    of_lookup: Capacity,
    of_connection: Option<Capacity>,
    usual: Mutex<Option<Usual>>,
}

/// Leave to be on the way; free again when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    _of_lookup: OwnedSemaphorePermit,
    _of_connection: Option<OwnedSemaphorePermit>,
}

/// How long answers take, in seconds: the mean and the mean deviation, as TCP follows its round trips (RFC 6298, section 2).
#[derive(Clone, Copy, Debug)]
struct Usual {
    mean_s: f64,
    deviation_s: f64,
}

impl Usual {
    fn first(took_s: f64) -> Self {
        Self { mean_s: took_s, deviation_s: took_s / 2.0 }
    }

    fn next(self, took_s: f64) -> Self {
        let deviation_s = 0.75 * self.deviation_s + 0.25 * (self.mean_s - took_s).abs();
        Self { mean_s: 0.875 * self.mean_s + 0.125 * took_s, deviation_s }
    }

    /// What nearly every answer keeps to, our own delays included.
    fn at_most(self) -> Duration {
        let beyond_s = (4.0 * self.deviation_s).max(self.mean_s / 2.0).max(LEAST_SLACK_S);
        Duration::try_from_secs_f64(self.mean_s + beyond_s).unwrap_or_default()
    }
}

impl ConcurrencyLimit {
    /// `at_once` places of the lookup's own, beside those of its connection.
    pub(super) fn new(at_once: usize, of_connection: Option<Capacity>) -> Self {
        Self { of_lookup: Capacity::new(at_once), of_connection, usual: Mutex::default() }
    }

    /// A place, waited for until the deadline at most. Whoever gets one after waiting and has less time left than an answer
    /// usually takes gives it to the next: else a queue that is too long would have every place work for events that are
    /// answered already.
    ///
    /// # Errors
    /// When none was free in time.
    pub(super) async fn take(&self, deadline: Instant) -> Result<Permit, Trouble> {
        if let Some(place) = self.free() {
            return Ok(place);
        }
        let Ok(Some(place)) = timeout_at(deadline, self.next()).await else {
            return Err(self.late("no place was free while the event had time"));
        };
        let usual = self.usual.lock().unwrap_or_else(PoisonError::into_inner).map_or(Duration::ZERO, Usual::at_most);
        if deadline.saturating_duration_since(Instant::now()) < usual {
            return Err(self.late("waiting for a place left the event too little time"));
        }
        Ok(place)
    }

    /// An answer took so long, from when it had its place.
    pub(super) fn answered(&self, took: Duration) {
        let took_s = took.as_secs_f64();
        let mut usual = self.usual.lock().unwrap_or_else(PoisonError::into_inner);
        *usual = Some(usual.map_or_else(|| Usual::first(took_s), |usual| usual.next(took_s)));
    }

    fn free(&self) -> Option<Permit> {
        let of_lookup = self.of_lookup.free()?;
        let of_connection = match &self.of_connection {
            Some(capacity) => Some(capacity.free()?),
            None => None,
        };
        Some(Permit { _of_lookup: of_lookup, _of_connection: of_connection })
    }

    async fn next(&self) -> Option<Permit> {
        let of_lookup = self.of_lookup.next().await?;
        let of_connection = match &self.of_connection {
            Some(capacity) => Some(capacity.next().await?),
            None => None,
        };
        Some(Permit { _of_lookup: of_lookup, _of_connection: of_connection })
    }

    fn late(&self, what: &str) -> Trouble {
        let of_connection = self.of_connection.as_ref();
        let beside =
            of_connection.map_or(String::new(), |capacity| format!(" and {} for its connection", capacity.at_once));
        let message = format!("{what} (`at_once` is {} for the lookup{beside})", self.of_lookup.at_once);
        Trouble::new(Fault::Queue, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(of_lookup: usize, of_connection: usize) -> ConcurrencyLimit {
        ConcurrencyLimit::new(of_lookup, Some(Capacity::new(of_connection)))
    }

    fn within(millis: u64) -> Instant {
        Instant::now() + Duration::from_millis(millis)
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_waited_for_until_the_deadline_and_no_longer() {
        for (of_lookup, of_connection) in [(1, 8), (8, 1)] {
            let places = places(of_lookup, of_connection);
            let busy = places.take(within(10)).await.unwrap();
            let began = Instant::now();
            let trouble = places.take(within(500)).await.unwrap_err();
            assert_eq!((trouble.fault, began.elapsed()), (Fault::Queue, Duration::from_millis(500)));
            let told = format!("`at_once` is {of_lookup} for the lookup and {of_connection} for its connection");
            assert!(trouble.message.contains(&told), "{trouble}");
            drop(busy);
            assert!(places.take(within(0)).await.is_ok(), "no place is lost");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_too_little_time_left_gives_the_place_to_the_next() {
        let places = Arc::new(places(1, 8));
        for _ in 0..50 {
            places.answered(Duration::from_millis(50));
        }
        let busy = places.take(within(0)).await.unwrap();
        let waiting = |millis| {
            let (places, deadline) = (Arc::clone(&places), within(millis));
            tokio::spawn(async move { places.take(deadline).await.map(drop) })
        };
        let (late, in_time) = (waiting(140), waiting(400));
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(busy);
        assert_eq!(late.await.unwrap().unwrap_err().fault, Fault::Queue);
        assert!(in_time.await.unwrap().is_ok());
        assert!(places.take(within(1)).await.is_ok(), "who need not wait is always let through");
    }
}
