//! The way of a login through a provider: there, and back.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use url::form_urlencoded;

use super::super::clock::Clock;
use super::super::reply::Why;
use super::super::rights::Rights;
use super::super::settings::OidcSettings;
use super::identity::{Identity, identity};
use super::pending::{Begun, Pending};
use super::provider::{Provider, Redeemed};

/// Where providers send people back to, behind the console's address.
const RETURN: &str = "/console/oidc/return";
/// How long a provider's metadata is believed, and how long it is left alone where it has not answered.
const BELIEVED: Duration = Duration::from_hours(1);
const PAUSE: Duration = Duration::from_secs(5);

/// Logins at one provider.
#[derive(Debug)]
pub(in super::super) struct Oidc {
    settings: OidcSettings,
    return_to: String,
    pending: Pending,
    clock: Clock,
    known: Mutex<Known>,
}

/// What is known of the provider, and since when.
#[derive(Debug, Default)]
struct Known {
    provider: Option<Arc<Provider>>,
    asked: Option<Duration>,
}

/// Who has come back.
#[derive(Debug)]
pub(in super::super) struct Arrived {
    pub(in super::super) name: String,
    pub(in super::super) subject: String,
    pub(in super::super) rights: Rights,
}

/// What came of it: somebody, or why nobody, with a sentence for the log.
pub(in super::super) type Returned = Result<Arrived, (Why, String)>;

impl Oidc {
    /// `external` is the origin by which browsers reach the console.
    pub(in super::super) fn new(settings: &OidcSettings, external: &str, clock: Clock) -> Self {
        Self {
            settings: settings.clone(),
            return_to: format!("{external}{RETURN}"),
            pending: Pending::new(clock.clone()),
            clock,
            known: Mutex::default(),
        }
    }

    pub(in super::super) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where the browser goes, and the text of its cookie.
    ///
    /// # Errors
    /// With a sentence, when the provider cannot be asked.
    pub(in super::super) async fn start(&self, address: Option<IpAddr>) -> Result<(String, String), String> {
        let provider = self.provider().await?;
        let begun = self.pending.begin(address).map_err(|_| "the machine gives no random bytes")?;
        let Begun { state, nonce, verifier, browser } = begun;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        let to = provider.authorization(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", &self.return_to),
            ("scope", &provider.scope(&self.settings.claim)),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        Ok((to.ok_or("its address for logins is none")?, browser))
    }

    /// Who comes back with this query, to the browser with this cookie.
    pub(in super::super) async fn returned(&self, query: &str, browser: Option<&str>) -> Returned {
        let value = |name: &str| {
            let mut all = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
            let (_, value) = all.next()?;
            all.next().is_none().then(|| value.into_owned())
        };
        let ended = || {
            (Why::Ended, "it did not begin in this browser, was done before, or took more than ten minutes".to_owned())
        };
        let (state, browser) = (value("state").ok_or_else(ended)?, browser.ok_or_else(ended)?);
        let (nonce, verifier) = self.pending.take(&state, browser).ok_or_else(ended)?;
        let provider = |why: String| (Why::Provider, why);
        // Another provider's answer is not sent to this one (RFC 9207).
        if value("iss").is_some_and(|iss| iss != self.settings.issuer) {
            return Err(provider("the answer is that of another provider".to_owned()));
        }
        let Some(code) = value("code").filter(|code| !code.is_empty()) else {
            return Err(provider(
                "it has sent no code: the person may have turned back, or may not use hookgate".to_owned(),
            ));
        };
        let known = self.provider().await.map_err(provider)?;
        let redeemed = Redeemed { code: &code, verifier: &verifier, return_to: &self.return_to };
        let token = known.redeem(&self.settings, &redeemed).await.map_err(provider)?;
        let Identity { name, subject, rights } =
            identity(&known, &self.settings, &token, &nonce).await.map_err(provider)?;
        if rights == Rights::default() {
            let claim = &self.settings.claim;
            return Err((Why::Rights, format!("`{name}` ({subject}) has no value of `{claim}` that gives a right")));
        }
        Ok(Arrived { name, subject, rights })
    }

    /// The provider, asked for its metadata where that is not known, or old.
    async fn provider(&self) -> Result<Arc<Provider>, String> {
        let now = self.clock.now();
        let mut known = self.known.lock().await;
        let age = known.asked.map(|asked| now.saturating_sub(asked));
        match (&known.provider, age) {
            (Some(provider), Some(age)) if age < BELIEVED => return Ok(Arc::clone(provider)),
            (None, Some(age)) if age < PAUSE => return Err("it did not answer a moment ago".to_owned()),
            _ => {}
        }
        known.asked = Some(now);
        match (Provider::discover(&self.settings).await, &known.provider) {
            (Ok(provider), _) => {
                let provider = Arc::new(provider);
                known.provider = Some(Arc::clone(&provider));
                Ok(provider)
            }
            // What it has said before is better than nothing.
            (Err(cause), Some(before)) => {
                tracing::warn!(cause, "the metadata of admin.login.oidc cannot be fetched again");
                Ok(Arc::clone(before))
            }
            (Err(cause), None) => Err(cause),
        }
    }
}
