//! What a connection sends of credentials, to whom, and that none is ever shown.

use serde_json::json;

use crate::support::client::{Client, request};
use crate::support::outside::{Outside, read};
use crate::support::platform::{Manner, Platform, TOKEN};
use crate::support::program::{Program, folder};

fn platform() -> Platform {
    let platform = Platform::new(&json!([{ "id": "61e9" }]));
    platform.now(Manner::Body("[]".to_owned()));
    platform
}

fn connection(platform: &Platform, more: &str) -> String {
    format!("http: \"http://{}\", allow: [127.0.0.1]{more}", platform.address)
}

const LOOKUP: &str = "get: \"/users/${key}\"";

#[test]
fn each_kind_of_credential_is_sent_as_what_it_is() {
    let platform = platform();
    let secrets = folder(&[("password", "pässword: 7\n"), ("token", "abc.def\n")]);
    let at = secrets.path().display();
    for (more, wanted) in [
        (String::new(), vec![]),
        (", token: caller".to_owned(), vec![format!("Bearer {TOKEN}")]),
        (", bearer: abc".to_owned(), vec!["Bearer abc".to_owned()]),
        (format!(", bearer: \"${{file:{at}/token}}\""), vec!["Bearer abc.def".to_owned()]),
        // base64 of `hr:pässword: 7` in UTF-8.
        (format!(", user: hr, password: \"${{file:{at}/password}}\""), vec!["Basic aHI6cMOkc3N3b3JkOiA3".to_owned()]),
        (", headers: { Authorization: ApiKey 7 }".to_owned(), vec!["ApiKey 7".to_owned()]),
    ] {
        assert_eq!(Outside::asking(&connection(&platform, &more), LOOKUP).told("k").rows(), "[]", "{more}");
        let seen = platform.seen().remove(0);
        assert_eq!(seen.header("authorization"), wanted, "{more}");
        assert_eq!(seen.header("host"), [platform.address.to_string()]);
        assert!(seen.header("cookie").is_empty() && seen.header("referer").is_empty());
    }
}

#[test]
fn the_callers_bearer_goes_to_the_connection_that_forwards_it_and_to_no_other() {
    let (platform, other) = (platform(), platform());
    let settings = format!(
        "connections:\n  cymmetri: {{ {} }}\n  hr: {{ {} }}\n",
        connection(&platform, ", token: caller"),
        connection(&other, ", headers: { X-Tenant: acme }")
    );
    let rules = "hook: validateUser\nlookups:\n  a: { http: cymmetri, get: \"/a/${key}\", on_error: fail }\n  b: { http: hr, get: \"/b/${key}\", on_error: fail }\n\
                 rules:\n  - { name: one, when: { user.login: { found_in: a } }, stop: true }\n  - { name: two, when: { user.login: { found_in: b } }, stop: true }\n";
    let outside = Outside::new(&settings, rules);
    let user = r#"{"request":{"user":{"login":"asha.rao"}}}"#;
    for bearer in ["first.of.them", "second.of.them"] {
        let (reply, log) = outside.reply("validateUser", user, Some(bearer));
        assert_eq!(reply.status, 200);
        assert!(!log.contains("of.them"), "{log}");
        assert_eq!(platform.seen().remove(0).header("authorization"), [format!("Bearer {bearer}")]);
        let seen = other.seen().remove(0);
        assert!(!format!("{seen:?}").contains("of.them"), "{seen:?}");
        assert_eq!(seen.header("x-tenant"), ["acme"]);
    }
}

#[test]
fn a_call_without_a_bearer_or_with_an_impossible_one_asks_nobody() {
    let platform = platform();
    let outside = Outside::asking(&connection(&platform, ", token: caller"), LOOKUP);
    let told = outside.told_to("k", None).trouble();
    assert_eq!(told, "the call that asks came without a bearer, and this connection forwards it");
    for bearer in ["a\r\nX-Evil: 1", "a\0b", "a\nb"] {
        assert_eq!(outside.told_to("k", Some(bearer)).trouble(), "the caller's bearer is not a bearer");
    }
    assert_eq!(platform.connects(), 0);
}

#[test]
fn what_the_connection_sends_cannot_be_changed_by_a_lookup() {
    let platform = platform();
    let connection = connection(&platform, ", headers: { Tenant: acme, X-Key: k1 }");
    let lookup = format!("{LOOKUP}, headers: {{ tenant: other, X-Trace: \"${{key}}\" }}");
    assert_eq!(Outside::asking(&connection, &lookup).told("k").rows(), "[]");
    let seen = platform.seen().remove(0);
    assert_eq!(seen.header("tenant"), ["acme"]);
    assert_eq!((seen.header("x-key"), seen.header("x-trace")), (vec!["k1"], vec!["k"]));
}

#[test]
fn a_connection_has_one_credential_and_it_must_be_there() {
    for more in
        ["bearer: a, token: caller", "bearer: a, user: b, password: c", "token: caller, headers: { authorization: x }"]
    {
        let text = format!("connections: {{ api: {{ http: \"https://api.example\", {more} }} }}");
        let file = hookgate::diagnostic::File::new("gateway.yaml".to_owned(), text);
        let report = hookgate::config::read(Some(file), [], &[]).unwrap_err().to_text(false);
        assert!(report.contains("a connection has one credential"), "{more}: {report}");
    }
    for (more, wanted) in [
        ("bearer: \"${env:HOOKGATE_TEST_NOT_SET}\"", "the environment variable `HOOKGATE_TEST_NOT_SET` is not set"),
        ("headers: { X-Key: \"${file:/nonexistent}\" }", "the file `/nonexistent` cannot be read: "),
        ("headers: { \"X Key\": canary }", "`X Key` is not a header that can be sent"),
        ("headers: { X-Key: \"can\\nary\" }", "`X-Key` is not a header that can be sent"),
        ("bearer: \"can\\nary\"", "the credential has characters that cannot be sent"),
    ] {
        let settings = read(&format!("connections: {{ api: {{ http: \"https://api.example\", {more} }} }}"));
        let report = hookgate::lookup::Connections::open(&settings.lookup).unwrap_err().to_text(false);
        let message = report.lines().next().unwrap();
        assert!(message.contains(wanted), "{more}: {report}");
        assert!(!message.contains("ary"), "{more}: {report}");
    }
}

#[test]
fn debugging_output_shows_no_credential() {
    let text = "connections: { a: { http: \"https://api.example/canary-path\", headers: { X-Key: canary-header }, bearer: canary-bearer },\n\
                b: { http: \"https://api.example\", user: canary-user, password: canary-password } }";
    let settings = read(text);
    let connections = hookgate::lookup::Connections::open(&settings.lookup).unwrap();
    let shown = format!("{connections:?}");
    assert!(shown.contains("api.example") && shown.contains("X-Key"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
    // The address is shown where settings are: no credential ever stands there.
    let shown = format!("{settings:?}").replace("canary-path", "");
    assert!(!shown.contains("canary"), "{shown}");
}

/// The whole program with everything logged: what is asked and answered is personal, what is sent along is secret.
#[test]
fn the_log_of_the_running_program_has_neither_credentials_nor_keys_nor_rows() {
    let platform = platform();
    let at = platform.address;
    let settings = format!(
        "listen: 127.0.0.1:0\nconnections:\n  api: {{ http: \"http://{at}\", allow: [127.0.0.1], bearer: \"${{env:CANARY}}\", headers: {{ X-Key: canary-header }} }}\n  \
         caller: {{ http: \"http://{at}\", allow: [127.0.0.1], token: caller }}\n"
    );
    let rules = "hook: validateUser\nlookups:\n  a: { http: api, get: \"/a/${key}\", on_error: fail }\n  \
                 b: { http: caller, post: /b, query: { q: \"${key}\" }, body: { q: \"${key}\" }, headers: { X-Q: \"${key}\" }, on_error: absent }\n\
                 rules:\n  - { name: two, when: { user.note: { found_in: b } }, stop: true }\n  - { name: one, when: { user.note: { found_in: a } }, stop: true }\n";
    let folder = folder(&[("gateway.yaml", &settings), ("rules/rules.yaml", rules)]);
    let program = Program::new(["serve", "--log-level", "trace"]).within(folder.path()).env("CANARY", "canary-bearer");
    let served = program.serve();
    let ask = || {
        let body = br#"{"request":{"user":{"login":"asha.rao","note":"canary-key"}}}"#;
        let mut client = Client::connect(served.address);
        let headers = "Content-Type: application/json\r\nAuthorization: Bearer canary-caller\r\n";
        client.send(&request("POST", "/webhook/validateUser", headers, body));
        client.answer().unwrap()
    };
    for manner in [
        Manner::Body(r#"[{"note":"canary-row"}]"#.to_owned()),
        Manner::Body(r#"{"canary-row":"canary-row","canary-row":1}"#.to_owned()),
        Manner::Body(r#"["canary-row"]"#.to_owned()),
        Manner::Redirect(format!("http://{at}/canary-key")),
        Manner::Status(500),
        Manner::Reset,
        Manner::ResetInBody,
        Manner::Babble,
    ] {
        platform.now(manner);
        assert_eq!(ask().status, 200);
    }
    let seen = platform.seen();
    let bearers: Vec<&str> = seen.iter().flat_map(|seen| seen.header("authorization")).collect();
    assert!(bearers.contains(&"Bearer canary-bearer"), "{bearers:?}");
    let (_, log) = served.stop();
    assert!(log.lines().filter(|line| line.contains("no answer") || line.contains("stands in")).count() >= 10, "{log}");
    let shown: Vec<&str> = log.lines().filter(|line| line.contains("canary")).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}
