//! The log of what was refused before it was an event; decided events are logged by the gateway. Never a word of a body.

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
