//! A rule that fails: the hook's `on_failure` answers, whatever an earlier rule has changed.

use hookgate::event::Hooks;
use hookgate::rule::Tenant;

use crate::support::server::{gateway_with, settings, tenant_of};
use crate::support::{Answer, Running, post, server};

/// On every hook, for a person called `fails`: what an earlier rule changed must not go out.
fn rules(how: &str) -> String {
    format!(
        "rules:\n  - {{ name: earlier, hook: [preCreateUser, preUpdateUser, validateUser, validateUpdateUser], set: {{ user.mark: x }} }}\n  \
         - name: fails\n    hook: [{}]\n    when: {{ user.login: fails }}\n    {how}\n",
        Hooks::standard().names().collect::<Vec<_>>().join(", ")
    )
}

/// The ways of failing that every kind of hook can take.
const WAYS: [&str; 5] = [
    "script: 'throw \"broken\"'",
    "script: 'loop { }'",
    "script: 'fn f(n) { f(n + 1) } f(0)'",
    "script: 'let s = \"x\"; loop { s += s; }'",
    "script: 'user.login - 1'",
];

const BODY: &[u8] = br#"{"request":{"cymmetrifield":"login", "user": { "login":"fails"}}}"#;

fn asked(server: &Running, hook: &str) -> Answer {
    post(server.address, &format!("/webhook/{hook}"), BODY)
}

#[test]
fn every_hook_answers_by_default_what_gateway_yaml_says() {
    for how in WAYS {
        let server = server(&settings(), gateway_with(&tenant_of("{}"), &rules(how)));
        for hook in Hooks::standard().names() {
            let expected = match hook {
                "validateUser" | "validateUpdateUser" => r#"{"error":true,"message":"ValidationUnavailable"}"#,
                "preCreateUser" | "preUpdateUser" => r#"{"data":{ "login":"fails"}}"#,
                "policyMap" => r#"{"mappedValue":"fails"}"#,
                "runDeprovision" => r#"{"data":false}"#,
                _ => "{}",
            };
            let answer = asked(&server, hook);
            assert_eq!((answer.status, answer.body), (200, format!(r#"{{"response":{expected}}}"#)), "{hook} {how}");
        }
    }
}

#[test]
fn a_failing_rule_answers_503_where_that_is_set() {
    let kinds = ["validate", "transform", "map", "decide", "notify", "probe"];
    let settings_file = format!("on_failure: {{ {} }}\n", kinds.map(|kind| format!("{kind}: unavailable")).join(", "));
    let server = server(&settings(), gateway_with(&tenant_of(&settings_file), &rules(WAYS[0])));
    for hook in Hooks::standard().names() {
        let answer = asked(&server, hook);
        assert_eq!((answer.status, &*answer.code()), (503, "RulesFailed"), "{hook}");
        assert_eq!(answer.header("retry-after"), Some("5"), "{hook}");
        assert_eq!(answer.json()["requestId"].as_str(), answer.header("x-request-id"), "{hook}");
        assert!(!answer.body.contains("broken") && !answer.body.contains("fails"), "{}", answer.body);
    }
}

#[test]
fn validate_hooks_may_let_people_pass_or_refuse_with_another_code() {
    let file = "on_failure: { validate: undecided }\nhooks: { validateUpdateUser: { on_failure: { reject: TryAgainLater } } }\n";
    let server = server(&settings(), gateway_with(&tenant_of(file), &rules(WAYS[0])));
    assert_eq!(asked(&server, "validateUser").body, r#"{"response":{"data":{ "login":"fails"}}}"#);
    assert_eq!(asked(&server, "validateUpdateUser").body, r#"{"response":{"error":true,"message":"TryAgainLater"}}"#);
}

#[test]
fn plain_rules_fail_over_what_is_absent_or_no_date_or_no_list() {
    for how in
        ["set: { user.greeting: \"hello ${user.nickname}\" }", "add: { user.login: x }", "set: { user.login.inner: x }"]
    {
        let server = server(
            &settings(),
            gateway_with(
                &Tenant::standard(),
                &format!("hook: [preCreateUser, validateUser]\nrules:\n  - name: fails\n    {how}\n"),
            ),
        );
        assert_eq!(asked(&server, "preCreateUser").body, r#"{"response":{"data":{ "login":"fails"}}}"#, "{how}");
        assert_eq!(
            asked(&server, "validateUser").body,
            r#"{"response":{"error":true,"message":"ValidationUnavailable"}}"#,
            "{how}"
        );
    }
}

#[test]
fn a_failing_rule_fails_its_own_events_only() {
    let server = server(&settings(), gateway_with(&Tenant::standard(), &rules(WAYS[1])));
    for _ in 0..3 {
        assert_eq!(
            asked(&server, "validateUser").body,
            r#"{"response":{"error":true,"message":"ValidationUnavailable"}}"#
        );
        let other = post(server.address, "/webhook/validateUser", br#"{"user":{"login":"other"}}"#);
        assert_eq!(other.body, r#"{"response":{"data":{"login":"other","mark":"x"}}}"#);
    }
}
