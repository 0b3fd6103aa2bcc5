//! The log of what was refused before it was an event; decided events are logged by the gateway. Never a word of a body.

use super::auth::Verdict;
use super::refusal::Refusal;

/// The line of a refusal, `count` being how many there were for this reason. What any scanner of the internet can cause is
/// only told at debug. What comes in floods is told when its number doubles: a line for each would cost more than the
/// refusal, and what is refused must cost little.
pub(super) fn refused(hook: Option<&str>, refusal: Refusal, count: u64, id: &str) {
    let (code, status) = (refusal.code(), refusal.status().as_u16());
    if refusal.comes_in_floods() && count.is_power_of_two() {
        tracing::warn!(target: "hookgate::event", hook, code, status, count, cause = %refusal, request_id = id, "refused");
    } else if let (Some(hook), false) = (hook, refusal.comes_in_floods()) {
        tracing::info!(target: "hookgate::event", hook, code, status, cause = %refusal, request_id = id, "refused");
    } else {
        tracing::debug!(target: "hookgate::event", hook, code, status, cause = %refusal, request_id = id, "refused");
    }
}

/// What the methods said of a call, a line each. `is_told` is for whoever sets them up or was turned away; otherwise
/// only what a method that observes would have refused is told.
pub(super) fn verdicts(hook: &str, verdicts: &[Verdict], is_told: bool, id: &str) {
    for said in verdicts {
        let (method, verdict, why) = (said.method, said.word(), said.why());
        if is_told || (said.observe && said.found.is_err()) {
            tracing::info!(target: "hookgate::event", hook, method, verdict, why, request_id = id, "who may come in");
        } else {
            tracing::debug!(target: "hookgate::event", hook, method, verdict, why, request_id = id, "who may come in");
        }
    }
}
