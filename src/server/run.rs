//! Binds the listener first, then runs it; a stop answers the requests in progress before it ends.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use actix_web::rt::System;
use actix_web::rt::task::spawn_blocking;
use jiff::Timestamp;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use super::auth;
use super::auth::InForce;
use super::connection::{IdleTimeout, listener};
use super::counters::Counters;
use super::error::Error;
use super::request::{error_boundary, log};
use super::settings::Settings;
use super::shared::{Answering, Shared};
use super::tls::Renewal;
use crate::event::Hooks;
use crate::gateway::Gateway;
use crate::telemetry::metrics::Measured;

/// Connections that wait to be accepted.
const BACKLOG_CONNECTIONS: i32 = 1024;
/// How often it is looked which refusals are to be told as a number.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// A server that listens; nobody is answered before it runs.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    stopper: Stopper,
    renewal: Option<Renewal>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// Tells a server to stop, from any thread, before or while it runs.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<Notify>);

impl Stopper {
    /// No new requests from now on; those in flight are answered.
    pub fn stop(&self) {
        self.0.notify_one();
    }

    /// Returns once it was told to stop.
    pub(super) async fn told(&self) {
        self.0.notified().await;
    }
}

/// Listens where the settings say; what comes is for the gateway.
///
/// # Errors
/// When the address is taken, forbidden or not this machine's; when everybody would be let in from everywhere; when what
/// decides who may come in is not there; when the certificate cannot be used.
pub fn bind(settings: &Settings, gateway: Arc<Gateway>) -> Result<Server, Error> {
    let hooks = gateway.hooks().clone();
    bind_answering(settings, &hooks, Arc::new(move |event| gateway.handle(event)))
}

/// Listens where the settings say; what comes for one of the hooks is answered by `answering`.
///
/// # Errors
/// When the address is taken, forbidden or not this machine's; when everybody would be let in from everywhere; when what
/// decides who may come in is not there; when the certificate cannot be used.
pub fn bind_answering(settings: &Settings, hooks: &Hooks, answering: Arc<Answering>) -> Result<Server, Error> {
    error_boundary::hide_panic_messages();
    if let Some(wrong) = open_to_all(settings).or_else(|| address_of_admin(settings)) {
        return Err(wrong);
    }
    let shared = Arc::new(Shared::new(settings, hooks, answering).map_err(Error::Auth)?);
    let failed = |error| Error::listening(settings.listen, error);
    let listener = listen(settings.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let renewal = encrypted(settings, &shared.counters)?;
    Ok(Server { listener, address, shared, stopper: Stopper::default(), renewal })
}

/// What keeps a server of these settings from starting, without one. An address that is taken is none: one may run there now.
#[must_use]
pub fn obstacles(settings: &Settings, hooks: &Hooks) -> Vec<Error> {
    let admitting = InForce::open(&settings.auth, hooks, &settings.prefixes).err().map(Error::Auth);
    let encrypting = encrypted(settings, &Arc::default()).err();
    let listening = listen(settings.listen).err().filter(|error| error.kind() != std::io::ErrorKind::AddrInUse);
    let listening = listening.map(|error| Error::listening(settings.listen, error));
    [open_to_all(settings), address_of_admin(settings), listening, admitting, encrypting]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether something listens there now: a gateway of these settings, or another program.
#[must_use]
pub fn is_taken(settings: &Settings) -> bool {
    settings.listen.port() != 0
        && listen(settings.listen).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}

/// The admin listener at the address of the platform's calls. Two addresses of one port are two unless one of them is all.
fn address_of_admin(settings: &Settings) -> Option<Error> {
    let (own, admin) = (settings.listen, settings.admin.listen?);
    let is_one_host = own.ip() == admin.ip() || own.ip().is_unspecified() || admin.ip().is_unspecified();
    let is_one_family = own.is_ipv4() == admin.is_ipv4();
    (own.port() != 0 && own.port() == admin.port() && is_one_host && is_one_family)
        .then_some(Error::AddressOfAdmin(own))
}

fn open_to_all(settings: &Settings) -> Option<Error> {
    let prefixes = settings.open_prefixes();
    if prefixes.is_empty() {
        return None;
    }
    // Without rows it is not the prefixes that are wrong.
    let named = if settings.auth.own.is_empty() { Vec::new() } else { prefixes };
    Some(Error::OpenToAll(settings.listen, named.into_iter().map(str::to_owned).collect()))
}

fn encrypted(settings: &Settings, counters: &Arc<Counters>) -> Result<Option<Renewal>, Error> {
    Renewal::start(&settings.tls, counters, Timestamp::now()).map_err(Error::Tls)
}

pub(super) fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Lets a restart listen while the last run's connections fade; two servers at once still cannot.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG_CONNECTIONS)?;
    Ok(socket.into())
}

impl Server {
    /// Where it listens, with the port it was given when the settings said 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How its addresses begin.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.renewal.is_some() { "https" } else { "http" }
    }

    /// What it counts about itself.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.shared.counters)
    }

    /// Its numbers for Prometheus.
    #[must_use]
    pub fn measured(&self) -> [Arc<dyn Measured>; 2] {
        [Arc::clone(&self.shared.counters) as _, Arc::clone(&self.shared.requests) as _]
    }

    /// A handle that stops it.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Answers until SIGTERM, SIGINT or the stopper, then until nothing is in flight or `drain_limit_ms` is over.
    ///
    /// # Errors
    /// When the operating system refuses threads, signals or the listening socket.
    pub fn run(self) -> Result<(), Error> {
        let settings = &self.shared.settings;
        let idle_timeout = IdleTimeout::new(settings.idle_limit(), Arc::clone(&self.shared.counters));
        let idle_timeout = Arc::new(idle_timeout.with_address_limit(settings.address_connection_limit));
        let reaping = Reaping::start(&idle_timeout).map_err(Error::Serve)?;
        let result = System::new().block_on(serve(self, idle_timeout)).map_err(Error::Serve);
        drop(reaping);
        result
    }
}

async fn serve(server: Server, idle_timeout: Arc<IdleTimeout>) -> std::io::Result<()> {
    let Server { listener, shared, stopper, renewal, .. } = server;
    // Listened for before anybody is answered: a stop that comes at once is a stop in good manners too.
    let told = told_to_stop(stopper, signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let tls = renewal.as_ref().map(Renewal::in_force);
    if let Some(renewal) = renewal {
        let step = |renewal: &mut Renewal| renewal.step(Timestamp::now());
        actix_web::rt::spawn(renew(renewal, step, signal(SignalKind::hangup())?));
    }
    if let Some(secrets) = auth::Renewal::start(&shared.settings.auth, &shared.gates) {
        actix_web::rt::spawn(renew(secrets, auth::Renewal::step, signal(SignalKind::hangup())?));
    }
    shared.gates.now().keeping().for_each(|keeping| {
        actix_web::rt::spawn(keeping);
    });
    let (counters, unready_ms) = (Arc::clone(&shared.counters), shared.settings.unready_ms);
    let refusals = Arc::clone(&shared);
    actix_web::rt::spawn(tell_again(Arc::clone(&shared)));
    let running = listener::start(listener, shared, idle_timeout, tls)?;
    let handle = running.handle();
    actix_web::rt::spawn(async move {
        told.await;
        counters.is_stopping.store(true, Ordering::Relaxed);
        if unready_ms > 0 {
            tracing::info!(
                milliseconds = unready_ms,
                "stopping: not ready any more, and answering until others have seen it"
            );
            tokio::time::sleep(Duration::from_millis(unready_ms)).await;
        }
        tracing::info!("stopping: answering what is in flight");
        handle.stop(true).await;
    });
    let result = running.await;
    log::again(refusals.told.rest());
    result
}

/// Tells refusals that followed others as a number.
async fn tell_again(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        log::again(shared.told.due(Instant::now()));
    }
}

/// Looks at files as often as they want to be looked at, and at once upon SIGHUP. Not on this thread: a network drive may
/// take its time.
pub(super) async fn renew<R: Send + 'static>(mut renewal: R, step: fn(&mut R) -> Duration, mut hangup: Signal) {
    loop {
        let looked = spawn_blocking(move || (step(&mut renewal), renewal)).await;
        let Ok((wait, back)) = looked else { return };
        renewal = back;
        let _ = tokio::time::timeout(wait, hangup.recv()).await;
    }
}

/// Returns when the operating system or the program says so.
async fn told_to_stop(stopper: Stopper, mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        () = stopper.told() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// The thread that steps the idle timeout; ends when this is dropped.
pub(super) struct Reaping {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Reaping {
    pub(super) fn start(idle_timeout: &Arc<IdleTimeout>) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let idle_timeout = Arc::clone(idle_timeout);
        let work = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(idle_timeout.period()) {
                idle_timeout.step(Instant::now());
            }
        };
        let thread = std::thread::Builder::new().name("idle-timeout".to_owned()).spawn(work)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Reaping {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
