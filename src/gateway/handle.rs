//! Answers an event: decides it, asks and stores what it needs, and gives the reply, all with one rule set.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use futures_util::future::LocalBoxFuture;
use tracing::error;

use super::live::Live;
use super::rounds::{Allowance, settle};
use super::tally::Tally;
use super::{log, spans};
use crate::engine::{Decision, Facts, Notes, Recording};
use crate::event::{Event, Hook, Hooks, problem};
use crate::journal::{Journal, Outcome, Unsealed};
use crate::lookup::Connections;
use crate::outbox::{Outbox, Prepared, Trouble};
use crate::telemetry::PersonKey;
use crate::telemetry::metrics::{EVALUATION, Times};
use crate::telemetry::traces::{Kind, Span, Tracer};

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
    /// Where decisions are recorded; without it none is.
    pub journal: Option<Arc<Journal>>,
    /// Where the traces of events go.
    pub tracer: Tracer,
    /// By which the log tells this gateway from others.
    pub instance: Option<String>,
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

    /// Whether decisions are recorded at all.
    #[must_use]
    pub fn has_journal(&self) -> bool {
        self.outside.journal.is_some()
    }

    /// What digests of people are made with where decisions are recorded.
    #[must_use]
    pub fn people(&self) -> Option<PersonKey> {
        self.journal().map(|journal| journal.people())
    }

    /// Where decisions are recorded.
    pub(super) fn journal(&self) -> Option<&Arc<Journal>> {
        self.outside.journal.as_ref()
    }

    /// Where the traces of events go.
    pub(super) fn tracer(&self) -> &Tracer {
        &self.outside.tracer
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
        let span = spans::begin(self.tracer(), self.hooks.rows.get(event.hook), &event);
        let deciding = log::deciding();
        let recording = Recording::new(&live.tables);
        let facts: &dyn Facts = if self.journal().is_some() { &recording } else { &live.tables };
        let part = span.child(Kind::Internal, format_args!("decide"));
        let decided = deciding(&live.rules, &event, facts);
        drop(part);
        let asks = match decided {
            Ok(decision) => {
                self.tally(&live, &event, &decision, began.elapsed());
                let finished = self.finish(&live, &event, &decision, recording.taken(), (began, span));
                drop(decision);
                return finished.answered();
            }
            Err(asks) => asks,
        };
        let (gateway, live, first) = (Arc::clone(self), Arc::clone(&live), began.elapsed());
        Answered::Later(Box::pin(async move {
            let budget = gateway.hooks.rows.get(event.hook).map_or(Duration::ZERO, |hook| hook.budget);
            let allowance = Allowance { budget, rounds: gateway.outside.round_limit };
            let facts = (&live.rules, &live.tables, &live.remotes);
            let finish = |decision: Decision<'_>, notes: Notes, took: Duration| {
                gateway.tally(&live, &event, &decision, first + took);
                gateway.finish(&live, &event, &decision, notes, (began, span.clone()))
            };
            let finished = settle(facts, &event, deciding, (asks, &span), allowance, finish).await;
            finished.stored().await
        }))
    }

    /// Counts a decision, and the time it took to evaluate.
    fn tally(&self, live: &Live, event: &Event, decision: &Decision<'_>, took: Duration) {
        live.tally.count(&live.rules, event.hook, decision);
        self.evaluation.get(event.hook).into_iter().for_each(|times| times.observe(took));
    }

    /// What a decision answers and sends, told to the log.
    fn finish(
        &self,
        live: &Live,
        event: &Event,
        decision: &Decision<'_>,
        notes: Notes,
        (began, span): (Instant, Span),
    ) -> Finished {
        let id = event.context.id.clone();
        let Some(hook) = self.hooks.rows.get(event.hook) else {
            let reply = Reply { status: 500, body: problem("InternalError", &id) };
            return Finished { reply, prepared: None, told: None, id, span };
        };
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        log::decided(hook, event, decision, (began, &span), self.outside.instance.as_deref());
        spans::decided(&span, decision);
        let told = self.journal().and_then(|journal| {
            let outcome = Outcome::of(decision, notes, &live.rules);
            let record = journal.unsealed(event, &outcome, &hook.name, &live.rules.hash, micros)?;
            Some(ForJournal { journal: Arc::clone(journal), record })
        });
        let Some(body) = decision.reply(hook, event) else {
            // The caller comes again, and what is sent is sent then.
            let reply = Reply { status: 503, body: problem("RulesFailed", &id) };
            return Finished { reply, prepared: None, told, id, span };
        };
        let reply = Reply { status: 200, body };
        let prepared = self.prepared(live, hook, event, decision, &span);
        Finished { reply, prepared, told, id, span }
    }

    /// What an event brings to the outbox: what it sends, or that it sent nothing where it could have.
    fn prepared(
        &self,
        live: &Live,
        hook: &Hook,
        event: &Event,
        decision: &Decision<'_>,
        span: &Span,
    ) -> Option<Result<(Arc<Outbox>, Prepared), Trouble>> {
        let with = |outbox: &Arc<Outbox>, prepared| (Arc::clone(outbox), prepared);
        match &self.outside.outbox {
            Some(outbox) if decision.deliveries.is_empty() => {
                let may_send = live.rules.program(event.hook).is_some_and(|program| program.sends);
                let passing = may_send.then(|| outbox.passing(&hook.name, event)).flatten();
                passing.map(|prepared| Ok(with(outbox, prepared)))
            }
            Some(outbox) => {
                let prepared = outbox.prepare(&hook.name, event, &decision.deliveries, span.trace().as_deref());
                Some(prepared.map(|prepared| with(outbox, prepared)))
            }
            None if decision.deliveries.is_empty() => None,
            None => Some(Err(Trouble { message: "there is no outbox".to_owned(), help: String::new() })),
        }
    }
}

/// What a decision comes to: the reply, and what must be stored before it leaves.
struct Finished {
    reply: Reply,
    prepared: Option<Result<(Arc<Outbox>, Prepared), Trouble>>,
    told: Option<ForJournal>,
    id: String,
    span: Span,
}

/// What the journal is told.
struct ForJournal {
    journal: Arc<Journal>,
    record: Unsealed,
}

impl Finished {
    /// The reply, at once where nothing is waited for.
    fn answered(self) -> Answered {
        let waits = self.told.as_ref().is_some_and(|told| told.journal.is_durable());
        if self.prepared.is_some() || waits {
            return Answered::Later(Box::pin(self.stored()));
        }
        if let Some(told) = self.told {
            told.note(self.reply.status);
        }
        spans::ended(&self.span, self.reply.status);
        Answered::Now(self.reply)
    }

    /// The reply, once all that the event sends is stored and its record is, where that is wanted; no reply leaves before.
    async fn stored(self) -> Reply {
        let Self { mut reply, prepared, told, id, span } = self;
        let stored = match prepared {
            None => Ok(()),
            Some(Ok((outbox, prepared))) => {
                let _part = span.child(Kind::Internal, format_args!("store deliveries"));
                outbox.put(prepared, &id).await
            }
            Some(Err(trouble)) => Err(trouble),
        };
        if let Err(trouble) = stored {
            error!(target: "hookgate::event", request_id = id, cause = trouble.message, "deliveries not stored");
            reply = Reply { status: 503, body: problem("DeliveriesNotStored", &id) };
        }
        if let Some(told) = told
            && let Err(trouble) = told.kept(reply.status).await
        {
            error!(target: "hookgate::event", request_id = id, cause = trouble.message, "decision not recorded");
            reply = Reply { status: 503, body: problem("DecisionNotRecorded", &id) };
        }
        spans::ended(&span, reply.status);
        reply
    }
}

impl ForJournal {
    /// Has the decision recorded, some time soon.
    fn note(self, status: u16) {
        self.journal.note(self.record.answered(status));
    }

    /// The same, before the reply leaves where that is wanted.
    async fn kept(self, status: u16) -> Result<(), crate::journal::Trouble> {
        match self.journal.is_durable() {
            true => self.journal.keep(self.record.answered(status)).await,
            false => {
                self.note(status);
                Ok(())
            }
        }
    }
}
