//! What must get in: every algorithm, both secrets of a rotation, the edges of the leeway, and what rules then know.

use hookgate::server::Reason::{AuthorizationMissing, TokenMalformed};
use serde_json::{Value, json};

use super::setup::{BEARERS, Guarded, bearer};
use super::token::{HS256, OLD_SECRET, With, claims, each_algorithm, now, platform, signed};

const EVERYTHING: &str = "{ jwt: { secrets: [\"${file:DIR/secret}\", { base64: \"${file:DIR/old}\" }], \
     keys: [DIR/other.pem, DIR/rsa.pem, DIR/p256.pem, DIR/p384.pem], claims: { tenantId: [as99, as100] } } }";

/// What the gateway knows of a call that it lets in.
fn known(guarded: &Guarded, headers: &str) -> Value {
    let answer = guarded.ask(headers);
    assert_eq!(answer.status, 200, "{headers}{answer:?}");
    answer.json()
}

#[test]
fn every_algorithm_is_read_with_its_key() {
    let guarded = Guarded::new(EVERYTHING);
    for (name, with) in each_algorithm() {
        let header = json!({ "alg": name, "typ": "JWT", "kid": "any" }).to_string();
        let token = signed(&header, &claims(&json!({})), with);
        let known = known(&guarded, &bearer(&token));
        assert_eq!(known["token"]["tenantId"], "as100", "{name}");
        assert_eq!(known["caller"], json!({ "address": "127.0.0.1", "accepted_by": ["jwt"] }), "{name}");
        assert_eq!(known["bearer"], json!(token), "{name}");
    }
}

#[test]
fn both_secrets_of_a_rotation_count_and_clocks_may_be_apart_by_the_leeway() {
    let guarded = Guarded::new(EVERYTHING);
    let old = signed(r#"{"alg":"HS256"}"#, &claims(&json!({})), With::Secret(HS256, OLD_SECRET));
    let good = [
        ("the old secret", old),
        ("expired within the leeway", platform(&json!({ "exp": now() - 15 }))),
        ("issued within the leeway", platform(&json!({ "iat": now() + 15, "nbf": now() + 15 }))),
        ("a fraction", platform(&json!({ "exp": f64::from(i32::try_from(now()).unwrap()) + 60.5 }))),
        ("another of the tenants", platform(&json!({ "tenantId": "as99" }))),
        ("neither iat nor nbf", platform(&json!({ "iat": null }))),
        ("an audience that nobody asked for", platform(&json!({ "aud": ["x"], "iss": "y" }))),
        ("for years", platform(&json!({ "exp": now() + 1_000_000_000 }))),
    ];
    for (name, token) in good {
        assert_eq!(guarded.ask(&bearer(&token)).status, 200, "{name}");
    }
    // The scheme's name is read in any case.
    let token = platform(&json!({}));
    for scheme in ["bearer", "BEARER", "bEARER"] {
        assert_eq!(guarded.ask(&format!("aUTHORIZATION: {scheme} {token}\r\n")).status, 200, "{scheme}");
    }
    assert_eq!(guarded.ask(&format!("Authorization:   Bearer {token}  \r\n")).status, 200);
}

#[test]
fn claims_may_be_lists_and_numbers_and_an_audience_one_of_several() {
    let guarded = Guarded::new(
        "{ jwt: { secrets: \"${file:DIR/secret}\", issuer: [a, b], audience: hookgate, claims: { roles: ORG_ADMIN, level: 7 } } }",
    );
    let token = platform(&json!({ "iss": "b", "aud": ["x", "hookgate"], "level": 7 }));
    assert_eq!(known(&guarded, &bearer(&token))["token"]["level"], 7);
    assert_eq!(guarded.ask(&bearer(&platform(&json!({ "iss": "b", "aud": "hookgate", "level": 8 })))).status, 403);
}

#[test]
fn static_secrets_let_in_by_bearer_and_by_header() {
    let secrets = "secrets: [\"${file:DIR/today}\", \"${file:DIR/yesterday}\"]";
    let by_bearer = Guarded::new(&format!("{{ bearer: {{ {secrets} }} }}"));
    let by_header = Guarded::new(&format!("{{ header: {{ name: X-Api-Key, {secrets} }} }}"));
    for secret in BEARERS {
        let caller = &known(&by_bearer, &bearer(secret))["caller"];
        assert_eq!(caller["accepted_by"], json!(["bearer"]));
        assert_eq!(known(&by_header, &format!("x-aPI-key: {secret}\r\n"))["caller"]["accepted_by"], json!(["header"]));
    }
    // A header says nothing about the bearer, which goes to who asked for it.
    let headers = format!("X-Api-Key: {}\r\n{}", BEARERS[0], bearer("a-token-of-another"));
    assert_eq!(known(&by_header, &headers)["bearer"], "a-token-of-another");
}

#[test]
fn addresses_are_those_that_trusted_proxies_forward() {
    let guarded =
        Guarded::new("{ address: { allow: [10.0.0.0/8, 2001:db8::/32] }, trusted_proxies: [127.0.0.0/8, 192.0.2.1] }");
    for (header, address) in [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("10.1.2.3:4711", "10.1.2.3"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("unknown, 203.0.113.9, 10.1.2.3", "10.1.2.3"),
        ("203.0.113.9,  10.1.2.3 ,192.0.2.1,\t127.0.0.8", "10.1.2.3"),
    ] {
        let known = known(&guarded, &format!("X-Forwarded-For: {header}\r\n"));
        assert_eq!(known["caller"], json!({ "address": address, "accepted_by": ["address"] }), "{header}");
    }
    let two = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.1.2.3, 127.0.0.8\r\n";
    assert_eq!(known(&guarded, two)["caller"]["address"], "10.1.2.3");
}

#[test]
fn all_means_each_and_any_means_one() {
    let methods = "jwt: { secrets: [\"${file:DIR/secret}\"], claims: { tenantId: as100 } }, \
         header: { name: X-Api-Key, secrets: \"${file:DIR/today}\" }, address: { allow: [10.0.0.0/8] }, trusted_proxies: [127.0.0.1]";
    let all = Guarded::new(&format!("{{ {methods} }}"));
    let any = Guarded::new(&format!("{{ require: any, {methods} }}"));
    let (token, foreign) = (bearer(&platform(&json!({}))), bearer(&platform(&json!({ "tenantId": "x" }))));
    let (header, inside) = (format!("X-Api-Key: {}\r\n", BEARERS[0]), "X-Forwarded-For: 10.1.2.3\r\n".to_owned());
    for (headers, of_all, of_any) in [
        ([&*token, &header, &inside].concat(), 200, 200),
        ([&*token, &header].concat(), 403, 200),
        ([&*token, &inside].concat(), 401, 200),
        ([&*header, &inside].concat(), 401, 200),
        ([&*foreign, &header, &inside].concat(), 403, 200),
        (token.clone(), 403, 200),
        (header.clone(), 403, 200),
        (inside.clone(), 401, 200),
        (foreign.clone(), 403, 401),
        (String::new(), 403, 401),
    ] {
        assert_eq!((all.ask(&headers).status, any.ask(&headers).status), (of_all, of_any), "{headers}");
    }
    // What was not accepted is not believed, and its bearer goes nowhere.
    let known = known(&any, &[&*foreign, &header].concat());
    assert_eq!((&known["token"], &known["bearer"]), (&Value::Null, &Value::Null));
    assert_eq!(known["caller"]["accepted_by"], json!(["header"]));
}

#[test]
fn what_only_observes_keeps_nobody_out_and_is_not_believed() {
    let guarded = Guarded::new("{ jwt: { secrets: [\"${file:DIR/secret}\"], observe: true } }");
    for token in [platform(&json!({})), "x".to_owned()] {
        let known = known(&guarded, &bearer(&token));
        assert_eq!(known, json!({ "token": null, "caller": { "address": "127.0.0.1" }, "bearer": token }));
    }
    assert_eq!(guarded.ask("").status, 200);
    let counters = &guarded.server.counters;
    assert_eq!((counters.observed(TokenMalformed), counters.observed(AuthorizationMissing)), (1, 1));
    assert_eq!(counters.turned_away(TokenMalformed), 0);
}
