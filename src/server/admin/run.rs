//! Runs the admin listener on a thread of its own beside the workers, with limits of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::{KeepAlive, Method, StatusCode};
use actix_web::rt::System;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde_json::json;

use super::error::AdminError;
use super::routes::{Desk, answer, told};
use super::sending::Sending;
use super::settings::AdminSettings;
use super::site::{CONSOLE, Site};
use super::token::Token;
use super::watched::Watched;
use crate::server::connection::{Connection, IdleTimeout};
use crate::server::error::Error;
use crate::server::request::error_boundary::catch_later;
use crate::server::run::{Reaping, Stopper, listen};
use crate::telemetry::metrics::{History, MINUTE};

/// Connections at once; further ones wait in the operating system.
const CONNECTION_LIMIT: usize = 96;
/// How long the head of a request may take. Each connection is for one request, so that this is all there is to wait for.
const HEAD_LIMIT: Duration = Duration::from_secs(2);
/// How long an answer may lie unread, and a connection end.
const IDLE_LIMIT: Duration = Duration::from_secs(5);
/// Largest body of a request to the console, in bytes: a rule file, or a request that is tried.
const BODY_LIMIT_BYTES: usize = 4 << 20;
/// How long a body may take.
const BODY_LIMIT: Duration = Duration::from_secs(10);
/// How long answers on their way may take when it stops, in seconds.
const STOP_LIMIT_S: u64 = 1;

/// The running listener; stops when dropped.
#[derive(Debug)]
pub struct Admin {
    address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

impl Admin {
    /// Where it listens, with the port it was given when the settings said 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Listens and answers from now on; `None` where the settings name no address.
///
/// # Errors
/// When other machines could ask without a token, the token is not there, or the address cannot be listened on.
pub fn start(
    settings: &AdminSettings,
    watched: Watched,
    site: Option<Arc<dyn Site>>,
) -> Result<Option<Admin>, AdminError> {
    let token = token(settings)?;
    let Some(address) = settings.listen else { return Ok(None) };
    let failed = |error| AdminError::Listen(Error::listening(address, error));
    let listener = listen(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stopper, desk) = (Stopper::default(), Arc::new(Desk { watched, token, site }));
    let told = stopper.clone();
    let run = move || {
        if let Err(error) = System::new().block_on(serve(listener, desk, told)) {
            tracing::error!(%error, "the admin listener ended");
        }
    };
    let thread = std::thread::Builder::new().name("admin".to_owned()).spawn(run).map_err(failed)?;
    Ok(Some(Admin { address, stopper, thread: Some(thread) }))
}

/// What keeps the listener of these settings from starting: all but its address, at which one may run now.
#[must_use]
pub fn obstacle(settings: &AdminSettings) -> Option<AdminError> {
    token(settings).err()
}

/// Who may ask.
fn token(settings: &AdminSettings) -> Result<Token, AdminError> {
    let token = Token::open(settings)?;
    match settings.listen {
        Some(address) if settings.token.is_none() && !address.ip().to_canonical().is_loopback() => {
            Err(AdminError::Open(address))
        }
        Some(_) | None => Ok(token),
    }
}

async fn serve(listener: TcpListener, desk: Arc<Desk>, stopper: Stopper) -> std::io::Result<()> {
    let idle_timeout = Arc::new(IdleTimeout::new(IDLE_LIMIT, Arc::default()));
    let reaping = Reaping::start(&idle_timeout)?;
    let history = Arc::clone(&desk.watched.history);
    let service = move || {
        let desk = Arc::clone(&desk);
        App::new().default_service(fn_service(move |request| receive(Arc::clone(&desk), request)))
    };
    let http = HttpServer::new(service)
        .workers(1)
        .max_connections(CONNECTION_LIMIT)
        .keep_alive(KeepAlive::Disabled)
        .client_request_timeout(HEAD_LIMIT)
        .client_disconnect_timeout(IDLE_LIMIT)
        .shutdown_timeout(STOP_LIMIT_S)
        .disable_signals()
        .on_connect(move |accepted, data| {
            if let Some(connection) = accepted.downcast_ref().and_then(|accepted| idle_timeout.watch(accepted)) {
                data.insert(connection);
            }
        });
    let running = http.listen(listener)?.run();
    let handle = running.handle();
    actix_web::rt::spawn(remember(history));
    actix_web::rt::spawn(async move {
        stopper.told().await;
        handle.stop(true).await;
    });
    let result = running.await;
    drop(reaping);
    result
}

/// Takes the snapshots of the last hour, the first at once.
async fn remember(history: Arc<History>) {
    let mut ticks = tokio::time::interval(MINUTE);
    loop {
        ticks.tick().await;
        history.take(Timestamp::now());
    }
}

async fn receive(desk: Arc<Desk>, request: ServiceRequest) -> Result<ServiceResponse, actix_web::Error> {
    let (request, payload) = request.into_parts();
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    connection.iter().for_each(|connection| connection.begin());
    let asked = request.clone();
    let answering = async move {
        match body(&asked, payload).await {
            Ok(body) => answer(&desk, &asked, body).await,
            Err(refused) => refused,
        }
    };
    let answered = catch_later(Box::pin(answering)).await;
    let response =
        answered.unwrap_or_else(|_| told(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "code": "InternalError" })));
    let response = response.map_body(|_, body| BoxBody::new(Sending::new(body, connection)));
    Ok(ServiceResponse::new(request, response))
}

/// The body of a request to the console; no other page reads one.
async fn body(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, HttpResponse> {
    if request.method() != Method::POST || !request.path().starts_with(CONSOLE) {
        return Ok(Bytes::new());
    }
    let refused = |status, code: &str| told(status, &json!({ "code": code }));
    let reading = async move {
        let mut body = BytesMut::new();
        while let Some(part) = payload.next().await {
            let part = part.map_err(|_| refused(StatusCode::BAD_REQUEST, "BodyBroken"))?;
            if body.len() + part.len() > BODY_LIMIT_BYTES {
                return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge"));
            }
            body.extend_from_slice(&part);
        }
        Ok(body.freeze())
    };
    let read = tokio::time::timeout(BODY_LIMIT, reading).await;
    read.unwrap_or_else(|_| Err(refused(StatusCode::REQUEST_TIMEOUT, "BodyTimeout")))
}
