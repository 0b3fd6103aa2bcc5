//! Accepts connections on the listening socket, encrypted or not, and starts their conversation.

use std::io;
use std::net::TcpListener;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::fn_service;
use actix_web::rt::net::TcpStream;

use super::conversation::{Conversation, converse};
use super::descriptors::connections_within_reach;
use super::idle_timeout::{Connection, IdleTimeout};
use super::peer::PeerCertificate;
use super::wire::{Stream, Wire};
use crate::server::request::{Caller, Worker};
use crate::server::shared::Shared;
use crate::server::tls::{Encrypted, InForce, peer_certificate, shake};

/// What each worker has of its own, and what all share.
#[derive(Clone)]
struct Host {
    worker: Rc<Worker>,
    idle_timeout: Arc<IdleTimeout>,
    tls: Option<Arc<InForce>>,
    stopping: GracefulShutdownSignal,
}

/// Starts to answer what comes; what is in force of TLS decides whether it is encrypted.
pub fn start(
    listener: TcpListener,
    shared: Arc<Shared>,
    idle_timeout: Arc<IdleTimeout>,
    tls: Option<Arc<InForce>>,
) -> io::Result<Server> {
    let settings = &shared.settings;
    let builder = ServerBuilder::new()
        .workers(settings.worker_count())
        .max_concurrent_connections(settings.per_worker(connections_within_reach(settings.connection_limit)))
        .shutdown_timeout(settings.drain_limit_ms.div_ceil(1000))
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let builder = builder.listen("http", listener, move || {
        let worker = Rc::new(Worker::new(Arc::clone(&shared)));
        let (idle_timeout, tls, stopping) = (Arc::clone(&idle_timeout), tls.clone(), stopping.clone());
        let host = Host { worker, idle_timeout, tls, stopping };
        fn_service(move |stream: TcpStream| {
            let host = host.clone();
            async move {
                host.serve(stream).await;
                Ok::<(), ()>(())
            }
        })
    });
    Ok(builder?.run())
}

impl Host {
    /// Serves a connection to its end. One that cannot be watched was closed as soon as it was accepted, and what its caller
    /// had sent by then is read by nobody.
    ///
    /// Each way on is on the heap, so that a plain connection does not hold what an encrypted one needs.
    async fn serve(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let address = stream.peer_addr().ok().map(|peer| peer.ip());
        let Some(in_force) = self.tls.clone() else {
            if let Some(connection) = self.idle_timeout.watch(&stream) {
                Box::pin(self.answer(stream, connection, Caller { address, certificate: None })).await;
            }
            return;
        };
        let limit = Duration::from_millis(self.worker.shared.settings.head_time_limit_ms);
        let shaking = Box::pin(shake(stream, in_force, limit, &self.worker.shared.told));
        let Some(encrypted) = shaking.await else { return };
        if let Some(connection) = self.idle_timeout.watch(encrypted.get_ref().0) {
            let caller = Caller { address, certificate: introduced(&encrypted) };
            Box::pin(self.answer(encrypted, connection, caller)).await;
        }
    }

    async fn answer(self, stream: impl Stream + 'static, connection: Arc<Connection>, caller: Caller) {
        let Self { worker, stopping, .. } = self;
        let conversation = Conversation { wire: Wire::new(Box::new(stream)), caller, worker, connection };
        converse(conversation, pin!(stopping.notified())).await;
    }
}

/// The certificate that a caller has shown.
fn introduced(encrypted: &Encrypted) -> Option<PeerCertificate> {
    let certificate = peer_certificate(encrypted)?;
    let PeerCertificate { subject, names, fingerprint } = &certificate;
    tracing::debug!(subject, ?names, fingerprint, "client certificate");
    Some(certificate)
}
