//! Makes tokens, also such as nobody should: any header, any claims, any key. Keys are made when the tests run.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    RsaPublicKeyComponents,
};
use aws_lc_rs::{hmac, signature};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The secret that is in use, and the one before it.
pub const SECRET: &[u8] = b"a secret of the platform, long enough";
pub const OLD_SECRET: &[u8] = b"\x00\x01 bytes that are not text \xff\xfe and before";

pub static RSA: LazyLock<RsaKeyPair> = LazyLock::new(rsa);
pub static OTHER_RSA: LazyLock<RsaKeyPair> = LazyLock::new(rsa);
pub static P256: LazyLock<EcdsaKeyPair> = LazyLock::new(|| ec(&ECDSA_P256_SHA256_FIXED_SIGNING));
pub static OTHER_P256: LazyLock<EcdsaKeyPair> = LazyLock::new(|| ec(&ECDSA_P256_SHA256_FIXED_SIGNING));
pub static P384: LazyLock<EcdsaKeyPair> = LazyLock::new(|| ec(&ECDSA_P384_SHA384_FIXED_SIGNING));

pub fn rsa() -> RsaKeyPair {
    RsaKeyPair::generate(KeySize::Rsa2048).unwrap()
}

fn ec(algorithm: &'static signature::EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    EcdsaKeyPair::generate(algorithm).unwrap()
}

/// Now, in seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Claims as the platform sends them, for an hour, with these in place of or beside its own; null takes one away.
pub fn claims(other: &Value) -> String {
    let mut claims = json!({
        "sub": "admin", "delegatee": null, "delegateeId": null, "firstLogin": false, "roles": ["ORG_ADMIN", "USER"],
        "tenantId": "as100", "userId": "6214db7bd661a57386a71f10", "iat": now(), "exp": now() + 3600,
    });
    for (name, value) in other.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims.to_string()
}

/// What a token is signed with.
#[derive(Clone, Copy)]
pub enum With<'k> {
    Secret(hmac::Algorithm, &'k [u8]),
    Rsa(&'static dyn RsaEncoding, &'k RsaKeyPair),
    Ec(&'k EcdsaKeyPair),
}

pub const HS256: hmac::Algorithm = hmac::HMAC_SHA256;

/// What each algorithm signs with, by its name.
pub fn each_algorithm() -> Vec<(&'static str, With<'static>)> {
    vec![
        ("HS256", With::Secret(HS256, SECRET)),
        ("HS384", With::Secret(hmac::HMAC_SHA384, SECRET)),
        ("HS512", With::Secret(hmac::HMAC_SHA512, SECRET)),
        ("RS256", With::Rsa(&RSA_PKCS1_SHA256, &RSA)),
        ("RS384", With::Rsa(&RSA_PKCS1_SHA384, &RSA)),
        ("RS512", With::Rsa(&RSA_PKCS1_SHA512, &RSA)),
        ("PS256", With::Rsa(&RSA_PSS_SHA256, &RSA)),
        ("PS384", With::Rsa(&RSA_PSS_SHA384, &RSA)),
        ("PS512", With::Rsa(&RSA_PSS_SHA512, &RSA)),
        ("ES256", With::Ec(&P256)),
        ("ES384", With::Ec(&P384)),
    ]
}

/// A token of this header and these claims, signed so.
pub fn signed(header: &str, claims: &str, with: With<'_>) -> String {
    let text = format!("{}.{}", encoded(header), encoded(claims));
    let signature = match with {
        With::Secret(algorithm, secret) => {
            hmac::sign(&hmac::Key::new(algorithm, secret), text.as_bytes()).as_ref().to_vec()
        }
        With::Rsa(encoding, key) => {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(encoding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
            signature
        }
        With::Ec(key) => key.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec(),
    };
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The platform's token, with other claims.
pub fn platform(other: &Value) -> String {
    signed(r#"{"alg":"HS256"}"#, &claims(other), With::Secret(HS256, SECRET))
}

/// The same header and secret, with claims as they stand.
pub fn platform_of(claims: &str) -> String {
    signed(r#"{"alg":"HS256"}"#, claims, With::Secret(HS256, SECRET))
}

pub fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

pub fn rsa_pem(key: &RsaKeyPair) -> String {
    let der: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    pem(der.as_ref())
}

pub fn ec_pem(key: &EcdsaKeyPair) -> String {
    let der: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    pem(der.as_ref())
}

/// A key as an issuer publishes it.
pub fn rsa_jwk(id: &str, key: &RsaKeyPair) -> Value {
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
    let (n, e) = (URL_SAFE_NO_PAD.encode(public.n), URL_SAFE_NO_PAD.encode(public.e));
    json!({ "kty": "RSA", "use": "sig", "kid": id, "n": n, "e": e })
}

/// The same of a curve.
pub fn ec_jwk(id: &str, curve: &str, key: &EcdsaKeyPair) -> Value {
    let (_, point) = key.public_key().as_ref().split_first().unwrap();
    let (x, y) = point.split_at(point.len() / 2);
    let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
    json!({ "kty": "EC", "crv": curve, "kid": id, "x": x, "y": y })
}
