//! The page `/ready`: whether events can be answered, and if not, why.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::watched::Watched;
use crate::gateway::Note;
use crate::lookup::Connections;

/// How long storing something to find out may take.
const STORE_LIMIT: Duration = Duration::from_secs(2);

/// Why no events should be sent here; or what is worth knowing although they should.
struct Reason {
    code: &'static str,
    message: String,
}

/// Whether events should be sent here, and all of it as JSON. What is no matter for everybody is told with `details`.
pub(super) async fn readiness(watched: &Watched, details: bool) -> (bool, Value) {
    let reasons = reasons(watched).await;
    let is_ready = reasons.is_empty();
    let reason = |reason: &Reason| match details {
        true => json!({ "code": reason.code, "message": reason.message }),
        false => json!({ "code": reason.code }),
    };
    let note = watched
        .reload
        .status()
        .origin
        .note()
        .map(|Note { code, message }| Reason { code, message: message.to_owned() });
    let mut told = json!({
        "ready": is_ready,
        "reasons": reasons.iter().map(reason).collect::<Vec<_>>(),
    });
    if let (Some(note), Some(told)) = (&note, told.as_object_mut()) {
        told.insert("notes".to_owned(), json!([reason(note)]));
    }
    if let (true, Some(told)) = (details, told.as_object_mut()) {
        told.extend(information(watched));
    }
    (is_ready, told)
}

async fn reasons(watched: &Watched) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if watched.counters.is_stopping() {
        reasons.push(Reason { code: "Stopping", message: "hookgate was told to stop".to_owned() });
    }
    if let Some(outbox) = watched.gateway.outbox() {
        let is_ready = tokio::time::timeout(STORE_LIMIT, outbox.is_ready()).await;
        if !is_ready.unwrap_or(false) {
            let message = match outbox.trouble() {
                Some(trouble) => trouble.to_string(),
                None => format!("the outbox does not answer in {} ms", STORE_LIMIT.as_millis()),
            };
            reasons.push(Reason { code: "DeliveriesNotStored", message });
        }
    }
    reasons
}

/// What is worth knowing and keeps nobody from answering: events go on under the rules in force, what cannot be delivered
/// waits, and lookups have their `on_error`.
fn information(watched: &Watched) -> Map<String, Value> {
    let (status, live) = (watched.reload.status(), watched.gateway.current());
    let connections = watched.gateway.connections().into_iter().flat_map(Connections::lines);
    let connections: Map<String, Value> =
        connections.map(|(name, line)| (name.to_owned(), line.breaker.word().into())).collect();
    let destinations = watched.gateway.outbox().into_iter().flat_map(|outbox| outbox.destinations());
    let destinations: Map<String, Value> = destinations.map(|(name, word)| (name.to_owned(), word.into())).collect();
    let paused = watched.gateway.outbox().map(|outbox| outbox.paused()).unwrap_or_default();
    let rules = json!({
        "hash": live.rules.hash,
        "rules": live.rules.rules.len(),
        "source": status.origin.word(),
        "changed_rules_refused": status.last_failure.is_some(),
    });
    let told = [
        ("rules", rules),
        ("requests_in_flight", watched.counters.in_flight().into()),
        ("destinations", destinations.into()),
        ("destinations_paused", json!(paused)),
        ("connections", connections.into()),
    ];
    told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
