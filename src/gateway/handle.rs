//! An event in, a reply out: one event sees one rule set from start to end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use futures_util::future::LocalBoxFuture;
use tracing::{error, info};

use crate::engine::{Decision, Verdict, decide};
use crate::event::{Event, Hook, Hooks, problem};
use crate::lookup::Connections;
use crate::outbox::{Consigned, Outbox, Trouble};
use crate::telemetry::metrics::{EVALUATION, Times};

use super::live::Live;
use super::rounds::{Allowance, settle};
use super::tally::Tally;

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
    outside: Outside,
    /// By the hook's place in the table.
    evaluation: Vec<Times>,
}

/// What a gateway has beside its rules.
#[derive(Debug, Default)]
pub struct Outside {
    /// What lookups ask; without it those over connections fail.
    pub connections: Option<Connections>,
    /// How often one event may ask.
    pub round_limit: usize,
    /// Where deliveries go; without it an event that sends something is turned away.
    pub outbox: Option<Arc<Outbox>>,
}

impl Outside {
    /// Makes a rule set ready to be put in force after another.
    fn prepare(&self, live: Live, before: Option<&Live>) -> Live {
        let tally = Tally::new(&live.rules, before.map(|before| (&before.rules, &before.tally)));
        let live = Live { tally, ..live };
        match &self.connections {
            Some(connections) => live.connect(connections),
            None => live,
        }
    }
}

impl Gateway {
    /// A gateway with a rule set in force, that knows nothing but its rules and tables.
    #[must_use]
    pub fn new(live: Live) -> Self {
        Self::with(live, Outside::default())
    }

    /// A gateway with a rule set in force, that asks and sends.
    #[must_use]
    pub fn with(live: Live, outside: Outside) -> Self {
        let hooks = live.rules.hooks.clone();
        let evaluation = hooks.rows.iter().map(|_| Times::new(EVALUATION)).collect();
        Self { hooks, current: ArcSwap::from_pointee(outside.prepare(live, None)), outside, evaluation }
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
        let before = self.current.load();
        let live = self.outside.prepare(live, Some(&before));
        self.current.store(Arc::new(live));
    }

    /// What lookups ask.
    #[must_use]
    pub fn connections(&self) -> Option<&Connections> {
        self.outside.connections.as_ref()
    }

    /// Where deliveries go.
    #[must_use]
    pub fn outbox(&self) -> Option<&Arc<Outbox>> {
        self.outside.outbox.as_ref()
    }

    /// How long evaluating the rules took, by the hooks' names.
    pub(super) fn evaluated(&self) -> impl Iterator<Item = (&str, &Times)> {
        self.hooks.names().zip(&self.evaluation)
    }

    /// Decides an event and says what to answer, at once where nothing has to be asked or stored.
    #[must_use]
    pub fn handle(self: &Arc<Self>, event: Event) -> Answered {
        let began = Instant::now();
        let live = self.current.load();
        let asks = match decide(&live.rules, &event, &live.tables) {
            Ok(decision) => {
                self.tally(&live, &event, &decision, began.elapsed());
                return self.finish(&event, &decision, began).answered();
            }
            Err(asks) => asks,
        };
        let (gateway, live, first) = (Arc::clone(self), Arc::clone(&live), began.elapsed());
        Answered::Later(Box::pin(async move {
            let budget = gateway.hooks.rows.get(event.hook).map_or(Duration::ZERO, |hook| hook.budget);
            let allowance = Allowance { budget, rounds: gateway.outside.round_limit };
            let facts = (&live.rules, &live.tables, &live.remotes);
            let finish = |decision: Decision<'_>, took: Duration| {
                gateway.tally(&live, &event, &decision, first + took);
                gateway.finish(&event, &decision, began)
            };
            settle(facts, &event, decide, asks, allowance, finish).await.stored().await
        }))
    }

    /// Counts a decision, and the time it took to evaluate.
    fn tally(&self, live: &Live, event: &Event, decision: &Decision<'_>, took: Duration) {
        live.tally.count(&live.rules, event.hook, decision);
        self.evaluation.get(event.hook).into_iter().for_each(|times| times.observe(took));
    }

    /// What a decision answers and sends, told to the log.
    fn finish(&self, event: &Event, decision: &Decision<'_>, began: Instant) -> Finished {
        let id = event.context.id.clone();
        let Some(hook) = self.hooks.rows.get(event.hook) else {
            return Finished { reply: Reply { status: 500, body: problem("InternalError", &id) }, consigned: None, id };
        };
        log(hook, event, decision, began);
        let Some(body) = decision.reply(hook, event) else {
            // The caller comes again, and what is sent is sent then.
            return Finished { reply: Reply { status: 503, body: problem("RulesFailed", &id) }, consigned: None, id };
        };
        let reply = Reply { status: 200, body };
        let consigned = (!decision.deliveries.is_empty()).then(|| match &self.outside.outbox {
            Some(outbox) => {
                let consigned = outbox.consign(&hook.name, event, &decision.deliveries);
                consigned.map(|consigned| (Arc::clone(outbox), consigned))
            }
            None => Err(Trouble { message: "there is no outbox".to_owned(), help: String::new() }),
        });
        Finished { reply, consigned, id }
    }
}

/// What a decision comes to: the reply, and what must be stored before it leaves.
struct Finished {
    reply: Reply,
    consigned: Option<Result<(Arc<Outbox>, Consigned), Trouble>>,
    id: String,
}

impl Finished {
    fn answered(self) -> Answered {
        match self.consigned {
            None => Answered::Now(self.reply),
            Some(_) => Answered::Later(Box::pin(self.stored())),
        }
    }

    /// The reply, once all that the event sends is stored; no reply leaves before.
    async fn stored(self) -> Reply {
        let Self { reply, consigned, id } = self;
        let stored = match consigned {
            None => return reply,
            Some(Ok((outbox, consigned))) => outbox.put(consigned).await,
            Some(Err(trouble)) => Err(trouble),
        };
        match stored {
            Ok(()) => reply,
            Err(trouble) => {
                error!(target: "hookgate::event", request_id = id, cause = trouble.message, "deliveries not stored");
                Reply { status: 503, body: problem("DeliveriesNotStored", &id) }
            }
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
