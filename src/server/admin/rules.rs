//! The page `/rules`: which rules are in force, since when, and the result of the last change.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::watched::Watched;
use crate::gateway::{Failure, Live, Status};
use crate::rule::{Mode, Rule};

/// The rules in force as JSON.
pub(super) fn rules(watched: &Watched, now: Timestamp) -> Value {
    let (status, live) = (watched.reload.status(), watched.gateway.current());
    let Status { loaded_at, origin, survives, looks, loads, failures, last_failure, watching, .. } = status;
    json!({
        "hash": live.rules.hash,
        "source": origin.word(),
        "notes": origin.note().iter().map(|note| json!({ "code": note.code, "message": note.message })).collect::<Vec<_>>(),
        "after_restart": survives,
        "loaded_at": loaded_at.map(|at| at.to_string()),
        "age_seconds": loaded_at.map(|at| now.duration_since(at).as_secs().max(0)),
        "rules": live.rules.rules.len(),
        "lookups": live.rules.lookups.len(),
        "files": live.files,
        "owned": live.rules.rules.iter().filter_map(owned).collect::<Vec<_>>(),
        "audits": live.rules.rules.iter().filter(|rule| rule.mode == Mode::Audit).map(audit).collect::<Vec<_>>(),
        "reloads": { "looks": looks, "loaded": loads, "failed": failures, "folder_is_watched": watching },
        "warnings": { "count": live.warnings.count, "findings": live.warnings.to_json() },
        "kept": live.kept.iter().map(|kept| kept.to_json(now)).collect::<Vec<_>>(),
        "refused": last_failure.as_ref().map(refused),
    })
}

/// What a rule is for and who answers for it, where that is said.
fn owned(rule: &Rule) -> Option<Value> {
    let ownership = &rule.ownership;
    let said =
        || json!({ "rule": rule.name, "about": ownership.about, "owner": ownership.owner, "ticket": ownership.ticket });
    (!ownership.is_empty()).then(said)
}

/// A rule that only watches, and until when.
fn audit(rule: &Rule) -> Value {
    json!({ "rule": rule.name, "until": rule.audit_until.map(|last| last.to_string()) })
}

/// What is told where rules were refused, and others stay in force.
pub(super) fn rules_refused(live: &Live, failure: &Failure) -> Value {
    let in_force = json!({ "hash": live.rules.hash, "rules": live.rules.rules.len() });
    json!({ "code": "RulesRefused", "in_force": in_force, "refused": refused(failure) })
}

/// Why what is in the folder is not in force.
pub(super) fn refused(failure: &Failure) -> Value {
    let Failure { hash, report, findings, at, .. } = failure;
    let message = findings.is_empty().then_some(report);
    json!({ "hash": hash, "at": at.to_string(), "message": message, "findings": findings })
}
