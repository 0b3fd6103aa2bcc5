//! The outbox: stores what an event sends before its reply leaves, and runs the couriers that send it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::clock::{Clock, straighten};
use super::courier::Courier;
use super::delivery::{Body, NewDeliveries, NewDelivery, Passing};
use super::destination::Destination;
use super::identity::{identity, stream};
use super::metrics::{QueueCounts, loss};
use super::prepared::{Load, Prepared};
use super::receiver::Receiver;
use super::recent::Recent;
use super::seal::Seal;
use super::settings::Settings;
use super::store::{Count, Store, Trouble, Wanted};
use super::store_probe::written;
use super::strangers;
use crate::engine::Delivery;
use crate::event::{Event, Trace};
use crate::telemetry::traces::Tracer;

/// How often events whose window is over are forgotten, in milliseconds.
const TIDY_MS: u64 = 60_000;
/// How long a courier waits after trouble with the store, in milliseconds.
const TROUBLE_MS: u64 = 1_000;
/// How long an event that sends nothing waits until that is noted, in milliseconds.
const PASS_LIMIT_MS: u64 = 500;
/// Digits by which the same event in the same millisecond is told apart.
const NONCE_DIGITS: usize = 6;

/// Everything that is sent.
#[derive(Debug)]
pub struct Outbox {
    name: String,
    store: Arc<dyn Store>,
    /// For bodies with secrets, where no key is set to encrypt them.
    memory: Arc<dyn Store>,
    /// What the store and the memory may know of events.
    recent: [Recent; 2],
    /// Events that were repetitions.
    repeated: AtomicU64,
    seal: Option<Arc<Seal>>,
    /// For fingerprints where there is no key: known to this process alone.
    pepper: uuid::Uuid,
    window_ms: i64,
    stop_limit: Duration,
    couriers: Vec<(Arc<Courier>, Arc<Notify>)>,
    handle: Handle,
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    /// The last trouble with the store, until it works again.
    trouble: Mutex<Option<Trouble>>,
    stock: Mutex<Option<QueueCounts>>,
    /// Whether bodies with secrets wait in memory.
    has_secrets_in_memory: bool,
    /// How much waited there when it was last counted.
    stock_of_memory: Mutex<Option<Count>>,
}

impl Outbox {
    /// An outbox of these parts.
    pub fn of(
        settings: &Settings,
        receivers: Vec<(Destination, Arc<dyn Receiver>)>,
        store: Arc<dyn Store>,
        memory: Arc<dyn Store>,
        seal: Option<Arc<Seal>>,
        handle: Handle,
        tracer: &Tracer,
    ) -> Self {
        let worker = uuid::Uuid::new_v4().simple().to_string();
        let mut couriers = Vec::new();
        for (destination, receiver) in receivers {
            for store in [&store, &memory] {
                // Only a destination that takes secrets has any in memory.
                if Arc::ptr_eq(store, &memory) && !destination.accepts_secrets {
                    continue;
                }
                let (receiver, store, seal) = (Arc::clone(&receiver), Arc::clone(store), seal.clone());
                let courier = Courier::new(destination.clone(), receiver, store, seal, worker.clone());
                couriers.push((Arc::new(courier.traced(tracer.clone())), Arc::default()));
            }
        }
        let takes_secrets = couriers.iter().any(|(courier, _)| courier.destination().accepts_secrets);
        let has_secrets_in_memory = settings.memory_for_secrets && seal.is_none() && takes_secrets;
        let window = Duration::from_millis(settings.window_ms);
        let of_store = if store.is_own() { Recent::of_own(window) } else { Recent::of_shared() };
        Self {
            name: settings.name.clone(),
            store,
            memory,
            recent: [of_store, Recent::of_new(window)],
            repeated: AtomicU64::new(0),
            seal,
            pepper: uuid::Uuid::new_v4(),
            window_ms: i64::try_from(settings.window_ms).unwrap_or(i64::MAX),
            stop_limit: Duration::from_millis(settings.stop_limit_ms),
            couriers,
            handle,
            stop: watch::Sender::new(false),
            tasks: Mutex::default(),
            trouble: Mutex::default(),
            stock: Mutex::default(),
            has_secrets_in_memory,
            stock_of_memory: Mutex::default(),
        }
    }

    /// What an event sends, ready to be stored. The bodies with secrets are sealed, or for memory alone.
    ///
    /// # Errors
    /// When a body cannot be encrypted.
    pub fn prepare(
        &self,
        hook: &str,
        event: &Event,
        deliveries: &[Delivery],
        trace: Option<&Trace>,
    ) -> Result<Prepared, Trouble> {
        let (mut stored, mut in_memory) = (Vec::new(), Vec::new());
        for delivery in deliveries {
            let plain = Body { bytes: delivery.body.clone().into_bytes(), is_sealed: false };
            let body = match (&self.seal, delivery.is_secret) {
                (Some(seal), true) => seal.close(&delivery.body, &delivery.to).map_err(|why| Trouble {
                    message: why.0.to_owned(),
                    help: "see that the machine is well".to_owned(),
                })?,
                _ => plain,
            };
            let is_for_memory = delivery.is_secret && self.seal.is_none();
            let deliveries = if is_for_memory { &mut in_memory } else { &mut stored };
            deliveries.push(NewDelivery { to: delivery.to.clone(), ordering_key: delivery.key.clone(), body });
        }
        let (stream, identity) = (stream(&self.name, hook, event), self.identity(hook, event));
        let nonce = uuid::Uuid::new_v4().simple().to_string();
        let load = |deliveries: Vec<NewDelivery>, recent: &Recent, at: &str| match deliveries.is_empty() {
            true if recent.may_know(&stream) => {
                Load::Passing(Passing { event: format!("{identity}{at}"), stream: stream.clone() })
            }
            true => Load::Nothing,
            false => Load::Deliveries(NewDeliveries {
                event: format!("{identity}{at}"),
                stream: stream.clone(),
                nonce: nonce.get(..NONCE_DIGITS).unwrap_or_default().to_owned(),
                hook: hook.to_owned(),
                person: event.person().unwrap_or_default().into_owned(),
                at_ms: event.context.now.as_millisecond(),
                window_ms: self.window_ms,
                trace: trace.map(ToString::to_string).unwrap_or_default(),
                deliveries,
            }),
        };
        let [of_store, of_memory] = &self.recent;
        // Each store numbers its deliveries by itself, and no two of an event may have one key.
        Ok(Prepared { stored: load(stored, of_store, ""), in_memory: load(in_memory, of_memory, "m") })
    }

    /// An event that sends nothing: `None` where no store knows of an event that it would come behind.
    #[must_use]
    pub fn passing(&self, hook: &str, event: &Event) -> Option<Prepared> {
        let stream = stream(&self.name, hook, event);
        let [is_stored, is_in_memory] = self.recent.each_ref().map(|recent| recent.may_know(&stream));
        if !is_stored && !is_in_memory {
            return None;
        }
        let identity = self.identity(hook, event);
        let load = |may_know: bool, at: &str| match may_know {
            true => Load::Passing(Passing { event: format!("{identity}{at}"), stream: stream.clone() }),
            false => Load::Nothing,
        };
        Some(Prepared { stored: load(is_stored, ""), in_memory: load(is_in_memory, "m") })
    }

    fn identity(&self, hook: &str, event: &Event) -> String {
        let pepper = self.seal.as_ref().map_or(self.pepper.as_bytes().as_slice(), |seal| seal.pepper());
        identity(&self.name, hook, event, pepper)
    }

    /// Stores what an event sends; when this returns well, it is on the disk, or the event was a repetition, whose
    /// deliveries were stored when it came before. Of that the log tells, under the id of the request.
    ///
    /// # Errors
    /// When it cannot be stored: then nothing may be answered that says it was.
    pub async fn put(&self, prepared: Prepared, request_id: &str) -> Result<(), Trouble> {
        let [of_store, of_memory] = &self.recent;
        let loads = [(&self.store, of_store, prepared.stored), (&self.memory, of_memory, prepared.in_memory)];
        let (mut repeated, mut is_fresh) = (None, false);
        for (store, recent, load) in loads {
            match load {
                Load::Nothing => {}
                Load::Passing(passing) => self.pass(store, passing).await,
                Load::Deliveries(new_deliveries) => {
                    recent.note(&new_deliveries.stream);
                    let (hook, person) = (new_deliveries.hook.clone(), new_deliveries.person.clone());
                    let to: Vec<String> =
                        new_deliveries.deliveries.iter().map(|delivery| delivery.to.clone()).collect();
                    let put = store.put(new_deliveries).await;
                    self.note(put.as_ref().err());
                    match put? {
                        true => {
                            is_fresh = true;
                            self.wake(&to);
                        }
                        false => repeated = Some((hook, person)),
                    }
                }
            }
        }
        if let Some((hook, person)) = repeated.filter(|_| !is_fresh) {
            self.repeated.fetch_add(1, Ordering::Relaxed);
            let told = "the same event again: what it sends was stored when it came before";
            tracing::info!(target: "hookgate::outbox", request_id, hook, person, "{told}");
        }
        Ok(())
    }

    /// Notes an event that sends nothing. It is answered whatever comes of that.
    async fn pass(&self, store: &Arc<dyn Store>, passing: Passing) {
        let limit = Duration::from_millis(PASS_LIMIT_MS);
        if let Ok(Err(trouble)) = tokio::time::timeout(limit, store.pass(passing)).await {
            self.note(Some(&trouble));
        }
    }

    /// How many events were repetitions.
    pub(super) fn repeated(&self) -> u64 {
        self.repeated.load(Ordering::Relaxed)
    }

    pub(super) fn wake(&self, to: &[String]) {
        for (courier, wake) in &self.couriers {
            if to.contains(&courier.destination().name) {
                wake.notify_one();
            }
        }
    }

    /// Whether deliveries can be stored now. After trouble something is stored to find out, so that what has ended is
    /// seen to have ended even while no events come.
    pub async fn is_ready(&self) -> bool {
        if self.trouble().is_none() {
            return true;
        }
        let tried = written(&*self.store).await;
        self.note(tried.as_ref().err());
        tried.is_ok()
    }

    /// What kept deliveries from being stored the last time, if anything did.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells of trouble when it begins, changes and ends.
    fn note(&self, now: Option<&Trouble>) {
        let mut before = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*before, now) {
            (None, Some(trouble)) => tracing::error!(target: "hookgate::outbox", "{trouble}"),
            (Some(old), Some(trouble)) if old != trouble => tracing::error!(target: "hookgate::outbox", "{trouble}"),
            (Some(_), None) => tracing::info!(target: "hookgate::outbox", "deliveries are stored again"),
            _ => return,
        }
        *before = now.cloned();
    }

    /// Lets the couriers begin. What a process before this one held is free again.
    pub async fn start(self: &Arc<Self>) {
        if self.store.is_own() {
            // With trouble the leases end by themselves.
            let released = self.store.release(None).await;
            self.note(released.as_ref().err());
            // With trouble the next start tells.
            let _ = strangers::tell(&*self.store).await;
        }
        for store in [&self.store, &self.memory] {
            self.straighten(&**store).await;
        }
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let tidy = Arc::clone(self);
        tasks.push(self.handle.spawn(async move { tidy.tidy().await }));
        for (courier, wake) in &self.couriers {
            let (outbox, courier, wake) = (Arc::clone(self), Arc::clone(courier), Arc::clone(wake));
            tasks.push(self.handle.spawn(async move { outbox.run(&courier, &wake).await }));
        }
    }

    /// After the clock was set back, now or before this start: no delivery waits for longer because of that.
    async fn straighten(&self, store: &dyn Store) {
        let done = straighten(store).await;
        done.as_ref().err().into_iter().for_each(|trouble| self.note(Some(trouble)));
    }

    async fn tidy(&self) {
        let mut stop = self.stop.subscribe();
        loop {
            for store in [&self.store, &self.memory] {
                // Trouble is told by those who store.
                let _ = store.forget(store.now_ms() - self.window_ms).await;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(TIDY_MS)) => {}
                _ = stop.changed() => return,
            }
        }
    }

    async fn run(&self, courier: &Courier, wake: &Notify) {
        let (mut stop, mut clock) = (self.stop.subscribe(), Clock::default());
        while !*stop.borrow_and_update() {
            let now_ms = courier.store().now_ms();
            if clock.is_set_back(now_ms) {
                self.straighten(courier.store()).await;
            }
            let wait = match courier.step(now_ms).await {
                Ok(step) if step.sent > 0 => continue,
                Ok(step) => Duration::from_millis(u64::try_from(step.again_ms - now_ms).unwrap_or(0)),
                Err(trouble) => {
                    self.note(Some(&trouble));
                    Duration::from_millis(TROUBLE_MS)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = wake.notified() => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Stops the couriers: what is on its way may end within the limit, and what has not is free for the next start. What
    /// waits in memory is lost, and the log says what that is.
    pub async fn stop(&self) {
        let _ = self.stop.send(true);
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let deadline = tokio::time::Instant::now() + self.stop_limit;
        for mut task in tasks {
            if tokio::time::timeout_at(deadline, &mut task).await.is_err() {
                task.abort();
            }
        }
        for (courier, _) in &self.couriers {
            let _ = courier.release().await;
        }
        if let Ok(lost) = self.memory.find(Wanted::default()).await {
            loss::tell(&lost);
        }
    }

    /// How much waits in memory, where a stop loses it.
    ///
    /// # Errors
    /// When it cannot be counted.
    pub async fn in_memory(&self) -> Result<Count, Trouble> {
        self.memory.count().await
    }

    /// Whether bodies with secrets wait in memory.
    pub(super) fn has_secrets_in_memory(&self) -> bool {
        self.has_secrets_in_memory
    }

    /// How much waited in memory when it was last counted.
    pub(super) fn stock_of_memory(&self) -> MutexGuard<'_, Option<Count>> {
        self.stock_of_memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runtime the couriers run on.
    #[must_use]
    pub fn runtime(&self) -> Handle {
        self.handle.clone()
    }

    pub(super) fn couriers(&self) -> impl Iterator<Item = &Courier> {
        self.couriers.iter().map(|(courier, _)| &**courier)
    }

    /// Where deliveries wait that must not be written down.
    pub(super) fn memory(&self) -> &Arc<dyn Store> {
        &self.memory
    }

    /// How much waited when it was last counted.
    pub(super) fn stock(&self) -> MutexGuard<'_, Option<QueueCounts>> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where deliveries wait that may be written down.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }
}
