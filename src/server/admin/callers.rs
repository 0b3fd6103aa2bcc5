//! The page `/callers`: the newest calls of "save & test", and what each method of `auth` found of them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::watched::Watched;
use crate::server::auth::Verdict;
use crate::server::newest::NewestCall;
use crate::server::request::Refusal;

/// The calls as JSON, the oldest first.
#[must_use]
pub fn callers(watched: &Watched, now: Timestamp) -> Value {
    let calls: Vec<Value> = watched.counters.newest.all().iter().map(call).collect();
    json!({ "now": now.to_string(), "calls": calls })
}

fn call(call: &NewestCall) -> Value {
    let NewestCall { at, id, from, hook, above, refusal, verdicts } = call;
    json!({
        "at": format!("{at:.3}"),
        "request_id": id,
        "from": from.map(|from| from.to_string()),
        "hook": hook,
        "above": above,
        "accepted": refusal.is_none(),
        "status": refusal.map_or(200, |refusal| refusal.status().as_u16()),
        "code": refusal.map(Refusal::code),
        "cause": refusal.map(|refusal| refusal.to_string()),
        "methods": verdicts.iter().map(method).collect::<Vec<_>>(),
    })
}

fn method(verdict: &Verdict) -> Value {
    let reason = verdict.found.as_ref().err().map(|refused| refused.reason.name());
    json!({ "method": verdict.method, "verdict": verdict.word(), "why": verdict.why(), "reason": reason })
}
