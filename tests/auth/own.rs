//! Hooks and prefixes with methods of their own, secrets that are bound to claims, and lists that would let everybody in.

use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::gateway::{Answered, Reply};
use hookgate::server::bind_answering;
use serde_json::{Value, json};

use super::setup::{BEARERS, Guarded, bearer};
use super::token::{HS256, SECRET, With, claims, platform, signed};
use crate::support::client::post_with;
use crate::support::program::{Program, folder};
use crate::support::{Answer, Running};

const RULES: &str = "hook: test\nrules: [{ name: connection-is-tested, stop: true }]\n";

/// What is said of a gateway.yaml that cannot be.
fn mistakes(gateway: &str) -> String {
    let file = File::new("gateway.yaml".to_owned(), gateway.to_owned());
    hookgate::config::read(Some(file), [], &[]).err().map(|report| report.to_text(false)).unwrap_or_default()
}

/// A gateway with these settings; each hook answers its name.
fn running(gateway: &str, dir: &tempfile::TempDir) -> Running {
    std::fs::write(dir.path().join("today"), BEARERS[0]).unwrap();
    let text = gateway.replace("DIR", dir.path().to_str().unwrap());
    let file = File::new("gateway.yaml".to_owned(), text);
    let settings = hookgate::config::read(Some(file), [], &[]);
    let settings = settings.unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let hooks = settings.tenant.hooks.clone();
    let names = hooks.clone();
    let answering = move |event: hookgate::event::Event| {
        let hook = &names.rows[event.hook].name;
        Answered::Now(Reply { status: 200, body: json!({ "hook": hook }).to_string() })
    };
    Running::start(bind_answering(&settings.server, &hooks, Arc::new(answering)).unwrap())
}

const OWN: &str = r#"
listen: 127.0.0.1:0
hooks:
  externalSod: { kind: decide, paths: [sod/check] }
  batchTask: { kind: notify, paths: [batch] }
prefixes: [/webhook, "", /tasks]
auth:
  bearer: { secrets: ["${file:DIR/today}"] }
  for:
    - { hooks: [externalSod], address: { allow: [127.0.0.1] } }
    - { hooks: [BATCHTASK], open: true }
    - { hooks: [changePassword], address: { allow: [192.0.2.7] } }
    - { prefixes: [/tasks/], header: { name: X-Task, secrets: ["${file:DIR/today}"] } }
"#;

#[test]
fn a_hook_and_a_prefix_have_methods_in_place_of_those_for_all() {
    let dir = tempfile::tempdir().unwrap();
    let server = running(OWN, &dir);
    let (good, task) = (bearer(BEARERS[0]), format!("X-Task: {}\r\n", BEARERS[0]));
    let user = r#"{"request":{"user":{"login":"x"}}}"#;
    for (path, headers, body, status) in [
        ("/webhook/validateUser", "", user, 401),
        ("/webhook/validateUser", &*good, user, 200),
        ("/webhook/validateUser", &*task, user, 401),
        // A hook of its own, by its address alone and under whatever prefix.
        ("/webhook/sod/check", "", r#"{"userId":"1","roles":["a"]}"#, 200),
        ("/tasks/sod/check", "", "{}", 200),
        // Open, because somebody wrote so.
        ("/batch", "", "{}", 200),
        ("/tasks/BATCH", "", "{}", 200),
        // Narrower than the one for all: a right bearer does not help.
        ("/changePassword", &*good, user, 403),
        // Under the prefix its header, and no bearer.
        ("/tasks/validateUser", &*task, user, 200),
        ("/tasks//validateuser/", &*task, user, 200),
        ("/tasks/validateUser", &*good, user, 401),
        ("/tasks/test", "", "", 401),
        ("/tasks/preProvision/app-7", "", user, 401),
        ("/tasks/preProvision/app-7", &*task, user, 200),
        ("/TASKS/changePassword", &*task, user, 403),
    ] {
        let answer = post_with(server.address, path, headers, body.as_bytes());
        assert_eq!(answer.status, status, "{path} {headers}: {answer:?}");
    }
}

#[test]
fn a_hook_of_ones_own_takes_any_object_and_the_platforms_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = "listen: 127.0.0.1:0\nhooks:\n  told: { kind: notify }\n  asked: { kind: decide }\n  mapped: { kind: map }\n  \
                   checked: { kind: validate }\n";
    let server = running(gateway, &dir);
    let status = |path: &str, body: &str| post_with(server.address, path, "", body.as_bytes()).status;
    for body in ["{}", r#"{"a":1}"#, r#"{"request":{}}"#, r#"{"user":{}}"#] {
        assert_eq!((status("/told", body), status("/asked", body)), (200, 200), "{body}");
    }
    for body in ["", "null", "[]", "1", "{", r#""text""#] {
        assert_eq!((status("/told", body), status("/asked", body)), (400, 400), "{body}");
    }
    for hook in ["/mapped", "/checked", "/postCreateUser", "/runDeprovision", "/policyMap"] {
        assert_eq!(status(hook, "{}"), 400, "{hook}");
    }
}

#[test]
fn a_row_that_means_nothing_or_lets_everybody_in_unsaid_does_not_start() {
    let row = |row: &str| format!("hooks: {{ batch: {{ kind: notify }} }}\nauth: {{ for: [{row}] }}\n");
    for (gateway, wanted, help) in [
        (row("{ hooks: [batch] }"), "keeps nobody out", "open: true"),
        (row("{ hooks: [batch], open: false }"), "keeps nobody out", "open: true"),
        (row("{ hooks: [batch], address: { allow: [10.0.0.0/8], observe: true } }"), "keeps nobody out", "open: true"),
        (row("{ hooks: [batch], open: true, address: { allow: [10.0.0.0/8] } }"), "lets everybody in", "take one"),
        (
            row("{ hooks: [batch], address: { allow: [0.0.0.0/0] } }"),
            "`address` lets everybody in",
            "leave `address` out",
        ),
        (row("{ open: true }"), "is for hooks or for prefixes", "hooks: [NAME]"),
        (row("{ hooks: [], open: true }"), "is for hooks or for prefixes", "hooks: [NAME]"),
        (row("{ hooks: [batch], prefixes: [/webhook], open: true }"), "is for hooks or for prefixes", "hooks: [NAME]"),
        (row("{ hooks: [batsh], open: true }"), "there is no hook `batsh`", "did you mean `batch`?"),
        (row("{ prefixes: [/tasks], open: true }"), "there is no prefix `/tasks`", "`prefixes` says which"),
        (row("{ hooks: [batch, BATCH], open: true }"), "has methods of its own already", "let one row"),
        (
            row("{ hooks: [batch], open: true }, { hooks: [batch], address: { allow: 10.0.0.1 } }"),
            "already",
            "let one row",
        ),
        (row("{ hooks: [batch], certificate: { names: [a] } }"), "asked for no certificate", "tls.client_certificates"),
        (row("{ hooks: [batch], allow: everybody }"), "allow", "open"),
    ] {
        let said = mistakes(&gateway);
        assert!(said.contains(wanted) && said.contains(help), "{gateway}{said}");
    }
    assert_eq!(mistakes(&row("{ hooks: [batch], open: true }")), "");
}

#[test]
fn an_open_hook_is_named_in_the_log_at_each_start() {
    let gateway = "hooks: { batch: { kind: notify } }\nauth: { address: { allow: [10.0.0.0/8] }, for: [{ hooks: [batch], open: true }] }\n";
    let dir = folder(&[("rules/a.yaml", RULES), ("gateway.yaml", gateway)]);
    let served = Program::new(["serve", "--listen", "0.0.0.0:0"]).within(dir.path()).serve();
    let log = served.log();
    assert!(log.contains("everybody is admitted to the hooks `batch`"), "{log}");
}

#[test]
fn networks_that_are_everybody_and_headers_that_everybody_has_do_not_start() {
    for networks in [
        "[0.0.0.0/0]",
        "[\"::/0\"]",
        "[0.0.0.0/1, 128.0.0.0/1]",
        "[10.0.0.0/8, 0.0.0.0/0]",
        "[\"::/1\", \"8000::/1\"]",
        "[\"2000::/3\"]",
        "[0.0.0.0/2]",
    ] {
        let said = mistakes(&format!("auth: {{ trusted_proxies: {networks} }}\n"));
        assert!(said.contains("trusts strangers") && said.contains("your own proxies"), "{networks}: {said}");
    }
    for networks in ["[10.0.0.0/8]", "[\"fc00::/7\", 192.168.0.0/16, 192.0.2.1]"] {
        assert_eq!(mistakes(&format!("auth: {{ trusted_proxies: {networks} }}\n")), "");
    }
    for networks in ["[0.0.0.0/0]", "[0.0.0.0/1, 128.0.0.0/1]", "[\"::/0\", 10.0.0.1]"] {
        let said = mistakes(&format!("auth: {{ address: {{ allow: {networks} }} }}\n"));
        assert!(said.contains("`address` lets everybody in"), "{networks}: {said}");
    }
    for name in [
        "Host",
        "HOST",
        "Content-Length",
        "Content-Type",
        "Connection",
        "User-Agent",
        "X-Forwarded-For",
        "Authorization",
        "Accept",
    ] {
        let said = mistakes(&format!("auth: {{ header: {{ name: {name}, secrets: [\"${{env:A}}\"] }} }}\n"));
        assert!(
            said.contains(&format!("`{name}` cannot be this header")) && said.contains("X-Api-Key"),
            "{name}: {said}"
        );
    }
}

/// A token that this secret has signed, for this tenant.
fn of(secret: &[u8], tenant: &str) -> String {
    bearer(&signed(r#"{"alg":"HS256"}"#, &claims(&json!({ "tenantId": tenant })), With::Secret(HS256, secret)))
}

const OTHER: &[u8] = b"the-secret-of-the-other-tenant-0123456789";

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, if answer.status == 200 { String::new() } else { answer.code() })
}

#[test]
fn a_secret_that_is_bound_to_a_tenant_speaks_for_no_other() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("other"), OTHER).unwrap();
    let other = dir.path().join("other");
    let bound = format!(
        "{{ jwt: {{ secrets: [{{ secret: \"${{file:DIR/secret}}\", claims: {{ tenantId: [as100, as101] }} }}, \
         {{ secret: \"${{file:{}}}\", claims: {{ tenantId: acme }} }}] }} }}",
        other.display()
    );
    let guarded = Guarded::new(&bound);
    for (secret, tenant, status) in [
        (SECRET, "as100", 200),
        (SECRET, "as101", 200),
        (SECRET, "acme", 403),
        (OTHER, "acme", 200),
        (OTHER, "as100", 403),
        (b"a-secret-of-nobody-at-all-0123456789", "acme", 401),
    ] {
        assert_eq!(guarded.ask(&of(secret, tenant)).status, status, "{tenant}");
    }
    // A list speaks for all that is in it.
    for (tenants, status) in [
        (json!(["as100"]), 200),
        (json!(["as100", "as101"]), 200),
        (json!(["as100", "acme"]), 403),
        (json!(["acme", "as100"]), 403),
        (json!([["as100"]]), 403),
        (json!([]), 403),
        (json!({ "as100": true }), 403),
        (Value::Null, 403),
    ] {
        let token = signed(r#"{"alg":"HS256"}"#, &claims(&json!({ "tenantId": tenants })), With::Secret(HS256, SECRET));
        assert_eq!(guarded.ask(&bearer(&token)).status, status, "{tenants}");
    }
    assert_eq!(code(&guarded.ask(&of(OTHER, "as100"))), (403, "Forbidden".to_owned()));
    // What all must say holds beside it.
    let narrower = Guarded::new(
        "{ jwt: { secrets: [{ secret: \"${file:DIR/secret}\", claims: { tenantId: as100 } }], audience: hg } }",
    );
    assert_eq!(narrower.ask(&bearer(&platform(&json!({})))).status, 401);
    assert_eq!(narrower.ask(&bearer(&platform(&json!({ "aud": "hg" })))).status, 200);
    assert_eq!(narrower.ask(&bearer(&platform(&json!({ "aud": "hg", "tenantId": "acme" })))).status, 403);
    // Two that are the same secret speak for both.
    let twice = Guarded::new(
        "{ jwt: { secrets: [{ secret: \"${file:DIR/secret}\", claims: { tenantId: a } }, { secret: \"${file:DIR/secret}\", claims: { tenantId: b } }] } }",
    );
    assert_eq!(["a", "b", "c"].map(|tenant| twice.ask(&of(SECRET, tenant)).status), [200, 200, 403]);
}

#[test]
fn a_bound_secret_is_written_whole() {
    for (secrets, wanted) in [
        ("[{ claims: { tenantId: a } }]", "a secret is `secret` or `base64`"),
        ("[{ secret: \"${env:A}\", base64: \"${env:A}\" }]", "a secret is `secret` or `base64`"),
        ("[{ secret: written-out, claims: { tenantId: a } }]", "written out"),
        ("[{ secret: \"${env:A}\", claims: { tenantId: [] } }]", "1 to 32"),
        ("[{ secret: \"${env:A}\", claim: { tenantId: a } }]", "claims"),
    ] {
        let said = mistakes(&format!("auth: {{ jwt: {{ secrets: {secrets} }} }}\n"));
        assert!(said.contains(wanted), "{secrets}: {said}");
    }
}
