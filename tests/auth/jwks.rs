//! Keys that an issuer publishes: rotated, away, unknown, and never fetched for a call alone.

use std::net::TcpListener;

use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaKeyPair};
use hookgate::server::Reason::{TokenAlgorithm, TokenKeyUnknown, TokenSignature};
use serde_json::json;

use super::setup::{Guarded, ask, bearer};
use super::token::{HS256, OTHER_RSA, P256, P384, RSA, SECRET, With, claims, each_algorithm, ec_jwk, rsa_jwk, signed};
use crate::support::authority::{Authority, For, encrypting};
use crate::support::issuer::{Issuer, set};
use crate::support::wait::until;

/// A gateway that believes this issuer.
fn guarded(issuer: &Issuer, times: &str) -> Guarded {
    guarded_beside("", issuer, times)
}

/// The same with this beside it.
fn guarded_beside(others: &str, issuer: &Issuer, times: &str) -> Guarded {
    let address = issuer.address;
    let jwks = format!("{{ address: \"http://{address}/keys\", allow: [127.0.0.1], {times} }}");
    Guarded::new(&format!("{{ jwt: {{ {others} jwks: {jwks} }} }}"))
}

/// Waits until the keys are there, however slow this machine is.
fn let_in(guarded: &Guarded, token: &str) {
    until("it is let in", || guarded.ask(token).status == 200);
}

fn token(id: Option<&str>, key: &RsaKeyPair) -> String {
    let header = match id {
        Some(id) => json!({ "alg": "RS256", "kid": id }),
        None => json!({ "alg": "RS256" }),
    };
    bearer(&signed(&header.to_string(), &claims(&json!({})), With::Rsa(&RSA_PKCS1_SHA256, key)))
}

#[test]
fn published_keys_are_believed_and_what_else_is_published_is_not() {
    let secret = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, SECRET);
    let mut encrypting = rsa_jwk("encrypting", &OTHER_RSA);
    encrypting["use"] = "enc".into();
    let mut other_algorithm = rsa_jwk("rs512", &RSA);
    other_algorithm["alg"] = "RS512".into();
    let issuer = Issuer::new(&[
        json!({ "kty": "oct", "kid": "secret", "k": secret }),
        json!({ "kty": "??", "kid": "odd" }),
        json!("no key"),
        encrypting,
        other_algorithm,
        rsa_jwk("a", &RSA),
    ]);
    let guarded = guarded(&issuer, "refresh_ms: 600000");
    let_in(&guarded, &token(Some("a"), &RSA));
    assert_eq!(guarded.ask(&token(None, &RSA)).status, 200);
    for (id, key) in
        [(Some("a"), &*OTHER_RSA), (None, &*OTHER_RSA), (Some("rs512"), &*RSA), (Some("encrypting"), &*OTHER_RSA)]
    {
        assert_eq!(guarded.ask(&token(id, key)).status, 401, "{id:?}");
    }
    let header = json!({ "alg": "HS256", "kid": "secret" }).to_string();
    let with_secret = signed(&header, &claims(&json!({})), With::Secret(HS256, SECRET));
    assert_eq!(guarded.ask(&bearer(&with_secret)).status, 401);
    assert_eq!(issuer.asked(), 1, "keys are never fetched for a call alone");
}

#[test]
fn each_published_key_counts_for_the_algorithms_of_its_kind_alone() {
    let issuer = Issuer::new(&[rsa_jwk("rsa", &RSA), ec_jwk("p256", "P-256", &P256), ec_jwk("p384", "P-384", &P384)]);
    let guarded = guarded(&issuer, "refresh_ms: 600000");
    let_in(&guarded, &token(Some("rsa"), &RSA));
    for (name, with) in each_algorithm().into_iter().filter(|(name, _)| !name.starts_with("HS")) {
        for id in ["rsa", "p256", "p384"] {
            let is_its = match name {
                "ES256" => id == "p256",
                "ES384" => id == "p384",
                _ => id == "rsa",
            };
            let token = signed(&json!({ "alg": name, "kid": id }).to_string(), &claims(&json!({})), with);
            assert_eq!(guarded.ask(&bearer(&token)).status, if is_its { 200 } else { 401 }, "{name} {id}");
        }
    }
}

#[test]
fn what_no_published_key_has_signed_is_refused_with_the_reason() {
    let mut rs512 = rsa_jwk("rs512", &OTHER_RSA);
    rs512["alg"] = "RS512".into();
    let issuer = Issuer::new(&[rsa_jwk("a", &RSA), rs512]);
    let times = "refresh_ms: 600000";
    let (alone, beside) =
        (guarded(&issuer, times), guarded_beside("keys: [DIR/p256.pem, DIR/rsa.pem],", &issuer, times));
    let of_rs512 = json!({ "alg": "RS512", "kid": "rs512" }).to_string();
    let of_rs512 = signed(&of_rs512, &claims(&json!({})), With::Rsa(&RSA_PKCS1_SHA512, &OTHER_RSA));
    let es384 = signed(r#"{"alg":"ES384","kid":"a"}"#, &claims(&json!({})), With::Ec(&P384));
    for (guarded, of_another_algorithm) in [(&alone, TokenAlgorithm), (&beside, TokenSignature)] {
        let_in(guarded, &bearer(&of_rs512));
        for (token, reason) in [
            (token(Some("a"), &OTHER_RSA), TokenSignature),
            (token(None, &OTHER_RSA), TokenSignature),
            (token(Some("unknown"), &OTHER_RSA), TokenKeyUnknown),
            // A key in a file is for this algorithm, or none is.
            (token(Some("rs512"), &OTHER_RSA), of_another_algorithm),
            (bearer(&es384), TokenAlgorithm),
        ] {
            assert_eq!(guarded.wrongs_of(&token, 401, reason), "", "{reason:?}");
        }
    }
}

#[test]
fn a_new_key_is_fetched_when_a_token_names_it_and_an_old_one_is_forgotten() {
    let issuer = Issuer::new(&[rsa_jwk("old", &RSA)]);
    let guarded = guarded(&issuer, "refresh_ms: 400");
    let_in(&guarded, &token(Some("old"), &RSA));
    issuer.publish(200, set(&[rsa_jwk("new", &OTHER_RSA)]));
    until("the new key counts", || guarded.ask(&token(Some("new"), &OTHER_RSA)).status == 200);
    assert_eq!(guarded.ask(&token(Some("old"), &RSA)).status, 401);
}

#[test]
fn a_flood_of_unknown_keys_is_one_question_more() {
    let issuer = Issuer::new(&[rsa_jwk("a", &RSA)]);
    let guarded = guarded(&issuer, "refresh_ms: 600000");
    let_in(&guarded, &token(Some("a"), &RSA));
    std::thread::scope(|scope| {
        for flood in 0..8 {
            let address = guarded.server.address;
            scope.spawn(move || {
                for number in 0..50 {
                    assert_eq!(ask(address, &token(Some(&format!("{flood}-{number}")), &RSA)).status, 401);
                }
            });
        }
    });
    // 10 seconds lie between two; a slow machine may have seen some of these.
    assert!(issuer.asked() <= 5, "{} for 400 calls", issuer.asked());
    assert_eq!(guarded.ask(&token(Some("a"), &RSA)).status, 200);
}

#[test]
fn keys_are_used_while_the_issuer_is_away_as_long_as_is_said() {
    let issuer = Issuer::new(&[rsa_jwk("a", &RSA)]);
    let (patient, impatient) =
        (guarded(&issuer, "refresh_ms: 100, stale_ms: 3600000"), guarded(&issuer, "refresh_ms: 100, stale_ms: 300"));
    let_in(&patient, &token(Some("a"), &RSA));
    let_in(&impatient, &token(Some("a"), &RSA));
    for (status, body) in
        [(500, set(&[])), (200, "no keys".to_owned()), (200, set(&[])), (302, set(&[rsa_jwk("b", &OTHER_RSA)]))]
    {
        issuer.publish(status, body);
        let asked = issuer.asked();
        until("both have asked again", || issuer.asked() >= asked + 4);
        assert_eq!(patient.ask(&token(Some("a"), &RSA)).status, 200, "{status}");
    }
    until("they are too old", || impatient.ask(&token(Some("a"), &RSA)).status == 503);
    let answer = impatient.ask(&token(Some("a"), &RSA));
    assert_eq!((answer.status, &*answer.code()), (503, "KeysUnavailable"));
    issuer.publish(200, set(&[rsa_jwk("a", &RSA)]));
    until("they are there again", || impatient.ask(&token(Some("a"), &RSA)).status == 200);
}

#[test]
fn without_keys_from_the_start_a_call_is_told_to_come_again() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let auth = format!(
        "{{ jwt: {{ secrets: \"${{file:DIR/secret}}\", jwks: {{ address: \"http://{gone}\", allow: [127.0.0.1] }} }} }}"
    );
    let guarded = Guarded::new(&auth);
    assert_eq!(guarded.ask(&token(Some("a"), &RSA)).status, 503);
    // What needs none of the issuer's keys is judged as ever.
    assert_eq!(guarded.ask(&bearer(&super::token::platform(&json!({})))).status, 200);
    assert_eq!(guarded.ask(&bearer("x")).status, 401);
}

#[test]
fn an_issuer_behind_an_authority_of_its_own_is_believed_where_that_is_named() {
    let [named, other] = ["named", "other"].map(Authority::new);
    let issuer = Issuer::new(&[rsa_jwk("a", &RSA)]);
    let port = encrypting(issuer.address.port(), &named.issue("issuer", For::Server));
    let files = tempfile::tempdir().unwrap();
    let ca = |name: &str, authority: &Authority| {
        let file = files.path().join(name);
        std::fs::write(&file, authority.pem()).unwrap();
        format!("ca: {file:?},")
    };
    let behind = |ca: &str| {
        let address = format!("https://127.0.0.1:{port}/keys");
        Guarded::new(&format!("{{ jwt: {{ jwks: {{ address: {address:?}, {ca} allow: [127.0.0.1] }} }} }}"))
    };
    for unknown in ["", &ca("other.pem", &other)] {
        assert_eq!(behind(unknown).ask(&token(Some("a"), &RSA)).status, 503, "{unknown}");
    }
    assert_eq!(issuer.asked(), 0);
    let_in(&behind(&ca("named.pem", &named)), &token(Some("a"), &RSA));
}
