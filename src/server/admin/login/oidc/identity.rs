//! Believes an identity token once its signature, issuer, audience, times and nonce fit, and reads rights from its claim.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::rights::Rights;
use super::super::settings::OidcSettings;
use super::provider::Provider;
use crate::server::auth::{Jwt, JwtSettings, Reason, Verified};

/// Longest token, in bytes.
const TOKEN_LIMIT_BYTES: usize = 64 << 10;
/// Longest name that is shown and recorded, in letters.
const NAME_LETTERS: usize = 128;
/// How far the clocks may be apart.
const LEEWAY: Duration = Duration::from_secs(30);

/// Who a provider says it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) name: String,
    /// By which the provider tells this person from all others, for ever.
    pub(super) subject: String,
    pub(super) rights: Rights,
}

/// Whose token it is.
///
/// # Errors
/// With a sentence, where anything of it does not fit.
pub(super) async fn identity(
    provider: &Provider,
    settings: &OidcSettings,
    token: &str,
    nonce: &str,
) -> Result<Identity, String> {
    if token.len() > TOKEN_LIMIT_BYTES {
        return Err("the token is longer than 64 KiB".to_owned());
    }
    let claims = believed(provider, settings, token).await?;
    check(&claims, settings, nonce)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let subject = text("sub").ok_or("the token does not say whose it is (`sub`)")?;
    let name = text("preferred_username").or_else(|| text("email")).unwrap_or(subject);
    Ok(Identity { name: shown(name), subject: shown(subject), rights: rights(&claims, settings) })
}

/// The claims of a token that one of the provider's published keys has signed, for us, and that counts now. A secret is no
/// published key, so that neither `none` nor an algorithm of shared secrets is believed, whatever the token says.
async fn believed(provider: &Provider, settings: &OidcSettings, token: &str) -> Result<Map<String, Value>, String> {
    let wanted = JwtSettings {
        secrets: Vec::new(),
        keys: Vec::new(),
        jwks: None,
        algorithms: Vec::new(),
        leeway: LEEWAY,
        issuers: vec![settings.issuer.clone()],
        audiences: vec![settings.client_id.clone()],
        claims: Vec::new(),
    };
    let judge = Jwt::open(&wanted, Some(std::sync::Arc::clone(&provider.keys))).map_err(|trouble| trouble.message)?;
    let judged = match judge.judge(token, Timestamp::now()) {
        Err(refused) if matches!(refused.reason, Reason::TokenKeyUnknown | Reason::TokenKeysUnavailable) => {
            provider.keys.ask().await;
            judge.judge(token, Timestamp::now())
        }
        judged => judged,
    };
    judged.map(|Verified { claims, .. }| claims).map_err(|refused| refused.why)
}

/// What an identity token has beyond other tokens (OpenID Connect Core, section 3.1.3.7).
fn check(claims: &Map<String, Value>, settings: &OidcSettings, nonce: &str) -> Result<(), String> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&settings.issuer) {
        return Err("the token's `iss` is not one text".to_owned());
    }
    if text("nonce") != Some(nonce) {
        return Err("the token's `nonce` is not that of this login".to_owned());
    }
    if !claims.contains_key("iat") {
        return Err("the token does not say when it was issued (`iat`)".to_owned());
    }
    let is_for_several = claims.get("aud").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
    match claims.get("azp") {
        None if is_for_several => Err("the token is for several, and does not say who asked for it (`azp`)".to_owned()),
        Some(azp) if azp.as_str() != Some(&settings.client_id) => {
            Err("the token was asked for by somebody else (`azp`)".to_owned())
        }
        _ => Ok(()),
    }
}

/// What all values of the claim give together; nothing where it is not there.
fn rights(claims: &Map<String, Value>, settings: &OidcSettings) -> Rights {
    let given = |value: &Value| {
        let value = value.as_str()?;
        settings.rights.iter().find(|(known, _)| known == value).map(|(_, rights)| *rights)
    };
    let values = match claims.get(&settings.claim) {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    values.iter().filter_map(given).fold(Rights::default(), Rights::or)
}

fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(NAME_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::outside::Credential;

    fn settings() -> OidcSettings {
        let rights = [
            ("admins", Rights::ALL),
            ("desk", Rights { look: true, people: true, act: false }),
            ("ops", Rights { look: true, people: false, act: true }),
        ];
        OidcSettings {
            issuer: "https://id.example".to_owned(),
            client_id: "hookgate".to_owned(),
            client_secret: Credential::read("s").unwrap(),
            claim: "groups".to_owned(),
            rights: rights.map(|(name, rights)| (name.to_owned(), rights)).to_vec(),
            allow: Vec::new(),
            ca: None,
        }
    }

    #[test]
    fn rights_are_those_of_all_values_and_of_nothing_that_looks_alike() {
        let of = |claims: Value| rights(claims.as_object().unwrap(), &settings());
        assert_eq!(of(json!({ "groups": ["desk", "ops", "x"] })), Rights::ALL);
        assert_eq!(of(json!({ "groups": "admins" })), Rights::ALL);
        for none in [
            json!({}),
            json!({ "groups": [] }),
            json!({ "groups": "admins,desk" }),
            json!({ "groups": ["Admins", "admins "] }),
            json!({ "groups": { "admins": true } }),
            json!({ "groups": [["admins"]] }),
            json!({ "roles": "admins" }),
        ] {
            assert_eq!(of(none.clone()), Rights::default(), "{none}");
        }
    }

    #[test]
    fn what_an_identity_token_must_say_is_looked_at() {
        let right = json!({ "iss": "https://id.example", "aud": "hookgate", "nonce": "n", "iat": 1, "exp": 2 });
        let told = |change: Value| {
            let mut claims = right.as_object().unwrap().clone();
            for (name, value) in change.as_object().unwrap() {
                if value.is_null() {
                    claims.remove(name)
                } else {
                    claims.insert(name.clone(), value.clone())
                };
            }
            check(&claims, &settings(), "n")
        };
        for good in [
            json!({}),
            json!({ "azp": "hookgate" }),
            json!({ "aud": ["hookgate"] }),
            json!({ "aud": ["x", "hookgate"], "azp": "hookgate" }),
        ] {
            assert_eq!(told(good.clone()), Ok(()), "{good}");
        }
        for (bad, of) in [
            (json!({ "nonce": null }), "nonce"),
            (json!({ "nonce": "m" }), "nonce"),
            (json!({ "nonce": ["n"] }), "nonce"),
            (json!({ "iss": ["https://id.example"] }), "iss"),
            (json!({ "iat": null }), "iat"),
            (json!({ "azp": "x" }), "azp"),
            (json!({ "aud": ["hookgate", "x"] }), "azp"),
        ] {
            let told = told(bad.clone()).unwrap_err();
            assert!(told.contains(&format!("`{of}`")), "{bad}: {told}");
        }
    }
}
