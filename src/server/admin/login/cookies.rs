//! The cookies of the console: their names, how they are set, and how one is found.

use actix_web::HttpRequest;
use actix_web::http::header::COOKIE;

/// Longest value that is looked at, in bytes: ours have 43.
const VALUE_LIMIT_BYTES: usize = 128;

/// How they are called and marked.
///
/// Behind `https` their names begin with `__Secure-`, so that no page over `http` can plant one. `__Host-` would want
/// `Path=/`, and then every call of the webhooks' address on the same host would carry them. The port is a part of the name,
/// since cookies are those of a host: several gateways of one machine would take each other's away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cookies {
    is_secure: bool,
    port: Option<u16>,
}

impl Cookies {
    pub(super) fn new(is_secure: bool, port: Option<u16>) -> Self {
        Self { is_secure, port: port.filter(|port| *port != 0) }
    }

    /// The session: no other site's page or link sends it.
    pub(super) fn session(self, id: &str) -> String {
        self.written("session", id, "; Path=/console; SameSite=Strict")
    }

    /// Takes the session away.
    pub(super) fn no_session(self) -> String {
        self.written("session", "", "; Path=/console; SameSite=Strict; Max-Age=0")
    }

    /// The browser that was sent to a provider: it comes back from another site.
    pub(super) fn oidc(self, browser: &str) -> String {
        self.written("oidc", browser, "; Path=/console/oidc; SameSite=Lax; Max-Age=600")
    }

    pub(super) fn no_oidc(self) -> String {
        self.written("oidc", "", "; Path=/console/oidc; SameSite=Lax; Max-Age=0")
    }

    pub(super) fn session_of(self, request: &HttpRequest) -> Option<String> {
        self.found(request, "session")
    }

    pub(super) fn oidc_of(self, request: &HttpRequest) -> Option<String> {
        self.found(request, "oidc")
    }

    fn name(self, what: &str) -> String {
        let port = self.port.map(|port| format!("-{port}")).unwrap_or_default();
        format!("{}hookgate-{what}{port}", if self.is_secure { "__Secure-" } else { "" })
    }

    fn written(self, what: &str, value: &str, marks: &str) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{}={value}{marks}; HttpOnly{secure}", self.name(what))
    }

    fn found(self, request: &HttpRequest, what: &str) -> Option<String> {
        let name = self.name(what);
        let lines = request.headers().get_all(COOKIE).filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(found, _)| *found == name)?;
        Some(value.to_owned()).filter(|value| !value.is_empty() && value.len() <= VALUE_LIMIT_BYTES)
    }
}
