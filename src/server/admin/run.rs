//! Runs the admin listener on a thread of its own beside the workers, with limits of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::rt::System;
use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::console::{Console, is_console};
use super::error::AdminError;
use super::forms::Forms;
use super::json::json_answer;
use super::listener::{self, Accepting, IDLE_LIMIT};
use super::login::{Login, NoConsole};
use super::origin_check::OriginCheck;
use super::routes::{Desk, answer};
use super::sending::Sending;
use super::settings::AdminSettings;
use super::site::Site;
use super::token::Token;
use super::watched::Watched;
use crate::server::connection::{Connection, IdleTimeout};
use crate::server::error::Error;
use crate::server::request::error_boundary::catch_later;
use crate::server::run::{Reaping, Stopper, listen, renew};
use crate::server::tls::Renewal;
use crate::telemetry::metrics::{History, MINUTE};

/// The running listener; stops when dropped.
#[derive(Debug)]
pub struct Admin {
    address: SocketAddr,
    desk: Arc<Desk>,
    is_tls: bool,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

impl Admin {
    /// Where it listens, with the port it was given when the settings said 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How its addresses begin.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }

    /// A link that opens the console once, for the person at the terminal of this process; none where people log in, where
    /// other machines reach the listener, and where there is no console.
    #[must_use]
    pub fn link(&self) -> Option<String> {
        self.desk.console.as_ref()?.login.link(self.address)
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

/// Listens and answers from now on; `None` where the settings name no address. `trusted_proxies`: networks whose
/// `X-Forwarded-For` tells who visits the console; `site`: its pages.
///
/// # Errors
/// When other machines could ask without a token, the token or a hash of a password is not there, the certificate cannot be
/// used, or the address cannot be listened on.
pub fn start(
    settings: &AdminSettings,
    trusted_proxies: &[IpNet],
    watched: Watched,
    site: Arc<dyn Site>,
) -> Result<Option<Admin>, AdminError> {
    let token = token(settings)?;
    let Some(address) = settings.listen else { return Ok(None) };
    let console = console(settings, trusted_proxies)?.map(|(login, is_secure)| Console {
        login,
        is_secure,
        site,
        forms: Forms::default(),
    });
    let renewal = encrypted(settings)?;
    match Login::obstacle(settings).filter(|_| settings.console) {
        // Nobody has asked for one.
        Some(why @ NoConsole::NoLogin) => tracing::info!(help = why.help(), "{why}"),
        Some(why @ NoConsole::Unencrypted) => tracing::warn!(help = why.help(), "{why}"),
        None => {}
    }
    let failed = |error| AdminError::Listen(Error::listening(address, error));
    let listener = listen(address).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let origin_check = OriginCheck::new(settings);
    let (stopper, desk) = (Stopper::default(), Arc::new(Desk { watched, token, origin_check, console }));
    let (told, at_desk, is_tls) = (stopper.clone(), Arc::clone(&desk), renewal.is_some());
    let run = move || {
        if let Err(error) = System::new().block_on(serve(listener, at_desk, renewal, told)) {
            tracing::error!(%error, "the admin listener ended");
        }
    };
    let thread = std::thread::Builder::new().name("admin".to_owned()).spawn(run).map_err(failed)?;
    Ok(Some(Admin { address, desk, is_tls, stopper, thread: Some(thread) }))
}

/// What keeps the listener of these settings from starting: all but its address, at which one may run now.
#[must_use]
pub fn obstacle(settings: &AdminSettings) -> Option<AdminError> {
    let all = || {
        token(settings)?;
        console(settings, &[])?;
        encrypted(settings)
    };
    if settings.listen.is_none() { token(settings).err() } else { all().err() }
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

/// The way into the console, and whether browsers reach it by `https`; none where none is wanted, or where it could not be
/// guarded.
fn console(settings: &AdminSettings, trusted_proxies: &[IpNet]) -> Result<Option<(Login, bool)>, AdminError> {
    if !settings.console || Login::obstacle(settings).is_some() {
        return Ok(None);
    }
    let login = Login::open(settings, trusted_proxies)?;
    Ok(Some((login, settings.is_secure())))
}

/// What encrypts connections. Its counters are its own: the certificate of the webhooks' address has a metric.
fn encrypted(settings: &AdminSettings) -> Result<Option<Renewal>, AdminError> {
    Renewal::start(&settings.tls, &Arc::default(), Timestamp::now()).map_err(AdminError::Tls)
}

async fn serve(
    listener: TcpListener,
    desk: Arc<Desk>,
    renewal: Option<Renewal>,
    stopper: Stopper,
) -> std::io::Result<()> {
    let idle_timeout = Arc::new(IdleTimeout::new(IDLE_LIMIT, Arc::default()));
    let reaping = Reaping::start(&idle_timeout)?;
    let history = Arc::clone(&desk.watched.history);
    let tls = renewal.as_ref().map(Renewal::in_force);
    if let Some(renewal) = renewal {
        let step = |renewal: &mut Renewal| renewal.step(Timestamp::now());
        actix_web::rt::spawn(renew(renewal, step, signal(SignalKind::hangup())?));
    }
    let accepting = Accepting { idle_timeout, tls, told: Arc::default() };
    let running = listener::start(listener, accepting, move |request| receive(Arc::clone(&desk), request))?;
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

/// Takes the snapshots of the last hour behind that of the start.
async fn remember(history: Arc<History>) {
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + MINUTE, MINUTE);
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
        match &desk.console {
            Some(console) if is_console(asked.path()) => console.answer(&asked, payload).await,
            _ => answer(&desk, &asked).await,
        }
    };
    let answered = catch_later(Box::pin(answering)).await;
    let response = answered
        .unwrap_or_else(|_| json_answer(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "code": "InternalError" })));
    let response = response.map_body(|_, body| BoxBody::new(Sending::new(body, connection)));
    Ok(ServiceResponse::new(request, response))
}
