//! The page `/reload`: reads the rules folder on request; `accept` takes tables that lost rows.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::rules::rules_refused;
use super::watched::Watched;
use crate::gateway::{InTable, Kept, Live};

/// How long the answer waits for what came of the look.
pub(super) const LOOK_LIMIT: Duration = Duration::from_secs(10);

/// The status and what to tell. `query` is what stands behind `?`, `from` who asks.
pub(super) async fn reload(watched: &Watched, query: &str, from: Option<IpAddr>) -> (StatusCode, Value) {
    let mut names = Vec::new();
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if key != "accept" {
            let message = format!("there is no parameter `{key}`; write `?accept=people.csv`");
            return (StatusCode::BAD_REQUEST, json!({ "code": "UnknownParameter", "message": message }));
        }
        names.push(value.into_owned());
    }
    let from = from.map(|from| from.to_string());
    tracing::info!(from, accept = names.join(" "), "the admin listener was asked to look at the rules folder");
    let loads = watched.reload.status().loads;
    // A file that has just lost its rows is not known as one before the folder is read.
    let is_known = |name: &String| matches!(named(&watched.gateway.current(), name), Ok(Named::Kept(_)));
    if !names.iter().all(is_known) && watched.reload.look(Vec::new(), LOOK_LIMIT).await.is_none() {
        return still_reading();
    }
    let (mut accepted, mut not_kept) = (Vec::new(), Vec::new());
    for name in &names {
        match named(&watched.gateway.current(), name) {
            Ok(Named::Kept(kept)) => accepted.push(kept),
            Ok(Named::InForce(table)) => not_kept.push(json!({ "table": table.table, "rows": table.rows })),
            Err(told) => return (StatusCode::CONFLICT, told),
        }
    }
    let tables = accepted.iter().map(|kept| kept.table.clone()).collect();
    let Some(status) = watched.reload.look(tables, LOOK_LIMIT).await else { return still_reading() };
    let live = watched.gateway.current();
    if let Some(failure) = &status.last_failure {
        return (StatusCode::UNPROCESSABLE_ENTITY, rules_refused(&live, failure));
    }
    let now = Timestamp::now();
    let taken = accepted.iter().filter(|kept| !live.kept.iter().any(|still| still.table == kept.table));
    let taken =
        taken.map(|kept| json!({ "table": kept.table, "rows": live.rows_of(&kept.file), "rows_before": kept.rows }));
    let told = json!({
        "hash": live.rules.hash,
        "source": status.origin.word(),
        "rules": live.rules.rules.len(),
        "changed": status.loads > loads,
        "warnings": live.warnings.count,
        "accepted": taken.collect::<Vec<_>>(),
        "not_kept": not_kept,
        "kept": live.kept.iter().map(|kept| kept.to_json(now)).collect::<Vec<_>>(),
    });
    (StatusCode::OK, told)
}

pub(super) fn still_reading() -> (StatusCode, Value) {
    let message = format!("not known after {} ms; `GET /rules` tells it later", LOOK_LIMIT.as_millis());
    (StatusCode::SERVICE_UNAVAILABLE, json!({ "code": "StillReading", "message": message }))
}

/// A table that somebody wants to be taken.
enum Named {
    Kept(Kept),
    /// It has the rows of its file.
    InForce(InTable),
}

/// The table of this name, one that is kept before those that are not; else what to tell.
fn named(live: &Live, name: &str) -> Result<Named, Value> {
    let in_force = live.in_tables();
    let mut found: Vec<&InTable> = in_force.iter().filter(|table| table.is_called(name)).collect();
    // A path that is one table's whole path means no other whose path ends so.
    if let Some(whole) = found.iter().copied().find(|table| table.table == name) {
        found = vec![whole];
    }
    let is_found = |kept: &&Kept| found.iter().any(|table| table.table == kept.table);
    let kept: Vec<&Kept> = live.kept.iter().filter(is_found).collect();
    if let [kept] = kept.as_slice() {
        return Ok(Named::Kept((*kept).clone()));
    }
    let (code, message) = match found.as_slice() {
        [table] => return Ok(Named::InForce((*table).clone())),
        [] if in_force.is_empty() => {
            ("TableUnknown", format!("there is no table `{name}`, for no lookup of the rules in force asks one"))
        }
        [] => {
            let tables = listed(in_force.iter().map(|table| &*table.table));
            ("TableUnknown", format!("no lookup of the rules in force asks a table `{name}`; they ask {tables}"))
        }
        several => {
            let tables = match kept.as_slice() {
                [] => listed(several.iter().map(|table| &*table.table)),
                kept => listed(kept.iter().map(|kept| &*kept.table)),
            };
            ("TableAmbiguous", format!("`{name}` may be several tables: write one of {tables}"))
        }
    };
    let now = Timestamp::now();
    let kept: Vec<Value> = live.kept.iter().map(|kept| kept.to_json(now)).collect();
    Err(json!({ "code": code, "message": message, "kept": kept }))
}

fn listed<'t>(tables: impl Iterator<Item = &'t str>) -> String {
    tables.map(|table| format!("`{table}`")).collect::<Vec<_>>().join(", ")
}
