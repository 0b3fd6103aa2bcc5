//! Reports deliveries that wait in this outbox under other names, and that nobody will send.

use super::store::{Store, Trouble};

/// Tells of it at a start: most likely the name was changed before all had arrived.
///
/// # Errors
/// When the store cannot be asked.
pub(super) async fn tell(store: &dyn Store) -> Result<(), Trouble> {
    for (name, deliveries) in store.elsewhere().await? {
        tracing::warn!(
            target: "hookgate::outbox",
            name,
            deliveries,
            "deliveries wait in the outbox under another name, and nobody sends them: set `outbox.name` to it until they have \
             arrived"
        );
    }
    Ok(())
}
