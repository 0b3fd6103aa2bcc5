//! Logins at a provider of OpenID Connect: what is sent there, and what of its answers is believed.

use std::collections::HashMap;

use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::browser::{Browser, leads_to, set_cookies};
use super::provider::Provider;
use crate::auth::token::{HS256, OTHER_RSA, RSA, With, encoded, now, rsa_pem, signed};
use crate::support::client::Answer;
use crate::support::program::Served;

const SECRET: &str = "canary client+secret/=";

struct Setup {
    served: Served,
    provider: Provider,
    _dir: tempfile::TempDir,
}

impl Setup {
    fn new(provider: Provider) -> Self {
        let (issuer, secret) = (provider.issuer(), SECRET);
        let (dir, served) = super::serve(&format!(
            "  external_url: http://gate.example:8081\n  login:\n    oidc: {{ issuer: \"{issuer}\", client_id: hook gate, client_secret: \"{secret}\", claim: groups, allow: [127.0.0.1], rights: {{ admins: [look, people, act], desk: look }} }}\n"
        ));
        Self { served, provider, _dir: dir }
    }

    /// Sent to the provider: the browser, and what the provider was asked.
    fn sent(&self) -> (Browser, HashMap<String, String>) {
        let mut browser = Browser::new(self.served.admin);
        let answer = browser.get("/console/oidc/start");
        let (status, to) = leads_to(&answer);
        let login = format!("{}/login?tenant=7&", self.provider.issuer());
        assert!(status == 303 && to.starts_with(&login), "{answer:?}");
        let asked = url::Url::parse(to).unwrap().query_pairs().into_owned().collect();
        (browser, asked)
    }

    /// Has the provider hand out this token.
    fn hand_out(&self, token: &str) {
        let body = json!({ "access_token": "x", "token_type": "Bearer", "id_token": token }).to_string();
        self.provider.says.lock().unwrap().token = (200, body);
    }

    fn claims(&self, nonce: &str, change: &Value) -> String {
        let mut claims = json!({
            "iss": self.provider.issuer(), "aud": "hook gate", "sub": "7", "preferred_username": "asha.rao",
            "nonce": nonce, "iat": now(), "exp": now() + 300, "groups": ["desk", "others"],
        });
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        claims.to_string()
    }

    /// The whole way with these changes in the token.
    fn with(&self, change: &Value) -> (Browser, Answer) {
        self.with_token(|claims| right(&claims), change)
    }

    fn with_token(&self, token: impl Fn(String) -> String, change: &Value) -> (Browser, Answer) {
        let (mut browser, asked) = self.sent();
        self.hand_out(&token(self.claims(&asked["nonce"], change)));
        let answer = browser.get(&format!("/console/oidc/return?code=abc&state={}", asked["state"]));
        (browser, answer)
    }

    #[track_caller]
    fn is_refused(&self, (mut browser, answer): (Browser, Answer), why: &str) {
        assert_eq!(leads_to(&answer), (303, &*format!("/console/login?why={why}")), "{}", self.served.log());
        assert!(!browser.is_in());
    }
}

fn right(claims: &str) -> String {
    signed(r#"{"alg":"RS256","kid":"a"}"#, claims, With::Rsa(&RSA_PKCS1_SHA256, &RSA))
}

#[test]
fn who_comes_back_with_a_right_token_is_in_and_every_proof_was_sent() {
    let setup = Setup::new(Provider::new());
    let (mut browser, asked) = setup.sent();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "hook gate"),
        ("redirect_uri", "http://gate.example:8081/console/oidc/return"),
        ("scope", "openid profile groups"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    setup.hand_out(&right(&setup.claims(&asked["nonce"], &json!({}))));
    let answer = browser.get(&format!("/console/oidc/return?state={}&code=a%2Bb", asked["state"]));
    // A redirect would be followed on behalf of the provider's page, without the session's cookie.
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("http-equiv=\"refresh\"") && answer.body.contains("url=/console\""),
        "{}",
        answer.body
    );
    let cookies = set_cookies(&answer);
    assert!(cookies[0].starts_with("hookgate-session=") && cookies[0].contains("SameSite=Strict"), "{cookies:?}");
    assert!(cookies[1].starts_with("hookgate-oidc=;") && cookies[1].contains("Max-Age=0"), "{cookies:?}");
    assert!(browser.is_in());
    let says = setup.provider.says.lock().unwrap();
    let (form, authorization) = &says.redeemed[0];
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    assert_eq!(
        (&challenge, &*form["code"], &*form["grant_type"]),
        (&asked["code_challenge"], "a+b", "authorization_code")
    );
    assert_eq!(form["redirect_uri"], asked["redirect_uri"]);
    let basic = base64::engine::general_purpose::STANDARD.encode("hook+gate:canary+client%2Bsecret%2F%3D");
    assert_eq!(authorization, &format!("Basic {basic}"));
    let (_, log) = setup.served.stop();
    assert!(log.contains("asha.rao") && !log.contains("canary") && !log.contains(&asked["state"]), "{log}");
}

#[test]
fn the_secret_goes_into_the_form_where_the_provider_wants_it_there() {
    let provider = Provider::new();
    provider.says.lock().unwrap().metadata =
        json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"], "scopes_supported": null });
    let setup = Setup::new(provider);
    let (mut browser, answer) = setup.with(&json!({ "groups": "admins" }));
    assert!(answer.status == 200 && browser.is_in());
    let says = setup.provider.says.lock().unwrap();
    let (form, authorization) = &says.redeemed[0];
    assert_eq!((&*form["client_id"], &*form["client_secret"], &**authorization), ("hook gate", SECRET, ""));
}

#[test]
fn a_token_that_is_not_for_this_login_is_not_believed() {
    let setup = Setup::new(Provider::new());
    for change in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "iss": "http://other.example" }),
        json!({ "iss": [setup.provider.issuer()] }),
        json!({ "aud": "another" }),
        json!({ "aud": ["hook gate", "another"] }),
        json!({ "azp": "another" }),
        json!({ "exp": now() - 60 }),
        json!({ "exp": null }),
        json!({ "iat": null }),
        json!({ "iat": now() + 3600 }),
        json!({ "sub": null }),
    ] {
        let (browser, answer) = setup.with(&change);
        assert!(leads_to(&answer).1.ends_with("why=provider"), "{change}: {answer:?}");
        setup.is_refused((browser, answer), "provider");
    }
    assert!(setup.with(&json!({})).0.is_in(), "all else of it is right");
}

#[test]
fn a_token_that_no_key_of_the_provider_has_signed_is_not_believed() {
    let setup = Setup::new(Provider::new());
    let public = rsa_pem(&RSA);
    let forged: [&dyn Fn(String) -> String; 6] = [
        &|claims| format!("{}.{}.", encoded(r#"{"alg":"none"}"#), encoded(&claims)),
        &|claims| format!("{}.{}.AAAA", encoded(r#"{"alg":"none"}"#), encoded(&claims)),
        // The published key as the secret of a shared one.
        &|claims| signed(r#"{"alg":"HS256","kid":"a"}"#, &claims, With::Secret(HS256, public.as_bytes())),
        &|claims| signed(r#"{"alg":"HS256"}"#, &claims, With::Secret(HS256, SECRET.as_bytes())),
        &|claims| signed(r#"{"alg":"RS256","kid":"a"}"#, &claims, With::Rsa(&RSA_PKCS1_SHA256, &OTHER_RSA)),
        &|_| "no token".to_owned(),
    ];
    for token in forged {
        setup.is_refused(setup.with_token(token, &json!({})), "provider");
    }
}

#[test]
fn an_answer_counts_once_and_for_the_browser_that_was_sent_alone() {
    let setup = Setup::new(Provider::new());
    let (mut browser, asked) = setup.sent();
    setup.hand_out(&right(&setup.claims(&asked["nonce"], &json!({}))));
    let back = format!("/console/oidc/return?code=abc&state={}", asked["state"]);
    let mut stranger = Browser::new(setup.served.admin);
    let answer = stranger.get(&back);
    setup.is_refused((stranger, answer), "ended");
    let (mut other, _) = setup.sent();
    let answer = other.get(&back);
    setup.is_refused((other, answer), "ended");
    let cookies = browser.cookies.clone();
    assert_eq!(browser.get(&back).status, 200);
    let mut again = Browser::new(setup.served.admin);
    again.cookies = cookies;
    let answer = again.get(&back);
    setup.is_refused((again, answer), "ended");
    for query in ["", "?code=abc", "?code=abc&state=", "?code=abc&state=x&state=y"] {
        let (mut browser, _) = setup.sent();
        let answer = browser.get(&format!("/console/oidc/return{query}"));
        setup.is_refused((browser, answer), "ended");
    }
}

#[test]
fn without_a_value_that_gives_rights_nobody_is_let_in() {
    let setup = Setup::new(Provider::new());
    for groups in [json!(null), json!([]), json!(["others"]), json!("Admins"), json!({ "admins": true })] {
        setup.is_refused(setup.with(&json!({ "groups": groups })), "rights");
    }
}

#[test]
fn a_provider_that_refuses_the_code_or_says_no_lets_nobody_in() {
    let setup = Setup::new(Provider::new());
    for (status, body) in [
        (400, r#"{"error":"invalid_grant","error_description":"canary"}"#),
        (200, "{}"),
        (200, "canary"),
        (302, ""),
        (500, ""),
    ] {
        let (mut browser, asked) = setup.sent();
        setup.provider.says.lock().unwrap().token = (status, body.to_owned());
        let answer = browser.get(&format!("/console/oidc/return?code=abc&state={}", asked["state"]));
        setup.is_refused((browser, answer), "provider");
    }
    let asked_before = setup.provider.says.lock().unwrap().redeemed.len();
    for query in ["error=access_denied", "code=", "code=a&code=b", "code=abc&iss=http%3A%2F%2Fother.example"] {
        let (mut browser, asked) = setup.sent();
        let answer = browser.get(&format!("/console/oidc/return?{query}&state={}", asked["state"]));
        setup.is_refused((browser, answer), "provider");
    }
    assert_eq!(setup.provider.says.lock().unwrap().redeemed.len(), asked_before, "no code is sent then");
    let (_, log) = setup.served.stop();
    assert!(log.contains("invalid_grant") && !log.contains("canary"), "{log}");
}

#[test]
fn a_provider_that_is_another_or_away_is_told_and_nobody_is_sent_there() {
    for change in [
        json!({ "issuer": "http://other.example" }),
        json!({ "issuer": null }),
        json!({ "token_endpoint": "ftp://x" }),
        json!({ "authorization_endpoint": "javascript:alert(1)" }),
    ] {
        let provider = Provider::new();
        provider.says.lock().unwrap().metadata = change.clone();
        let setup = Setup::new(provider);
        let mut browser = Browser::new(setup.served.admin);
        let answer = browser.get("/console/oidc/start");
        assert_eq!(leads_to(&answer), (303, "/console/login?why=provider"), "{change}");
        let (_, log) = setup.served.stop();
        assert!(log.contains("the provider of admin.login.oidc cannot be used"), "{log}");
    }
}
