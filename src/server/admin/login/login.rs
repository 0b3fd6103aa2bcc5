//! The way into the console: who is there, who comes in, and who goes.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use url::form_urlencoded;

use super::attempts::{Attempts, Limited};
use super::clock::Clock;
use super::cookies::Cookies;
use super::form::{LOGIN, field, is_proven};
use super::link_key::LinkKey;
use super::oidc::{Arrived, Oidc};
use super::password::{PASSWORD_LIMIT_BYTES, Passwords};
use super::reply::{self, Why};
use super::rights::Rights;
use super::sessions::{Limits, Sessions};
use super::visitor::Visitor;
use crate::server::admin::error::AdminError;
use crate::server::admin::origin_check::{OriginCheck, warn_of};
use crate::server::admin::settings::AdminSettings;
use crate::server::auth::origin;

const LOGOUT: &str = "/console/logout";
/// Longest name that is looked for, in bytes.
const NAME_LIMIT_BYTES: usize = 128;
/// Who comes in by the link of a terminal.
const AT_THE_TERMINAL: &str = "(terminal)";

/// Decides who may look at the console.
#[derive(Debug)]
pub struct Login {
    origin_check: OriginCheck,
    cookies: Cookies,
    sessions: Sessions,
    passwords: Passwords,
    oidc: Option<Oidc>,
    attempts: Attempts,
    link: Option<LinkKey>,
    scheme: &'static str,
    trusted_proxies: Vec<IpNet>,
}

/// The ways in that there are, for the page of the login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// A name and a password, sent to `/console/login` as `name` and `password`.
    pub users: bool,
    /// The issuer at which people log in; the link is `/console/oidc/start`.
    pub oidc: Option<String>,
    /// The link that `serve` prints at a terminal, and nothing else.
    pub key_alone: bool,
}

/// Why there is no console although it is not switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoConsole {
    /// Other machines reach it, and passwords would go over the network as anybody can read them.
    Unencrypted,
    /// Other machines reach it, and nobody could log in.
    NoLogin,
}

impl NoConsole {
    /// What to set.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            NoConsole::Unencrypted => {
                "set `admin.tls.certificate` and `admin.tls.key`; or, where something in front of hookgate ends TLS, let \
                 `admin.external_url` be the address that browsers use, `https://…`; `admin.console: false` says that none is wanted"
            }
            NoConsole::NoLogin => {
                "name people under `admin.login.users`, or a provider under `admin.login.oidc`; `admin.console: false` says \
                 that none is wanted"
            }
        }
    }
}

impl std::fmt::Display for NoConsole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NoConsole::Unencrypted => {
                "the console is off: other machines reach `admin.listen`, and nothing is encrypted"
            }
            NoConsole::NoLogin => "the console is off: other machines reach `admin.listen`, and nobody can log in",
        })
    }
}

impl Login {
    /// Why these settings, which want a console, get none. On loopback there always is one.
    #[must_use]
    pub fn obstacle(settings: &AdminSettings) -> Option<NoConsole> {
        match () {
            () if settings.is_on_loopback() => None,
            () if !settings.login.is_set_up() => Some(NoConsole::NoLogin),
            () if !settings.is_secure() => Some(NoConsole::Unencrypted),
            () => None,
        }
    }

    /// Reads hashes of passwords from where they stand. `trusted_proxies`: networks whose `X-Forwarded-For` tells who asks.
    ///
    /// # Errors
    /// When a hash is not there or cannot be checked.
    pub fn open(settings: &AdminSettings, trusted_proxies: &[IpNet]) -> Result<Self, AdminError> {
        Self::with_clock(settings, trusted_proxies, Clock::started_now())
    }

    pub(super) fn with_clock(
        settings: &AdminSettings,
        trusted_proxies: &[IpNet],
        clock: Clock,
    ) -> Result<Self, AdminError> {
        let login = &settings.login;
        let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
        let limits = Limits { whole: minutes(login.session_minutes), idle: minutes(login.idle_minutes) };
        let external = settings.external_url.as_deref();
        let oidc = login.oidc.as_ref().zip(external).map(|(oidc, url)| Oidc::new(oidc, url, clock.clone()));
        Ok(Self {
            origin_check: OriginCheck::new(settings),
            cookies: Cookies::new(settings.is_secure(), settings.listen.map(|listen| listen.port())),
            sessions: Sessions::new(limits, clock.clone()),
            passwords: Passwords::open(&login.users).map_err(AdminError::Login)?,
            oidc,
            attempts: Attempts::new(clock),
            link: (settings.is_on_loopback() && !login.is_set_up()).then(LinkKey::default),
            scheme: if settings.is_tls() { "https" } else { "http" },
            trusted_proxies: trusted_proxies.to_vec(),
        })
    }

    /// Which ways in there are.
    #[must_use]
    pub fn ways(&self) -> Ways {
        let (users, oidc) = (self.passwords.are_there(), self.oidc.as_ref().map(|oidc| oidc.issuer().to_owned()));
        Ways { users, key_alone: self.link.is_some(), oidc }
    }

    /// The link that opens the console once, for the person at the terminal of `serve`; none where a login is set up, or other
    /// machines reach the listener. A link that was made before opens nothing any more.
    #[must_use]
    pub fn link(&self, address: SocketAddr) -> Option<String> {
        let key = self.link.as_ref()?.make().ok()?;
        Some(format!("{}://{address}/console/open?key={key}", self.scheme))
    }

    /// Who sends this request; none without a session that lasts. The session counts as used.
    #[must_use]
    pub fn visitor(&self, request: &HttpRequest) -> Option<Visitor> {
        let id = self.cookies.session_of(request)?;
        self.sessions.find(&id).map(Visitor::of)
    }

    /// The answer to what no page may see: a host that is not ours, a form that another site sends. To be asked before
    /// anything else, the body unread.
    #[must_use]
    pub fn refused(&self, request: &HttpRequest) -> Option<HttpResponse> {
        self.origin_check.refuses(request)
    }

    /// The answer to a visitor's form without the right `csrf`. To be asked before [`Login::answer`] and every page.
    #[must_use]
    pub fn unproven(&self, request: &HttpRequest, body: &[u8], visitor: Option<&Visitor>) -> Option<HttpResponse> {
        if matches!(*request.method(), Method::GET | Method::HEAD) || is_proven(request.path(), body, visitor) {
            return None;
        }
        warn_of(request, "Csrf");
        Some(reply::unproven())
    }

    /// Whether a form is for the way in or out, which [`Login::answer`] answers.
    #[must_use]
    pub fn takes(&self, request: &HttpRequest) -> bool {
        request.method() == Method::POST && matches!(request.path(), LOGIN | LOGOUT)
    }

    /// Lets in and out: POST `/console/login` (`name`, `password`), POST `/console/logout`, GET `/console/oidc/start`, GET
    /// `/console/oidc/return` and GET `/console/open?key=…`. None: the pages answer.
    pub async fn answer(&self, request: &HttpRequest, body: &[u8]) -> Option<HttpResponse> {
        match (request.method(), request.path(), &self.oidc) {
            (&Method::POST, LOGIN, _) => Some(self.log_in(request, body).await),
            (&Method::POST, LOGOUT, _) => Some(self.log_out(request)),
            (&Method::GET, "/console/open", _) => Some(self.open_by_key(request)),
            (&Method::GET, "/console/oidc/start", Some(oidc)) => Some(self.start(request, oidc).await),
            (&Method::GET, "/console/oidc/return", Some(oidc)) => Some(self.come_back(request, oidc).await),
            _ => None,
        }
    }

    async fn log_in(&self, request: &HttpRequest, body: &[u8]) -> HttpResponse {
        let address = self.address(request);
        let from = address.map(|address| address.to_string());
        let name = field(body, "name").unwrap_or_default();
        let password = SecretString::from(field(body, "password").unwrap_or_default());
        let is_long = |text: &str, limit: usize| text.is_empty() || text.len() > limit;
        let is_unfit = is_long(&name, NAME_LIMIT_BYTES) || is_long(password.expose_secret(), PASSWORD_LIMIT_BYTES);
        if self.attempts.begin(address, &name) == Err(Limited) {
            tracing::warn!(from, "login to the console: too many wrong ones, not looked at");
            return reply::to_login(Why::Limited, &[]);
        }
        let rights = if is_unfit { None } else { self.passwords.rights_of(&name, password).await };
        let Some(rights) = rights else {
            // Whoever mistypes writes a password where the name belongs.
            let name = if self.passwords.has(&name) { name.as_str() } else { "(unknown)" };
            tracing::warn!(from, name, "login to the console: wrong");
            return reply::to_login(Why::Wrong, &[]);
        };
        self.attempts.was_right(address, &name);
        tracing::info!(from, name, by = "password", "login to the console");
        self.begin(request, name, rights).map_or_else(no_random, |cookie| reply::to(&page_after(body), &[cookie]))
    }

    fn log_out(&self, request: &HttpRequest) -> HttpResponse {
        let ended = self.cookies.session_of(request).and_then(|id| self.sessions.end(&id));
        if let Some(session) = ended {
            let from = self.address(request).map(|address| address.to_string());
            tracing::info!(from, name = session.name, "logout from the console");
        }
        reply::to("/console/login", &[self.cookies.no_session()])
    }

    fn open_by_key(&self, request: &HttpRequest) -> HttpResponse {
        let from = self.address(request).map(|address| address.to_string());
        let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let key = pairs.find(|(name, _)| name == "key").map(|(_, key)| key);
        let is_right = self.link.as_ref().zip(key).is_some_and(|(link, key)| link.take(&key));
        if !is_right {
            tracing::warn!(from, "login to the console: a link that does not open it");
            return reply::to_login(Why::Key, &[]);
        }
        tracing::info!(from, name = AT_THE_TERMINAL, by = "link", "login to the console");
        let begun = self.begin(request, AT_THE_TERMINAL.to_owned(), Rights::ALL);
        begun.map_or_else(no_random, |cookie| reply::step_to_console(&[cookie]))
    }

    async fn start(&self, request: &HttpRequest, oidc: &Oidc) -> HttpResponse {
        match oidc.start(self.address(request)).await {
            Ok((to, browser)) => reply::to(&to, &[self.cookies.oidc(&browser)]),
            Err(cause) => {
                tracing::error!(cause, "login to the console: the provider of admin.login.oidc cannot be used");
                reply::to_login(Why::Provider, &[])
            }
        }
    }

    async fn come_back(&self, request: &HttpRequest, oidc: &Oidc) -> HttpResponse {
        let from = self.address(request).map(|address| address.to_string());
        let browser = self.cookies.oidc_of(request);
        match oidc.returned(request.query_string(), browser.as_deref()).await {
            Ok(Arrived { name, subject, rights }) => {
                tracing::info!(from, name, subject, by = "oidc", "login to the console");
                let cookie = self.begin(request, name, rights);
                cookie.map_or_else(no_random, |cookie| reply::step_to_console(&[cookie, self.cookies.no_oidc()]))
            }
            Err((why, cause)) => {
                tracing::warn!(from, cause, "login to the console: not let in by way of the provider");
                reply::to_login(why, &[self.cookies.no_oidc()])
            }
        }
    }

    /// A new session; its cookie. The one that the browser had ends: nobody who knew its id comes in with this login.
    fn begin(&self, request: &HttpRequest, name: String, rights: Rights) -> Option<String> {
        if let Some(before) = self.cookies.session_of(request) {
            self.sessions.end(&before);
        }
        self.sessions.begin(name, rights).ok().map(|id| self.cookies.session(&id))
    }

    fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        request.peer_addr().and_then(|peer| origin(peer.ip(), request.headers(), &self.trusted_proxies))
    }
}

/// The page of the console that somebody wanted before the login; the first one where nothing such is said.
fn page_after(body: &[u8]) -> String {
    let is_page =
        |to: &String| to.starts_with("/console/") && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    field(body, "to").filter(is_page).unwrap_or_else(|| "/console".to_owned())
}

fn no_random() -> HttpResponse {
    tracing::error!("login to the console: the machine gives no random bytes");
    HttpResponse::InternalServerError().finish()
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::http::header::{COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
    use actix_web::rt::System;
    use actix_web::test::TestRequest;

    use super::super::clock::by_hand::Hand;
    use super::*;

    fn login(settings: &AdminSettings, hand: &Hand) -> Login {
        Login::with_clock(settings, &[], hand.clock()).unwrap()
    }

    fn opened(login: &Login, link: &str) -> HttpResponse {
        let request = TestRequest::get().uri(link).to_http_request();
        System::new().block_on(login.answer(&request, b"")).unwrap()
    }

    fn with_cookie(answer: &HttpResponse, request: TestRequest) -> HttpRequest {
        let cookie = answer.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
        let pair = cookie.split(';').next().unwrap().to_owned();
        let own = (ORIGIN, "http://127.0.0.1:8081");
        request
            .insert_header((COOKIE, pair))
            .insert_header((HOST, "127.0.0.1:8081"))
            .insert_header(own)
            .to_http_request()
    }

    #[test]
    fn the_link_of_a_terminal_opens_everything_once_until_the_session_ends() {
        let (settings, hand) = (AdminSettings::default(), Hand::default());
        let login = login(&settings, &hand);
        assert_eq!(login.ways(), Ways { users: false, oidc: None, key_alone: true });
        let link = || login.link("127.0.0.1:8081".parse().unwrap()).unwrap();
        let (replaced, link) = (link(), link());
        let path = |link: &str| link.strip_prefix("http://127.0.0.1:8081").unwrap().to_owned();
        let leads_to = |answer: &HttpResponse| answer.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        for wrong in ["/console/open".to_owned(), "/console/open?key=".to_owned(), path(&replaced)] {
            assert_eq!(leads_to(&opened(&login, &wrong)).as_deref(), Some("/console/login?why=key"), "{wrong}");
        }
        let answer = opened(&login, &path(&link));
        assert_eq!(answer.status(), StatusCode::OK);
        let cookie = answer.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
        assert!(cookie.starts_with("hookgate-session-8081="), "gateways of one machine have one each: {cookie}");
        let request = with_cookie(&answer, TestRequest::post().uri("/console/act"));
        let visitor = login.visitor(&request).unwrap();
        assert_eq!((&*visitor.name, visitor.rights, visitor.is_live()), ("(terminal)", Rights::ALL, true));
        assert_eq!(leads_to(&opened(&login, &path(&link))).as_deref(), Some("/console/login?why=key"));
        hand.pass(30 * 60);
        assert!(!visitor.is_live() && login.visitor(&request).is_none());
    }

    #[test]
    fn the_word_of_the_session_is_asked_for_and_logging_out_ends_what_streams() {
        let (settings, hand) = (AdminSettings::default(), Hand::default());
        let login = login(&settings, &hand);
        let open = || {
            let link = login.link("127.0.0.1:8081".parse().unwrap()).unwrap();
            opened(&login, link.strip_prefix("http://127.0.0.1:8081").unwrap())
        };
        let (answer, other) = (open(), open());
        let request = with_cookie(&answer, TestRequest::post().uri("/console/logout"));
        let (visitor, stranger) =
            (login.visitor(&request).unwrap(), login.visitor(&with_cookie(&other, TestRequest::get())).unwrap());
        let form = |word: &str| format!("a=1&csrf={word}").into_bytes();
        let refused = |body: &[u8]| login.unproven(&request, body, Some(&visitor)).map(|answer| answer.status());
        assert_eq!(refused(&form(visitor.csrf())), None);
        for wrong in ["", "x", stranger.csrf()] {
            assert_eq!(refused(&form(wrong)), Some(StatusCode::FORBIDDEN));
        }
        let twice = [form(visitor.csrf()), b"&".to_vec(), form(visitor.csrf())].concat();
        assert_eq!(refused(&twice), Some(StatusCode::FORBIDDEN));
        let answer = System::new().block_on(login.answer(&request, &form(visitor.csrf()))).unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert!(!visitor.is_live() && login.visitor(&request).is_none() && stranger.is_live());
    }

    #[test]
    fn a_link_is_made_on_loopback_alone_and_where_nobody_logs_in() {
        let link = |settings: &AdminSettings| {
            let address = settings.listen.unwrap();
            login(settings, &Hand::default()).link(address).is_some()
        };
        let mut settings = AdminSettings::default();
        assert!(link(&settings));
        settings.listen = "192.0.2.1:8081".parse().ok();
        assert!(!link(&settings) && Login::obstacle(&settings) == Some(NoConsole::NoLogin));
        settings.listen = "127.0.0.1:8081".parse().ok();
        settings.login.users = vec![super::super::settings::LoginUser {
            name: "asha".to_owned(),
            password_hash: crate::outside::Credential::read(
                &super::super::password::hash_password(&"x".into()).unwrap(),
            )
            .unwrap(),
            rights: Rights::ALL,
        }];
        assert!(!link(&settings) && Login::obstacle(&settings).is_none());
    }
}
