//! Request ids: version 7 UUIDs, which sort by time and cannot be guessed.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// Makes ids for one worker. Asking the operating system for random bytes each time would be a system
/// call a request, so it is asked once: a keyed hash of a counter is as unpredictable to who lacks the key.
#[derive(Debug, Default)]
pub struct Ids {
    keys: (RandomState, RandomState),
    made: Cell<u64>,
}

impl Ids {
    /// An id for a request that came at `now`.
    pub fn next(&self, now: Timestamp) -> Uuid {
        let number = self.made.get().wrapping_add(1);
        self.made.set(number);
        let [first, second] = [&self.keys.0, &self.keys.1].map(|key| key.hash_one(number).to_le_bytes());
        let mut random = first.into_iter().chain(second);
        let random = [(); 10].map(|()| random.next().unwrap_or(0));
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_version_7_carry_their_time_and_differ_between_workers() {
        let now: Timestamp = "2026-01-10T12:00:00.123Z".parse().unwrap();
        let (one, other) = (Ids::default(), Ids::default());
        let made: HashSet<Uuid> = (0..10_000).flat_map(|_| [one.next(now), other.next(now)]).collect();
        assert_eq!(made.len(), 20_000);
        for id in made {
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_timestamp().unwrap().to_unix(), (1_768_046_400, 123_000_000));
        }
    }
}
