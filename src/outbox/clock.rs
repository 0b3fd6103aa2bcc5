//! Handles deliveries when the machine's clock is set back, while hookgate runs or before its start.

use super::store::{Store, Trouble};

/// How far the time may go back unnoticed, in milliseconds.
const SLACK_MS: i64 = 1_000;

/// How far behind the times in a store the clock may be before it counts as set back, in milliseconds: those in a shared
/// one are of other machines, whose clocks may be half a minute ahead.
const OWN_SLACK_MS: i64 = 1_000;
const SHARED_SLACK_MS: i64 = 30_000;

/// Brings to now what the clock has put off that was set back since, and says how much that was.
///
/// # Errors
/// When the store cannot be told.
pub(super) async fn straighten(store: &dyn Store) -> Result<(), Trouble> {
    let slack_ms = if store.is_own() { OWN_SLACK_MS } else { SHARED_SLACK_MS };
    let deliveries = store.straighten(store.now_ms(), slack_ms).await?;
    if deliveries > 0 {
        tracing::warn!(
            target: "hookgate::outbox",
            deliveries,
            "the clock was set back: deliveries that would have waited for it are due by it as it is now"
        );
    }
    Ok(())
}

/// The latest time that one courier has seen, in milliseconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Clock {
    latest_ms: i64,
}

impl Clock {
    /// Takes note of the time; `true` once for each time that the clock was set back.
    pub(super) fn is_set_back(&mut self, now_ms: i64) -> bool {
        let is_behind = now_ms.saturating_add(SLACK_MS) < self.latest_ms;
        self.latest_ms = if is_behind { now_ms } else { self.latest_ms.max(now_ms) };
        is_behind
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, SLACK_MS};

    #[test]
    fn a_clock_that_goes_on_is_not_set_back_and_one_that_was_is_so_once() {
        let mut clock = Clock::default();
        let seen = [10_000, 10_500, 9_600, 12_000, 5_000, 5_100, 4_200, 1_000, 1_001].map(|now| clock.is_set_back(now));
        assert_eq!(seen, [false, false, false, false, true, false, false, true, false]);
        let slack = [SLACK_MS + 1, 1, 0, 1].map(|now| clock.is_set_back(now));
        assert_eq!(slack, [false, false, true, false], "by as much as goes unnoticed, and by one more");
    }
}
