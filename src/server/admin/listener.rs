//! Accepts connections of the admin listener, encrypted or not, with limits of their own.

use std::io;
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::HttpService;
use actix_http::error::DispatchError;
use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, ServiceRequest, ServiceResponse};
use actix_web::http::KeepAlive;
use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::server::connection::{Connection, IdleTimeout};
use crate::server::request::LogThrottle;
use crate::server::tls::{InForce, shake};

/// Connections at once; further ones wait in the operating system.
pub(super) const CONNECTION_LIMIT: usize = 96;
/// How long the head of a request may take, and a TLS handshake before it. Each connection is for one request, so that this is
/// all there is to wait for.
const HEAD_LIMIT: Duration = Duration::from_secs(2);
/// How long an answer may lie unread.
pub(super) const IDLE_LIMIT: Duration = Duration::from_secs(5);
/// How long a connection is kept behind an answer whose request was not read to its end: the answer is thrown away where it is
/// closed while more comes, and whoever sends slowly would keep others out where it is not.
const LINGER_LIMIT: Duration = Duration::from_millis(300);
/// How long answers on their way may take when it stops, in seconds.
const STOP_LIMIT_S: u64 = 1;

/// How connections are accepted.
#[derive(Clone)]
pub(super) struct Accepting {
    pub(super) idle_timeout: Arc<IdleTimeout>,
    /// What encrypts them; none for plain ones.
    pub(super) tls: Option<Arc<InForce>>,
    pub(super) told: Arc<LogThrottle>,
}

/// Answers what comes by `receive`, which is called for one request after the other.
pub(super) fn start<R, F>(listener: TcpListener, accepting: Accepting, receive: R) -> io::Result<Server>
where
    R: Fn(ServiceRequest) -> F + Clone + Send + 'static,
    F: Future<Output = Result<ServiceResponse, actix_web::Error>> + 'static,
{
    let builder = ServerBuilder::new()
        .workers(1)
        .max_concurrent_connections(CONNECTION_LIMIT)
        .shutdown_timeout(STOP_LIMIT_S)
        .disable_signals();
    let builder = builder.listen("admin", listener, move || {
        let (accepting, receive) = (accepting.clone(), receive.clone());
        let app = App::new().default_service(fn_service(receive)).into_factory();
        let http = HttpService::build()
            .keep_alive(KeepAlive::Disabled)
            .client_request_timeout(HEAD_LIMIT)
            .client_disconnect_timeout(LINGER_LIMIT)
            .on_connect_ext(|line: &Line, data| {
                data.insert(Arc::clone(&line.connection));
            })
            .h1(map_config(app.map_err(|error: actix_web::Error| error.error_response()), |()| AppConfig::default()));
        fn_service(move |stream: TcpStream| {
            let accepting = accepting.clone();
            async move {
                let peer = stream.peer_addr().ok();
                let line = accepting.accept(stream).await;
                line.map(|line| (line, peer)).ok_or_else(|| DispatchError::Io(io::Error::other("not accepted")))
            }
        })
        .and_then(http)
    });
    Ok(builder?.run())
}

impl Accepting {
    /// None for a connection that cannot be watched or encrypted, which is closed.
    async fn accept(self, stream: TcpStream) -> Option<Line> {
        let _ = stream.set_nodelay(true);
        let Some(in_force) = self.tls else {
            let connection = self.idle_timeout.watch(&stream)?;
            return Some(Line { stream: Box::new(stream), connection });
        };
        let encrypted = shake(stream, in_force, HEAD_LIMIT, &self.told).await?;
        let connection = self.idle_timeout.watch(encrypted.get_ref().0)?;
        Some(Line { stream: Box::new(encrypted), connection })
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// An accepted connection, and how the idle timeout sees it.
struct Line {
    stream: Box<dyn Stream>,
    connection: Arc<Connection>,
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
