//! The log lines of an event: one at info, and at debug one for each rule with the reason why it held or not.

use std::borrow::Cow;
use std::time::Instant;

use tracing::{Level, debug, enabled, error, info, warn};

use super::rounds::Deciding;
use crate::engine::{Decision, Outcome, RuleTrace, Verdict, decide, explain};
use crate::event::{Event, Hook};
use crate::telemetry::traces::Span;

/// How events are decided: with reasons, which takes longer, only where somebody reads them.
pub(super) fn deciding() -> Deciding {
    if enabled!(target: "hookgate::event", Level::DEBUG) { explain } else { decide }
}

/// The cause when a rule failed or was skipped, the reasons, what audit rules would have done, the decision: codes, names and places,
/// and never a value but those that audit rules would have written. Who it is about the log itself makes a digest of.
pub(super) fn decided(
    hook: &Hook,
    event: &Event,
    decision: &Decision<'_>,
    (began, span): (Instant, &Span),
    instance: Option<&str>,
) {
    let id = &event.context.id;
    let rule = decision.decided_by.map(|rule| rule.name.as_str());
    if let Verdict::Failed(failure) = &decision.verdict {
        let at = failure.place.file_line();
        error!(target: "hookgate::event", request_id = id, hook = hook.name, rule, at, cause = failure.message, "rule failed");
    }
    for skipped in &decision.skipped {
        let (rule, failure) = (&skipped.rule.name, &skipped.failure);
        let at = failure.place.file_line();
        warn!(target: "hookgate::event", request_id = id, hook = hook.name, rule, at, cause = failure.message, "rule skipped");
    }
    if !enabled!(target: "hookgate::event", Level::INFO) {
        return;
    }
    decision.trace.iter().for_each(|rule| reason(id, &hook.name, rule));
    for audit in &decision.audits {
        let did = audit.did.join("; ");
        let until = audit.rule.audit_until.map(|last| last.to_string());
        info!(target: "hookgate::event", request_id = id, hook = hook.name, rule = audit.rule.name, until, did, "audit rule held");
    }
    let code = match &decision.verdict {
        Verdict::Rejected { code, .. } => Some(code.as_str()),
        _ => None,
    };
    let codes: Vec<&str> = decision.refusals.iter().map(|refusal| &*refusal.code).collect();
    let codes = (codes.len() > 1).then(|| codes.join(","));
    let came = event.context.trace.as_deref().map(|trace| Cow::Borrowed(&*trace.id));
    let trace_id = came.or_else(|| span.recorded_id().map(Cow::Owned));
    info!(
        target: "hookgate::event",
        request_id = id,
        hook = hook.name,
        app = event.context.app,
        person = event.person().as_deref(),
        decision = decision.word(),
        rule,
        code,
        codes,
        ms = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
        trace_id = trace_id.as_deref(),
        instance,
        "decided"
    );
}

/// Which condition failed, never what it saw: that is a field of a body. A rule that was not reached or is off has no
/// reason; that of one that failed or was skipped is told above.
fn reason(id: &str, hook: &str, traced: &RuleTrace) {
    let RuleTrace { rule, at, .. } = traced;
    match &traced.outcome {
        Outcome::Held => debug!(target: "hookgate::event", request_id = id, hook, rule, at, "rule held"),
        Outcome::NotHeld(why) => {
            let at = why.as_ref().map_or(at, |why| &why.at);
            let condition = why.as_ref().map(|why| &*why.condition);
            debug!(target: "hookgate::event", request_id = id, hook, rule, at, condition, "rule did not hold");
        }
        Outcome::Failed(_) | Outcome::Skipped(_) | Outcome::NotReached | Outcome::Off => {}
    }
}
