//! Takes a signed token apart (RFC 7515, RFC 7519), before anything in it is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::reason::Reason;
use super::settings::JwtAlgorithm;
use super::verdict::Refused;
use crate::event::Document;

/// Deepest nesting of header and claims, in levels.
const DEPTH_LIMIT: usize = 16;

/// A token whose header can be read. Its claims stay closed until its signature is checked.
pub(super) struct Token<'t> {
    pub(super) algorithm: JwtAlgorithm,
    /// The name of the key it is signed with, as the caller says.
    pub(super) key_id: Option<String>,
    /// What is signed: header and claims as they came.
    pub(super) signed: &'t str,
    pub(super) signature: &'t str,
    claims: &'t str,
}

impl<'t> Token<'t> {
    /// Reads a bearer, which is of bounded length.
    pub(super) fn read(text: &'t str) -> Result<Self, Refused> {
        let (signed, signature) = text.rsplit_once('.').unwrap_or_default();
        let (header, claims) = signed.split_once('.').unwrap_or_default();
        if [header, claims, signature].iter().any(|part| part.is_empty()) || claims.contains('.') {
            let why = "the token is not a signed token, which has three parts with points between them";
            return Err(Refused::new(Reason::TokenMalformed, why));
        }
        let header = object(header).ok_or_else(|| malformed("the token's header cannot be read"))?;
        if ["crit", "enc", "zip"].iter().any(|key| header.contains_key(*key)) {
            return Err(malformed("the token's header asks for something that is not known here"));
        }
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(JwtAlgorithm::named);
        let Some(algorithm) = algorithm else {
            let why = "the token's algorithm is `none` or one that is not known here";
            return Err(Refused::new(Reason::TokenAlgorithm, why));
        };
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(name)) => Some(name.clone()),
            Some(_) => return Err(malformed("the token's header cannot be read")),
        };
        Ok(Self { algorithm, key_id, signed, signature, claims })
    }

    /// The claims, for who has checked the signature.
    pub(super) fn claims(&self) -> Result<Map<String, Value>, Refused> {
        object(self.claims).ok_or_else(|| malformed("the token's claims cannot be read"))
    }
}

pub(super) fn malformed(why: &str) -> Refused {
    Refused::new(Reason::TokenMalformed, why)
}

/// A JSON object in Base64 without padding. A key that appears twice is none: two readers would see two tokens.
fn object(part: &str) -> Option<Map<String, Value>> {
    let text = URL_SAFE_NO_PAD.decode(part).ok()?;
    let read: Value = serde_json::from_slice(&text).ok()?;
    Document::read(text, DEPTH_LIMIT).ok()?;
    match read {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}
