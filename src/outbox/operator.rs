//! What an operator sees and does while the outbox runs: finds deliveries, sends them again, drops them, pauses a
//! destination. Deliveries that wait in memory are among them.

use std::sync::Arc;

use super::outbox::Outbox;
use super::store::{Change, Row, Trouble, Wanted};

/// A delivery that waits, and whether it waits in memory, where a stop loses it.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub row: Row,
    pub is_in_memory: bool,
}

impl Outbox {
    /// Deliveries that wait and dead letters, the oldest first; of each place where they wait at most as many as are wanted.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn find(&self, wanted: &Wanted) -> Result<Vec<Waiting>, Trouble> {
        let mut found = Vec::new();
        for (store, is_in_memory) in [(&self.store(), false), (self.memory(), true)] {
            let rows = store.find(wanted.clone()).await?;
            found.extend(rows.into_iter().map(|row| Waiting { row, is_in_memory }));
        }
        found.sort_by_key(|waiting| waiting.row.delivery.created_ms);
        Ok(found)
    }

    /// Does something to deliveries, and lets their couriers look; how many they were.
    ///
    /// # Errors
    /// When the store cannot be told.
    pub async fn change(&self, wanted: &Wanted, change: Change) -> Result<u64, Trouble> {
        let mut count = 0;
        for store in [&self.store(), self.memory()] {
            count += store.change(wanted.clone(), change, store.now_ms()).await?;
        }
        self.wake(&self.names());
        Ok(count)
    }

    /// Has the couriers of a destination take nothing more, or go on; `false` where there is no such destination. A restart
    /// ends it, and other gateways that share the store go on.
    pub fn pause(&self, to: &str, is_paused: bool) -> bool {
        let couriers = self.couriers().filter(|courier| courier.destination().name == to);
        let count = couriers.map(|courier| courier.pause(is_paused)).count();
        self.wake(&[to.to_owned()]);
        count > 0
    }

    /// The destinations that are paused.
    #[must_use]
    pub fn paused(&self) -> Vec<&str> {
        let mut found: Vec<&str> = self
            .couriers()
            .filter(|courier| courier.is_paused())
            .map(|courier| courier.destination().name.as_str())
            .collect();
        found.dedup();
        found
    }

    /// Whether others take deliveries from the same store.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        !self.store().is_own()
    }

    /// The time by which deliveries are due, in milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        Arc::clone(&self.store()).now_ms()
    }

    fn names(&self) -> Vec<String> {
        self.couriers().map(|courier| courier.destination().name.clone()).collect()
    }
}
