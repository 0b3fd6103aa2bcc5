//! A look at the rules folder on request, and what came of it.

use std::time::Duration;

use actix_web::http::StatusCode;
use serde_json::{Value, json};

use super::rules::refused;
use super::watched::Watched;

/// How long the answer waits for what came of the look.
const LOOK_LIMIT: Duration = Duration::from_secs(10);

/// The status and what to tell.
pub(super) async fn reload(watched: &Watched) -> (StatusCode, Value) {
    tracing::info!("the admin listener was asked to look at the rules folder");
    let loads = watched.reload.status().loads;
    let Some(status) = watched.reload.look(LOOK_LIMIT).await else {
        let message = format!("not known after {} ms; `GET /rules` tells it later", LOOK_LIMIT.as_millis());
        return (StatusCode::SERVICE_UNAVAILABLE, json!({ "code": "StillReading", "message": message }));
    };
    let live = watched.gateway.current();
    let (hash, rules) = (&live.rules.hash, live.rules.rules.len());
    match &status.last_failure {
        None => (StatusCode::OK, json!({ "hash": hash, "rules": rules, "changed": status.loads > loads })),
        Some(failure) => {
            let in_force = json!({ "hash": hash, "rules": rules });
            let told = json!({ "code": "RulesRefused", "in_force": in_force, "refused": refused(failure) });
            (StatusCode::UNPROCESSABLE_ENTITY, told)
        }
    }
}
