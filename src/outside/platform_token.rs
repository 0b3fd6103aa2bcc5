//! Makes tokens as the platform does: its claims, signed with a shared secret.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

/// How a token is signed (RFC 7518).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    Hs256,
    Hs384,
    Hs512,
}

/// The claims that the platform sends, for a person of a tenant; valid from `now_s` to `until_s`, in seconds after 1970.
#[must_use]
pub fn platform_claims(now_s: i64, until_s: i64) -> Map<String, Value> {
    let claims = json!({
        "sub": "admin",
        "delegatee": null,
        "delegateeId": null,
        "firstLogin": false,
        "roles": ["ORG_ADMIN", "USER"],
        "tenantId": "as100",
        "exp": until_s,
        "userId": "6214db7bd661a57386a71f10",
        "iat": now_s,
    });
    if let Value::Object(claims) = claims { claims } else { Map::new() }
}

/// The token; its head says no more than how it is signed, as the platform's does.
///
/// # Errors
/// When the secret cannot sign, in words without it.
pub fn sign(claims: &Map<String, Value>, secret: &[u8], signing: Signing) -> Result<SecretString, String> {
    let algorithm = match signing {
        Signing::Hs256 => Algorithm::HS256,
        Signing::Hs384 => Algorithm::HS384,
        Signing::Hs512 => Algorithm::HS512,
    };
    let header = Header { typ: None, ..Header::new(algorithm) };
    let token = encode(&header, claims, &EncodingKey::from_secret(secret));
    token.map(SecretString::from).map_err(|error| format!("the token cannot be signed: {error}"))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_token_is_signed_as_any_other_reader_verifies_it() {
        // Made with HMAC-SHA-256 and Base64 alone, after RFC 7515.
        let claims = json!({"sub": "admin", "exp": 1_646_396_308});
        let token = sign(claims.as_object().unwrap(), b"0123456789abcdef0123456789abcdef", Signing::Hs256).unwrap();
        assert_eq!(
            token.expose_secret(),
            concat!(
                "eyJhbGciOiJIUzI1NiJ9.",
                "eyJzdWIiOiJhZG1pbiIsImV4cCI6MTY0NjM5NjMwOH0.",
                "sc0e5AVC9_G6pBQSEYrD5UPt71-YvicI77eH3OfBRHY"
            )
        );
    }
}
