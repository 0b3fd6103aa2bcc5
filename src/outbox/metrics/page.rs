//! Metrics of the outbox: what waits, and the results of attempts to deliver.

use std::time::{Duration, Instant};

use super::queue_counts::{Depth, QueueCounts};
use crate::outbox::courier::Courier;
use crate::outbox::outbox::Outbox;
use crate::outbox::store::Count;
use crate::outside::Breaker;
use crate::telemetry::metrics::{
    DELIVERIES, DELIVERIES_LOCKED, DESTINATION_BREAKER, DESTINATION_PAUSED, Measured, OUTBOX_DEAD, OUTBOX_IN_MEMORY,
    OUTBOX_OLDEST, OUTBOX_STORABLE, OUTBOX_WAITING, Page, REPETITIONS,
};

/// What can come of an attempt, in the order of a courier's cells.
const RESULTS: [&str; 3] = ["delivered", "again", "dead"];
/// How old a count may be. Counting takes the thread that stores a tenth of a second where a million waits.
const STOCK_AGE: Duration = Duration::from_secs(10);
/// How long counting may take.
const STOCK_LIMIT: Duration = Duration::from_secs(2);

impl Outbox {
    /// Counts what waits, if the last count is no longer fresh. What cannot be counted is not told until it can be.
    pub async fn take_stock(&self) {
        self.take_stock_of_memory().await;
        if self.stock().is_some_and(|stock| stock.at.elapsed() < STOCK_AGE) {
            return;
        }
        let store = self.store();
        let count = tokio::time::timeout(STOCK_LIMIT, store.count()).await;
        *self.stock() = count.ok().and_then(Result::ok).map(|count| QueueCounts { at: Instant::now(), count });
    }

    /// How much waits and is dead, as it was last counted; none before it was.
    #[must_use]
    pub fn last_count(&self) -> Option<Depth> {
        let QueueCounts { count, .. } = (*self.stock())?;
        let in_memory = (*self.stock_of_memory()).map_or(0, |count| count.waiting);
        let age_ms = count.oldest_ms.map(|oldest_ms| self.store().now_ms() - oldest_ms);
        let oldest_s = age_ms.map(|age_ms| age_ms.max(0) / 1_000);
        Some(Depth { waiting: count.waiting, in_memory, dead: count.dead, oldest_s })
    }

    /// Counts what waits in memory, anew each time: who asks how much a stop would lose wants to know how much that is now.
    async fn take_stock_of_memory(&self) {
        let count = tokio::time::timeout(STOCK_LIMIT, self.in_memory()).await;
        *self.stock_of_memory() = count.ok().and_then(Result::ok).filter(|_| self.has_secrets_in_memory());
    }

    /// The state of each destination's breaker, by the destination's name: the worse of two, where some of its deliveries
    /// wait in memory.
    #[must_use]
    pub fn destinations(&self) -> Vec<(&str, &'static str)> {
        let mut found: Vec<(&str, &'static str)> = Vec::new();
        for courier in self.couriers() {
            let (name, word) = (courier.destination().name.as_str(), courier.breaker());
            match found.iter_mut().find(|(known, _)| *known == name) {
                Some((_, before)) if *before == "closed" => *before = word,
                Some(_) => {}
                None => found.push((name, word)),
            }
        }
        found
    }
}

impl Measured for Outbox {
    fn tell(&self, page: &mut Page<'_>) {
        page.number(&OUTBOX_STORABLE, u64::from(self.trouble().is_none()));
        if let Some(QueueCounts { count, .. }) = *self.stock() {
            page.number(&OUTBOX_WAITING, count.waiting);
            page.number(&OUTBOX_DEAD, count.dead);
            let age_ms = count.oldest_ms.map_or(0, |oldest_ms| self.store().now_ms() - oldest_ms);
            page.number(&OUTBOX_OLDEST, Duration::from_millis(u64::try_from(age_ms).unwrap_or(0)).as_secs_f64());
        }
        if let Some(Count { waiting, dead, .. }) = *self.stock_of_memory() {
            page.numbers(&OUTBOX_IN_MEMORY, [(["waiting"], waiting), (["dead"], dead)]);
        }
        page.number(&REPETITIONS, self.repeated());
        let destinations = self.destinations();
        let results = destinations.iter().flat_map(|(name, _)| {
            let counts = self.couriers().filter(|courier| courier.destination().name == *name);
            let counts: Vec<_> = counts.map(Courier::results).collect();
            RESULTS.into_iter().enumerate().map(move |(nth, result)| {
                ([*name, result], counts.iter().filter_map(|counts| counts.get(nth)).sum::<u64>())
            })
        });
        page.numbers(&DELIVERIES, results);
        let locked = destinations.iter().map(|(name, _)| {
            let couriers = self.couriers().filter(|courier| courier.destination().name == *name);
            ([*name], couriers.map(|courier| courier.locked() as u64).sum::<u64>())
        });
        page.numbers(&DELIVERIES_LOCKED, locked);
        let paused = self.paused();
        let paused = destinations.iter().map(|(name, _)| ([*name], u64::from(paused.contains(name))));
        page.numbers(&DESTINATION_PAUSED, paused);
        let breakers = destinations.iter().flat_map(|(name, word)| {
            Breaker::states(word).map(move |(state, is_in)| ([*name, state], u64::from(is_in)))
        });
        page.numbers(&DESTINATION_BREAKER, breakers);
    }
}
