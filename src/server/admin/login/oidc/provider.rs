//! What a provider says of itself (OpenID Connect Discovery), its keys, and the call that turns a code into a token.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::task::JoinHandle;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use tokio::time::timeout;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::super::settings::OidcSettings;
use crate::outside::{AddressGuard, Client, Tls, basic};
use crate::server::auth::{Jwks, JwksSettings};

/// How long the provider may take for one answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How often its keys are fetched, and how long they are used while it is away.
const REFRESH: Duration = Duration::from_mins(10);
const STALE: Duration = Duration::from_hours(1);

/// The parts of its metadata that are used.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    scopes_supported: Option<Vec<String>>,
}

/// A provider as it has described itself.
#[derive(Debug)]
pub(super) struct Provider {
    metadata: Metadata,
    pub(super) keys: Arc<Jwks>,
    fetching: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.fetching.abort();
    }
}

/// A code, and the proofs that it is ours.
pub(super) struct Redeemed<'r> {
    pub(super) code: &'r str,
    pub(super) verifier: &'r str,
    pub(super) return_to: &'r str,
}

impl Provider {
    /// Asks the provider for its metadata, and has its keys fetched from now on.
    ///
    /// # Errors
    /// With a sentence, when it does not answer, or describes another or no safe provider.
    pub(super) async fn discover(settings: &OidcSettings) -> Result<Self, String> {
        let address = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let client = client(settings, &address)?;
        let body = timeout(ANSWER_LIMIT, client.fetch()).await;
        let body = body.map_err(|_| "its metadata does not come in time".to_owned())?;
        let body = body.map_err(|why| format!("its metadata cannot be fetched: {}", why.message))?;
        let metadata: Metadata =
            serde_json::from_slice(&body).map_err(|_| "its metadata is not that of OpenID Connect".to_owned())?;
        if metadata.issuer != settings.issuer {
            return Err(format!("its metadata is that of `{}`, letter by letter another issuer", metadata.issuer));
        }
        for endpoint in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            if !is_safe(endpoint, &settings.issuer) {
                return Err("its metadata names an address without `https`".to_owned());
            }
        }
        let keys = JwksSettings {
            address: metadata.jwks_uri.clone(),
            allow: settings.allow.clone(),
            ca: settings.ca.clone(),
            refresh: REFRESH,
            stale: STALE,
        };
        let keys = Arc::new(Jwks::open_for("admin.login.oidc", &keys).map_err(|trouble| trouble.message)?);
        let kept = Arc::clone(&keys);
        let fetching = actix_web::rt::spawn(async move { kept.keep().await });
        Ok(Self { metadata, keys, fetching })
    }

    /// The provider's address for a login, with this query behind what it has already.
    pub(super) fn authorization(&self, pairs: &[(&str, &str)]) -> Option<String> {
        let mut address = url::Url::parse(&self.metadata.authorization_endpoint).ok()?;
        address.set_fragment(None);
        address.query_pairs_mut().extend_pairs(pairs);
        Some(address.into())
    }

    /// What is asked to be told: who it is, and the claim that gives rights where the provider has a scope of its name.
    pub(super) fn scope(&self, claim: &str) -> String {
        let known = self.metadata.scopes_supported.as_deref();
        let is_known = |scope: &str| known.is_none_or(|known| known.iter().any(|one| one == scope));
        let mut scopes = vec!["openid"];
        scopes.extend(["profile", "email"].into_iter().filter(|scope| is_known(scope)));
        if known.is_some() && is_known(claim) && !scopes.contains(&claim) {
            scopes.push(claim);
        }
        scopes.join(" ")
    }

    /// The identity token for a code.
    ///
    /// # Errors
    /// With a sentence, which has nothing of the code, the secret or the answer.
    pub(super) async fn redeem(&self, settings: &OidcSettings, redeemed: &Redeemed<'_>) -> Result<String, String> {
        let secret =
            settings.client_secret.resolve().map_err(|why| format!("`client_secret` is not there: {}", why.0))?;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", redeemed.code);
        form.append_pair("redirect_uri", redeemed.return_to).append_pair("code_verifier", redeemed.verifier);
        let authorization = match self.takes_basic() {
            // Each half is written as in a form first (RFC 6749, section 2.3.1).
            true => Some(basic(&escaped(&settings.client_id), &escaped(secret.expose_secret()))),
            false => {
                form.append_pair("client_id", &settings.client_id).append_pair("client_secret", secret.expose_secret());
                None
            }
        };
        let client = client(settings, &self.metadata.token_endpoint)?;
        let answer = timeout(ANSWER_LIMIT, client.post_form(form.finish(), authorization.as_deref())).await;
        let answer = answer.map_err(|_| "it does not answer in time".to_owned())?;
        let (status, body) = answer.map_err(|why| why.message)?;
        if status != 200 {
            return Err(format!("it refuses the code with status {status}{}", error_of(&body)));
        }
        let token: Token = serde_json::from_slice(&body).map_err(|_| "its answer has no `id_token`".to_owned())?;
        Ok(token.id_token)
    }

    /// What a provider does that says nothing else.
    fn takes_basic(&self) -> bool {
        let methods = self.metadata.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

#[derive(Deserialize)]
struct Token {
    id_token: String,
}

fn client(settings: &OidcSettings, address: &str) -> Result<Client, String> {
    let tls = Tls { ca: settings.ca.clone(), ..Tls::default() };
    Client::open_unkept(address, &AddressGuard::new(settings.allow.clone()), &tls).map_err(|why| why.message)
}

/// Whether what is sent there is encrypted; a provider for tests on this machine has `http` itself.
fn is_safe(endpoint: &str, issuer: &str) -> bool {
    endpoint.starts_with("https://") || issuer.starts_with("http://") && endpoint.starts_with("http://")
}

fn escaped(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// The word by which a provider says why, if it is one of those of RFC 6749.
fn error_of(body: &[u8]) -> String {
    const WORDS: [&str; 6] = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    let read: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let word = read.as_ref().and_then(|read| read.get("error")?.as_str());
    let known = word.and_then(|word| WORDS.iter().find(|known| **known == word));
    known.map(|word| format!(" ({word})")).unwrap_or_default()
}
