//! Receivers over HTTP: one call a parcel, signed and wrapped as the destination says; the status alone decides what came of it.

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use secrecy::{ExposeSecret as _, SecretString};

use super::envelope::{Content, content};
use super::receiver::{Opened, Receiver};
use super::retry::{Attempt, Failed};
use super::settings::{Format, HttpMethod, HttpTarget};
use super::signature::Signature;
use super::store::Trouble;
use crate::event::Trace;
use crate::outside::{Client, Credential, Guard, NoClient, Tls, basic, knock, sensitive, told};

/// Longest body of an answer that is read so that the connection can be used again, in bytes.
const ANSWER_LIMIT_BYTES: u64 = 8 << 10;
/// How long it is waited for, in milliseconds: what it says does not matter.
const ANSWER_LIMIT_MS: u64 = 200;

/// A receiver.
#[derive(Debug)]
pub(super) struct HttpReceiver {
    client: Client,
    guard: Guard,
    tls: Tls,
    method: Method,
    headers: HeaderMap,
    format: Format,
    signature: Option<Signature>,
}

impl HttpReceiver {
    /// Makes the receiver ready: credentials are read, nothing is called.
    pub(super) fn open(target: &HttpTarget) -> Result<Self, Trouble> {
        let tls = Tls {
            ca: target.ca.clone(),
            certificate: target.certificate.clone(),
            certificate_key: target.certificate_key.clone(),
        };
        let address = resolved(&target.address)?;
        let guard = Guard::new(target.allow.clone());
        let client = Client::open(address.expose_secret(), &guard, &tls).map_err(unusable)?;
        if target.is_encrypted && client.address().scheme() != "https" && !is_local(&client) {
            return Err(trouble(
                "the address does not begin with `https://`",
                "write `tls: off` if anybody may read what is sent",
            ));
        }
        let method = match target.method {
            HttpMethod::Post => Method::POST,
            HttpMethod::Put => Method::PUT,
            HttpMethod::Patch => Method::PATCH,
        };
        let keys: Result<Vec<SecretString>, Trouble> = target.signature_keys.iter().map(resolved).collect();
        let keys = keys?;
        let signature = (!keys.is_empty()).then(|| Signature::new(&keys)).transpose();
        let signature = signature.map_err(|why| trouble(why, "a key is `whsec_` and Base64, or Base64 alone"))?;
        Ok(Self { client, guard, tls, method, headers: headers(target)?, format: target.format, signature })
    }

    async fn call(&self, opened: &Opened<'_>) -> Attempt {
        let Content { kind, bytes } = match content(self.format, opened.parcel, opened.body) {
            Ok(content) => content,
            Err(why) => return Attempt::Failed(Failed::for_good(why)),
        };
        let key = &opened.parcel.key;
        let mut request = self.client.request(self.method.clone(), self.client.address().clone());
        request = request.headers(self.headers.clone()).header(CONTENT_TYPE, kind).header("idempotency-key", key);
        for (name, value) in opened.trace.into_iter().flat_map(Trace::headers) {
            request = request.header(name, value);
        }
        if let Some(signature) = &self.signature {
            let seconds = Timestamp::now().as_second();
            request = request
                .header("webhook-id", key)
                .header("webhook-timestamp", seconds)
                .header("webhook-signature", signature.of(key, seconds, &bytes));
        }
        match request.body(bytes).send().await {
            Ok(response) => outcome(response).await,
            Err(error) => Attempt::Failed(Failed::of_receiver(told(&error))),
        }
    }
}

impl Receiver for HttpReceiver {
    fn send<'s>(&'s self, opened: Opened<'s>) -> BoxFuture<'s, Attempt> {
        Box::pin(async move { self.call(&opened).await })
    }

    fn probe(&self) -> BoxFuture<'_, Result<String, Trouble>> {
        Box::pin(async {
            let found = knock(self.client.address().as_str(), &self.guard, &self.tls).await.map_err(unreachable)?;
            Ok(found.to_owned())
        })
    }
}

/// What a status says: well, again later, or never.
async fn outcome(response: Response) -> Attempt {
    let status = response.status();
    let code = status.as_u16();
    if status.is_success() {
        read_away(response).await;
        return Attempt::Arrived;
    }
    let why = match code {
        300..=399 => format!("status {code}: it redirects, which is not followed"),
        _ => format!("status {code}"),
    };
    match code {
        408 | 425 | 429 | 500.. => {
            let retry_after = response.headers().get(RETRY_AFTER).and_then(retry_after);
            Attempt::Failed(Failed { retry_after, ..Failed::of_receiver(why) })
        }
        _ => Attempt::Failed(Failed::for_good(why)),
    }
}

/// A short answer is read to its end, so that the connection can be used again.
async fn read_away(response: Response) {
    if response.content_length().is_some_and(|length| length <= ANSWER_LIMIT_BYTES) {
        let limit = Duration::from_millis(ANSWER_LIMIT_MS);
        let _ = tokio::time::timeout(limit, response.bytes()).await;
    }
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTimeParser::new().parse_timestamp(text).ok()?;
    let wait = at.as_second().saturating_sub(Timestamp::now().as_second());
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

/// Whether what is sent stays on this machine. The whole host counts: `localhost.example` is somewhere else.
fn is_local(client: &Client) -> bool {
    matches!(client.address().host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn headers(target: &HttpTarget) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    for (name, value) in &target.headers {
        let wrong =
            || trouble(format!("`{name}` is no header that can be sent"), "write it otherwise, or leave it out");
        let value = resolved(value)?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        headers.insert(name, sensitive(value.expose_secret()).ok_or_else(wrong)?);
    }
    let authorization = match (&target.bearer, &target.user, &target.password) {
        (Some(bearer), ..) => Some(format!("Bearer {}", resolved(bearer)?.expose_secret())),
        (None, Some(user), Some(password)) => {
            let (user, password) = (resolved(user)?, resolved(password)?);
            Some(basic(user.expose_secret(), password.expose_secret()))
        }
        _ => None,
    };
    if let Some(authorization) = authorization {
        let wrong =
            || trouble("the credential has characters that cannot be sent", "see the variable or file it stands in");
        headers.insert(AUTHORIZATION, sensitive(&authorization).ok_or_else(wrong)?);
    }
    Ok(headers)
}

fn resolved(credential: &Credential) -> Result<SecretString, Trouble> {
    credential
        .resolve()
        .map_err(|why| trouble(why.0, "set the variable, or write the file, for the process that runs hookgate"))
}

fn trouble(message: impl Into<String>, help: &str) -> Trouble {
    Trouble { message: message.into(), help: help.to_owned() }
}

fn unusable(why: NoClient) -> Trouble {
    Trouble { message: why.message, help: why.help.unwrap_or("see the address and certificates").to_owned() }
}

fn unreachable(why: NoClient) -> Trouble {
    let help =
        "check host, port and certificate, and that the receiver runs; private networks are listed under `allow`";
    Trouble { message: why.message, help: why.help.unwrap_or(help).to_owned() }
}
