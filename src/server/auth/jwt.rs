//! Authenticates a call by a bearer token: signed by a known key, with the required claims.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::claims;
use super::jwks::Jwks;
use super::key::Key;
use super::reason::Reason;
use super::settings::{Claim, JwtAlgorithm, JwtSettings};
use super::token::Token;
use super::trouble::Trouble;
use super::verdict::Refused;

/// A token that was believed.
pub(in crate::server) struct Verified {
    pub(in crate::server) claims: Map<String, Value>,
    pub(super) why: String,
}

/// Judges tokens.
#[derive(Debug)]
pub(in crate::server) struct Jwt {
    keys: Vec<Key>,
    jwks: Option<Arc<Jwks>>,
    settings: JwtSettings,
}

impl Jwt {
    /// With the published keys that are known already, if there are.
    pub(in crate::server) fn open(settings: &JwtSettings, published: Option<Arc<Jwks>>) -> Result<Self, Trouble> {
        let secrets = settings.secrets.iter().map(Key::of_secret);
        let keys = secrets.chain(settings.keys.iter().map(Key::of_file)).collect::<Result<_, _>>()?;
        let jwks = match (published, &settings.jwks) {
            (None, Some(jwks)) => Some(Arc::new(Jwks::open(jwks)?)),
            (published, _) => published,
        };
        Ok(Self { keys, jwks, settings: settings.clone() })
    }

    pub(super) fn jwks(&self) -> Option<&Arc<Jwks>> {
        self.jwks.as_ref()
    }

    /// The signature first: of a token that is not signed nothing is believed, and nothing told.
    pub(in crate::server) fn judge(&self, bearer: &str, now: Timestamp) -> Result<Verified, Refused> {
        let token = Token::read(bearer)?;
        if !self.settings.algorithms.is_empty() && !self.settings.algorithms.contains(&token.algorithm) {
            return Err(no_algorithm(token.algorithm, "which `algorithms` does not list"));
        }
        let bound = self.signed_with(&token)?;
        let claims = token.claims()?;
        let left = claims::check(&claims, now, &self.settings)?;
        claims::check_bound(&claims, &bound)?;
        Ok(Verified { claims, why: format!("the token is signed with a known key, and {left}") })
    }

    /// What each key that it is signed with wants it to say. One key is enough; two secrets can be the same.
    fn signed_with(&self, token: &Token<'_>) -> Result<Vec<&[Claim]>, Refused> {
        let fitting: Vec<&[Claim]> = self.keys.iter().filter(|key| key.fits(token)).map(|key| &*key.claims).collect();
        if !fitting.is_empty() {
            return Ok(fitting);
        }
        let is_known = self.keys.iter().any(|key| key.is_for(token.algorithm));
        match &self.jwks {
            Some(jwks) if token.algorithm.is_public() => {
                is_signed_by(jwks, token, is_known).map(|()| vec![&[] as &[Claim]])
            }
            _ if is_known => {
                Err(Refused::new(Reason::TokenSignature, "the token is signed with another secret or key"))
            }
            _ => Err(no_algorithm(token.algorithm, "for which there is no key")),
        }
    }
}

fn is_signed_by(jwks: &Jwks, token: &Token<'_>, is_known: bool) -> Result<(), Refused> {
    let Some(keys) = jwks.keys() else {
        let why = "the issuer's keys could not be fetched, so that the token cannot be judged";
        return Err(Refused::new(Reason::TokenKeysUnavailable, why));
    };
    let meant: Vec<&Key> = match &token.key_id {
        Some(id) => keys.iter().filter(|key| key.has_id(id)).collect(),
        None => keys.iter().collect(),
    };
    if meant.iter().any(|key| key.fits(token)) {
        return Ok(());
    }
    if meant.is_empty() {
        return Err(Refused::new(Reason::TokenKeyUnknown, "the token names a key that the issuer does not publish"));
    }
    if is_known || meant.iter().any(|key| key.is_for(token.algorithm)) {
        return Err(Refused::new(Reason::TokenSignature, "the token is signed with another key"));
    }
    Err(no_algorithm(token.algorithm, "for which there is no key"))
}

fn no_algorithm(algorithm: JwtAlgorithm, why: &str) -> Refused {
    Refused::new(Reason::TokenAlgorithm, format!("the token is signed with {algorithm:?}, {why}"))
}
