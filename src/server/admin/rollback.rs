//! The page `/rollback`: goes back to an earlier rule set on request, and reports the result.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::reload::{LOOK_LIMIT, still_reading};
use super::rules::rules_refused;
use super::watched::Watched;
use crate::gateway::{KeptSet, NoSet, Sets};
use crate::rule::{Sources, short_hash};

/// The status and what to tell. `query` is what stands behind `?`, `from` who asks.
pub(super) async fn rollback(watched: &Watched, query: &str, from: Option<IpAddr>) -> (StatusCode, Value) {
    let mut beginning = None;
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if key != "hash" {
            let message = format!("there is no parameter `{key}`; write `?hash=4f2a91c0d3e7`, or nothing");
            return (StatusCode::BAD_REQUEST, json!({ "code": "UnknownParameter", "message": message }));
        }
        beginning = Some(value.into_owned());
    }
    let from = from.map(|from| from.to_string());
    tracing::info!(from, hash = beginning, "the admin listener was asked to roll the rules back");
    let before = watched.gateway.current().rules.hash.clone();
    let (set, sources) = match found(watched.sets.as_ref(), beginning.as_deref(), &before) {
        Ok(found) => found,
        Err((code, message)) => return (StatusCode::CONFLICT, json!({ "code": code, "message": message })),
    };
    let Some(status) = watched.reload.roll_back(sources, LOOK_LIMIT).await else { return still_reading() };
    let live = watched.gateway.current();
    if let Some(failure) = &status.rollback_failure {
        return (StatusCode::UNPROCESSABLE_ENTITY, rules_refused(&live, failure));
    }
    let now = Timestamp::now();
    let told = json!({
        "hash": live.rules.hash,
        "hash_before": before,
        "last_in_force": set.at.to_string(),
        "source": status.origin.word(),
        "after_restart": status.survives,
        "rules": live.rules.rules.len(),
        "warnings": live.warnings.count,
        "kept": live.kept.iter().map(|kept| kept.to_json(now)).collect::<Vec<_>>(),
    });
    (StatusCode::OK, told)
}

/// The set that is meant, and its files; else a code and what to tell.
fn found(
    sets: Option<&Sets>,
    beginning: Option<&str>,
    before: &str,
) -> Result<(KeptSet, Sources), (&'static str, String)> {
    let sets = sets.ok_or_else(|| ("NothingKept", NOTHING_KEPT.to_owned()))?;
    let set = sets.find(beginning, Some(before)).map_err(|why| {
        let code = match why {
            NoSet::Unknown(_) | NoSet::NoOther => "SetUnknown",
            NoSet::Ambiguous(_) => "SetAmbiguous",
            NoSet::Unreadable(_) => "SetUnreadable",
        };
        (code, why.told())
    })?;
    let hash = short_hash(&set.hash);
    let sources = sets.read(&set).map_err(|why| ("SetUnreadable", format!("the set {hash} cannot be read: {why}")))?;
    Ok((set, sources))
}

const NOTHING_KEPT: &str =
    "no rules are kept to go back to: `reload.state` and `reload.keep` in gateway.yaml say where and how many";
