//! A key for signatures of tokens with the algorithms it may be used for; a public key never serves as a secret.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::secret::resolved;
use super::settings::{Claim, JwtAlgorithm, JwtKey, JwtSecret};
use super::token::Token;
use super::trouble::Trouble;
use crate::outside::{Credential, read_pem};

use JwtAlgorithm::{ES256, ES384, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512};

const WITH_SECRET: &[JwtAlgorithm] = &[HS256, HS384, HS512];
const WITH_RSA: &[JwtAlgorithm] = &[RS256, RS384, RS512, PS256, PS384, PS512];

/// A secret of fewer bytes is warned of (RFC 7518, section 3.2).
const SHORT_BYTES: usize = 32;
/// A public RSA key of 2048 bits is longer than its modulus; shorter keys can be broken (RFC 7518, section 3.3).
const RSA_2048_BYTES: usize = 256;
/// Points of the curves P-256 and P-384, uncompressed, in bytes.
const P256_BYTES: usize = 65;
const P384_BYTES: usize = 97;
/// Largest file with a public key, in bytes.
const FILE_LIMIT_BYTES: u64 = 64 << 10;

/// A key with its algorithms.
#[derive(Clone)]
pub(super) struct Key {
    id: Option<String>,
    material: DecodingKey,
    algorithms: &'static [JwtAlgorithm],
    /// The one algorithm that who published it says it is for.
    only: Option<JwtAlgorithm>,
    /// What a token that is signed with it must say: whoever has this key may not speak for others.
    pub(super) claims: Vec<Claim>,
}

impl Key {
    /// A shared secret.
    pub(super) fn of_secret(written: &JwtSecret) -> Result<Self, Trouble> {
        let secret = resolved("auth.jwt", &written.secret)?;
        if !written.is_base64 {
            warn_of_ends(&written.secret, &secret);
        }
        let text = secret.expose_secret();
        let bytes = match written.is_base64 {
            true => base64(text).ok_or_else(|| {
                let help = "write it without `base64`, if the letters themselves are the secret";
                Trouble::new("a secret of `auth.jwt` is not Base64", help)
            })?,
            false => text.as_bytes().to_vec(),
        };
        if bytes.is_empty() {
            return Err(Trouble::new("a secret of `auth.jwt` is empty", "anybody could sign with it; write another"));
        }
        if bytes.len() < SHORT_BYTES {
            let help = "let whoever signs the tokens use a longer one: `openssl rand -base64 32`";
            tracing::warn!(help, "a secret of auth.jwt has fewer than {SHORT_BYTES} bytes and can be guessed");
        }
        let (material, claims) = (DecodingKey::from_secret(&bytes), written.claims.clone());
        Ok(Self { id: None, material, algorithms: WITH_SECRET, only: None, claims })
    }

    /// The public key in a PEM file.
    pub(super) fn of_file(JwtKey { file, claims }: &JwtKey) -> Result<Self, Trouble> {
        let key = |material, algorithms| Self { id: None, material, algorithms, only: None, claims: claims.clone() };
        let help = "`keys` names PEM files with `-----BEGIN PUBLIC KEY-----`: RSA of 2048 bits or more, P-256 or P-384";
        let unusable = |why: &str| Trouble::new(format!("the key `{}` cannot be used: {why}", file.display()), help);
        let pem = read_file(file).map_err(|error| unusable(&error.to_string()))?;
        if String::from_utf8_lossy(&pem).contains("PRIVATE KEY") {
            return Err(unusable("it is a private key, which belongs to who signs the tokens alone"));
        }
        if let Ok(material) = DecodingKey::from_rsa_pem(&pem) {
            let is_long = material.try_get_as_bytes().is_ok_and(|bytes| bytes.len() > RSA_2048_BYTES);
            return if is_long { Ok(key(material, WITH_RSA)) } else { Err(unusable("it has fewer than 2048 bits")) };
        }
        let material = DecodingKey::from_ec_pem(&pem).map_err(|_| unusable("it is not a public key in PEM"))?;
        match material.try_get_as_bytes().map(<[u8]>::len) {
            Ok(P256_BYTES) => Ok(key(material, &[ES256])),
            Ok(P384_BYTES) => Ok(key(material, &[ES384])),
            _ => Err(unusable("it is on another curve")),
        }
    }

    /// A published key (RFC 7517); none if it is not for checking signatures with an algorithm that is known here.
    pub(super) fn of_jwk(jwk: &Jwk) -> Option<Self> {
        let algorithms: &[JwtAlgorithm] = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => WITH_RSA,
            AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => &[ES256],
            AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P384 => &[ES384],
            // A secret that is published is none.
            _ => return None,
        };
        let common = &jwk.common;
        let is_to_sign = common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
        let is_to_verify = common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
        let only = match common.key_algorithm {
            Some(name) => Some(JwtAlgorithm::named(&name.to_string())?),
            None => None,
        };
        let material = DecodingKey::from_jwk(jwk).ok().filter(|_| is_to_sign && is_to_verify)?;
        Some(Self { id: common.key_id.clone(), material, algorithms, only, claims: Vec::new() })
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.id.as_deref() == Some(id)
    }

    /// Whether it is for this algorithm.
    pub(super) fn is_for(&self, algorithm: JwtAlgorithm) -> bool {
        self.algorithms.contains(&algorithm) && self.only.is_none_or(|only| only == algorithm)
    }

    /// Whether this token is signed with it.
    pub(super) fn fits(&self, token: &Token<'_>) -> bool {
        let verify =
            || crypto::verify(token.signature, token.signed.as_bytes(), &self.material, library(token.algorithm));
        self.is_for(token.algorithm) && verify().unwrap_or(false)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({:?})", self.algorithms)
    }
}

/// Tells of white space at an end of a secret that counts by its letters: who types it elsewhere leaves that out.
fn warn_of_ends(credential: &Credential, secret: &SecretString) {
    if secret.expose_secret().trim() != secret.expose_secret() {
        let help = "take the white space away, or have callers send it too";
        let (setting, whose) = ("auth.jwt", credential.in_words());
        tracing::warn!(setting, help, "{whose} begins or ends with white space, which counts as a part of the secret");
    }
}

/// Base64 in either alphabet, with its padding or without.
fn base64(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim().trim_end_matches('=');
    let padded = format!("{bare}{}", "=".repeat((4 - bare.len() % 4) % 4));
    STANDARD.decode(&padded).or_else(|_| URL_SAFE.decode(&padded)).ok()
}

pub(super) fn read_file(file: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    read_pem(file, FILE_LIMIT_BYTES)
}

fn library(algorithm: JwtAlgorithm) -> Algorithm {
    match algorithm {
        HS256 => Algorithm::HS256,
        HS384 => Algorithm::HS384,
        HS512 => Algorithm::HS512,
        RS256 => Algorithm::RS256,
        RS384 => Algorithm::RS384,
        RS512 => Algorithm::RS512,
        PS256 => Algorithm::PS256,
        PS384 => Algorithm::PS384,
        PS512 => Algorithm::PS512,
        ES256 => Algorithm::ES256,
        ES384 => Algorithm::ES384,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_published_key_is_for_the_algorithms_of_its_kind_that_its_publisher_means() {
        let rsa = json!({ "kty": "RSA", "n": "A".repeat(342), "e": "AQAB" });
        let curve = |name: &str| json!({ "kty": "EC", "crv": name, "x": "A".repeat(43), "y": "A".repeat(43) });
        let saying = |key: &str, value: Value| {
            let mut jwk = rsa.clone();
            jwk[key] = value;
            jwk
        };
        let all = Some("RS256 RS384 RS512 PS256 PS384 PS512");
        for (jwk, expected) in [
            (rsa.clone(), all),
            (curve("P-256"), Some("ES256")),
            (curve("P-384"), Some("ES384")),
            (curve("P-521"), None),
            (json!({ "kty": "oct", "k": "c2VjcmV0" }), None),
            (json!({ "kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43) }), None),
            (saying("use", json!("sig")), all),
            (saying("use", json!("enc")), None),
            (saying("key_ops", json!(["sign", "verify"])), all),
            (saying("key_ops", json!(["sign"])), None),
            (saying("alg", json!("PS384")), Some("PS384")),
            (saying("alg", json!("RSA-OAEP")), None),
            (saying("alg", json!("ES256")), Some("")),
        ] {
            let key = Key::of_jwk(&serde_json::from_value(jwk.clone()).unwrap());
            let names = key.map(|key| {
                let its = JwtAlgorithm::ALL.iter().filter(|(_, algorithm)| key.is_for(*algorithm));
                its.map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(names.as_deref(), expected, "{jwk}");
        }
    }
}
