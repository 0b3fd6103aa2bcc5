//! An event in, a reply out: one event sees one rule set from start to end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use futures_util::future::LocalBoxFuture;
use tracing::{error, info};

use crate::engine::{Decision, Verdict, decide};
use crate::event::{Event, Hook, Hooks, problem};
use crate::lookup::Connections;

use super::live::Live;
use super::rounds::{Allowance, settle};

/// What goes back to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status: 200, or 503 when the hook's `on_failure` says `unavailable`.
    pub status: u16,
    /// A JSON object.
    pub body: String,
}

/// What comes of an event: the reply, or one that waits for what is asked outside.
#[expect(missing_debug_implementations, reason = "a reply on its way shows nothing")]
pub enum Answered {
    Now(Reply),
    Later(LocalBoxFuture<'static, Reply>),
}

/// Everything that answers events.
#[derive(Debug)]
pub struct Gateway {
    hooks: Hooks,
    current: ArcSwap<Live>,
    connections: Option<Connections>,
    /// How often one event may ask.
    round_limit: usize,
}

impl Gateway {
    /// A gateway with a rule set in force, that asks nothing outside.
    #[must_use]
    pub fn new(live: Live) -> Self {
        let hooks = live.rules.hooks.clone();
        Self { hooks, current: ArcSwap::from_pointee(live), connections: None, round_limit: 0 }
    }

    /// A gateway with a rule set in force, that asks these connections, up to `round_limit` times an event.
    #[must_use]
    pub fn asking(live: Live, connections: Connections, round_limit: usize) -> Self {
        let live = live.connect(&connections);
        Self { connections: Some(connections), round_limit, ..Self::new(live) }
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
        let live = match &self.connections {
            Some(connections) => live.connect(connections),
            None => live,
        };
        self.current.store(Arc::new(live));
    }

    /// Decides an event and says what to answer, at once where nothing has to be asked outside.
    #[must_use]
    pub fn handle(self: &Arc<Self>, event: Event) -> Answered {
        let began = Instant::now();
        let live = self.current.load();
        let asks = match decide(&live.rules, &event, &live.tables) {
            Ok(decision) => return Answered::Now(self.reply(&event, &decision, began)),
            Err(asks) => asks,
        };
        let (gateway, live) = (Arc::clone(self), Arc::clone(&live));
        Answered::Later(Box::pin(async move {
            let budget = gateway.hooks.rows.get(event.hook).map_or(Duration::ZERO, |hook| hook.budget);
            let allowance = Allowance { budget, rounds: gateway.round_limit };
            let finish = |decision: Decision<'_>| gateway.reply(&event, &decision, began);
            settle((&live.rules, &live.tables, &live.remotes), &event, decide, asks, allowance, finish).await
        }))
    }

    /// What a decision answers, told to the log.
    fn reply(&self, event: &Event, decision: &Decision<'_>, began: Instant) -> Reply {
        let Some(hook) = self.hooks.rows.get(event.hook) else {
            return Reply { status: 500, body: problem("InternalError", &event.context.id) };
        };
        log(hook, event, decision, began);
        match decision.reply(hook, event) {
            Some(body) => Reply { status: 200, body },
            None => Reply { status: 503, body: problem("RulesFailed", &event.context.id) },
        }
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
