//! `hookgate send`: the platform played, from the first certificate to the answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::support::program::{Ended, Program, folder, root};
use crate::support::receiver::{Got, HttpReceiver, Reply};
use crate::support::wait;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Sends to a receiver that answers with this status; how it ended, and what the receiver got.
fn sent(status: u16, words: &[&str]) -> (Ended, Option<Got>) {
    let receiver = HttpReceiver::start(move |_| Reply::Status(status, "x-request-id: id-1\r\n"));
    let to = format!("http://{}/webhook/", receiver.address);
    let words = ["send", words[0], "--to", &to].into_iter().chain(words[1..].iter().copied());
    let ended = Program::new(words).env("THE_SECRET", SECRET).run();
    let got = receiver.got.lock().unwrap().first().cloned();
    (ended, got)
}

/// Head and claims of the bearer, and whether HMAC-SHA-256, -384 or -512 over them by the secret is its signature.
fn token(got: &Got, algorithm: aws_lc_rs::hmac::Algorithm, secret: &[u8]) -> (Value, Value) {
    let bearer = got.headers["authorization"].strip_prefix("Bearer ").unwrap();
    let (signed, signature) = bearer.rsplit_once('.').unwrap();
    let key = aws_lc_rs::hmac::Key::new(algorithm, secret);
    aws_lc_rs::hmac::verify(&key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (read(head), read(claims))
}

#[test]
fn a_certificate_is_made_served_and_called_as_a_user_would() {
    let folder = folder(&[("gateway.yaml", "tls: { certificate: tls/certificate.pem, key: tls/key.pem }\n")]);
    Program::new(["cert", "--self-signed", "--output", "tls"]).within(folder.path()).run().expect(0);
    let rules = format!("{}/rules", root().display());
    let served = Program::new(["serve", "--rules", &rules, "--listen", "127.0.0.1:0"]).within(folder.path()).serve();
    for host in ["localhost", "127.0.0.1"] {
        let to = format!("https://{host}:{}/webhook", served.address.port());
        let send = |words: &[&str]| {
            let words = ["send", "validateUser", "--to", &to].into_iter().chain(words.iter().copied());
            Program::new(words).within(folder.path()).run()
        };
        let trusted = ["--ca", "tls/certificate.pem"];
        let said = send(&trusted).expect(0);
        assert!(said.starts_with(&format!("validateUser · POST {to}/validateUser\nstatus 200 in ")), "{said}");
        let id = said.split_once("request id ").unwrap().1.lines().next().unwrap().to_owned();
        wait::until("the log has the request id", || served.log().contains(&id));
        let taken = [&trusted[..], &["--set", "user.login=new.hire", "--set", "user.mobile=9820012345"]].concat();
        assert!(send(&taken).expect(0).contains("\"message\":\"MobileAlreadyExist\""));
        let secret = [&trusted[..], &["--set", "user.password=Zq7canary9Xw", "--format", "json"]].concat();
        let shown = send(&secret).expect(0);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["answer"]["response"]["data"]["password"], "(hidden)");
        let refused = send(&[]).refused(2);
        assert!(
            refused.contains("certificate") && refused.contains("name it, or its authority, with `--ca FILE`"),
            "{refused}"
        );
    }
    let plain = format!("http://{}/webhook", served.address);
    let said = Program::new(["send", "test", "--to", &plain]).run().expect(1);
    assert!(said.contains("this port speaks https"), "{said}");
    // A certificate that is trusted and for another name wants no `--ca`.
    let other = format!("https://127.0.0.2:{}/webhook", served.address.port());
    let every =
        Program::new(["serve", "--rules", &rules, "--listen", "0.0.0.0:0", "--insecure"]).within(folder.path()).serve();
    let other = other.replace(&served.address.port().to_string(), &every.address.port().to_string());
    let refused =
        Program::new(["send", "test", "--to", &other, "--ca", "tls/certificate.pem"]).within(folder.path()).run();
    let refused = refused.refused(2);
    assert!(refused.contains("the certificate is for another name") && !refused.contains("--ca"), "{refused}");
    let unknown = format!("https://{}/hooks", served.address);
    let ca = folder.path().join("tls/certificate.pem");
    let said = Program::new(["send", "test", "--to", &unknown, "--ca", ca.to_str().unwrap()]).run().expect(1);
    assert!(said.contains("no hook has this path"), "{said}");
    assert_eq!(served.stop().0, Some(0));
}

#[test]
fn the_token_is_one_of_the_platform_with_the_claims_that_were_wanted() {
    let (ended, got) = sent(200, &["policyMap", "--secret-env", "THE_SECRET", "--app", "a b"]);
    ended.expect(0);
    let got = got.unwrap();
    assert_eq!(got.line, "POST /webhook/policyMap/a%20b");
    assert_eq!(got.headers["content-type"], "application/json");
    assert!(got.body.starts_with(b"{"));
    let (head, claims) = token(&got, aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    assert_eq!(head, serde_json::json!({"alg": "HS256"}));
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    let expected = ["sub", "delegatee", "delegateeId", "firstLogin", "roles", "tenantId", "exp", "userId", "iat"];
    assert_eq!(names, expected);
    let seconds = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!(seconds("exp") - seconds("iat"), 60);
    assert!((seconds("iat") - jiff::Timestamp::now().as_second()).abs() < 60);

    let words = ["test", "--secret", SECRET, "--algorithm", "HS512", "--expires", "-90s", "--claim", "tenantId=other"];
    let words = [&words[..], &["--claim", "roles:=[\"USER\"]", "--header", "X-Extra=1"]].concat();
    let (ended, got) = sent(200, &words);
    assert!(ended.expect(0).contains("note: others on this machine can see"));
    let got = got.unwrap();
    assert_eq!(got.headers["x-extra"], "1");
    let (head, claims) = token(&got, aws_lc_rs::hmac::HMAC_SHA512, SECRET.as_bytes());
    assert_eq!((&head["alg"], &claims["tenantId"]), (&"HS512".into(), &"other".into()));
    assert_eq!(claims["roles"], serde_json::json!(["USER"]));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), -90);
}

#[test]
fn secrets_and_tokens_are_read_from_files() {
    let folder = folder(&[("secret", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\n"), ("token", "a.b.c\n")]);
    let (secret, bearer) = (folder.path().join("secret"), folder.path().join("token"));
    let (secret, bearer) = (secret.to_str().unwrap(), bearer.to_str().unwrap());
    let (ended, got) = sent(200, &["test", "--secret-file", secret, "--base64"]);
    assert!(!ended.expect(0).contains("note:"));
    token(&got.unwrap(), aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
    let (_, got) = sent(200, &["test", "--secret", &format!("${{file:{secret}}}")]);
    token(&got.unwrap(), aws_lc_rs::hmac::HMAC_SHA256, b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY");
    let (_, got) = sent(200, &["test", "--bearer", bearer]);
    assert_eq!(got.unwrap().headers["authorization"], "Bearer a.b.c");
    let (_, got) = sent(200, &["test"]);
    assert!(!got.unwrap().headers.contains_key("authorization"));
}

#[test]
fn a_status_that_is_no_answer_is_told_in_words_and_by_the_exit_code() {
    for (status, words, told) in [
        (401, &["test"][..], "wants to know who calls"),
        (401, &["test", "--secret-env", "THE_SECRET"][..], "the token is not accepted"),
        (403, &["test", "--secret-env", "THE_SECRET"][..], "does not let them in"),
        (404, &["test"][..], "no hook has this path"),
        (302, &["test"][..], "never redirects"),
        (500, &["test"][..], "a fault of the gateway"),
        (502, &["test"][..], "between here and the gateway"),
    ] {
        let said = sent(status, words).0.expect(1);
        assert!(said.contains(&format!("status {status} in ")) && said.contains("request id id-1"), "{said}");
        assert!(said.contains(told), "{said}");
    }
}

#[test]
fn what_cannot_be_sent_is_told_without_secrets() {
    let refused = |words: &[&str]| sent(200, words).0.refused(2);
    assert!(refused(&["valdateUser"]).contains("did you mean `validateUser`?"));
    assert!(refused(&["test", "--secret-env", "NOT_SET"]).contains("`NOT_SET` is not set"));
    assert!(refused(&["test", "--secret", "not base 64: canary", "--base64"]).contains("is not Base64"));
    assert!(!refused(&["test", "--secret", "not base 64: canary", "--base64"]).contains("canary"));
    assert!(!refused(&["test", "--header", "canary"]).contains("canary"));
    assert!(refused(&["test", "--base64"]).contains("--secret"));
    let away = Program::new(["send", "test", "--to", "localhost:1"]).run().refused(2);
    assert!(away.contains("not an address of a server") && away.contains("https://host:8443/webhook"), "{away}");
    let nobody = Program::new(["send", "test", "--to", "http://127.0.0.1:1"]).run().refused(2);
    assert!(nobody.contains("no connection") && nobody.contains("see that the gateway runs"), "{nobody}");
}
