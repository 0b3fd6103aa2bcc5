//! Logs what a stop loses: deliveries with secrets that waited in memory, a line each.

use std::collections::BTreeMap;

use crate::outbox::store::Row;

/// Most of them that have a line of their own.
const TOLD_LIMIT: usize = 100;

/// Tells what is lost, without bodies; nothing where nothing is.
pub fn tell(lost: &[Row]) {
    if lost.is_empty() {
        return;
    }
    let mut of_destinations: BTreeMap<&str, usize> = BTreeMap::new();
    lost.iter().for_each(|row| *of_destinations.entry(&row.delivery.to).or_default() += 1);
    let to: Vec<String> = of_destinations.iter().map(|(to, count)| format!("{to} ({count})")).collect();
    tracing::error!(
        target: "hookgate::outbox",
        deliveries = lost.len(),
        to = to.join(", "),
        "deliveries with secrets waited in memory and are lost: send again what must arrive, and set \
         `outbox.encryption_key`, by which they are stored"
    );
    for row in lost.iter().take(TOLD_LIMIT) {
        let (delivery, is_dead) = (&row.delivery, row.is_dead);
        // Not under `person`, of which the log makes a digest: nothing else says for whom it has to be made good.
        let (to, key, hook, whose) = (&delivery.to, &delivery.key, &delivery.hook, &delivery.person);
        tracing::error!(target: "hookgate::outbox", to, key, hook, whose, is_dead, cause = row.error, "lost");
    }
    if lost.len() > TOLD_LIMIT {
        tracing::error!(target: "hookgate::outbox", deliveries = lost.len() - TOLD_LIMIT, "and more are lost");
    }
}
