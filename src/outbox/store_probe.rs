//! Tests whether something can be stored now, by storing it.

use super::delivery::NewDeliveries;
use super::store::{Count, Store, Trouble};

/// The event that is written and forgotten again; no event of a caller has such a fingerprint.
const TRIED: &str = "tried by hookgate";

/// Stores an event without deliveries at a time before all others, forgets all events of that time, and says how much waits.
///
/// # Errors
/// What keeps deliveries from being stored.
pub(super) async fn written(store: &dyn Store) -> Result<Count, Trouble> {
    let (hook, person) = (String::new(), String::new());
    let tried = NewDeliveries {
        event: TRIED.to_owned(),
        stream: TRIED.to_owned(),
        nonce: String::new(),
        hook,
        person,
        at_ms: 0,
        window_ms: 0,
        trace: String::new(),
        deliveries: Vec::new(),
    };
    store.put(tried).await?;
    store.forget(1).await?;
    store.count().await
}
