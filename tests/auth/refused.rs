//! What must not get in: each with its status and the reason it is counted under, one body a status, and nothing in it.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256};
use hookgate::server::Reason;
use serde_json::{Value, json};

use super::setup::{BEARERS, Guarded, bearer};
use super::token::{
    HS256, OTHER_P256, OTHER_RSA, P256, P384, RSA, SECRET, With, claims, encoded, now, platform, platform_of, rsa_jwk,
    rsa_pem, signed,
};

/// Name, headers, status, reason.
type Case = (&'static str, String, u16, Reason);

/// The platform as it is set up in docs/operating/connect.md, during a rotation.
const PLATFORM: &str =
    "{ jwt: { secrets: [\"${file:DIR/secret}\", { base64: \"${file:DIR/old}\" }], claims: { tenantId: as100 } } }";
/// An issuer with public keys.
const ISSUER: &str =
    "{ jwt: { keys: [DIR/rsa.pem, DIR/p256.pem], issuer: https://idp.example, audience: [hookgate, hg] } }";
/// Only what is listed.
const PINNED: &str = "{ jwt: { secrets: [\"${file:DIR/secret}\"], keys: [DIR/rsa.pem], algorithms: [RS256, HS512] } }";

fn with_secret(header: &str, secret: &[u8]) -> String {
    bearer(&signed(header, &claims(&json!({})), With::Secret(HS256, secret)))
}

/// A token of the platform with its parts changed.
fn bent(change: impl Fn(&str, &str, &str) -> String) -> String {
    let token = platform(&json!({}));
    let parts: Vec<&str> = token.split('.').collect();
    bearer(&change(parts[0], parts[1], parts[2]))
}

fn signatures() -> Vec<Case> {
    use Reason::{TokenAlgorithm, TokenSignature};
    let head = r#"{"alg":"HS256","typ":"JWT"}"#;
    let none =
        |name: &str| format!("{}.{}.", encoded(&format!("{{\"alg\":\"{name}\"}}")), encoded(&claims(&json!({}))));
    let none_signed = |name: &str| with_secret(&format!("{{\"alg\":\"{name}\"}}"), SECRET);
    let as_secret = |header: &str, secret: &[u8]| with_secret(header, secret);
    vec![
        ("another secret", as_secret(head, b"another secret"), 401, TokenSignature),
        ("the secret without its end", as_secret(head, &SECRET[..SECRET.len() - 1]), 401, TokenSignature),
        ("the secret and more", as_secret(head, &[SECRET, b"!"].concat()), 401, TokenSignature),
        ("an empty secret", as_secret(head, b""), 401, TokenSignature),
        ("the old secret's Base64 as letters", as_secret(head, b"AAEgYnl0ZXM="), 401, TokenSignature),
        ("none", bearer(&none("none")), 401, Reason::TokenMalformed),
        ("none, signed", none_signed("none"), 401, TokenAlgorithm),
        ("None, signed", none_signed("None"), 401, TokenAlgorithm),
        ("NONE, signed", none_signed("NONE"), 401, TokenAlgorithm),
        ("nOnE, signed", none_signed("nOnE"), 401, TokenAlgorithm),
        ("hs256 in small letters", none_signed("hs256"), 401, TokenAlgorithm),
        ("no algorithm", with_secret("{}", SECRET), 401, TokenAlgorithm),
        ("an empty algorithm", none_signed(""), 401, TokenAlgorithm),
        ("the algorithm is a list", with_secret(r#"{"alg":["HS256"]}"#, SECRET), 401, TokenAlgorithm),
        ("HS384 in the header, HS256 in fact", none_signed("HS384"), 401, TokenSignature),
        ("RS256 in the header, a secret in fact", none_signed("RS256"), 401, TokenAlgorithm),
        ("ES256 in the header, a secret in fact", none_signed("ES256"), 401, TokenAlgorithm),
        ("EdDSA", none_signed("EdDSA"), 401, TokenAlgorithm),
        ("ES256K", none_signed("ES256K"), 401, TokenAlgorithm),
        (
            "another claim under the same signature",
            bent(|head, _, sign| format!("{head}.{}.{sign}", encoded(&claims(&json!({ "sub": "root" }))))),
            401,
            TokenSignature,
        ),
        (
            "a signature cut short",
            bent(|head, body, sign| format!("{head}.{body}.{}", &sign[..20])),
            401,
            TokenSignature,
        ),
        (
            "a signature of zeros",
            bent(|head, body, _| format!("{head}.{body}.{}", "A".repeat(43))),
            401,
            TokenSignature,
        ),
        ("a signature of one letter", bent(|head, body, _| format!("{head}.{body}.A")), 401, TokenSignature),
        ("a padded signature", bent(|head, body, sign| format!("{head}.{body}.{sign}=")), 401, TokenSignature),
    ]
}

fn shapes() -> Vec<Case> {
    use Reason::{TokenMalformed, TokenTooLong};
    let jwe = format!("{}.a.b.c.d", encoded(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#));
    let header = |header: &str| with_secret(header, SECRET);
    let huge = platform(&json!({ "padding": "x".repeat(6_200) }));
    assert!(huge.len() > 8 * 1024 && huge.len() < 9 * 1024);
    vec![
        ("an empty signature", bent(|head, body, _| format!("{head}.{body}.")), 401, TokenMalformed),
        ("no signature", bent(|head, body, _| format!("{head}.{body}")), 401, TokenMalformed),
        ("a point behind", bent(|head, body, sign| format!("{head}.{body}.{sign}.")), 401, TokenMalformed),
        ("a point before", bent(|head, body, sign| format!(".{head}.{body}.{sign}")), 401, TokenMalformed),
        ("an empty body", bent(|head, _, sign| format!("{head}..{sign}")), 401, TokenMalformed),
        ("points alone", bearer(".."), 401, TokenMalformed),
        ("encrypted (JWE)", bearer(&jwe), 401, TokenMalformed),
        ("a word", bearer("token"), 401, TokenMalformed),
        ("a padded header", bent(|head, body, sign| format!("{head}=.{body}.{sign}")), 401, TokenMalformed),
        ("a header of another alphabet", bent(|_, body, sign| format!("e30+/w.{body}.{sign}")), 401, TokenMalformed),
        (
            "a header that is not JSON",
            bent(|_, body, sign| format!("{}.{body}.{sign}", encoded("{"))),
            401,
            TokenMalformed,
        ),
        ("a header that is a list", header("[]"), 401, TokenMalformed),
        ("a header that is not UTF-8", bent(|_, body, sign| format!("_____w.{body}.{sign}")), 401, TokenMalformed),
        ("two algorithms", header(r#"{"alg":"none","alg":"HS256"}"#), 401, TokenMalformed),
        ("two algorithms, one escaped", header(r#"{"alg":"HS256","\u0061lg":"none"}"#), 401, TokenMalformed),
        ("crit", header(r#"{"alg":"HS256","crit":["exp"],"exp":1}"#), 401, TokenMalformed),
        ("an empty crit", header(r#"{"alg":"HS256","crit":[]}"#), 401, TokenMalformed),
        ("b64 under crit", header(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#), 401, TokenMalformed),
        ("compressed", header(r#"{"alg":"HS256","zip":"DEF"}"#), 401, TokenMalformed),
        ("a key's name that is a number", header(r#"{"alg":"HS256","kid":1}"#), 401, TokenMalformed),
        ("8 KiB and more", bearer(&huge), 401, TokenTooLong),
        ("12 KiB", bearer(&"a.".repeat(6_144)), 401, TokenTooLong),
        ("claims that are not JSON", bearer(&platform_of("{")), 401, TokenMalformed),
        ("claims that are a list", bearer(&platform_of("[]")), 401, TokenMalformed),
        ("claims that are null", bearer(&platform_of("null")), 401, TokenMalformed),
        ("claims with something behind", bearer(&platform_of(&(claims(&json!({})) + "{}"))), 401, TokenMalformed),
        ("claims that nest deeply", bearer(&platform_of(&nested())), 401, TokenMalformed),
        ("claims that nest beyond every stack", bearer(&platform_of(&"[".repeat(5_000))), 401, TokenMalformed),
        ("two tenants", bearer(&platform_of(&twice("tenantId", "\"as999\""))), 401, TokenMalformed),
        ("two ends", bearer(&platform_of(&twice("exp", "99999999999"))), 401, TokenMalformed),
        ("two ends, one escaped", bearer(&platform_of(&twice("\\u0065xp", "99999999999"))), 401, TokenMalformed),
    ]
}

/// The platform's claims with one of them a second time.
fn twice(name: &str, value: &str) -> String {
    claims(&json!({})).replacen('{', &format!("{{\"{name}\":{value},"), 1)
}

fn nested() -> String {
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    claims(&json!({})).replacen('{', &format!("{{\"deep\":{deep},"), 1)
}

fn contents() -> Vec<Case> {
    use Reason::{TokenClaim, TokenExpired, TokenMalformed, TokenNotYetValid, TokenWithoutExpiry};
    let with = |other: Value| bearer(&platform(&other));
    let of = |exp: &str| bearer(&platform_of(&format!("{{\"tenantId\":\"as100\",\"exp\":{exp}}}")));
    vec![
        ("expired an hour ago", with(json!({ "exp": now() - 3600 })), 401, TokenExpired),
        ("expired just beyond the leeway", with(json!({ "exp": now() - 31 })), 401, TokenExpired),
        ("expired in 1970", with(json!({ "exp": 0 })), 401, TokenExpired),
        ("expired before 1970", with(json!({ "exp": -1 })), 401, TokenExpired),
        ("no end", with(json!({ "exp": null })), 401, TokenWithoutExpiry),
        ("an end of null", of("null"), 401, TokenMalformed),
        ("an end in letters", with(json!({ "exp": "9999999999" })), 401, TokenMalformed),
        ("an end of true", with(json!({ "exp": true })), 401, TokenMalformed),
        ("an end in a list", with(json!({ "exp": [now() + 60] })), 401, TokenMalformed),
        ("an end in milliseconds", with(json!({ "exp": (now() + 60) * 1000 })), 401, TokenMalformed),
        ("an end beyond all numbers", of("1e999"), 401, TokenMalformed),
        ("an end beyond all years", of("1e300"), 401, TokenMalformed),
        ("counts from tomorrow", with(json!({ "nbf": now() + 86_400 })), 401, TokenNotYetValid),
        ("counts from beyond the leeway", with(json!({ "nbf": now() + 120 })), 401, TokenNotYetValid),
        ("counts from a word", with(json!({ "nbf": "now" })), 401, TokenMalformed),
        ("issued tomorrow", with(json!({ "iat": now() + 86_400 })), 401, TokenNotYetValid),
        ("issued in letters", with(json!({ "iat": "today" })), 401, TokenMalformed),
        ("another tenant", with(json!({ "tenantId": "as999" })), 403, TokenClaim),
        ("another tenant in capitals", with(json!({ "tenantId": "AS100" })), 403, TokenClaim),
        ("a tenant with a space", with(json!({ "tenantId": "as100 " })), 403, TokenClaim),
        ("a tenant that begins so", with(json!({ "tenantId": "as1000" })), 403, TokenClaim),
        ("no tenant", with(json!({ "tenantId": null })), 403, TokenClaim),
        ("an empty tenant", with(json!({ "tenantId": "" })), 403, TokenClaim),
        ("a tenant within an object", with(json!({ "tenantId": { "as100": "as100" } })), 403, TokenClaim),
        ("another tenant, expired", with(json!({ "tenantId": "as999", "exp": 1 })), 401, TokenExpired),
    ]
}

fn headers() -> Vec<Case> {
    use Reason::{AuthorizationMalformed, AuthorizationMissing, AuthorizationRepeated};
    let token = platform(&json!({}));
    let line = |value: String| format!("Authorization: {value}\r\n");
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("bearer:{token}"));
    vec![
        ("nothing", String::new(), 401, AuthorizationMissing),
        ("an empty header", line(String::new()), 401, AuthorizationMalformed),
        ("the scheme alone", line("Bearer".to_owned()), 401, AuthorizationMalformed),
        ("the scheme and a space", line("Bearer ".to_owned()), 401, AuthorizationMalformed),
        ("the token alone", line(token.clone()), 401, AuthorizationMalformed),
        ("Basic", line(format!("Basic {basic}")), 401, AuthorizationMalformed),
        ("another scheme", line(format!("JWT {token}")), 401, AuthorizationMalformed),
        ("a scheme that begins so", line(format!("Bearers {token}")), 401, AuthorizationMalformed),
        ("two spaces", line(format!("Bearer  {token}")), 401, AuthorizationMalformed),
        ("a tab", line(format!("Bearer\t{token}")), 401, AuthorizationMalformed),
        ("a colon", line(format!("Bearer: {token}")), 401, AuthorizationMalformed),
        ("quotes", line(format!("Bearer \"{token}\"")), 401, Reason::TokenMalformed),
        ("something behind", line(format!("Bearer {token} x")), 401, AuthorizationMalformed),
        ("two, joined by a comma", line(format!("Bearer {token}, Bearer {token}")), 401, AuthorizationMalformed),
        ("two tokens, joined by a comma", line(format!("Bearer {token},{token}")), 401, AuthorizationMalformed),
        ("a comma behind", line(format!("Bearer {token},")), 401, AuthorizationMalformed),
        ("letters beyond ASCII", line(format!("Bearer {token}é")), 401, AuthorizationMalformed),
        ("the header twice", bearer(&token).repeat(2), 400, AuthorizationRepeated),
        ("the header twice, once wrong", bearer("x") + &bearer(&token), 400, AuthorizationRepeated),
        ("in two cases", bearer(&token) + &bearer(&token).to_lowercase(), 400, AuthorizationRepeated),
        ("in a cookie", format!("Cookie: Authorization=Bearer {token}\r\n"), 401, AuthorizationMissing),
        ("of the proxy", format!("Proxy-Authorization: Bearer {token}\r\n"), 401, AuthorizationMissing),
        ("with an underscore", format!("Authorization_: Bearer {token}\r\n"), 401, AuthorizationMissing),
    ]
}

fn good() -> Value {
    json!({ "iss": "https://idp.example", "aud": "hookgate" })
}

fn of(header: &str, other: &Value, with: With<'_>) -> String {
    bearer(&signed(header, &claims(other), with))
}

/// What is signed with another key than its header says, or with a public key as if it were a secret.
fn confusions() -> Vec<Case> {
    use Reason::{TokenAlgorithm, TokenSignature};
    let (public, der) = (rsa_pem(&RSA), RSA.public_key().as_ref().to_vec());
    let header = |name: &str| format!("{{\"alg\":\"{name}\"}}");
    let hs = |name: &str, algorithm, secret: &[u8]| of(&header(name), &good(), With::Secret(algorithm, secret));
    let rs = |name: &str, key| of(&header(name), &good(), With::Rsa(&RSA_PKCS1_SHA256, key));
    let ps = |name: &str| of(&header(name), &good(), With::Rsa(&RSA_PSS_SHA256, &RSA));
    let es = |name: &str, key| of(&header(name), &good(), With::Ec(key));
    vec![
        ("the public key as the secret", hs("HS256", HS256, public.as_bytes()), 401, TokenAlgorithm),
        ("the same without its last line end", hs("HS256", HS256, public.trim().as_bytes()), 401, TokenAlgorithm),
        ("the public key's bytes as the secret", hs("HS256", HS256, &der), 401, TokenAlgorithm),
        ("the same for HS512", hs("HS512", hmac::HMAC_SHA512, public.as_bytes()), 401, TokenAlgorithm),
        ("a secret's signature under RS256", hs("RS256", HS256, public.as_bytes()), 401, TokenSignature),
        ("another RSA key", rs("RS256", &OTHER_RSA), 401, TokenSignature),
        ("PS256 in the header, RS256 in fact", rs("PS256", &RSA), 401, TokenSignature),
        ("RS512 in the header, RS256 in fact", rs("RS512", &RSA), 401, TokenSignature),
        ("ES256 in the header, RSA in fact", rs("ES256", &RSA), 401, TokenSignature),
        ("RS256 in the header, PS256 in fact", ps("RS256"), 401, TokenSignature),
        ("another P-256 key", es("ES256", &OTHER_P256), 401, TokenSignature),
        ("ES384, for which there is no key", es("ES384", &P384), 401, TokenAlgorithm),
        ("ES384 in the header, P-256 in fact", es("ES384", &P256), 401, TokenAlgorithm),
        ("an elliptic signature of zeros", bearer(&zeros(&good())), 401, TokenSignature),
    ]
}

/// Keys that the token brings along or points at.
fn own_keys() -> Vec<Case> {
    use Reason::TokenSignature;
    let rs = |mut header: Value| {
        header["alg"] = "RS256".into();
        of(&header.to_string(), &good(), With::Rsa(&RSA_PKCS1_SHA256, &OTHER_RSA))
    };
    let kid = |id: &str| rs(json!({ "kid": id }));
    let nowhere = "http://127.0.0.1:1/";
    vec![
        ("a key of its own in the header", rs(json!({ "jwk": rsa_jwk("own", &OTHER_RSA) })), 401, TokenSignature),
        ("a key at an address in the header", rs(json!({ "jku": nowhere, "x5u": nowhere })), 401, TokenSignature),
        ("a key's name that is a path", kid("../../../../dev/null"), 401, TokenSignature),
        ("a key's name that is SQL", kid("' UNION SELECT 'key' --"), 401, TokenSignature),
        ("a key's name that is an address", kid("http://127.0.0.1:1/key"), 401, TokenSignature),
        ("a key's name that is a command", kid("$(id)|/bin/sh\0"), 401, TokenSignature),
    ]
}

fn parties() -> Vec<Case> {
    use Reason::{TokenAudience, TokenIssuer};
    let issuer = "https://idp.example";
    let claim = |other: Value| of(r#"{"alg":"RS256"}"#, &other, With::Rsa(&RSA_PKCS1_SHA256, &RSA));
    vec![
        ("another issuer", claim(json!({ "iss": "https://evil.example", "aud": "hookgate" })), 401, TokenIssuer),
        (
            "an issuer with a slash",
            claim(json!({ "iss": "https://idp.example/", "aud": "hookgate" })),
            401,
            TokenIssuer,
        ),
        ("no issuer", claim(json!({ "aud": "hookgate" })), 401, TokenIssuer),
        ("for somebody else", claim(json!({ "iss": issuer, "aud": "payroll" })), 401, TokenAudience),
        ("for several others", claim(json!({ "iss": issuer, "aud": ["a", "b"] })), 401, TokenAudience),
        ("for nobody", claim(json!({ "iss": issuer })), 401, TokenAudience),
        ("for an empty list", claim(json!({ "iss": issuer, "aud": [] })), 401, TokenAudience),
    ]
}

/// `r` and `s` of zero once let anybody in elsewhere (CVE-2022-21449).
fn zeros(other: &Value) -> String {
    let zero = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, [0_u8; 64]);
    format!("{}.{}.{zero}", encoded(r#"{"alg":"ES256"}"#), encoded(&claims(other)))
}

fn pinned() -> Vec<Case> {
    let none = json!({});
    let hs256 = of(r#"{"alg":"HS256"}"#, &none, With::Secret(HS256, SECRET));
    let ps256 = of(r#"{"alg":"PS256"}"#, &none, With::Rsa(&RSA_PSS_SHA256, &RSA));
    vec![
        ("an algorithm that is not listed", hs256, 401, Reason::TokenAlgorithm),
        ("another of the same key", ps256, 401, Reason::TokenAlgorithm),
    ]
}

fn secrets() -> Vec<Case> {
    let [today, _] = BEARERS;
    vec![
        ("a prefix", bearer(&today[..today.len() - 1]), 401, Reason::BearerWrong),
        ("its first letter", bearer(&today[..1]), 401, Reason::BearerWrong),
        ("more than it", bearer(&format!("{today}0")), 401, Reason::BearerWrong),
        ("in capitals", bearer(&today.to_uppercase()), 401, Reason::BearerWrong),
        ("both at once", bearer(&BEARERS.concat()), 401, Reason::BearerWrong),
        ("nothing", bearer(""), 401, Reason::AuthorizationMalformed),
        ("a signed token", bearer(&platform(&json!({}))), 401, Reason::BearerWrong),
        ("in another header", format!("X-Api-Key: {today}\r\n"), 401, Reason::AuthorizationMissing),
    ]
}

fn header_secrets() -> Vec<Case> {
    use Reason::{HeaderMissing, HeaderWrong};
    let [today, yesterday] = BEARERS;
    let line = |value: &str| format!("X-Api-Key: {value}\r\n");
    vec![
        ("no header", String::new(), 401, HeaderMissing),
        ("an empty one", line(""), 401, HeaderWrong),
        ("a prefix", line(&today[..10]), 401, HeaderWrong),
        ("another", line("x"), 401, HeaderWrong),
        ("twice", line(today).repeat(2), 401, HeaderWrong),
        ("two that are both right", line(today) + &line(yesterday), 401, HeaderWrong),
        ("joined by a comma", line(&format!("{today}, {today}")), 401, HeaderWrong),
        ("as a bearer", bearer(today), 401, HeaderMissing),
        ("in the query alone", "X-Api-Keys: x\r\n".to_owned(), 401, HeaderMissing),
    ]
}

/// The calls come from 127.0.0.1, which is a trusted proxy; 10.0.0.0/8 may come in, and so may nobody else.
fn forwarded() -> Vec<Case> {
    use Reason::{AddressForeign, AddressUnknown};
    let line = |value: &str| format!("X-Forwarded-For: {value}\r\n");
    vec![
        ("the proxy itself", String::new(), 403, AddressForeign),
        ("another network", line("192.0.2.7"), 403, AddressForeign),
        ("spoofed before the caller's", line("10.1.2.3, 192.0.2.7"), 403, AddressForeign),
        ("spoofed many times", line("10.1.2.3, 10.1.2.3, 10.1.2.3,192.0.2.7"), 403, AddressForeign),
        ("spoofed in a header of its own", line("10.1.2.3") + &line("192.0.2.7"), 403, AddressForeign),
        ("spoofed before a second proxy", line("10.1.2.3, 192.0.2.7, 127.0.0.9"), 403, AddressForeign),
        ("spoofed before a mapped proxy", line("10.1.2.3, 192.0.2.7, ::ffff:127.0.0.9"), 403, AddressForeign),
        ("a mapped address of another network", line("::ffff:192.0.2.7"), 403, AddressForeign),
        ("proxies alone", line("127.0.0.2, 127.0.0.3"), 403, AddressForeign),
        ("unknown", line("unknown"), 403, AddressUnknown),
        ("spoofed before an unknown one", line("10.1.2.3, unknown"), 403, AddressUnknown),
        ("an empty end", line("10.1.2.3,"), 403, AddressUnknown),
        ("blank", line(" "), 403, AddressUnknown),
        ("a name", line("localhost"), 403, AddressUnknown),
        ("a number", line("167772161"), 403, AddressUnknown),
        ("octal", line("012.0.0.1"), 403, AddressUnknown),
        ("a network", line("10.0.0.0/8"), 403, AddressUnknown),
        ("quoted", line("\"10.1.2.3\""), 403, AddressUnknown),
        ("split by semicolons", line("10.1.2.3;192.0.2.7"), 403, AddressUnknown),
        ("more proxies than there are", line(&["10.1.2.3", &", 127.0.0.2".repeat(40)].concat()), 403, AddressUnknown),
        ("Forwarded", "Forwarded: for=10.1.2.3\r\n".to_owned(), 403, AddressForeign),
        ("X-Real-IP", "X-Real-IP: 10.1.2.3\r\n".to_owned(), 403, AddressForeign),
        ("another spelling", "X_Forwarded_For: 10.1.2.3\r\n".to_owned(), 403, AddressForeign),
    ]
}

#[test]
fn nothing_that_must_not_gets_in() {
    let tables: Vec<(&str, Vec<Case>)> = vec![
        (PLATFORM, [signatures(), shapes(), contents(), headers()].concat()),
        (ISSUER, [confusions(), own_keys(), parties()].concat()),
        (PINNED, pinned()),
        ("{ bearer: { secrets: [\"${file:DIR/today}\", \"${file:DIR/yesterday}\"] } }", secrets()),
        (
            "{ header: { name: X-Api-Key, secrets: [\"${file:DIR/today}\", \"${file:DIR/yesterday}\"] } }",
            header_secrets(),
        ),
        ("{ address: { allow: [10.0.0.0/8] }, trusted_proxies: [127.0.0.0/8] }", forwarded()),
        // Of a peer that is no trusted proxy the header says nothing.
        (
            "{ address: { allow: [10.0.0.0/8] }, trusted_proxies: [192.0.2.0/24] }",
            vec![("a header of nobody's", "X-Forwarded-For: 10.1.2.3\r\n".to_owned(), 403, Reason::AddressForeign)],
        ),
    ];
    let mut wrong = Vec::new();
    let mut count = 0;
    for (auth, cases) in tables {
        let guarded = Guarded::new(auth);
        for (name, headers, status, reason) in cases {
            count += 1;
            let found = guarded.wrongs_of(&headers, status, reason);
            if !found.is_empty() {
                wrong.push(format!("{name}: {found}"));
            }
        }
        assert_eq!(guarded.handled(), 0, "{auth}");
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 60, "{count}");
    println!("{count} that must not get in did not");
}
