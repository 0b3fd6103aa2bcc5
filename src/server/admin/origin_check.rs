//! Refuses requests under host names that are not ours, and what pages of other sites send.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::json::json_answer;
use super::settings::AdminSettings;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the admin listener is called, as browsers write it.
#[derive(Clone, Debug)]
pub(super) struct OriginCheck {
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
}

impl Reason {
    fn word(self) -> &'static str {
        match self {
            Self::Host => "Host",
            Self::Site => "Site",
        }
    }
}

/// How the listener is called in a `Host` header, without the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Called<'h> {
    Name(&'h str),
    Address(IpAddr),
}

impl OriginCheck {
    pub(super) fn new(settings: &AdminSettings) -> Self {
        let listen = settings.listen.map(|listen| listen.ip().to_canonical());
        Self { external: settings.external_url.clone(), listen, is_tls: settings.is_tls() }
    }

    /// The answer to what no page of the console may see.
    pub(super) fn refuses(&self, request: &HttpRequest) -> Option<HttpResponse> {
        let reason = self.reason(request)?;
        warn_of(request, reason.word());
        let (status, told) = match reason {
            Reason::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "The console is not known by this address. Open it by 127.0.0.1 or localhost on its own machine, or set \
                 admin.external_url to the address that browsers use.\n",
            ),
            Reason::Site => (
                StatusCode::FORBIDDEN,
                "This form was not sent by a page of the console, so that it was not taken. Open the console and try again.\n",
            ),
        };
        Some(HttpResponse::build(status).insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(told))
    }

    /// The answer to what no page for programs may see. `is_trusted`: the request has the token that is set, so that no page
    /// of a stranger sends it, and pods and Prometheus may call the listener by any name.
    pub(super) fn refuses_program(&self, request: &HttpRequest, is_trusted: bool) -> Option<HttpResponse> {
        let reason = self.reason_for_programs(request, is_trusted)?;
        warn_of(request, reason.word());
        let (status, code, message) = match reason {
            Reason::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "HostUnknown",
                "the admin listener is not known by this name: call it by 127.0.0.1, localhost or its address, set \
                 admin.external_url, or set admin.token and send it along",
            ),
            Reason::Site => (
                StatusCode::FORBIDDEN,
                "OtherSite",
                "a page of another site sent this, so that it was not done: use `hookgate reload` or `hookgate rules rollback`, or \
                 the console",
            ),
        };
        Some(json_answer(status, &json!({ "code": code, "message": message })))
    }

    fn reason(&self, request: &HttpRequest) -> Option<Reason> {
        let Some(host) = one(request, &HOST).filter(|host| self.is_ours(host)) else { return Some(Reason::Host) };
        (is_change(request) && !self.is_sent_by_us(request, host)).then_some(Reason::Site)
    }

    fn reason_for_programs(&self, request: &HttpRequest, is_trusted: bool) -> Option<Reason> {
        let host = one(request, &HOST);
        // No page has an address for its name and leads it elsewhere.
        let is_ours = host.is_some_and(|host| self.is_ours(host) || matches!(called(host), Some(Called::Address(_))));
        if !is_ours && !is_trusted {
            return Some(Reason::Host);
        }
        // Programs say nothing of a site; browsers always do.
        let is_of_browser = request.headers().contains_key(ORIGIN) || request.headers().contains_key(SEC_FETCH_SITE);
        let is_ours = is_ours && host.is_some_and(|host| self.is_sent_by_us(request, host));
        (is_change(request) && is_of_browser && !is_ours).then_some(Reason::Site)
    }

    /// Whether the console is called so. A page of a stranger whose name leads to this machine (DNS rebinding) has the stranger's
    /// name as its host.
    fn is_ours(&self, host: &str) -> bool {
        let external = self.external.as_deref().and_then(host_of);
        if external.is_some_and(|external| external.eq_ignore_ascii_case(host)) {
            return true;
        }
        match called(host) {
            None => false,
            Some(Called::Name(name)) => name.eq_ignore_ascii_case("localhost"),
            // Who listens on every address is called by any of them; a rebound name is no address.
            Some(Called::Address(address)) => {
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

/// Logs that a request is refused, with the reason in a word.
pub(super) fn warn_of(request: &HttpRequest, reason: &str) {
    let address = request.peer_addr().map(|peer| peer.ip().to_string());
    tracing::warn!(address, reason, path = request.path(), "the admin listener refuses a request");
}

/// Whether it asks for more than to be told something.
fn is_change(request: &HttpRequest) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD)
}

/// The value of a header that is there once.
fn one<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    let mut all = request.headers().get_all(name);
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// How a `Host` header calls the listener; none where it is no host and port. Only IPv6 addresses stand in brackets, and they
/// always do.
fn called(host: &str) -> Option<Called<'_>> {
    let (called, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']')?;
            let address = address.parse::<Ipv6Addr>().ok()?;
            (Called::Address(IpAddr::V6(address).to_canonical()), rest)
        }
        None => {
            let (name, rest) = host.split_at(host.find(':').unwrap_or(host.len()));
            let address = name.parse::<Ipv4Addr>().ok().map(IpAddr::V4);
            (address.map_or(Called::Name(name), Called::Address), rest)
        }
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(called)
}

fn host_of(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}
