//! HTTP/1.1 on a listening socket: from an accepted connection, encrypted or not, to the handler.

use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::{IntoServiceFactory as _, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Extensions, ServiceRequest, ServiceResponse};
use actix_web::error::ErrorServiceUnavailable;
use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite};

use super::door::Door;
use super::files::connections_within_reach;
use super::reaper::{self, Reaper};
use super::routes::{Worker, receive};
use super::tls::{Encrypted, InForce, peer_certificate, shake};

/// How long a connection that ends in good manners may take to do so.
const DISCONNECT_LIMIT: Duration = Duration::from_secs(1);

/// A connection as the HTTP library reads and writes it.
trait Connection: AsyncRead + AsyncWrite + Unpin + Debug + 'static {
    fn socket(&self) -> &TcpStream;

    /// What is known of the caller beside its address.
    fn introduce(&self, _data: &mut Extensions) {}
}

impl Connection for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Connection for Encrypted {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }

    fn introduce(&self, data: &mut Extensions) {
        if let Some(certificate) = peer_certificate(self) {
            let super::peer::PeerCertificate { subject, names, fingerprint } = &certificate;
            tracing::debug!(subject, ?names, fingerprint, "client certificate");
            data.insert(certificate);
        }
    }
}

/// What each worker makes its own service of.
#[derive(Clone)]
struct Http {
    door: Arc<Door>,
    reaper: Arc<Reaper>,
    stopping: GracefulShutdownSignal,
}

/// Starts to answer what comes; what is in force of TLS decides whether it is encrypted.
pub(super) fn start(
    listener: TcpListener,
    door: Arc<Door>,
    reaper: Arc<Reaper>,
    tls: Option<Arc<InForce>>,
) -> io::Result<Server> {
    let settings = &door.settings;
    let limit = Duration::from_millis(settings.head_time_limit_ms);
    let builder = ServerBuilder::new()
        .workers(settings.worker_count())
        .max_concurrent_connections(settings.per_worker(connections_within_reach(settings.connection_limit)))
        .shutdown_timeout(settings.drain_limit_ms.div_ceil(1000))
        .disable_signals();
    let http = Http { door, reaper, stopping: builder.graceful_shutdown_signal() };
    let builder = match tls {
        None => builder.listen("http", listener, move || {
            fn_service(|stream: TcpStream| async move { ready(stream) }).and_then(http.service())
        }),
        Some(in_force) => builder.listen("https", listener, move || {
            let in_force = Arc::clone(&in_force);
            let shake = move |stream| {
                let in_force = Arc::clone(&in_force);
                async move { ready(shake(stream, in_force, limit).await.ok_or(())?) }
            };
            fn_service(shake).and_then(http.service())
        }),
    };
    Ok(builder?.run())
}

/// A connection that can be answered now, or nothing: why is told where it failed.
fn ready<T: Connection>(connection: T) -> Result<(T, Option<SocketAddr>), ()> {
    let _ = connection.socket().set_nodelay(true);
    let peer = connection.socket().peer_addr().ok();
    Ok((connection, peer))
}

impl Http {
    fn service<T: Connection>(
        &self,
    ) -> impl ServiceFactory<(T, Option<SocketAddr>), Config = (), Response = (), Error = (), InitError = ()> + use<T>
    {
        let Http { door, reaper, stopping } = self.clone();
        let settings = &door.settings;
        let builder = HttpService::<T, _, _>::build()
            .keep_alive(Duration::from_millis(settings.keep_alive_ms))
            .client_request_timeout(Duration::from_millis(settings.head_time_limit_ms))
            .client_disconnect_timeout(DISCONNECT_LIMIT)
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(move |connection: &T, data: &mut Extensions| {
                if let Some(watched) = reaper.watch(connection.socket()) {
                    data.insert(watched);
                }
                connection.introduce(data);
            });
        let worker = Rc::new(Worker::new(door));
        // Nothing but this stands between the HTTP library and the handler: a layer would cost every request.
        let app = App::new().default_service(fn_service(move |request| watched(Rc::clone(&worker), request)));
        let app = app.into_factory().map_err(|error: actix_web::Error| error.error_response());
        builder.h1(map_config(app, |()| AppConfig::default())).map_err(|_| ())
    }
}

/// Answers what comes on connections that are watched. Others were closed as soon as they were accepted, and what their
/// callers had sent by then can be read all the same.
async fn watched(worker: Rc<Worker>, request: ServiceRequest) -> Result<ServiceResponse, actix_web::Error> {
    match request.conn_data::<Arc<reaper::Connection>>().cloned() {
        Some(connection) => receive(worker, &connection, request).await,
        None => Err(ErrorServiceUnavailable("the connection is closed")),
    }
}
