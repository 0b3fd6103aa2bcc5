//! Remembers recent streams, so that an event that sends nothing seldom has to ask the store.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most streams that are remembered of one window; of more, the store is asked for a while.
const STREAMS_LIMIT: usize = 100_000;
/// Digits of a stream's fingerprint that are remembered. Two that share them cost a question.
const DIGITS: usize = 16;

/// The streams of one store whose events came within the last window, and some that came before.
#[derive(Debug)]
pub(super) struct Recent {
    window: Duration,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    /// From when on all that the store knows is remembered here; `None` where others store there too.
    complete_at: Option<Instant>,
    /// When the remembered were last set aside.
    turned_at: Instant,
    now: HashSet<u64>,
    before: HashSet<u64>,
}

impl Recent {
    /// Of a store that others write to as well, which must always be asked.
    pub(super) fn of_shared() -> Self {
        Self::from(None, Duration::ZERO)
    }

    /// Of a store that is this process's own, and may know what a process before this one stored within the window.
    pub(super) fn of_own(window: Duration) -> Self {
        Self::from(Some(Instant::now() + window), window)
    }

    /// Of a store that began empty.
    pub(super) fn of_new(window: Duration) -> Self {
        Self::from(Some(Instant::now()), window)
    }

    fn from(complete_at: Option<Instant>, window: Duration) -> Self {
        let (now, before) = (HashSet::new(), HashSet::new());
        Self { window, seen: Mutex::new(Seen { complete_at, turned_at: Instant::now(), now, before }) }
    }

    /// Remembers a stream of which an event was given to the store.
    pub(super) fn note(&self, stream: &str) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.complete_at.is_none() {
            return;
        }
        let at = Instant::now();
        if at.duration_since(seen.turned_at) >= self.window {
            seen.before = std::mem::take(&mut seen.now);
            seen.turned_at = at;
        }
        if seen.now.len() >= STREAMS_LIMIT {
            *seen = Seen {
                complete_at: Some(at + self.window),
                turned_at: at,
                now: HashSet::new(),
                before: HashSet::new(),
            };
        }
        seen.now.insert(shortened(stream));
    }

    /// Whether the store may know an event of this stream.
    pub(super) fn may_know(&self, stream: &str) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_complete = seen.complete_at.is_some_and(|at| at <= Instant::now());
        let short = shortened(stream);
        !is_complete || seen.now.contains(&short) || seen.before.contains(&short)
    }
}

fn shortened(stream: &str) -> u64 {
    stream.get(..DIGITS).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    fn stream(n: usize) -> String {
        format!("{n:016x}{n:016x}")
    }

    #[test]
    fn a_stream_is_asked_for_once_something_of_it_was_stored() {
        let recent = Recent::of_new(LONG);
        assert!(!recent.may_know(&stream(1)));
        recent.note(&stream(1));
        assert!(recent.may_know(&stream(1)) && !recent.may_know(&stream(2)));
    }

    #[test]
    fn where_others_may_have_stored_everything_is_asked_for() {
        for recent in [Recent::of_shared(), Recent::of_own(LONG)] {
            assert!(recent.may_know(&stream(1)));
        }
    }

    #[test]
    fn of_more_than_are_remembered_everything_is_asked_for() {
        let recent = Recent::of_new(LONG);
        (0..=STREAMS_LIMIT).for_each(|n| recent.note(&stream(n)));
        assert!((0..STREAMS_LIMIT + 9).all(|n| recent.may_know(&stream(n))));
        assert!(recent.seen.lock().unwrap().now.len() <= STREAMS_LIMIT);
    }
}
