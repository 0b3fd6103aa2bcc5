//! The whole: what rules send is stored here before an answer leaves, and couriers bring it from here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::courier::Courier;
use super::embedded::{self, Embedded, Place};
use super::identity::identity;
use super::parcel::{Body, Consignment, NewParcel};
use super::receiver::Receiver;
use super::seal::Seal;
use super::settings::{Destination, NatsTarget, Settings, StoreAt, Target};
use super::stock::Stock;
use super::store::{Store, Trouble};
use super::trial::written;
use crate::diagnostic::{Diagnostic, Report};
use crate::engine::Delivery;
use crate::event::{Event, Trace};
use crate::rule::code;
use crate::telemetry::traces::Tracer;

/// How often events whose window is over are forgotten, in milliseconds.
const TIDY_MS: u64 = 60_000;
/// How long a courier waits after trouble with the store, in milliseconds.
const TROUBLE_MS: u64 = 1_000;

/// Everything that is sent.
#[derive(Debug)]
pub struct Outbox {
    store: Arc<dyn Store>,
    /// For bodies with secrets, where no key is set to encrypt them.
    memory: Arc<dyn Store>,
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
    stock: Mutex<Option<Stock>>,
}

/// What one event sends, by where it waits.
#[derive(Debug)]
pub struct Consigned {
    stored: Option<Consignment>,
    in_memory: Option<Consignment>,
}

impl Outbox {
    /// Makes the outbox ready; its couriers begin on this runtime with [`Outbox::start`]. A store that cannot be used now
    /// is no reason not to start: events that send something are turned away until it can be.
    ///
    /// # Errors
    /// Credentials and files that are not there, and what this build does not speak; all of them at once.
    pub fn open(settings: &Settings, handle: Handle, tracer: &Tracer) -> Result<Self, Report> {
        let mut report = Report::default();
        let inside = handle.enter();
        let mut receivers = Vec::new();
        for destination in &settings.destinations {
            match open(destination) {
                Ok(receiver) => receivers.push((destination.clone(), receiver)),
                Err(trouble) => report.push(unusable(destination, trouble)),
            }
        }
        let seal = match settings.encryption_key.as_ref().map(seal).transpose() {
            Ok(seal) => seal,
            Err(why) => {
                let message = format!("`outbox.encryption_key` cannot be used: {why}");
                let finding = Diagnostic::nowhere(&code::DESTINATION_UNUSABLE, message);
                report
                    .push(finding.help("`openssl rand -base64 32` makes a key; write where it stands: `${env:NAME}`"));
                None
            }
        };
        if let StoreAt::File(file) = &settings.store {
            embedded::own(file, settings.mode);
        }
        let stores = store(&settings.store).and_then(|store| Ok((store, memory()?)));
        drop(inside);
        match stores {
            Ok((store, memory)) if !report.has_errors() => {
                Ok(Self::of(settings, receivers, store, memory, seal.map(Arc::new), handle, tracer))
            }
            Ok(_) => Err(report),
            Err(trouble) => {
                let finding = Diagnostic::nowhere(&code::DESTINATION_UNUSABLE, trouble.message);
                report.push(finding.help(trouble.help));
                Err(report)
            }
        }
    }

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
        Self {
            store,
            memory,
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
        }
    }

    /// What an event sends, ready to be stored. The bodies with secrets are sealed, or for memory alone.
    ///
    /// # Errors
    /// When a body cannot be encrypted.
    pub fn consign(
        &self,
        hook: &str,
        event: &Event,
        deliveries: &[Delivery],
        trace: Option<&Trace>,
    ) -> Result<Consigned, Trouble> {
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
            let parcels = if is_for_memory { &mut in_memory } else { &mut stored };
            parcels.push(NewParcel { to: delivery.to.clone(), lane: delivery.key.clone(), body });
        }
        let pepper = self.seal.as_ref().map_or(self.pepper.as_bytes().as_slice(), |seal| seal.pepper());
        let identity = identity(hook, event, pepper);
        let consignment = |parcels: Vec<NewParcel>, at: &str| {
            (!parcels.is_empty()).then(|| Consignment {
                event: format!("{identity}{at}"),
                hook: hook.to_owned(),
                person: event.person().unwrap_or_default(),
                at_ms: event.context.now.as_millisecond(),
                window_ms: self.window_ms,
                trace: trace.map(ToString::to_string).unwrap_or_default(),
                parcels,
            })
        };
        // Each store numbers its parcels by itself, and no two of an event may have one key.
        Ok(Consigned { stored: consignment(stored, ""), in_memory: consignment(in_memory, "m") })
    }

    /// Stores what an event sends; when this returns well, it is on the disk.
    ///
    /// # Errors
    /// When it cannot be stored: then nothing may be answered that says it was.
    pub async fn put(&self, consigned: Consigned) -> Result<(), Trouble> {
        for (store, consignment) in [(&self.store, consigned.stored), (&self.memory, consigned.in_memory)] {
            let Some(consignment) = consignment else { continue };
            let to: Vec<String> = consignment.parcels.iter().map(|parcel| parcel.to.clone()).collect();
            let put = store.put(consignment).await;
            self.note(put.as_ref().err());
            put?;
            self.wake(&to);
        }
        Ok(())
    }

    fn wake(&self, to: &[String]) {
        for (courier, wake) in &self.couriers {
            if to.contains(&courier.destination().name) {
                wake.notify_one();
            }
        }
    }

    /// Whether deliveries can be stored now. After trouble something is stored to find out, so that what has ended is seen to
    /// have ended even while no events come.
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
        }
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        let tidy = Arc::clone(self);
        tasks.push(self.handle.spawn(async move { tidy.tidy().await }));
        for (courier, wake) in &self.couriers {
            let (outbox, courier, wake) = (Arc::clone(self), Arc::clone(courier), Arc::clone(wake));
            tasks.push(self.handle.spawn(async move { outbox.run(&courier, &wake).await }));
        }
    }

    async fn tidy(&self) {
        let mut stop = self.stop.subscribe();
        loop {
            let before_ms = Timestamp::now().as_millisecond() - self.window_ms;
            for store in [&self.store, &self.memory] {
                // Trouble is told by those who store.
                let _ = store.forget(before_ms).await;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(TIDY_MS)) => {}
                _ = stop.changed() => return,
            }
        }
    }

    async fn run(&self, courier: &Courier, wake: &Notify) {
        let mut stop = self.stop.subscribe();
        while !*stop.borrow_and_update() {
            let now_ms = Timestamp::now().as_millisecond();
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

    /// Stops the couriers: what is on its way may end within the limit, and what has not is free for the next start.
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
    }

    /// The runtime the couriers run on.
    #[must_use]
    pub fn runtime(&self) -> Handle {
        self.handle.clone()
    }

    pub(super) fn couriers(&self) -> impl Iterator<Item = &Courier> {
        self.couriers.iter().map(|(courier, _)| &**courier)
    }

    /// How much waited when it was last counted.
    pub(super) fn stock(&self) -> MutexGuard<'_, Option<Stock>> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where parcels wait that may be written down.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }
}

/// The store that settings name, for an operator too.
///
/// # Errors
/// When it cannot be made ready, or this build does not speak it.
pub fn store(at: &StoreAt) -> Result<Arc<dyn Store>, Trouble> {
    match at {
        StoreAt::File(file) => embedded(Place::File(file.clone())),
        #[cfg(feature = "postgres")]
        StoreAt::Postgres(settings) => Ok(Arc::new(super::postgres::Postgres::open(settings)?)),
        #[cfg(not(feature = "postgres"))]
        StoreAt::Postgres(_) => Err(Trouble {
            message: "this hookgate was built without PostgreSQL".to_owned(),
            help: "build it with `--features full`".to_owned(),
        }),
    }
}

fn memory() -> Result<Arc<dyn Store>, Trouble> {
    embedded(Place::Memory)
}

fn embedded(place: Place) -> Result<Arc<dyn Store>, Trouble> {
    match Embedded::start(place) {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(Trouble {
            message: format!("the operating system gives no thread for the outbox: {error}"),
            help: "raise the limit of threads".to_owned(),
        }),
    }
}

pub(super) fn seal(key: &crate::outside::Credential) -> Result<Seal, String> {
    let key = key.resolve().map_err(|why| why.0)?;
    Seal::read(&key).map_err(|why| why.0.to_owned())
}

/// The receiver of a destination, ready to be sent to: credentials and certificates are read, nothing is called.
///
/// # Errors
/// What is not there, and what this build does not speak.
pub fn open(destination: &Destination) -> Result<Arc<dyn Receiver>, Trouble> {
    match &destination.target {
        Target::File(target) => Ok(Arc::new(super::file::FileReceiver::new(target.clone()))),
        Target::Http(target) => Ok(Arc::new(super::http::HttpReceiver::open(target)?)),
        Target::Nats(target) => nats(target, destination.timeout),
    }
}

#[cfg(feature = "nats")]
fn nats(target: &NatsTarget, timeout: Duration) -> Result<Arc<dyn Receiver>, Trouble> {
    Ok(Arc::new(super::nats::NatsReceiver::open(target, timeout)?))
}

#[cfg(not(feature = "nats"))]
fn nats(_: &NatsTarget, _: Duration) -> Result<Arc<dyn Receiver>, Trouble> {
    Err(Trouble {
        message: "this hookgate was built without NATS".to_owned(),
        help: "build it with `--features full`".to_owned(),
    })
}

fn unusable(destination: &Destination, trouble: Trouble) -> Diagnostic {
    let message = format!("destination `{}` cannot be used: {}", destination.name, trouble.message);
    Diagnostic::error(&code::DESTINATION_UNUSABLE, destination.place.clone(), message).help(trouble.help)
}
