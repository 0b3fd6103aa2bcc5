//! An event in, a reply out: one event sees one rule set from start to end.

use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use tracing::{error, info};

use crate::engine::{Decision, Verdict, decide};
use crate::event::{Event, Hook, Hooks, problem};

use super::live::Live;

/// What goes back to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status: 200, or 503 when the hook's `on_failure` says `unavailable`.
    pub status: u16,
    /// A JSON object.
    pub body: String,
}

/// Everything that answers events.
#[derive(Debug)]
pub struct Gateway {
    hooks: Hooks,
    current: ArcSwap<Live>,
}

impl Gateway {
    /// A gateway with a rule set in force.
    #[must_use]
    pub fn new(live: Live) -> Self {
        Self { hooks: live.rules.hooks.clone(), current: ArcSwap::from_pointee(live) }
    }

    /// The table of hooks; it stays the same while rules are replaced.
    #[must_use]
    pub fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    /// The rule set in force.
    #[must_use]
    pub fn current(&self) -> Arc<Live> {
        self.current.load_full()
    }

    /// Puts another rule set in force, whole. Events that began under the old one end under it.
    pub fn replace(&self, live: Live) {
        self.current.store(Arc::new(live));
    }

    /// Decides an event and says what to answer.
    #[must_use]
    pub fn handle(&self, event: &Event) -> Reply {
        let began = Instant::now();
        let live = self.current.load();
        let decision = decide(&live.rules, event, &live.tables);
        let Some(hook) = self.hooks.rows.get(event.hook) else {
            return Reply { status: 500, body: problem("InternalError", &event.context.id) };
        };
        let reply = match decision.reply(hook, event) {
            Some(body) => Reply { status: 200, body },
            None => Reply { status: 503, body: problem("RulesFailed", &event.context.id) },
        };
        log(hook, event, &decision, began);
        reply
    }
}

/// One line an event, and the cause when a rule failed: codes, names and places, never a value.
fn log(hook: &Hook, event: &Event, decision: &Decision<'_>, began: Instant) {
    let id = &event.context.id;
    let rule = decision.decided_by.map(|rule| rule.name.as_str());
    if let Verdict::Failed(failure) = &decision.verdict {
        let at = failure.place.file_line();
        error!(target: "hookgate::event", request_id = id, hook = hook.name, rule, at, cause = failure.message, "rule failed");
    }
    if !tracing::enabled!(target: "hookgate::event", tracing::Level::INFO) {
        return;
    }
    for audit in &decision.audits {
        let did = audit.did.join("; ");
        info!(target: "hookgate::event", request_id = id, hook = hook.name, rule = audit.rule.name, did, "audit rule held");
    }
    let code = match &decision.verdict {
        Verdict::Rejected { code, .. } => Some(code.as_str()),
        _ => None,
    };
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    info!(
        target: "hookgate::event",
        request_id = id,
        hook = hook.name,
        person = event.person(),
        decision = decision.word(),
        rule,
        code,
        micros,
        "decided"
    );
}
