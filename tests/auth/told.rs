//! What the log says of callers, so that "save & test" is the way to set authentication up; never a token or a secret.

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

/// The lines of the log that say this of one call.
fn lines(served: &Served, id: &str, message: &str, count: usize) -> Vec<Value> {
    let mut found = Vec::new();
    until("it is logged", || {
        let lines = served.log();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        found = lines.filter(|line| line["request_id"] == id && line["message"] == message).collect();
        found.len() >= count
    });
    found
}

/// What each method found of one call that is let in.
fn verdicts(served: &Served, id: &str, count: usize) -> Vec<Value> {
    lines(served, id, "who may come in", count)
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
        let id = answer.header("x-request-id").unwrap();
        let (of_address, of_jwt) = if status == 200 {
            let lines = verdicts(&served, id, 2);
            let said =
                |line: &Value| format!("{}: {}", line["verdict"].as_str().unwrap(), line["why"].as_str().unwrap());
            assert_eq!((&lines[0]["method"], &lines[1]["method"]), (&json!("address"), &json!("jwt")));
            (said(&lines[0]), said(&lines[1]))
        } else {
            // One line for a call that is turned away, with what each method found.
            let lines = lines(&served, id, "refused", 1);
            assert_eq!((lines.len(), &lines[0]["level"], &lines[0]["from"]), (1, &json!("info"), &json!("127.0.0.1")));
            let said = |method: &str| lines[0][method].as_str().unwrap().to_owned();
            (said("address"), said("jwt"))
        };
        assert_eq!(of_address, "would be refused: the call comes from 127.0.0.1, which is not in `auth.address`");
        let said = of_jwt.strip_prefix(&format!("{verdict}: ")).unwrap_or_else(|| panic!("{of_jwt}"));
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
    let line = lines(&served, id, "refused", 1).remove(0);
    assert_eq!(line["jwt"], "refused: the token expired 3 minutes ago");
    assert_eq!((&line["code"], &line["cause"]), (&json!("Unauthorized"), &json!("token_expired")));
}

#[test]
fn what_is_refused_again_and_again_is_a_line_and_a_number() {
    let (served, _dir) = served("info");
    let user = br#"{"request":{"user":{"login":"asha.rao"}}}"#;
    let refuse = |path: &str, headers: &str, body: &[u8], count: usize| {
        for _ in 0..count {
            assert_ne!(post_with(served.address, path, headers, body).status, 200);
        }
    };
    let expired = bearer(&platform(&json!({ "exp": now() - 200 })));
    refuse("/webhook/validateUser", &expired, user, 40);
    refuse("/webhook/validateUser", "", user, 30);
    refuse("/webhook/changePassword", "", user, 5);
    refuse("/webhook/validateUser", &bearer(&platform(&json!({}))), b"{", 20);
    refuse("/nothing", "", user, 25);
    let (code, log) = served.stop();
    assert_eq!(code, Some(0));
    let told: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |message: &str, key: &str| -> Vec<(String, Value)> {
        let lines = told.iter().filter(|line| line["message"] == message);
        let mut lines: Vec<_> =
            lines.map(|line| (line["cause"].as_str().unwrap().to_owned(), line[key].clone())).collect();
        lines.sort_by(|one, other| one.0.cmp(&other.0));
        lines
    };
    let refused = of("refused", "status");
    let causes: Vec<&str> = refused.iter().map(|(cause, _)| &**cause).collect();
    assert_eq!(causes.len(), 3, "{causes:?}");
    assert!(causes.contains(&"token_expired") && causes.contains(&"authorization_missing"), "{causes:?}");
    let again = of("refused again", "count");
    let counted = [("BodyUnreadable", 19), ("authorization_missing", 34), ("token_expired", 39)];
    assert_eq!(again, counted.map(|(cause, count)| (cause.to_owned(), json!(count))));
    let information =
        told.iter().filter(|line| line["target"] == "hookgate::event" && line["message"] != "who may come in");
    assert_eq!(information.count(), 6, "{log}");
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
