//! The courier of one destination: it takes what is due, sends it, and says what became of it. A slow receiver holds up its own courier and no other.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::parcel::Parcel;
use super::receiver::{Opened, Receiver};
use super::retry::{Attempt, Failed, next};
use super::seal::Seal;
use super::settings::Destination;
use super::store::{Claim, Fate, Settled, Store, Trouble};
use crate::event::Trace;
use crate::outside::Breaker;
use crate::telemetry::metrics::{CELLS, Cells};
use crate::telemetry::traces::{Kind, Span, Tracer};

/// How long parcels stay with a courier that is heard of no more, beyond the longest attempt, in milliseconds.
const LEASE_MORE_MS: i64 = 30_000;
/// How soon a courier looks again where it cannot know better, in milliseconds.
const LOOK_MS: i64 = 1_000;

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Parcels that were sent, whatever came of it.
    pub sent: usize,
    /// When to come again at the latest, in milliseconds since 1970.
    pub again_ms: i64,
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
    /// When the rate allows the next parcel, in milliseconds since 1970.
    free_ms: Mutex<i64>,
    /// What came of attempts, in the order of `measured::RESULTS`.
    results: Cells,
    tracer: Tracer,
}

impl Courier {
    /// A courier that takes parcels of this destination from a store. `worker` is a name no other courier has.
    #[must_use]
    pub fn new(
        destination: Destination,
        receiver: Arc<dyn Receiver>,
        store: Arc<dyn Store>,
        seal: Option<Arc<Seal>>,
        worker: String,
    ) -> Self {
        let (breaker, unsettled, free_ms) = (Breaker::default(), Mutex::default(), Mutex::default());
        let (results, tracer) = (Cells::default(), Tracer::default());
        Self { destination, receiver, store, seal, worker, breaker, unsettled, free_ms, results, tracer }
    }

    /// The same with its attempts in traces.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { tracer, ..self }
    }

    /// Where it brings parcels.
    #[must_use]
    pub fn destination(&self) -> &Destination {
        &self.destination
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
        let limit = self.allowed(now_ms);
        if limit == 0 {
            return Ok(Step { sent: 0, again_ms: self.free_again_ms().max(now_ms + 1) });
        }
        let Some(pass) = self.breaker.admit(Instant::now()) else {
            return Ok(Step { sent: 0, again_ms: now_ms + LOOK_MS });
        };
        let limit = if self.breaker.word() == "closed" { limit } else { 1 };
        let claimed = self.store.claim(self.claim(now_ms, limit)).await?;
        if claimed.parcels.is_empty() {
            drop(pass);
            let next = claimed.next_ms.map_or(now_ms + LOOK_MS, |next| next.max(now_ms + LOOK_MS / 20));
            return Ok(Step { sent: 0, again_ms: next.min(now_ms + LOOK_MS) });
        }
        let sent = claimed.parcels.len();
        self.spend(now_ms, sent);
        let attempts = join_all(claimed.parcels.iter().map(|parcel| self.attempt(parcel))).await;
        let is_well = |attempt: &Attempt| !matches!(attempt, Attempt::Failed(failed) if failed.is_of_receiver);
        pass.tell(attempts.iter().any(is_well), Instant::now());
        let fates = claimed.parcels.iter().zip(attempts).map(|(parcel, attempt)| self.fate(parcel, attempt, now_ms));
        self.settle(fates.collect()).await?;
        Ok(Step { sent, again_ms: now_ms })
    }

    fn claim(&self, now_ms: i64, limit: usize) -> Claim {
        let timeout = i64::try_from(self.destination.timeout.as_millis()).unwrap_or(i64::MAX);
        let lease_ms = timeout.saturating_add(LEASE_MORE_MS);
        Claim { to: self.destination.name.clone(), worker: self.worker.clone(), now_ms, lease_ms, limit }
    }

    async fn attempt(&self, parcel: &Parcel) -> Attempt {
        let body = match self.open(parcel) {
            Ok(body) => body,
            Err(why) => return Attempt::Failed(Failed::for_good(why)),
        };
        let limit = self.destination.timeout;
        let span = self.span(parcel);
        let trace = span.trace();
        let opened = Opened { parcel, body: &body, trace: trace.as_deref() };
        let attempt = match timeout(limit, self.receiver.send(opened)).await {
            Ok(attempt) => attempt,
            Err(_) => Attempt::Failed(Failed::of_receiver(format!("no answer in {} ms", limit.as_millis()))),
        };
        if let Attempt::Failed(failed) = &attempt {
            span.fail(&failed.why);
        }
        attempt
    }

    /// The attempt as a part of what the event went through, however long ago that was.
    fn span(&self, parcel: &Parcel) -> Span {
        let (name, came) = (format_args!("deliver {}", parcel.to), Trace::of_text(&parcel.trace).map(Arc::new));
        let span = self.tracer.begin(Kind::Client, name, came, Timestamp::now());
        span.note("hookgate.destination", &parcel.to);
        span.note("hookgate.delivery", &parcel.key);
        span.count("hookgate.attempt", i64::from(parcel.attempts) + 1);
        span
    }

    fn open(&self, parcel: &Parcel) -> Result<String, String> {
        let wrong = "the stored body is no text".to_owned();
        if !parcel.body.is_sealed {
            return String::from_utf8(parcel.body.bytes.clone()).map_err(|_| wrong);
        }
        let Some(seal) = &self.seal else { return Err("the body is encrypted and gateway.yaml has no key".to_owned()) };
        seal.open(&parcel.body.bytes, &parcel.to).map_err(|why| why.0.to_owned())
    }

    fn fate(&self, parcel: &Parcel, attempt: Attempt, now_ms: i64) -> Settled {
        let (to, key, attempts) = (&*parcel.to, &*parcel.key, parcel.attempts + 1);
        let fate = next(&self.destination.schedule, key, parcel.attempts, parcel.created_ms, attempt, now_ms);
        self.results.count(match &fate {
            Fate::Done => 0,
            Fate::Again { .. } => 1,
            Fate::Dead { .. } => 2,
            Fate::Back => CELLS,
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
            Fate::Back => {}
        }
        Settled { id: parcel.id, worker: self.worker.clone(), fate }
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

    /// How many parcels may be sent now.
    fn allowed(&self, now_ms: i64) -> usize {
        let rate = self.destination.per_second;
        if rate == 0 {
            return self.destination.at_once;
        }
        // What a second allows may go at once, and no more in a second than that.
        let free_ms = *self.free_ms();
        let saved_ms = (now_ms - free_ms).clamp(0, 1_000);
        let allowed = saved_ms * i64::from(rate) / 1_000;
        usize::try_from(allowed).unwrap_or(0).min(self.destination.at_once)
    }

    /// When the rate allows one more parcel.
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
