//! What an operator can set about answers: the shape of acceptance, refusals on other hooks, hooks of one's own.

use hookgate::server::Settings;

use crate::support::server::{gateway_with, settings, tenant_of};
use crate::support::{Running, post, server};

const RULES: &str = r"
rules:
  - name: no-vendors
    hook: [validateUser, validateUpdateUser]
    when: { user.userType: Vendor }
    reject: NoVendors
  - name: marked
    hook: [validateUser, validateUpdateUser]
    when: { user.login: marked }
    set: { user.mark: x }
codes: { NoVendors: Not here. }
";

fn serving(gateway_yaml: &str, rules: &str) -> Running {
    server(&settings(), gateway_with(&tenant_of(gateway_yaml), rules))
}

fn validated(server: &Running, hook: &str, user: &str) -> String {
    let answer =
        post(server.address, &format!("/webhook/{hook}"), format!(r#"{{"request":{{"user":{user}}}}}"#).as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

#[test]
fn a_validate_hook_accepts_in_the_shape_that_is_set() {
    let user = r#"{"login" : "a"}"#;
    let changed = r#"{"login":"marked","mark":"x"}"#;
    for (accepted, plain, marked) in [
        ("data", format!(r#"{{"data":{user}}}"#), format!(r#"{{"data":{changed}}}"#)),
        ("echo", format!(r#"{{"user":{user}}}"#), format!(r#"{{"user":{changed}}}"#)),
        ("empty", "{}".to_owned(), "{}".to_owned()),
        ("error_false", r#"{"error":false}"#.to_owned(), r#"{"error":false}"#.to_owned()),
    ] {
        let server = serving(&format!("accepted: {accepted}\n"), RULES);
        for hook in ["validateUser", "validateUpdateUser"] {
            assert_eq!(validated(&server, hook, user), format!(r#"{{"response":{plain}}}"#), "{accepted}");
            assert_eq!(
                validated(&server, hook, r#"{"login":"marked"}"#),
                format!(r#"{{"response":{marked}}}"#),
                "{accepted}"
            );
            let refused = validated(&server, hook, r#"{"userType":"Vendor"}"#);
            assert_eq!(refused, r#"{"response":{"error":true,"message":"NoVendors"}}"#, "{accepted}");
        }
    }
}

#[test]
fn one_hook_may_accept_otherwise_than_the_others() {
    let server = serving("accepted: empty\nhooks: { validateUser: { accepted: error_false } }\n", RULES);
    assert_eq!(validated(&server, "validateUser", "{}"), r#"{"response":{"error":false}}"#);
    assert_eq!(validated(&server, "validateUpdateUser", "{}"), r#"{"response":{}}"#);
}

#[test]
fn a_hook_of_ones_own_is_a_row() {
    let hooks = "
prefixes: [/webhook, \"\", /hooks/v2]
hooks:
  appUpdated: { kind: notify, paths: [app-updated, application/updated], fields: [applicationId, action] }
  checkDuty: { kind: validate, accepted: error_false }
  taskAttribute: { kind: map }
  preProvision: { refusable: true, on_failure: { reject: TryAgainLater } }
";
    let rules = r#"
codes: { ToxicPair: These roles exclude each other., TryAgainLater: x }
rules:
  - { name: seen, hook: appUpdated, mode: audit, when: { request.applicationId: { present: true } }, stop: true }
  - { name: toxic, hook: [checkDuty, preProvision], when: { request.roleList: { contains: AP_APPROVER } }, reject: ToxicPair }
  - { name: breaks, hook: preProvision, when: { request.action: Break }, script: "throw \"broken\"" }
  - { name: by-app, hook: taskAttribute, when: { app: "7" }, mappedValue: seven }
"#;
    let prefixed =
        Settings { prefixes: vec!["/webhook".to_owned(), String::new(), "/hooks/v2".to_owned()], ..settings() };
    let server = server(&prefixed, gateway_with(&tenant_of(hooks), rules));
    let duty = r#"{"request":{"roleList":["AP_APPROVER"],"user":{"login":"a"}}}"#;
    for (path, body, expected) in [
        ("/webhook/app-updated", r#"{"request":{"applicationId":"1"}}"#, "{}"),
        ("/Application/Updated/", r#"{"request":{}}"#, "{}"),
        ("/hooks/v2/app-updated/17", r#"{"request":{}}"#, "{}"),
        ("/webhook/checkduty", duty, r#"{"error":true,"message":"ToxicPair"}"#),
        ("/webhook/checkDuty", r#"{"request":{"user":{}}}"#, r#"{"error":false}"#),
        ("/webhook/preProvision", duty, r#"{"error":true,"message":"ToxicPair"}"#),
        ("/webhook/preProvision", r#"{"request":{"user":{}}}"#, "{}"),
        (
            "/webhook/preProvision",
            r#"{"request":{"action":"Break","user":{}}}"#,
            r#"{"error":true,"message":"TryAgainLater"}"#,
        ),
        ("/taskAttribute/7", r#"{"request":{}}"#, r#"{"mappedValue":"seven"}"#),
        ("/taskAttribute?appId=7", r#"{"request":{}}"#, r#"{"mappedValue":"seven"}"#),
        ("/taskAttribute/8", r#"{"request":{"defaultValue":"d"}}"#, r#"{"mappedValue":"d"}"#),
    ] {
        let answer = post(server.address, path, body.as_bytes());
        assert_eq!((answer.status, answer.body), (200, format!(r#"{{"response":{expected}}}"#)), "{path} {body}");
    }
    assert_eq!(post(server.address, "/webhook/appUpdated", b"{}").status, 404, "its path is another");
    assert_eq!(post(server.address, "/webhook/checkDuty", br#"{"request":{}}"#).code(), "UserMissing");
}
