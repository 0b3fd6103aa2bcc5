//! The log of what was refused before it was an event; decided events are logged by the gateway. Never a word of a body.

use super::refusal::Refusal;

/// The line of a refusal. What any scanner of the internet can cause is only told at debug.
pub(super) fn refused(hook: Option<&str>, refusal: Refusal, id: &str) {
    let (code, status) = (refusal.code(), refusal.status().as_u16());
    match hook {
        Some(hook) => {
            tracing::info!(target: "hookgate::event", hook, code, status, cause = %refusal, request_id = id, "refused");
        }
        None => {
            tracing::debug!(target: "hookgate::event", code, status, cause = %refusal, request_id = id, "refused");
        }
    }
}
