//! The HTTP client of one connection: guarded addresses only, no redirects, proxies or cookies, answers of limited
//! size.

use std::error::Error as _;
use std::fmt;
use std::future::ready;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Identity, Response, Url};
#[cfg(feature = "otel")]
use secrecy::{ExposeSecret as _, SecretString};

use super::address_guard::{AddressGuard, Forbidden, Names, Resolver, system};
use super::pinned::pinned_config;
use super::relay::Watch;
use super::small_file::{PEM_LIMIT_BYTES, read_pem};

/// Largest answer that is read, in bytes.
pub const ANSWER_LIMIT_BYTES: usize = 4 << 20;
/// How long a connection may take to be made, in milliseconds.
const CONNECT_LIMIT_MS: u64 = 5_000;
/// How long a connection is kept for the next call, in milliseconds.
const IDLE_LIMIT_MS: u64 = 30_000;

/// A client that calls one host.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    address: Url,
}

/// What a client believes and shows of certificates.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// A PEM file with certificate authorities, beside those of the system.
    pub ca: Option<PathBuf>,
    /// PEM files with a client certificate and its key.
    pub certificate: Option<PathBuf>,
    pub certificate_key: Option<PathBuf>,
}

/// Why there is no client, or no answer: in words, without the address's path, which may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoClient {
    pub message: String,
    pub help: Option<&'static str>,
    /// Whether a connection broke, rather than that what came cannot be taken.
    pub is_broken: bool,
}

impl NoClient {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, is_broken: false }
    }

    /// The same with what to do.
    #[cfg(any(feature = "postgres", feature = "mysql", feature = "ldap", feature = "nats"))]
    pub(super) fn help(self, help: &'static str) -> Self {
        Self { help: Some(help), ..self }
    }
}

impl fmt::Debug for Client {
    /// The host alone: the rest of an address may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.address.host_str().unwrap_or_default())
    }
}

impl Client {
    /// A client for this address.
    ///
    /// # Errors
    /// When it is no address, leads to a forbidden one, or certificates cannot be read.
    pub fn open(address: &str, guard: &AddressGuard, tls: &Tls) -> Result<Self, NoClient> {
        Self::with_names(address, guard, tls, system())
    }

    /// The same, making a connection of its own for each call.
    ///
    /// # Errors
    /// As [`Client::open`].
    pub fn open_unkept(address: &str, guard: &AddressGuard, tls: &Tls) -> Result<Self, NoClient> {
        let (builder, address) = builder(address, guard, tls, system())?;
        Ok(Self { inner: built(builder.pool_max_idle_per_host(0))?, address })
    }

    /// A client that believes the one certificate of this file, of a gateway of this machine. Its host is at `at`, if that is
    /// said, wherever its name leads; then the certificate must be for this name.
    ///
    /// # Errors
    /// When it is no address, or the certificate cannot be read.
    pub(super) fn pinned(address: &str, certificate: &Path, at: Option<IpAddr>) -> Result<Self, NoClient> {
        let config = pinned_config(certificate, at.is_some()).map_err(|error| NoClient::new(error.to_string()))?;
        let names: Arc<Names> = match at {
            None => system(),
            Some(ip) => Arc::new(move |_| Box::pin(ready(Ok(vec![SocketAddr::new(ip, 0)])))),
        };
        let (builder, address) = builder(address, &AddressGuard::of_nothing(), &Tls::default(), names)?;
        Ok(Self { inner: built(builder.tls_backend_preconfigured(config))?, address })
    }

    /// As [`Client::open`], with other names than the operating system's. For tests.
    ///
    /// # Errors
    /// As [`Client::open`].
    pub fn with_names(address: &str, guard: &AddressGuard, tls: &Tls, names: Arc<Names>) -> Result<Self, NoClient> {
        let (builder, address) = builder(address, guard, tls, names)?;
        Ok(Self { inner: built(builder)?, address })
    }

    /// Scheme, host, port and path, as they were given.
    #[must_use]
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// What stands at this client's address.
    ///
    /// # Errors
    /// When there is no answer, or another than 200.
    pub async fn fetch(&self) -> Result<Vec<u8>, NoClient> {
        let call = self.request(reqwest::Method::GET, self.address.clone()).send().await;
        let answer = call.map_err(|error| NoClient::new(told(&error)))?;
        match answer.status().as_u16() {
            200 => read_body(answer, &Watch::default()).await,
            status => Err(NoClient::new(format!("the answer has the status {status}"))),
        }
    }

    /// Sends a form to this client's address; the status of the answer, and its body. What is sent is shown nowhere.
    ///
    /// # Errors
    /// When the call cannot be made, or there is no answer.
    pub async fn post_form(&self, form: String, authorization: Option<&str>) -> Result<(u16, Vec<u8>), NoClient> {
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let call = self.request(reqwest::Method::POST, self.address.clone()).headers(to_headers(headers)?).body(form);
        let answer = call.send().await.map_err(|error| NoClient::new(told(&error)))?;
        let status = answer.status().as_u16();
        Ok((status, read_body(answer, &Watch::default()).await?))
    }

    /// A call of an address; it must have this client's host.
    pub fn request(&self, method: reqwest::Method, url: Url) -> reqwest::RequestBuilder {
        self.inner.request(method, url)
    }

    /// Sends what was put together by another client of the same address.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn execute(&self, request: reqwest::Request) -> reqwest::Result<Response> {
        self.inner.execute(request).await
    }
}

/// What every client is made of: it goes to admitted addresses alone, and nowhere else by itself.
pub(super) fn builder(
    address: &str,
    guard: &AddressGuard,
    tls: &Tls,
    names: Arc<Names>,
) -> Result<(reqwest::ClientBuilder, Url), NoClient> {
    let address = Url::parse(address).map_err(|_| NoClient::new("the address is not a URL"))?;
    let has_host = address.host_str().is_some_and(|host| !host.is_empty());
    if !has_host || !matches!(address.scheme(), "http" | "https") || !address.username().is_empty() {
        return Err(NoClient::new("the address is not a plain `http://…` or `https://…`"));
    }
    // A host that is an address is never looked up, so that it is looked at here.
    if literal(&address).is_some_and(|address| !guard.admits(address)) {
        let help = "list the address under `allow` if it is meant: `allow: [10.1.2.3]`";
        return Err(NoClient { message: Forbidden.to_string(), help: Some(help), is_broken: false });
    }
    let resolver = Resolver { guard: guard.clone(), names };
    let builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .dns_resolver(Arc::new(resolver))
        .connect_timeout(Duration::from_millis(CONNECT_LIMIT_MS))
        .pool_idle_timeout(Duration::from_millis(IDLE_LIMIT_MS))
        .user_agent(concat!("hookgate/", env!("CARGO_PKG_VERSION")));
    Ok((certificates(builder, tls)?, address))
}

pub(super) fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, NoClient> {
    builder.build().map_err(|error| NoClient::new(format!("the client cannot be made: {}", told(&error))))
}

/// A client for a thread that waits for each answer, with what it sends each time, and its address: one that an operator has
/// named, so that it may be any.
///
/// # Errors
/// As [`Client::open`], and headers that cannot be sent.
#[cfg(feature = "otel")]
pub fn blocking(
    address: &str,
    headers: &[(String, SecretString)],
    ca: Option<&Path>,
    limit: Duration,
) -> Result<(reqwest::blocking::Client, Url), NoClient> {
    let tls = Tls { ca: ca.map(Path::to_owned), ..Tls::default() };
    let headers = to_headers(headers.iter().map(|(name, value)| (&**name, value.expose_secret())))?;
    let (builder, address) = builder(address, &AddressGuard::of_nothing(), &tls, system())?;
    let built = reqwest::blocking::ClientBuilder::from(builder.default_headers(headers)).timeout(limit).build();
    let client = built.map_err(|error| NoClient::new(format!("the client cannot be made: {}", told(&error))))?;
    Ok((client, address))
}

/// Headers whose values are shown nowhere.
pub(super) fn to_headers<'h>(pairs: impl IntoIterator<Item = (&'h str, &'h str)>) -> Result<HeaderMap, NoClient> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let wrong = || NoClient::new(format!("`{name}` is not a header that can be sent, or its value is none"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        headers.insert(name, sensitive(value).ok_or_else(wrong)?);
    }
    Ok(headers)
}

/// A header's value that is shown nowhere; none where it has characters that cannot stand there.
#[must_use]
pub fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn literal(address: &Url) -> Option<IpAddr> {
    match address.host()? {
        url::Host::Ipv4(address) => Some(address.into()),
        url::Host::Ipv6(address) => Some(address.into()),
        url::Host::Domain(_) => None,
    }
}

fn certificates(mut builder: reqwest::ClientBuilder, tls: &Tls) -> Result<reqwest::ClientBuilder, NoClient> {
    let unusable = |file: &Path, why: &dyn fmt::Display| NoClient {
        message: format!("`{}` cannot be read as PEM: {why}", file.display()),
        help: Some("name a PEM file that hookgate's user may read, with lines such as `-----BEGIN CERTIFICATE-----`"),
        is_broken: false,
    };
    let read = |file: &Path| read_pem(file, PEM_LIMIT_BYTES).map_err(|error| unusable(file, &error));
    if let Some(file) = &tls.ca {
        let found = Certificate::from_pem_bundle(&read(file)?).map_err(|error| unusable(file, &error))?;
        if found.is_empty() {
            return Err(unusable(file, &"it holds no certificate"));
        }
        builder = builder.tls_certs_merge(found);
    }
    match (&tls.certificate, &tls.certificate_key) {
        (Some(certificate), Some(key)) => {
            let both = [read(certificate)?.as_slice(), b"\n", read(key)?.as_slice()].concat();
            let identity = Identity::from_pem(&both).map_err(|error| unusable(certificate, &error))?;
            Ok(builder.identity(identity))
        }
        (None, None) => Ok(builder),
        _ => Err(NoClient::new("`certificate` and `certificate_key` belong together")),
    }
}

/// The body of an answer, as far as it may go; `watch` counts what of it is there.
///
/// # Errors
/// When the answer is longer, has no room beside others, is compressed, or breaks off.
pub async fn read_body(mut response: Response, watch: &Watch) -> Result<Vec<u8>, NoClient> {
    if response.headers().contains_key(reqwest::header::CONTENT_ENCODING) {
        return Err(NoClient::new("the answer is compressed, which was not asked for"));
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) if body.len() + chunk.len() > ANSWER_LIMIT_BYTES => {
                return Err(NoClient::new(format!("the answer is larger than {} MiB", ANSWER_LIMIT_BYTES >> 20)));
            }
            Ok(Some(chunk)) => {
                watch.hold(chunk.len()).map_err(|excess| NoClient::new(excess.to_string()))?;
                body.extend_from_slice(&chunk);
            }
            Err(error) => return Err(NoClient { is_broken: true, ..NoClient::new(told(&error)) }),
        }
    }
}

/// The header of basic authorization (RFC 7617).
#[must_use]
pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// What went wrong with a call, in words, without its address.
#[must_use]
pub fn told(error: &reqwest::Error) -> String {
    let mut source = error.source();
    let mut innermost = None;
    while let Some(cause) = source {
        if cause.downcast_ref::<Forbidden>().is_some() {
            return Forbidden.to_string();
        }
        innermost = Some(cause.to_string());
        source = cause.source();
    }
    let what = match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        error if error.is_body() || error.is_decode() => "the answer broke off",
        error if error.is_builder() => "the call cannot be made",
        _ => "the call failed",
    };
    innermost.map_or(what.to_owned(), |cause| format!("{what}: {cause}"))
}

/// The same of an error that may be one of the client's.
#[cfg(feature = "otel")]
#[must_use]
pub fn told_of_any(error: &(dyn std::error::Error + 'static)) -> String {
    error.downcast_ref().map_or_else(|| "the answer broke off".to_owned(), told)
}
