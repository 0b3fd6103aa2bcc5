//! After known calls the known numbers: with tokens, TLS, deliveries, a journal, so that every metric is there.

use std::collections::BTreeSet;

use hookgate::telemetry::{BUILD, metrics};
use jiff::Timestamp;
use serde_json::json;

use super::{Page, SETTINGS, VALIDATE, user};
use crate::auth::token::{SECRET, With, claims, platform, signed};
use crate::support::authority::{Authority, For};
use crate::support::client::{post_with, request};
use crate::support::program::{Program, Served, folder};
use crate::support::secure::{Manner, Secure, VERSIONS};
use crate::support::wait::until;

const DOOR: &str = "tls: { certificate: tls.crt, key: tls.key }
limits: { connections_per_address: 2 }
auth:
  jwt: { secrets: [\"${file:secret}\"], claims: { tenantId: as100 } }
  header: { name: X-Api-Key, secrets: [\"${file:key}\"], observe: true }
";
const ASKS: &str = "hook: preCreateUser
lookups: { people: { sql: hr, query: \"select login from people where login = :key\", on_error: absent } }
rules: [{ name: known, let: { row: { lookup: people, key: \"${user.login}\" } }, when: { row.login: { present: true } }, set: { user.grade: K } },
  { name: dated, when: { user.login: { over: true } }, set: { user.grade: L } }]
";
const SENDS: &str = "hook: postCreateUser
rules: [{ name: tell, deliver: { to: siem, body: { login: \"${user.login}\" } } }]
";
const FAILS: &str = "hook: runDeprovision
rules: [{ name: broken, when: { user.login: { present: true } }, script: \"throw 1\" }]
";

/// What stands on the page after the calls below.
const KNOWN: [(&str, f64); 51] = [
    ("hookgate_requests_total{hook=\"validateUser\",outcome=\"answered\"}", 9.0),
    ("hookgate_requests_total{hook=\"validateUser\",outcome=\"refused\"}", 1.0),
    ("hookgate_requests_total{hook=\"runDeprovision\",outcome=\"unavailable\"}", 1.0),
    ("hookgate_requests_total{hook=\"test\",outcome=\"refused\"}", 1.0),
    ("hookgate_request_duration_seconds_count{hook=\"validateUser\"}", 10.0),
    ("hookgate_request_duration_seconds_bucket{le=\"+Inf\",hook=\"validateUser\"}", 10.0),
    ("hookgate_requests_total{hook=\"policyMap\",outcome=\"abandoned\"}", 1.0),
    ("hookgate_requests_total{hook=\"preUpdateUser\",outcome=\"refused\"}", 8.0),
    ("hookgate_refusals_total{reason=\"BodyUnreadable\"}", 1.0),
    ("hookgate_refusals_total{reason=\"MethodNotAllowed\"}", 1.0),
    ("hookgate_refusals_total{reason=\"UnknownHook\"}", 1.0),
    ("hookgate_refusals_total{reason=\"Unauthorized\"}", 6.0),
    ("hookgate_refusals_total{reason=\"Forbidden\"}", 1.0),
    ("hookgate_refusals_total{reason=\"AuthorizationRepeated\"}", 1.0),
    ("hookgate_auth_refusals_total{reason=\"authorization_missing\"}", 3.0),
    ("hookgate_auth_refusals_total{reason=\"token_expired\"}", 2.0),
    ("hookgate_auth_refusals_total{reason=\"token_signature\"}", 1.0),
    ("hookgate_auth_refusals_total{reason=\"token_claim\"}", 1.0),
    ("hookgate_auth_refusals_total{reason=\"authorization_repeated\"}", 1.0),
    ("hookgate_auth_refusals_total{reason=\"header_missing\"}", 0.0),
    // Of calls that came in, and of those that were turned away for another reason.
    ("hookgate_auth_observed_total{reason=\"header_missing\"}", 20.0),
    ("hookgate_auth_observed_total{reason=\"header_wrong\"}", 1.0),
    ("hookgate_auth_observed_total{reason=\"token_expired\"}", 0.0),
    ("hookgate_connections", 1.0),
    ("hookgate_connections_crowded_total", 1.0),
    ("hookgate_connections_cut_total", 0.0),
    ("hookgate_journal_records_total{result=\"written\"}", 13.0),
    ("hookgate_journal_records_total{result=\"dropped\"}", 0.0),
    ("hookgate_journal_records_total{result=\"failed\"}", 0.0),
    ("hookgate_journal_writable", 1.0),
    ("hookgate_log_lines_dropped_total", 0.0),
    ("hookgate_decisions_total{hook=\"validateUser\",rule=\"no-vendors\",verdict=\"rejected\"}", 3.0),
    ("hookgate_decisions_total{hook=\"validateUser\",rule=\"the \\\"quoted\\\" \\\\ one\",verdict=\"changed\"}", 2.0),
    ("hookgate_decisions_total{hook=\"validateUser\",rule=\"\",verdict=\"undecided\"}", 4.0),
    ("hookgate_decisions_total{hook=\"runDeprovision\",rule=\"broken\",verdict=\"failed\"}", 1.0),
    ("hookgate_audits_total{hook=\"validateUser\",rule=\"on-trial\"}", 4.0),
    ("hookgate_rule_skips_total{hook=\"preCreateUser\",rule=\"dated\"}", 2.0),
    ("hookgate_evaluation_duration_seconds_count{hook=\"validateUser\"}", 9.0),
    ("hookgate_lookups_total{lookup=\"people\",result=\"stood_in\"}", 2.0),
    ("hookgate_lookup_duration_seconds_count{lookup=\"people\"}", 2.0),
    ("hookgate_connection_breaker_state{connection=\"hr\",state=\"closed\"}", 1.0),
    ("hookgate_destination_breaker_state{destination=\"siem\",state=\"open\"}", 0.0),
    ("hookgate_outbox_storable", 1.0),
    ("hookgate_outbox_dead_letters", 0.0),
    ("hookgate_outbox_in_memory{state=\"waiting\"}", 0.0),
    ("hookgate_outbox_in_memory{state=\"dead\"}", 0.0),
    ("hookgate_repetitions_total", 0.0),
    ("hookgate_deliveries_locked{destination=\"siem\"}", 0.0),
    ("hookgate_rules", 7.0),
    ("hookgate_reloads_total{result=\"failed\"}", 0.0),
    ("hookgate_rules_refused", 0.0),
];

/// A gateway that has all there is to measure, and how its callers speak to it.
fn serve() -> (tempfile::TempDir, Served, Manner) {
    let settings = format!("{SETTINGS}{DOOR}");
    let files = [
        ("gateway.yaml", &*settings),
        ("secret", str::from_utf8(SECRET).unwrap()),
        ("key", "the-key-of-a-caller"),
        ("rules/asks.yaml", ASKS),
        ("rules/fails.yaml", FAILS),
        ("rules/sends.yaml", SENDS),
        ("rules/validate.yaml", VALIDATE),
    ];
    let (dir, authority) = (folder(&files), Authority::new("ours"));
    authority.issue("gateway", For::Server).write(dir.path());
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let served = program.env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").serve();
    (dir, served, Manner::new(&authority.pem(), &VERSIONS, None))
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Calls that the gate lets in, and what becomes of them.
fn calls_that_come_in(caller: &mut Secure, good: &str) {
    let mut ask = |method: &str, path: &str, body: &[u8]| {
        let answer = caller.ask(&request(method, path, good, body));
        answer.unwrap_or_else(|error| panic!("{path}: {error}")).status
    };
    for (hook, fields, times, status) in [
        ("validateUser", r#""login":"v","userType":"Vendor""#, 3, 200),
        ("VALIDATEUSER", r#""login":"p","userType":"Partner""#, 2, 200),
        ("validateUser", r#""login":"n","country":"Nepal""#, 4, 200),
        ("preCreateUser", r#""login":"asha""#, 2, 200),
        ("postCreateUser", r#""login":"asha""#, 1, 200),
        ("runDeprovision", r#""login":"asha""#, 1, 503),
    ] {
        for _ in 0..times {
            assert_eq!(ask("POST", &format!("/webhook/{hook}"), &user(fields)), status, "{hook}");
        }
    }
    assert_eq!(ask("POST", "/test", b"{"), 400);
    assert_eq!(ask("GET", "/validateUser", b""), 405);
    assert_eq!(ask("POST", "/no/such/hook", b""), 404);
}

/// Calls that the gate turns away.
fn calls_that_do_not_come_in(caller: &mut Secure, good: &str) {
    let expired = bearer(&platform(&json!({ "exp": 1_000_000_000 })));
    let forged = signed(r#"{"alg":"HS256"}"#, &claims(&json!({})), With::Secret(crate::auth::token::HS256, b"guessed"));
    let stranger = bearer(&platform(&json!({ "tenantId": "as200" })));
    for (headers, times, status) in [
        (String::new(), 3, 401),
        (format!("{expired}X-Api-Key: the-key-of-a-caller\r\n"), 2, 401),
        (format!("{}X-Api-Key: another\r\n", bearer(&forged)), 1, 401),
        (stranger, 1, 403),
        (good.repeat(2), 1, 400),
    ] {
        for _ in 0..times {
            let answer = caller.ask(&request("POST", "/preUpdateUser", &headers, &user(""))).unwrap();
            assert_eq!(answer.status, status, "{headers}");
        }
    }
}

#[test]
fn after_known_calls_the_numbers_are_known_and_every_metric_is_told_once() {
    let (_dir, served, manner) = serve();
    let before = Page::of(&served);
    before.has("hookgate_requests_total{hook=\"appUpdated\",outcome=\"answered\"}", 0.0);
    before.has("hookgate_auth_refusals_total{reason=\"token_expired\"}", 0.0);
    let good = bearer(&platform(&json!({})));
    let mut caller = Secure::connect(served.address, &manner).unwrap();
    calls_that_come_in(&mut caller, &good);
    calls_that_do_not_come_in(&mut caller, &good);
    let mut leaver = Secure::connect(served.address, &manner).unwrap();
    let call = request("POST", "/policyMap", &good, &user(""));
    leaver.send(&call[..call.len() - 5]).unwrap();
    until("the call has begun", || Page::of(&served).get("hookgate_requests_in_flight") == Some(1.0));
    let third = Secure::connect(served.address, &manner).and_then(|mut third| third.ask(&call));
    assert_eq!(third.map(|answer| answer.status).ok(), None, "a third connection of one address");
    drop(leaver);
    let arrived = "hookgate_deliveries_total{destination=\"siem\",result=\"delivered\"}";
    until("it is delivered", || Page::of(&served).get(arrived) == Some(1.0));
    let recorded = "hookgate_journal_records_total{result=\"written\"}";
    until("it is recorded", || Page::of(&served).get(recorded) == Some(13.0));
    let open = ["hookgate_requests_in_flight", "hookgate_connections"];
    until("the caller is missed", || open.map(|series| Page::of(&served).get(series)) == [Some(0.0), Some(1.0)]);

    let text = served.ask("GET", "/metrics", "").body;
    let page = Page::read(&text);
    KNOWN.iter().for_each(|(series, number)| page.has(series, *number));
    let expires: Timestamp = "2199-01-01T00:00:00Z".parse().unwrap();
    page.has("hookgate_certificate_expiry_timestamp_seconds", expires.as_duration().as_secs_f64());
    let (commit, features) = (BUILD.commit.unwrap_or_default(), BUILD.features.join(","));
    let built = format!("version=\"{}\",commit=\"{commit}\",features=\"{features}\"", BUILD.version);
    page.has(&format!("hookgate_build_info{{{built}}}"), 1.0);
    let told: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    // A table whose rows are kept is tried in tests/kept.rs: it is there for no other.
    let others = metrics::ALL.iter().filter(|metric| metric.name != metrics::TABLE_KEPT_AGE.name);
    let known: BTreeSet<&str> = others.map(|metric| metric.name).collect();
    assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), known);
    assert_eq!(told.len(), known.len(), "one is told twice");
}

/// What is not there has no number, and who is turned away is counted by every reason there is, whatever is set up.
#[test]
fn without_tls_and_a_journal_there_is_nothing_of_them_and_every_reason_of_the_gate_is_there() {
    let dir = folder(&[("rules/validate.yaml", VALIDATE)]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path()).serve();
    let twice = bearer("a").repeat(2);
    assert_eq!(post_with(served.address, "/validateUser", &twice, &user("")).status, 400);
    let page = Page::of(&served);
    let absent = ["hookgate_certificate_expiry", "hookgate_journal"];
    assert!(!page.series().iter().any(|series| absent.iter().any(|begin| series.starts_with(begin))));
    for metric in ["hookgate_auth_refusals_total", "hookgate_auth_observed_total"] {
        for (reason, _) in hookgate::server::Reason::ALL {
            let is_it = reason == "authorization_repeated" && metric == "hookgate_auth_refusals_total";
            page.has(&format!("{metric}{{reason=\"{reason}\"}}"), f64::from(u8::from(is_it)));
        }
    }
}
