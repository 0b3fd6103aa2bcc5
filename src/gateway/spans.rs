//! The spans of an event: names and codes, never a value of a body.

use crate::engine::{Decision, Verdict};
use crate::event::{Event, Hook};
use crate::telemetry::traces::{Kind, Span, Tracer};

/// The whole event, from the head of its request on.
pub(super) fn begin(tracer: &Tracer, hook: Option<&Hook>, event: &Event) -> Span {
    let context = &event.context;
    let name = hook.map_or("", |hook| hook.name.as_str());
    let span = tracer.begin(Kind::Server, format_args!("{name}"), context.trace.clone(), context.now);
    span.note("hookgate.request_id", &context.id);
    span
}

/// What was decided, and by which rule.
pub(super) fn decided(span: &Span, decision: &Decision<'_>) {
    span.note("hookgate.decision", decision.word());
    decision.decided_by.into_iter().for_each(|rule| span.note("hookgate.rule", &rule.name));
    match &decision.verdict {
        Verdict::Rejected { code, .. } => span.note("hookgate.code", code.as_str()),
        Verdict::Failed(failure) => span.note("hookgate.failed_at", &failure.place.file_line()),
        _ => {}
    }
}

/// The answer.
pub(super) fn ended(span: &Span, status: u16) {
    span.count("http.response.status_code", status.into());
    if status >= 500 {
        span.fail("the caller may come again");
    }
}
