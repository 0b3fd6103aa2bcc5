//! The courier of one destination: claims due deliveries, sends them, settles the results. A slow receiver delays
//! only its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::delivery::StoredDelivery;
use super::destination::Destination;
use super::locked::Locked;
use super::receiver::{Opened, Receiver};
use super::retry::{Attempt, Failed, next};
use super::seal::Seal;
use super::store::{Claim, Fate, Settled, Store, Trouble};
use crate::event::Trace;
use crate::outside::Breaker;
use crate::telemetry::metrics::{CELLS, Cells};
use crate::telemetry::traces::{Kind, Span, Tracer};

/// How long deliveries stay with a courier that is heard of no more, beyond the longest attempt, in milliseconds.
const LEASE_MORE_MS: i64 = 30_000;
/// How soon a courier looks again where it cannot know better, in milliseconds.
const LOOK_MS: i64 = 1_000;

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Deliveries that were sent, whatever came of it.
    pub sent: usize,
    /// When to come again at the latest, in milliseconds since 1970.
    pub again_ms: i64,
}

/// The body of a delivery on its way out.
enum Body {
    Open(String),
    /// It can be sent by nobody; why.
    Broken(&'static str),
    /// No key of this gateway opens it; why.
    Locked(&'static str),
}

fn is_well(attempt: &Attempt) -> bool {
    !matches!(attempt, Attempt::Failed(failed) if failed.is_of_receiver)
}

/// The courier of one destination.
#[derive(Debug)]
pub struct Courier {
    destination: Destination,
    receiver: Arc<dyn Receiver>,
    store: Arc<dyn Store>,
    seal: Option<Arc<Seal>>,
    worker: String,
    breaker: Breaker,
    /// What came of parcels and could not be written down: nothing else is sent before it is.
    unsettled: Mutex<Vec<Settled>>,
    /// Deliveries that no key of this gateway opens.
    locked: Mutex<Locked>,
    /// When the rate allows the next delivery, in milliseconds since 1970.
    free_ms: Mutex<i64>,
    /// Whether somebody has paused it.
    paused: AtomicBool,
    /// What came of attempts, in the order of `measured::RESULTS`.
    results: Cells,
    tracer: Tracer,
}

impl Courier {
    /// A courier that takes deliveries of this destination from a store. `worker` is a name no other courier has.
    #[must_use]
    pub fn new(
        destination: Destination,
        receiver: Arc<dyn Receiver>,
        store: Arc<dyn Store>,
        seal: Option<Arc<Seal>>,
        worker: String,
    ) -> Self {
        let (breaker, unsettled, free_ms) = (Breaker::default(), Mutex::default(), Mutex::default());
        let (results, tracer, locked, paused) =
            (Cells::default(), Tracer::default(), Mutex::default(), AtomicBool::new(false));
        Self {
            destination,
            receiver,
            store,
            seal,
            worker,
            breaker,
            unsettled,
            locked,
            free_ms,
            paused,
            results,
            tracer,
        }
    }

    /// The same with its attempts in traces.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { tracer, ..self }
    }

    /// Where it brings deliveries.
    #[must_use]
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Where its deliveries wait.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Takes nothing more from the store, or goes on. What is on its way arrives.
    pub fn pause(&self, is_paused: bool) {
        self.paused.store(is_paused, Ordering::Relaxed);
    }

    /// Whether it takes nothing from the store.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// The state of its breaker in a word.
    #[must_use]
    pub fn breaker(&self) -> &'static str {
        self.breaker.word()
    }

    /// How many attempts arrived, are made again, and are made no more.
    #[must_use]
    pub fn results(&self) -> [u64; CELLS] {
        self.results.read()
    }

    /// Sends what is due at `now_ms`, at most as much as may be on its way at once, and settles it.
    ///
    /// # Errors
    /// When the store cannot be asked or told. What was sent and not written down is kept, and written down first the
    /// next time: else it would be sent again and again.
    pub async fn step(&self, now_ms: i64) -> Result<Step, Trouble> {
        self.settle(Vec::new()).await?;
        if self.is_paused() {
            return Ok(Step { sent: 0, again_ms: now_ms + LOOK_MS });
        }
        let limit = self.allowed(now_ms);
        if limit == 0 {
            return Ok(Step { sent: 0, again_ms: self.free_again_ms() });
        }
        let Some(pass) = self.breaker.admit(Instant::now()) else {
            return Ok(Step { sent: 0, again_ms: now_ms + LOOK_MS });
        };
        let limit = if self.breaker.word() == "closed" { limit } else { 1 };
        let claimed = self.store.claim(self.claim(now_ms, limit)).await?;
        if claimed.deliveries.is_empty() {
            drop(pass);
            // What is left to others may be due for long.
            let soonest_ms = if self.locked() > 0 { LOOK_MS } else { LOOK_MS / 20 };
            let next = claimed.next_ms.map_or(now_ms + LOOK_MS, |next| next.max(now_ms + soonest_ms));
            return Ok(Step { sent: 0, again_ms: next.min(now_ms + LOOK_MS) });
        }
        let opened: Vec<(&StoredDelivery, Body)> =
            claimed.deliveries.iter().map(|delivery| (delivery, self.open(delivery))).collect();
        let sent = opened.iter().filter(|(_, body)| !matches!(body, Body::Locked(_))).count();
        self.spend(now_ms, sent);
        let attempts = join_all(opened.iter().map(|(delivery, body)| self.attempt(delivery, body))).await;
        match sent {
            0 => drop(pass),
            _ => pass.tell(attempts.iter().flatten().any(is_well), Instant::now()),
        }
        let fates = opened.into_iter().zip(attempts).map(|((delivery, body), attempt)| match (body, attempt) {
            (Body::Locked(why), _) => self.lock(delivery, why, now_ms),
            (_, Some(attempt)) => self.fate(delivery, attempt, now_ms),
            (_, None) => Settled { id: delivery.id, worker: self.worker.clone(), fate: Fate::Back },
        });
        self.settle(fates.collect()).await?;
        Ok(Step { sent, again_ms: now_ms })
    }

    /// How many deliveries no key of this gateway opened, of those it met in the last minute.
    #[must_use]
    pub fn locked(&self) -> usize {
        self.locked.lock().unwrap_or_else(PoisonError::into_inner).count()
    }

    /// Leaves a delivery to gateways that can open it. The log has the first of each minute, and how many there were.
    fn lock(&self, delivery: &StoredDelivery, why: &str, now_ms: i64) -> Settled {
        let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        if locked.count() == 0 {
            let (to, key) = (&*delivery.to, &*delivery.key);
            tracing::warn!(target: "hookgate::outbox", to, key, cause = why, "not delivered: it waits for a key");
        }
        let fate = Fate::Locked { at_ms: locked.note(delivery.id, now_ms), why: why.to_owned() };
        Settled { id: delivery.id, worker: self.worker.clone(), fate }
    }

    fn claim(&self, now_ms: i64, limit: usize) -> Claim {
        let timeout = i64::try_from(self.destination.timeout.as_millis()).unwrap_or(i64::MAX);
        let lease_ms = timeout.saturating_add(LEASE_MORE_MS);
        let (locked, before) = self.locked.lock().unwrap_or_else(PoisonError::into_inner).at(now_ms);
        let to = self.destination.name.clone();
        if before > 1 {
            tracing::warn!(target: "hookgate::outbox", to, deliveries = before, "deliveries wait for a key");
        }
        Claim { to, worker: self.worker.clone(), now_ms, lease_ms, limit, locked }
    }

    /// One attempt; none of a delivery that cannot be opened.
    async fn attempt(&self, delivery: &StoredDelivery, body: &Body) -> Option<Attempt> {
        let body = match body {
            Body::Open(body) => body,
            Body::Broken(why) => return Some(Attempt::Failed(Failed::for_good(*why))),
            Body::Locked(_) => return None,
        };
        let limit = self.destination.timeout;
        let span = self.span(delivery);
        let trace = span.trace();
        let opened = Opened { delivery, body, trace: trace.as_deref() };
        let attempt = match timeout(limit, self.receiver.send(opened)).await {
            Ok(attempt) => attempt,
            Err(_) => Attempt::Failed(Failed::of_receiver(format!("no answer in {} ms", limit.as_millis()))),
        };
        if let Attempt::Failed(failed) = &attempt {
            span.fail(&failed.why);
        }
        Some(attempt)
    }

    /// The attempt as a part of what the event went through, however long ago that was.
    fn span(&self, delivery: &StoredDelivery) -> Span {
        let (name, came) = (format_args!("deliver {}", delivery.to), Trace::of_text(&delivery.trace).map(Arc::new));
        let span = self.tracer.begin(Kind::Client, name, came, Timestamp::now());
        span.note("hookgate.destination", &delivery.to);
        span.note("hookgate.delivery", &delivery.key);
        span.count("hookgate.attempt", i64::from(delivery.attempts) + 1);
        span
    }

    fn open(&self, delivery: &StoredDelivery) -> Body {
        if !delivery.body.is_sealed {
            let text = String::from_utf8(delivery.body.bytes.clone());
            return text.map_or(Body::Broken("the stored body is not text"), Body::Open);
        }
        match &self.seal {
            Some(seal) => {
                seal.open(&delivery.body.bytes, &delivery.to).map_or_else(|why| Body::Locked(why.0), Body::Open)
            }
            None => Body::Locked("it is encrypted, and gateway.yaml has no `outbox.encryption_key`"),
        }
    }

    fn fate(&self, delivery: &StoredDelivery, attempt: Attempt, now_ms: i64) -> Settled {
        let (to, key, attempts) = (&*delivery.to, &*delivery.key, delivery.attempts + 1);
        let fate = next(&self.destination.schedule, key, delivery.attempts, delivery.created_ms, attempt, now_ms);
        self.results.count(match &fate {
            Fate::Done => 0,
            Fate::Again { .. } => 1,
            Fate::Dead { .. } => 2,
            Fate::Back | Fate::Locked { .. } => CELLS,
        });
        match &fate {
            Fate::Done => tracing::debug!(target: "hookgate::outbox", to, key, attempts, "delivered"),
            Fate::Again { why, at_ms } => {
                let again_in_ms = at_ms - now_ms;
                tracing::warn!(target: "hookgate::outbox", to, key, attempts, cause = why, again_in_ms, "not delivered yet");
            }
            Fate::Dead { why } => {
                tracing::error!(target: "hookgate::outbox", to, key, attempts, cause = why, "not delivered: a dead letter");
            }
            Fate::Back | Fate::Locked { .. } => {}
        }
        Settled { id: delivery.id, worker: self.worker.clone(), fate }
    }

    /// Writes down what became of parcels, and of those before them.
    async fn settle(&self, more: Vec<Settled>) -> Result<(), Trouble> {
        let settled = {
            let mut unsettled = self.unsettled.lock().unwrap_or_else(PoisonError::into_inner);
            unsettled.extend(more);
            unsettled.clone()
        };
        if settled.is_empty() {
            return Ok(());
        }
        self.store.settle(settled).await?;
        self.unsettled.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// How many deliveries may be sent now.
    fn allowed(&self, now_ms: i64) -> usize {
        let rate = self.destination.per_second;
        if rate == 0 {
            return self.destination.at_once;
        }
        // What a second allows may go at once, and no more in a second than that.
        let mut free_ms = self.free_ms();
        let ahead_ms =
            i64::try_from(self.destination.at_once).unwrap_or(i64::MAX).saturating_mul(1_000) / i64::from(rate);
        if *free_ms > now_ms.saturating_add(ahead_ms) + 1_000 {
            // Nothing was sent so far ahead: the clock was set back.
            *free_ms = now_ms;
        }
        let free_ms = *free_ms;
        let saved_ms = (now_ms - free_ms).clamp(0, 1_000);
        let allowed = saved_ms * i64::from(rate) / 1_000;
        usize::try_from(allowed).unwrap_or(0).min(self.destination.at_once)
    }

    /// When the rate allows one more delivery.
    fn free_again_ms(&self) -> i64 {
        let rate = i64::from(self.destination.per_second.max(1));
        *self.free_ms() + 1_000_i64.div_euclid(rate) + 1
    }

    fn spend(&self, now_ms: i64, sent: usize) {
        let rate = i64::from(self.destination.per_second);
        if rate > 0 {
            let mut free_ms = self.free_ms();
            let sent = i64::try_from(sent).unwrap_or(i64::MAX);
            *free_ms = (*free_ms).max(now_ms - 1_000) + sent * 1_000 / rate;
        }
    }

    fn free_ms(&self) -> std::sync::MutexGuard<'_, i64> {
        self.free_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives back what it holds, after it was stopped half way.
    ///
    /// # Errors
    /// When the store cannot be told: then the lease ends by itself.
    pub async fn release(&self) -> Result<(), Trouble> {
        self.store.release(Some(self.worker.clone())).await
    }
}
