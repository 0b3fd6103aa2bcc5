//! Bind first, then run; stop when told to, after the requests in flight are answered.

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use actix_web::dev::fn_service;
use actix_web::rt::System;
use actix_web::{App, HttpServer};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use super::counters::Counters;
use super::door::{Answering, Door};
use super::error::Error;
use super::guard;
use super::id::Ids;
use super::reaper::Reaper;
use super::routes::{Worker, receive};
use super::settings::Settings;
use crate::event::Hooks;
use crate::gateway::Gateway;
use crate::telemetry::metrics::Measured;

/// Connections that wait to be accepted.
const BACKLOG_CONNECTIONS: i32 = 1024;

/// How long a connection that ends in good manners may take to do so.
const DISCONNECT_LIMIT: Duration = Duration::from_secs(1);

/// A server that listens; nobody is answered before it runs.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    door: Arc<Door>,
    stopper: Stopper,
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
/// When the address is taken, forbidden or not this machine's.
pub fn bind(settings: &Settings, gateway: Arc<Gateway>) -> Result<Server, Error> {
    let hooks = gateway.hooks().clone();
    bind_answering(settings, &hooks, Arc::new(move |event| gateway.handle(event)))
}

/// Listens where the settings say; what comes for one of the hooks is answered by `answering`.
///
/// # Errors
/// When the address is taken, forbidden or not this machine's.
pub fn bind_answering(settings: &Settings, hooks: &Hooks, answering: Arc<Answering>) -> Result<Server, Error> {
    guard::hide_panic_messages();
    let failed = |error| Error::listening(settings.listen, error);
    let listener = listen(settings.listen).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let door = Arc::new(Door::new(settings, hooks, answering));
    Ok(Server { listener, address, door, stopper: Stopper::default() })
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

    /// What it counts about itself.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.door.counters)
    }

    /// Its numbers for Prometheus.
    #[must_use]
    pub fn measured(&self) -> [Arc<dyn Measured>; 2] {
        [Arc::clone(&self.door.counters) as _, Arc::clone(&self.door.requests) as _]
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
        let settings = &self.door.settings;
        let reaper = Arc::new(Reaper::new(settings.idle_limit(), Arc::clone(&self.door.counters)));
        let reaping = Reaping::start(&reaper).map_err(Error::Serve)?;
        let result = System::new().block_on(serve(self, reaper)).map_err(Error::Serve);
        drop(reaping);
        result
    }
}

async fn serve(server: Server, reaper: Arc<Reaper>) -> std::io::Result<()> {
    let Server { listener, door, stopper, .. } = server;
    let settings = door.settings.clone();
    let workers = Arc::clone(&door);
    let service = move || {
        let worker = Rc::new(Worker { door: Arc::clone(&workers), ids: Ids::default() });
        // Nothing but this stands between the HTTP library and the handler: a layer would cost every request.
        App::new().default_service(fn_service(move |request| receive(Rc::clone(&worker), request)))
    };
    let http = HttpServer::new(service)
        .workers(settings.worker_count())
        .max_connections(settings.connections_per_worker())
        .keep_alive(Duration::from_millis(settings.keep_alive_ms))
        .client_request_timeout(Duration::from_millis(settings.head_time_limit_ms))
        .client_disconnect_timeout(DISCONNECT_LIMIT)
        .shutdown_timeout(settings.drain_limit_ms.div_ceil(1000))
        .tcp_nodelay(true)
        .disable_signals()
        .on_connect(move |accepted, data| {
            if let Some(connection) = reaper.watch(accepted) {
                data.insert(connection);
            }
        });
    // Listened for before anybody is answered: a stop that comes at once is a stop in good manners too.
    let told = told_to_stop(stopper, signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let running = http.listen(listener)?.run();
    let handle = running.handle();
    actix_web::rt::spawn(async move {
        told.await;
        door.counters.is_stopping.store(true, Ordering::Relaxed);
        if settings.unready_ms > 0 {
            tracing::info!(
                milliseconds = settings.unready_ms,
                "stopping: not ready any more, and answering until others have seen it"
            );
            tokio::time::sleep(Duration::from_millis(settings.unready_ms)).await;
        }
        tracing::info!("stopping: answering what is in flight");
        handle.stop(true).await;
    });
    running.await
}

/// Returns when the operating system or the program says so.
async fn told_to_stop(stopper: Stopper, mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        () = stopper.told() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// The thread that steps the reaper; ends when this is dropped.
pub(super) struct Reaping {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Reaping {
    pub(super) fn start(reaper: &Arc<Reaper>) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let reaper = Arc::clone(reaper);
        let work = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(reaper.period()) {
                reaper.step(Instant::now());
            }
        };
        let thread = std::thread::Builder::new().name("reaper".to_owned()).spawn(work)?;
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
