//! Asks the admin listener of another gateway.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use secrecy::ExposeSecret as _;

use super::address_guard::AddressGuard;
use super::client::{Client, NoClient, Tls, read_body, sensitive, told};
use super::credential::Credential;
use super::relay::Watch;

/// A client of one admin listener. It goes where its address leads: gateway.yaml names it.
#[derive(Clone, Debug)]
pub struct AdminClient {
    client: Client,
    token: Option<Credential>,
}

impl AdminClient {
    /// A client for this address: scheme, host and port.
    ///
    /// # Errors
    /// When it is no address, or certificates cannot be read.
    pub fn open(address: &str, tls: &Tls, token: Option<Credential>) -> Result<Self, NoClient> {
        let client = Client::open_unkept(address, &AddressGuard::of_nothing(), tls)?;
        Ok(Self { client, token })
    }

    /// The status and text of a page, such as `/ready`, within `limit`.
    ///
    /// # Errors
    /// When the token is not there, or no answer comes: in words without the token.
    pub async fn get(&self, page: &str, limit: Duration) -> Result<(u16, String), NoClient> {
        let late = || NoClient::new(format!("no answer within {} ms", limit.as_millis()));
        tokio::time::timeout(limit, self.got(page)).await.unwrap_or_else(|_| Err(late()))
    }

    async fn got(&self, page: &str) -> Result<(u16, String), NoClient> {
        let mut address = self.client.address().clone();
        address.set_path(page);
        let mut request = self.client.request(Method::GET, address);
        if let Some(token) = &self.token {
            let token = token.resolve().map_err(|why| NoClient::new(why.0))?;
            let wrong = || NoClient::new("the token has characters that cannot be sent");
            let value = sensitive(&format!("Bearer {}", token.expose_secret())).ok_or_else(wrong)?;
            request = request.header(AUTHORIZATION, value);
        }
        let answer = request.send().await.map_err(|error| NoClient::new(told(&error)))?;
        let status = answer.status().as_u16();
        let body = read_body(answer, &Watch::default()).await?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
