//! Sends each delivery as one HTTP call, signed and wrapped as its destination says; the status alone is the result.

use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Response};
use secrecy::{ExposeSecret as _, SecretString};

use super::settings::{HttpMethod, HttpTarget};
use super::signature::Signature;
use crate::event::Trace;
use crate::outbox::envelope::{Content, content};
use crate::outbox::receiver::{Opened, Receiver};
use crate::outbox::retry::{Attempt, Failed};
use crate::outbox::store::Trouble;
use crate::outside::{
    AddressGuard, Client, Credential, NoClient, RenewedClient, Tls, basic, probe_connection, sensitive, told,
};

/// Longest body of an answer that is read so that the connection can be used again, in bytes.
const ANSWER_LIMIT_BYTES: u64 = 8 << 10;
/// How long it is waited for, in milliseconds: what it says does not matter.
const ANSWER_LIMIT_MS: u64 = 200;

/// A receiver.
#[derive(Debug)]
pub struct HttpReceiver {
    client: RenewedClient,
    guard: AddressGuard,
    tls: Tls,
    method: Method,
    target: HttpTarget,
}

impl HttpReceiver {
    /// Makes the receiver ready: credentials are read, nothing is called.
    pub fn open(target: &HttpTarget) -> Result<Self, Trouble> {
        let tls = Tls {
            ca: target.ca.clone(),
            certificate: target.certificate.clone(),
            certificate_key: target.certificate_key.clone(),
        };
        target.address.resolve()?;
        let guard = AddressGuard::new(target.allow.clone());
        let client = RenewedClient::open(&target.address, &guard, &tls).map_err(unusable)?;
        is_safe(target, &client.client())?;
        let method = match target.method {
            HttpMethod::Post => Method::POST,
            HttpMethod::Put => Method::PUT,
            HttpMethod::Patch => Method::PATCH,
        };
        // Wrong ones are told now, and not with the first delivery.
        headers(target)?;
        signature(target)?;
        Ok(Self { client, guard, tls, method, target: target.clone() })
    }

    /// What is sent to where, with the credentials as they are now.
    fn ready(&self) -> Result<(Client, HeaderMap, Option<Signature>), Trouble> {
        let client = self.client.client();
        is_safe(&self.target, &client)?;
        Ok((client, headers(&self.target)?, signature(&self.target)?))
    }

    async fn call(&self, opened: &Opened<'_>) -> Attempt {
        let (client, headers, signature) = match self.ready() {
            Ok(ready) => ready,
            Err(trouble) => return Attempt::Failed(Failed::of_receiver(trouble.message)),
        };
        let Content { kind, bytes } = match content(self.target.format, opened.delivery, opened.body) {
            Ok(content) => content,
            Err(why) => return Attempt::Failed(Failed::for_good(why)),
        };
        let key = &opened.delivery.key;
        let mut request = client.request(self.method.clone(), client.address().clone());
        request = request.headers(headers).header(CONTENT_TYPE, kind).header("idempotency-key", key);
        for (name, value) in opened.trace.into_iter().flat_map(Trace::headers) {
            request = request.header(name, value);
        }
        if let Some(signature) = &signature {
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
            let client = self.client.client();
            let found =
                probe_connection(client.address().as_str(), &self.guard, &self.tls).await.map_err(unreachable)?;
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

/// Whether nobody on the way may read what is sent, where that is wanted.
fn is_safe(target: &HttpTarget, client: &Client) -> Result<(), Trouble> {
    if target.is_encrypted && client.address().scheme() != "https" && !is_local(client) {
        let help = "write `tls: off` if anybody may read what is sent";
        return Err(trouble("the address does not begin with `https://`", help));
    }
    Ok(())
}

/// The keys that sign; none where nothing is signed.
fn signature(target: &HttpTarget) -> Result<Option<Signature>, Trouble> {
    let keys: Vec<SecretString> = target.signature_keys.iter().map(Credential::resolve).collect::<Result<_, _>>()?;
    let signature = (!keys.is_empty()).then(|| Signature::new(&keys)).transpose();
    signature.map_err(|why| trouble(why, "a key is `whsec_` and Base64, or Base64 alone"))
}

/// Whether what is sent stays on this machine. The whole host counts: `localhost.example` is somewhere else.
fn is_local(client: &Client) -> bool {
    matches!(client.address().host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn headers(target: &HttpTarget) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    for (name, value) in &target.headers {
        let wrong =
            || trouble(format!("`{name}` is not a header that can be sent"), "write it otherwise, or leave it out");
        let value = value.resolve()?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        headers.insert(name, sensitive(value.expose_secret()).ok_or_else(wrong)?);
    }
    let authorization = match (&target.bearer, &target.user, &target.password) {
        (Some(bearer), ..) => Some(format!("Bearer {}", bearer.resolve()?.expose_secret())),
        (None, Some(user), Some(password)) => {
            let (user, password) = (user.resolve()?, password.resolve()?);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_to_wait_is_told_in_seconds_or_by_a_date() {
        let read = |text: &str| retry_after(&HeaderValue::from_str(text).unwrap()).map(|wait| wait.as_secs());
        for (text, wanted) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
        let in_an_hour = Timestamp::now() + Duration::from_hours(1);
        let date = jiff::fmt::rfc2822::to_string(&in_an_hour.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        assert!(read(&date).is_some_and(|wait| (3_500..=3_600).contains(&wait)), "{date}");
    }
}
