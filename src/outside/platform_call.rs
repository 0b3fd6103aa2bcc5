//! Calls a hook as the platform does, and reads the answer.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use super::address_guard::AddressGuard;
use super::client::{Client, NoClient, Tls, read_body, sensitive, to_headers, told};
use super::relay::Watch;

/// A call. It goes where its address leads: whoever makes it names the address.
#[derive(Debug)]
pub struct PlatformCall {
    pub address: String,
    /// That it goes to a gateway of this machine, which is known by its certificate.
    pub own: Option<OwnGateway>,
    pub tls: Tls,
    pub bearer: Option<SecretString>,
    /// Beside those that the platform sends, or in their place.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How long all of it may take.
    pub limit: Duration,
}

/// A gateway of this machine.
#[derive(Clone, Debug)]
pub struct OwnGateway {
    /// Its file.
    pub certificate: PathBuf,
    /// Where it is, in place of where the host's name leads. Then the certificate must be for this name.
    pub at: Option<IpAddr>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct PlatformAnswer {
    pub status: u16,
    pub request_id: Option<String>,
    pub body: String,
    pub took: Duration,
}

impl PlatformCall {
    /// Makes the call.
    ///
    /// # Errors
    /// When it cannot be made, or no answer comes: in words without the bearer.
    pub async fn make(self) -> Result<PlatformAnswer, NoClient> {
        let limit = self.limit;
        let late = || NoClient::new(format!("no answer within {} ms", limit.as_millis()));
        tokio::time::timeout(limit, self.sent()).await.unwrap_or_else(|_| Err(late()))
    }

    async fn sent(self) -> Result<PlatformAnswer, NoClient> {
        let client = match &self.own {
            None => Client::open(&self.address, &AddressGuard::of_nothing(), &self.tls)?,
            Some(own) => Client::pinned(&self.address, &own.certificate, own.at)?,
        };
        let request = client.request(Method::POST, client.address().clone()).headers(self.headers()?).body(self.body);
        let began = Instant::now();
        let response = request.send().await.map_err(|error| NoClient::new(told(&error)))?;
        let status = response.status().as_u16();
        let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        let body = read_body(response, &Watch::default()).await?;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(PlatformAnswer { status, request_id: id, body, took: began.elapsed() })
    }

    fn headers(&self) -> Result<HeaderMap, NoClient> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(bearer) = &self.bearer {
            let value = sensitive(&format!("Bearer {}", bearer.expose_secret()));
            let wrong = || NoClient::new("the bearer has characters that cannot be sent");
            headers.insert(AUTHORIZATION, value.ok_or_else(wrong)?);
        }
        headers.extend(to_headers(self.headers.iter().map(|(name, value)| (&**name, &**value)))?);
        Ok(headers)
    }
}
