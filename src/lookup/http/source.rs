//! The source for HTTP services: one client for each connection, which calls only its own host.

use std::fmt;

use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Method as HttpMethod, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

use super::answer::{Page, too_many};
use super::call::Ready;
use super::settings::HttpTarget;
use super::{answer, call};
use crate::event::Value;
use crate::lookup::source::{Caller, Fault, ROW_LIMIT, Rows, Source, Trouble};
use crate::outside::relay::{ANSWER_LIMIT_BYTES as HELD_LIMIT_BYTES, Watch};
use crate::outside::{AddressGuard, Credential, NoClient, RenewedClient, Tls, basic, read_body, sensitive, told};
use crate::rule::{Ask, Call, Remote};

/// A body from which on reading it takes a turn, in bytes.
const LARGE_BYTES: usize = 64 << 10;
/// So many large bodies of one service are read at once. Further ones wait, so that a service which sends many of them
/// takes neither all processors nor all memory.
const TURNS: usize = 2;

/// A service.
pub struct Service {
    client: RenewedClient,
    /// For a second try, which must not go over another connection that was kept and may be closed as well.
    unkept: RenewedClient,
    target: HttpTarget,
    turns: Semaphore,
}

impl fmt::Debug for Service {
    /// The host and the names of headers alone: the rest of an address, and every value, may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.target.headers.iter().map(|(name, _)| &**name).collect();
        f.debug_struct("Service").field("client", &self.client).field("headers", &headers).finish_non_exhaustive()
    }
}

impl Service {
    /// Makes the connection ready: credentials are read, nothing is called.
    ///
    /// # Errors
    /// A credential or certificate that is not there, an address that is none or that may not be called.
    pub fn open(target: &HttpTarget) -> Result<Self, Trouble> {
        let tls = Tls { ca: target.ca.clone(), ..Tls::default() };
        let guard = AddressGuard::new(target.allow.clone());
        let address = Credential::read(&target.address).map_err(|why| Trouble::new(Fault::Question, why.0))?;
        let client = RenewedClient::open(&address, &guard, &tls).map_err(unusable)?;
        let unkept = RenewedClient::open_unkept(&address, &guard, &tls).map_err(unusable)?;
        // Wrong ones are told now, and not with the first question.
        headers(target)?;
        Ok(Self { client, unkept, target: target.clone(), turns: Semaphore::new(TURNS) })
    }

    async fn rows(&self, call: &Call, key: &Value<'static>, caller: &Caller) -> Result<Rows, Trouble> {
        let mut rows = Rows::new();
        let pages = call.pages.as_ref();
        let (first, limit) = pages.map_or((0, 1), |pages| (pages.first, pages.limit));
        let (client, watch, mut size_bytes) = (self.client.client(), Watch::new(Some(HELD_LIMIT_BYTES)), 0);
        for number in first..first + limit {
            let ready = call::fill(call, key, client.address(), pages.map(|pages| (pages, number)))?;
            let Some(body) = self.answer(call, ready, caller, &watch).await? else { return Ok(rows) };
            size_bytes += body.len();
            if size_bytes > crate::outside::ANSWER_LIMIT_BYTES {
                let message =
                    format!("all pages together are larger than {} MiB", crate::outside::ANSWER_LIMIT_BYTES >> 20);
                return Err(Trouble::new(Fault::Answer, message));
            }
            let Page { found, is_full } = self.page(call, key, body, &watch).await?;
            rows.extend(found);
            if rows.len() > ROW_LIMIT {
                return Err(too_many(ROW_LIMIT));
            }
            if !is_full {
                return Ok(rows);
            }
        }
        let message = format!("{limit} pages are full and there may be more");
        Err(Trouble::new(Fault::Answer, message).help("narrow what is asked, or raise `limit` of `pages`"))
    }

    /// Reads a page. The threads of the lookups are few: while one of them reads a large body, another takes over what else
    /// it has to do.
    async fn page(&self, call: &Call, key: &Value<'static>, body: Vec<u8>, watch: &Watch) -> Result<Page, Trouble> {
        if body.len() < LARGE_BYTES {
            return answer::read(call, key, body, watch);
        }
        let _turn = self.turns.acquire().await;
        block_in_place(|| answer::read(call, key, body, watch))
    }

    /// One call; `None` where its status means that there is no row.
    async fn answer(
        &self,
        call: &Call,
        ready: Ready,
        caller: &Caller,
        watch: &Watch,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let method = HttpMethod::from_bytes(ready.method.as_bytes()).unwrap_or(HttpMethod::GET);
        // What is set last counts: the connection's own headers are those gateway.yaml says, whatever a rule file says.
        let mut request =
            self.client.client().request(method, ready.url).headers(ready.headers).headers(headers(&self.target)?);
        for (name, value) in caller.trace.iter().flat_map(|trace| trace.headers()) {
            request = request.header(name, value);
        }
        if let Some(body) = ready.body {
            request = request.header("content-type", "application/json").body(body);
        }
        let sent = self.sent(self.authorized(request, caller.bearer.as_ref())?).await;
        let response = sent.map_err(|error| Trouble::new(Fault::Source, told(&error)))?;
        let status = response.status();
        if call.no_rows_on.contains(&status.as_u16()) {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(self.refused(status, response.headers().get(RETRY_AFTER).is_some()));
        }
        read_body(response, watch).await.map(Some).map_err(|why| {
            let fault = if why.is_broken { Fault::Source } else { Fault::Answer };
            Trouble::new(fault, why.message)
        })
    }

    /// Sends a call, and once more where the connection broke before an answer began: a service may close one that was
    /// kept for the next call in the moment in which this one is sent. A lookup only reads, so that it may be asked twice.
    async fn sent(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let again = request.try_clone();
        match (request.send().await, again) {
            (Err(error), Some(again)) if error.is_request() && !error.is_connect() && !error.is_timeout() => {
                self.unkept.client().execute(again.build()?).await
            }
            (outcome, _) => outcome,
        }
    }

    /// With the caller's bearer where this connection forwards it.
    fn authorized(&self, request: RequestBuilder, caller: Option<&SecretString>) -> Result<RequestBuilder, Trouble> {
        if !self.target.forwards_caller {
            return Ok(request);
        }
        let Some(caller) = caller else {
            let trouble = Trouble::new(
                Fault::Access,
                "the call that asks came without a bearer, and this connection forwards it",
            );
            return Err(trouble.help("with `dry-run --live` or `doctor`, name a file with one: `--bearer FILE`"));
        };
        let value = sensitive(&format!("Bearer {}", caller.expose_secret()));
        Ok(request.header(
            AUTHORIZATION,
            value.ok_or_else(|| Trouble::new(Fault::Access, "the caller's bearer is not a bearer"))?,
        ))
    }

    fn refused(&self, status: StatusCode, asks_to_wait: bool) -> Trouble {
        let code = status.as_u16();
        let fault = match code {
            401 | 403 => Fault::Access,
            408 | 429 | 500.. => Fault::Source,
            _ => Fault::Answer,
        };
        let message = match code {
            401 | 403 if self.target.forwards_caller => {
                format!("status {code}: the caller's token is refused; it may have expired")
            }
            401 | 403 => format!("status {code}: the connection's credential is refused"),
            300..=399 => format!("status {code}: it redirects, which is not followed"),
            429 if asks_to_wait => "status 429: it is asked too often".to_owned(),
            _ => format!("status {code}"),
        };
        Trouble::new(fault, message)
    }
}

impl Source for Service {
    fn ask<'s>(
        &'s self,
        remote: &'s Remote,
        key: &'s Value<'static>,
        caller: &'s Caller,
    ) -> BoxFuture<'s, Result<Rows, Trouble>> {
        Box::pin(async move {
            match &remote.ask {
                Ask::Http(call) => self.rows(call, key, caller).await,
                _ => Err(Trouble::new(Fault::Question, "this connection is one for HTTP")),
            }
        })
    }

    fn probe<'s>(&'s self, caller: Option<&'s SecretString>) -> BoxFuture<'s, Result<String, Trouble>> {
        Box::pin(async move {
            let (client, headers) = (self.client.client(), headers(&self.target)?);
            let is_authorized = headers.contains_key(AUTHORIZATION);
            let request = client.request(HttpMethod::GET, client.address().clone()).headers(headers);
            let has_bearer = !self.target.forwards_caller || caller.is_some();
            let request = if has_bearer { self.authorized(request, caller)? } else { request };
            let unreached = |error| Trouble::new(Fault::Source, told(&error)).help(UNREACHED);
            let mut response = request.send().await.map_err(unreached)?;
            let status = response.status();
            let (code, scheme) = (status.as_u16(), client.address().scheme());
            match code {
                401 | 403 if has_bearer && (self.target.forwards_caller || is_authorized) => {
                    Err(self.refused(status, false).help("see whether the credential is right and still valid"))
                }
                // What speaks TLS alone says so to a call in plain text by this status, if it answers at all.
                400 if scheme == "http" && speaks_of_tls(&mut response).await => {
                    let help = "this port speaks https: write `https://` in the address";
                    Err(self.refused(status, false).help(help))
                }
                500.. => Err(self.refused(status, false).help("ask whoever runs the service")),
                _ => {
                    let without = if has_bearer { "" } else { ", asked without a bearer (`--bearer FILE` tries one)" };
                    Ok(format!("answers {scheme} with status {code}{without}"))
                }
            }
        })
    }

    fn depends_on_caller(&self) -> bool {
        self.target.forwards_caller
    }

    fn at_once(&self) -> Option<usize> {
        self.target.at_once.and_then(|places| places.try_into().ok())
    }
}

/// Whether an answer says that the call should have been encrypted.
async fn speaks_of_tls(response: &mut Response) -> bool {
    let begin = response.chunk().await.ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&begin).to_lowercase();
    text.contains("https") || text.contains("tls")
}

/// What to look at where nobody answers.
const UNREACHED: &str =
    "check host, port and certificate, and that the service runs; `ca` names an authority of your own";

fn unusable(why: NoClient) -> Trouble {
    let trouble = Trouble::new(Fault::Source, why.message);
    match why.help {
        Some(help) => trouble.help(help),
        None => trouble,
    }
}

/// The headers of every call, with the connection's credential as it is now. Marked as sensitive, so that they are shown nowhere.
fn headers(target: &HttpTarget) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    for (name, value) in &target.headers {
        let wrong = || Trouble::new(Fault::Question, format!("`{name}` is not a header that can be sent"));
        let value = value.resolve()?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        headers.insert(name, sensitive(value.expose_secret()).ok_or_else(wrong)?);
    }
    let authorization = match (&target.bearer, &target.login) {
        (Some(bearer), _) => Some(format!("Bearer {}", bearer.resolve()?.expose_secret())),
        (None, Some(login)) => {
            let (user, password) = (login.user.resolve()?, login.password.resolve()?);
            Some(basic(user.expose_secret(), password.expose_secret()))
        }
        (None, None) => None,
    };
    if let Some(authorization) = authorization {
        let wrong = || Trouble::new(Fault::Access, "the credential has characters that cannot be sent");
        headers.insert(AUTHORIZATION, sensitive(&authorization).ok_or_else(wrong)?);
    }
    Ok(headers)
}
