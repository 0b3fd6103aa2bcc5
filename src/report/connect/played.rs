//! Plays the platform's "save & test" against a gateway of this machine: the hook `test`, with a token as the platform signs it.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::meaning::meaning;
use super::screen::{Wrong, checked};
use crate::config::Settings;
use crate::event::{Hook, sample};
use crate::outside::{NoClient, OwnGateway, PlatformAnswer, PlatformCall, Signing, Tls, platform_claims, sign};
use crate::report::here::at;
use crate::server::{Claim, JwtAlgorithm, JwtSettings, Settings as ServerSettings};

/// The hook that "save & test" calls.
const HOOK: &str = "test";
/// How long the token is valid, in seconds: the platform's shortest.
const VALID_S: i64 = 60;
/// How long the call may take.
const LIMIT: Duration = Duration::from_secs(5);

/// What came of the call.
#[derive(Clone, Debug)]
pub struct Played {
    /// Where it went.
    pub address: String,
    /// Whether it had a token.
    pub has_token: bool,
    pub answer: PlatformAnswer,
}

impl Played {
    /// What the status means, in words.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        let body: serde_json::Value = serde_json::from_str(&self.answer.body).unwrap_or_default();
        meaning(self.answer.status, body.get("code").and_then(serde_json::Value::as_str), self.has_token)
    }
}

/// Calls the hook `test` of the gateway that listens at `listen`, which is on this machine. With `server`, the name by which
/// the platform reaches it, its certificate must have this name; the call stays on this machine all the same.
///
/// # Errors
/// When the name is none, the secret is not there, or no answer comes.
pub async fn play(settings: &Settings, listen: SocketAddr, server: Option<&str>) -> Result<Played, Wrong> {
    let hooks = &settings.tenant.hooks;
    let hook = hooks.rows.iter().find(|hook| hook.name == HOOK);
    let hook = hook.ok_or_else(|| Wrong::new("there is no hook `test` to call", "see `hooks` of gateway.yaml"))?;
    let mut to = own_address(&settings.server, listen);
    let mut there = None;
    if let (Some(name), Some(_)) = (server, &settings.server.tls.certificate) {
        (to, there) = (named(name, &settings.server, listen)?, Some(at(listen).ip()));
    }
    let address = address_of(&to, hook, None)
        .ok_or_else(|| Wrong::new(format!("`{to}` is not an address of a server"), "correct `prefixes`"))?;
    let bearer = token(&settings.server, Timestamp::now())?;
    let call = PlatformCall {
        address: address.to_string(),
        // Who issued the certificate is not asked here: nobody knows whom the platform trusts.
        own: settings.server.tls.certificate.clone().map(|certificate| OwnGateway { certificate, at: there }),
        tls: Tls::default(),
        bearer: bearer.clone(),
        headers: Vec::new(),
        body: sample::named(HOOK).unwrap_or("{}").as_bytes().to_vec(),
        limit: LIMIT,
    };
    let answer = call.make().await.map_err(|why| {
        let help = unanswered(&why);
        Wrong::new(format!("no answer from {address}: {}", why.message), help)
    })?;
    Ok(Played { address: address.to_string(), has_token: bearer.is_some(), answer })
}

/// What to do where no answer comes.
#[must_use]
pub fn unanswered(why: &NoClient) -> &'static str {
    let has = |words: &str| why.message.contains(words);
    match why.help {
        Some(help) => help,
        None if has("certificate") => {
            "the certificate must have the name by which the platform reaches hookgate: type this name as Server, and see \
             `tls.certificate`"
        }
        None => "see the log of hookgate, and `tls` and `limits` of gateway.yaml",
    }
}

/// A name that somebody types as the platform's Server, with the port at which this gateway listens.
fn named(server: &str, settings: &ServerSettings, listen: SocketAddr) -> Result<String, Wrong> {
    let url = checked(server)?;
    let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let prefix = settings.prefixes.first().map_or("", |prefix| prefix);
    Ok(format!("https://{host}:{}{prefix}", listen.port()))
}

/// The gateway of these settings that listens there, as this machine reaches it.
#[must_use]
pub fn own_address(settings: &ServerSettings, listen: SocketAddr) -> String {
    let listen = at(listen);
    let prefix = settings.prefixes.first().map_or("", |prefix| prefix);
    match settings.tls.certificate {
        // A certificate for a first try has this name.
        Some(_) if listen.ip().is_loopback() => format!("https://localhost:{}{prefix}", listen.port()),
        Some(_) => format!("https://{listen}{prefix}"),
        None => format!("http://{listen}{prefix}"),
    }
}

/// The server with its context path, the hook, and the application; none where it is no address.
#[must_use]
pub fn address_of(to: &str, hook: &Hook, app: Option<&str>) -> Option<Url> {
    let mut address = Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let path = hook.paths.first().map_or(&*hook.name, |path| path);
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    address.path_segments_mut().ok()?.pop_if_empty().extend(segments).extend(app);
    Some(address)
}

/// The address without the hook's path, where somebody has written that too. A server whose whole path is `/test` may be
/// one for tests.
#[must_use]
pub fn without_hook(to: &str, hook: &Hook) -> Option<String> {
    let address = Url::parse(to).ok()?;
    let path = hook.paths.first().map_or(&*hook.name, |path| path).trim_matches('/').to_owned();
    let before = address.path().trim_end_matches('/').strip_suffix(&path)?.strip_suffix('/')?.to_owned();
    let is_sure = !before.is_empty() || path != "test";
    let mut shorter = address;
    shorter.set_path(&before);
    is_sure.then(|| shorter.to_string().trim_end_matches('/').to_owned())
}

/// A token of the first shared secret, with the claims that are asked for; none where no shared secret is named.
fn token(server: &ServerSettings, now: Timestamp) -> Result<Option<SecretString>, Wrong> {
    let Some(jwt) = server.auth.jwt.as_ref().map(|jwt| &jwt.what) else { return Ok(None) };
    let Some(written) = jwt.secrets.first() else { return Ok(None) };
    let place = written.secret.in_words();
    let help = "make one with `openssl rand -base64 32`, and type the same into the platform's screen";
    let secret = written.secret.resolve().map_err(|why| Wrong::new(why.0, help))?;
    let key = if written.is_base64 {
        decoded(secret.expose_secret())
    } else {
        Some(secret.expose_secret().as_bytes().to_vec())
    };
    let key = key.ok_or_else(|| Wrong::new(format!("{place} is not Base64"), "write it without `base64:`"))?;
    let mut claims = platform_claims(now.as_second(), now.as_second().saturating_add(VALID_S));
    for Claim { name, accepted } in jwt.claims.iter().chain(&written.claims) {
        if let Some(value) = accepted.first() {
            claims.insert(name.clone(), value.as_str().into());
        }
    }
    sign(&claims, &Zeroizing::new(key), signing(jwt))
        .map(Some)
        .map_err(|why| Wrong::new(why, "see `auth.jwt` of gateway.yaml"))
}

/// The platform signs with HS256, unless only others are taken.
fn signing(jwt: &JwtSettings) -> Signing {
    let takes = |algorithm| jwt.algorithms.contains(&algorithm);
    match () {
        () if jwt.algorithms.is_empty() || takes(JwtAlgorithm::HS256) => Signing::Hs256,
        () if takes(JwtAlgorithm::HS384) => Signing::Hs384,
        () if takes(JwtAlgorithm::HS512) => Signing::Hs512,
        () => Signing::Hs256,
    }
}

/// Base64 in either alphabet, padded or not; none where it is no Base64.
#[must_use]
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decode = |alphabet: &Alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok();
    decode(&STANDARD).or_else(|| decode(&URL_SAFE))
}
