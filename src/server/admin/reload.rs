//! A look at the rules folder on request, and what came of it; with `accept`, tables are taken although they lost rows.

use std::time::Duration;

use actix_web::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::rules::refused;
use super::watched::Watched;
use crate::gateway::{Kept, Live};

/// How long the answer waits for what came of the look.
const LOOK_LIMIT: Duration = Duration::from_secs(10);

/// The status and what to tell. `query` is what stands behind `?`.
pub(super) async fn reload(watched: &Watched, query: &str) -> (StatusCode, Value) {
    let mut names = Vec::new();
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if key != "accept" {
            let message = format!("there is no parameter `{key}`; write `?accept=people.csv`");
            return (StatusCode::BAD_REQUEST, json!({ "code": "UnknownParameter", "message": message }));
        }
        names.push(value.into_owned());
    }
    tracing::info!(accept = names.join(" "), "the admin listener was asked to look at the rules folder");
    let loads = watched.reload.status().loads;
    // A file that has just lost its rows is not known as one before the folder is read.
    let is_known = |name: &String| named(&watched.gateway.current(), name).is_ok();
    if !names.iter().all(is_known) && watched.reload.look(Vec::new(), LOOK_LIMIT).await.is_none() {
        return still_reading();
    }
    let mut accepted = Vec::new();
    for name in &names {
        match named(&watched.gateway.current(), name) {
            Ok(kept) => accepted.push(kept),
            Err(told) => return (StatusCode::CONFLICT, told),
        }
    }
    let tables = accepted.iter().map(|kept| kept.table.clone()).collect();
    let Some(status) = watched.reload.look(tables, LOOK_LIMIT).await else { return still_reading() };
    let live = watched.gateway.current();
    if let Some(failure) = &status.last_failure {
        let in_force = json!({ "hash": live.rules.hash, "rules": live.rules.rules.len() });
        let told = json!({ "code": "RulesRefused", "in_force": in_force, "refused": refused(failure) });
        return (StatusCode::UNPROCESSABLE_ENTITY, told);
    }
    let now = Timestamp::now();
    let taken = accepted.iter().filter(|kept| !live.kept.iter().any(|still| still.table == kept.table));
    let taken =
        taken.map(|kept| json!({ "table": kept.table, "rows": live.rows_of(&kept.file), "rows_before": kept.rows }));
    let told = json!({
        "hash": live.rules.hash,
        "rules": live.rules.rules.len(),
        "changed": status.loads > loads,
        "warnings": live.warnings.count,
        "accepted": taken.collect::<Vec<_>>(),
        "kept": live.kept.iter().map(|kept| kept.to_json(now)).collect::<Vec<_>>(),
    });
    (StatusCode::OK, told)
}

fn still_reading() -> (StatusCode, Value) {
    let message = format!("not known after {} ms; `GET /rules` tells it later", LOOK_LIMIT.as_millis());
    (StatusCode::SERVICE_UNAVAILABLE, json!({ "code": "StillReading", "message": message }))
}

/// The kept table of this name; else what to tell.
fn named(live: &Live, name: &str) -> Result<Kept, Value> {
    let found: Vec<&Kept> = live.kept.iter().filter(|kept| kept.is_called(name)).collect();
    let (code, message) = match found.as_slice() {
        [kept] => return Ok((*kept).clone()),
        [] if live.kept.is_empty() => {
            ("TableNotKept", format!("`{name}` is not kept, nor is any table: all have the rows of their files"))
        }
        [] => ("TableNotKept", format!("`{name}` is not kept; these tables are: {}", tables(live.kept.iter()))),
        several => {
            let tables = tables(several.iter().copied());
            ("TableAmbiguous", format!("`{name}` may be several tables: write one of {tables}"))
        }
    };
    let now = Timestamp::now();
    let kept: Vec<Value> = live.kept.iter().map(|kept| kept.to_json(now)).collect();
    Err(json!({ "code": code, "message": message, "kept": kept }))
}

fn tables<'k>(kept: impl Iterator<Item = &'k Kept>) -> String {
    kept.map(|kept| format!("`{}`", kept.table)).collect::<Vec<_>>().join(", ")
}
