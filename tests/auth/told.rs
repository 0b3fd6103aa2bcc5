//! What the log says of callers, so that "save & test" is the way to set the door up; never a token or a secret.

use serde_json::{Value, json};

use super::setup::bearer;
use super::token::{HS256, SECRET, With, claims, now, platform, platform_of, signed};
use crate::support::client::post_with;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

const RULES: &str = "hook: test\nrules: [{ name: connection-is-tested, stop: true }]\n";
const AUTH: &str = "auth:\n  jwt:\n    secrets: [\"${env:CYMMETRI_SECRET}\"]\n    claims: { tenantId: as100 }\n  \
     address: { allow: [10.0.0.0/8], observe: true }\n";

fn served(level: &str) -> (Served, tempfile::TempDir) {
    let dir = folder(&[("gateway.yaml", AUTH), ("rules/a.yaml", RULES)]);
    let words = ["serve", "--listen", "127.0.0.1:0", "--log-level", level];
    let program = Program::new(words).env("CYMMETRI_SECRET", std::str::from_utf8(SECRET).unwrap());
    (program.within(dir.path()).serve(), dir)
}

/// The lines of the log that say what the methods found of one call.
fn verdicts(served: &Served, id: &str, count: usize) -> Vec<Value> {
    let mut found = Vec::new();
    until("the verdicts are logged", || {
        let lines = served.log();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        found = lines.filter(|line| line["request_id"] == id && line["message"] == "who may come in").collect();
        found.len() >= count
    });
    found
}

#[test]
fn save_and_test_is_told_what_each_method_found_in_words() {
    let (served, _dir) = served("info");
    let wrong = signed(r#"{"alg":"HS256"}"#, &claims(&json!({})), With::Secret(HS256, b"another secret"));
    let rs256 = signed(r#"{"alg":"RS256"}"#, &claims(&json!({})), With::Secret(HS256, SECRET));
    for (headers, status, verdict, why) in [
        (
            bearer(&platform(&json!({}))),
            200,
            "accepted",
            "the token is signed with a known key, and it counts for 59 minutes yet",
        ),
        (bearer(&wrong), 401, "refused", "the token is signed with another secret or key"),
        (bearer(&rs256), 401, "refused", "the token is signed with RS256, for which there is no key"),
        (bearer(&platform(&json!({ "exp": now() - 200 }))), 401, "refused", "the token expired 3 minutes ago"),
        (
            bearer(&platform(&json!({ "iat": now() + 400 }))),
            401,
            "refused",
            "the token was issued in the future, in 6 minutes: the clock of this machine or of the one that signs is wrong",
        ),
        (bearer(&platform(&json!({ "exp": null }))), 401, "refused", "the token has no `exp`: it would count for ever"),
        (bearer(&platform(&json!({ "tenantId": "x" }))), 403, "refused", "the token's `tenantId` is `x`, not `as100`"),
        (
            bearer(&platform(&json!({ "tenantId": null }))),
            403,
            "refused",
            "the token's `tenantId` is not there, not `as100`",
        ),
        (
            bearer(&platform_of(&claims(&json!({ "tenantId": "y\n\u{1b}[31m".to_owned() + &"z".repeat(500) })))),
            403,
            "refused",
            "…`, not `as100`",
        ),
        (String::new(), 401, "refused", "the call has no header `Authorization`"),
    ] {
        let answer = post_with(served.address, "/webhook/test", &headers, b"");
        assert_eq!(answer.status, status, "{why}");
        let lines = verdicts(&served, answer.header("x-request-id").unwrap(), 2);
        assert_eq!((&lines[0]["method"], &lines[0]["verdict"]), (&json!("address"), &json!("would be refused")));
        assert_eq!(lines[0]["why"], "the call comes from 127.0.0.1, which is not in `auth.address`");
        assert_eq!(
            (&lines[1]["method"], &lines[1]["verdict"], &lines[1]["level"]),
            (&json!("jwt"), &json!(verdict), &json!("info"))
        );
        let said = lines[1]["why"].as_str().unwrap();
        assert!(said.ends_with(why) && said.len() < 200, "{said}\n{why}");
    }
}

#[test]
fn a_call_that_is_let_in_says_nothing_and_one_that_is_not_says_why() {
    let (served, _dir) = served("info");
    let path = "/webhook/preCreateUser";
    let body = br#"{"request":{"user":{"login":"asha.rao"}}}"#;
    let good = post_with(served.address, path, &bearer(&platform(&json!({}))), body);
    // The method that only observes is told of: this is how it is tried out.
    assert_eq!(verdicts(&served, good.header("x-request-id").unwrap(), 1).len(), 1);
    let refused = post_with(served.address, path, &bearer(&platform(&json!({ "exp": now() - 200 }))), body);
    let id = refused.header("x-request-id").unwrap();
    let lines = verdicts(&served, id, 2);
    assert_eq!(lines[1]["why"], "the token expired 3 minutes ago");
    until("it is told", || served.logged("refused").is_some());
    let line = served.logged("refused").unwrap();
    assert_eq!(
        (&line["request_id"], &line["code"], &line["cause"]),
        (&json!(id), &json!("Unauthorized"), &json!("token_expired"))
    );
}

#[test]
fn neither_tokens_nor_secrets_are_told_at_the_loudest() {
    let (served, _dir) = served("trace,actix_http=trace,actix_server=trace,reqwest=trace,hyper_util=trace");
    let other = json!({ "canary": "canary-of-a-claim", "tenantId": "x" });
    let (good, bad) = (platform(&json!({})), platform(&other));
    for token in [&*good, &*bad, "canary-of-a-word", "canary.of.parts"] {
        post_with(served.address, "/webhook/test", &bearer(token), b"");
        post_with(served.address, "/webhook/validateUser", &bearer(token), b"{}");
    }
    let (code, log) = served.stop();
    assert_eq!(code, Some(0));
    let parts = [&*good, &*bad].into_iter().flat_map(|token| token.split('.').skip(1));
    for secret in parts.chain(["canary", std::str::from_utf8(SECRET).unwrap(), "ORG_ADMIN"]) {
        assert!(!log.contains(secret), "{secret}");
    }
}
