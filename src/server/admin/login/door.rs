//! Refuses at the door what no page may see: hosts that are not ours, forms that other sites send, and forms without the word
//! of the session.

use std::net::IpAddr;

use actix_web::http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

use super::random;
use super::visitor::Visitor;
use crate::server::admin::settings::AdminSettings;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The form that nobody can have the word of a session for.
const LOGIN: &str = "/console/login";

/// What the console is called, as browsers write it.
#[derive(Clone, Debug)]
pub(super) struct Door {
    /// `https://hookgate.example.com:8081`
    external: Option<String>,
    listen: Option<IpAddr>,
    is_tls: bool,
}

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Host,
    Site,
    Csrf,
}

impl Reason {
    fn told(self) -> (StatusCode, &'static str) {
        match self {
            Reason::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "The console is not known by this address. Open it by 127.0.0.1 or localhost on its own machine, or set \
                 admin.external_url to the address that browsers use.\n",
            ),
            Reason::Site => (
                StatusCode::FORBIDDEN,
                "This form was not sent by a page of the console, so that it was not taken. Open the console and try again.\n",
            ),
            Reason::Csrf => (
                StatusCode::FORBIDDEN,
                "This page is older than your login, so that it was not taken. Open the page again and repeat what you did.\n",
            ),
        }
    }
}

impl Door {
    pub(super) fn new(settings: &AdminSettings) -> Self {
        let listen = settings.listen.map(|listen| listen.ip().to_canonical());
        Self { external: settings.external_url.clone(), listen, is_tls: settings.is_tls() }
    }

    /// The answer to a request that no page may see.
    pub(super) fn refused(
        &self,
        request: &HttpRequest,
        body: &[u8],
        visitor: Option<&Visitor>,
    ) -> Option<HttpResponse> {
        let reason = self.reason(request, body, visitor)?;
        let address = request.peer_addr().map(|peer| peer.ip().to_string());
        tracing::warn!(address, reason = ?reason, path = request.path(), "the console refuses a request");
        let (status, told) = reason.told();
        Some(HttpResponse::build(status).insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(told))
    }

    fn reason(&self, request: &HttpRequest, body: &[u8], visitor: Option<&Visitor>) -> Option<Reason> {
        let Some(host) = one(request, &HOST).filter(|host| self.is_ours(host)) else { return Some(Reason::Host) };
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        if !self.is_sent_by_us(request, host) {
            return Some(Reason::Site);
        }
        // Before the login there is no session whose word a form could carry. None is needed: another site's form is refused
        // above, and cannot plant a session of its own user, since browsers say themselves where a form comes from.
        let is_proven = request.path() == LOGIN
            || visitor
                .is_none_or(|visitor| field(body, "csrf").is_some_and(|word| random::is_same(&word, visitor.csrf())));
        (!is_proven).then_some(Reason::Csrf)
    }

    /// Whether the console is called so. A page of a stranger whose name leads to this machine (DNS rebinding) has the stranger's
    /// name as its host.
    fn is_ours(&self, host: &str) -> bool {
        let (name, port) = parted(host);
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return false;
        }
        if self.external.as_deref().and_then(host_of).is_some_and(|external| external.eq_ignore_ascii_case(host)) {
            return true;
        }
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match address.map(|address| address.to_canonical()) {
            Err(_) => name.eq_ignore_ascii_case("localhost"),
            // Who listens on every address is called by any of them; a rebound name is no address.
            Ok(address) => {
                address.is_loopback() || self.listen.is_some_and(|listen| listen == address || listen.is_unspecified())
            }
        }
    }

    /// Whether a page of the console sends this. A page of ours tells nobody where it is (`Referrer-Policy: no-referrer`), so
    /// that browsers write `Origin: null` for its forms: then `Sec-Fetch-Site` alone says whose they are.
    fn is_sent_by_us(&self, request: &HttpRequest, host: &str) -> bool {
        let site = one(request, &SEC_FETCH_SITE);
        if request.headers().contains_key(SEC_FETCH_SITE) && !matches!(site, Some("same-origin" | "none")) {
            return false;
        }
        match one(request, &ORIGIN) {
            Some("null") => site == Some("same-origin"),
            None if request.headers().contains_key(ORIGIN) => false,
            None => site.is_some(),
            Some(origin) => {
                let scheme = if self.is_tls { "https" } else { "http" };
                let is_own =
                    origin.split_once("://").is_some_and(|(of, at)| of == scheme && at.eq_ignore_ascii_case(host));
                is_own || self.external.as_deref() == Some(origin)
            }
        }
    }
}

/// The value of a header that is there once.
fn one<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    let mut all = request.headers().get_all(name);
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// Host and port of a `Host` header.
fn parted(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

fn host_of(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}

/// A field of a form that has it once.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    let mut all = url::form_urlencoded::parse(body).filter(|(key, _)| key == name);
    let (_, value) = all.next()?;
    all.next().is_none().then(|| value.into_owned())
}
