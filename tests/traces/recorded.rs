//! Traces as a collector gets them: the event, what it came to, what it asked and sent; and never a value.

use std::collections::BTreeMap;

use super::{PARENT, RULES, USER, house, serve, service, taking, trace_of};
use crate::support::client::post_with;
use crate::support::otlp::{Brought, brought};
use crate::support::post;
use crate::support::program::{Program, Served, folder};
use crate::support::receiver::{HttpReceiver, Reply};
use crate::support::wait::until;

fn collector() -> HttpReceiver {
    HttpReceiver::start(|_| Reply::Status(200, ""))
}

fn collected_by(collector: &HttpReceiver, more: &str) -> String {
    format!("traces: {{ collector: \"http://{}\"{more} }}\n", collector.address)
}

/// The one span of this name.
#[track_caller]
fn only<'s>(spans: &'s [Brought], name: &str) -> &'s Brought {
    let found: Vec<&Brought> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name} in {spans:#?}");
    found[0]
}

/// The line of the log, which a thread of its own writes.
fn decided(served: &Served) -> serde_json::Value {
    until("it is logged", || served.logged("decided").is_some());
    served.logged("decided").unwrap()
}

/// How many spans the metrics say came to this.
fn spans(served: &Served, result: &str) -> u64 {
    let page = served.ask("GET", "/metrics", "").body;
    let row = format!("hookgate_trace_spans_total{{result=\"{result}\"}} ");
    page.lines().find_map(|line| line.strip_prefix(&row)).unwrap_or_else(|| panic!("{page}")).parse().unwrap()
}

fn notes(span: &Brought) -> BTreeMap<&str, &str> {
    span.notes.iter().map(|(key, value)| (&**key, &**value)).collect()
}

#[test]
fn an_event_is_recorded_with_all_it_went_through() {
    let (service, receiver) = (service(), taking());
    let collector = collector();
    let house = house(&service, &receiver, &collected_by(&collector, ", headers: { X-Scope: \"${env:SCOPE}\" }"));
    let served = serve(&house).env("SCOPE", "tenant-7").serve();
    let headers = format!("traceparent: {PARENT}\r\ntracestate: vendor=1\r\n");
    let answer = post_with(served.address, "/postCreateUser", &headers, USER);
    until("it is delivered", || receiver.count() == 1);
    let line = decided(&served);
    let (code, log) = served.stop();
    assert_eq!(code, Some(0), "{log}");

    let spans = brought(&collector);
    let trace = &PARENT[3..35];
    assert!(spans.iter().all(|span| span.trace == trace), "{spans:#?}");
    let event = only(&spans, "postCreateUser");
    assert_eq!((event.kind, &*event.parent, &event.failed), (2, &PARENT[36..52], &None));
    let id = answer.header("x-request-id").unwrap();
    let expected =
        [("hookgate.request_id", id), ("hookgate.decision", "undecided"), ("http.response.status_code", "200")];
    assert_eq!(notes(event), BTreeMap::from(expected), "{event:#?}");
    assert_eq!(event.resource["service.name"], "hookgate");
    assert_eq!(event.resource["service.version"], env!("CARGO_PKG_VERSION"));
    assert!(event.began_ns > 0 && event.began_ns < event.ended_ns, "{event:#?}");
    assert_eq!(line["trace_id"], trace);

    // It asked, and was decided again.
    let decided: Vec<&Brought> = spans.iter().filter(|span| span.name == "decide").collect();
    assert_eq!(decided.len(), 2, "{spans:#?}");
    let lookup = only(&spans, "lookup boss");
    let (stored, delivered) = (only(&spans, "store deliveries"), only(&spans, "deliver itsm"));
    let parts = decided.into_iter().chain([lookup, stored, delivered]);
    parts.for_each(|part| assert_eq!(part.parent, event.id, "{part:#?}"));
    assert_eq!((lookup.kind, stored.kind, delivered.kind), (3, 1, 3));
    let expected = [("hookgate.lookup", "boss"), ("hookgate.connection", "hr"), ("hookgate.rows", "0")];
    assert_eq!(notes(lookup), BTreeMap::from(expected));
    assert_eq!((&*delivered.notes["hookgate.destination"], &*delivered.notes["hookgate.attempt"]), ("itsm", "1"));

    // Who was asked and sent to goes on from there.
    for (got, span) in [(&service.got, lookup), (&receiver.got, delivered)] {
        let parent = format!("00-{trace}-{}-01", span.id);
        assert_eq!(trace_of(&got.lock().unwrap()[0]), (Some(&*parent), Some("vendor=1")));
    }
    let got = collector.got.lock().unwrap();
    assert_eq!((&*got[0].line, &*got[0].headers["content-type"]), ("POST /v1/traces", "application/x-protobuf"));
    assert_eq!(got[0].headers["x-scope"], "tenant-7");
}

#[test]
fn a_trace_begins_where_the_caller_brings_none_and_failures_are_seen() {
    let collector = collector();
    let nobody = HttpReceiver::start(|_| Reply::Status(500, ""));
    let house = house(
        &nobody,
        &nobody,
        &(collected_by(&collector, ", service: hooks") + "on_failure: { notify: unavailable }\n"),
    );
    let served = serve(&house).serve();
    assert_eq!(post(served.address, "/postCreateUser", USER).status, 503);
    served.stop();
    let spans = brought(&collector);
    let event = only(&spans, "postCreateUser");
    assert_eq!((event.trace.len(), &*event.parent, event.failed.is_some()), (32, "", true), "{event:#?}");
    assert_eq!(&*event.resource["service.name"], "hooks");
    assert_eq!((&*event.notes["hookgate.decision"], &*event.notes["hookgate.rule"]), ("failed", "tell"));
    assert_eq!(event.notes["hookgate.failed_at"], "rules/tell.yaml:4");
    assert_eq!(only(&spans, "lookup boss").failed.as_deref(), Some("status 500"));
}

/// The caller says whether its trace is recorded; the setting decides where it does not.
#[test]
fn what_is_recorded_is_the_callers_choice_first() {
    let collector = collector();
    let (service, receiver) = (service(), taking());
    for (percent, flags, is_recorded) in [(100, "00", false), (0, "01", true), (0, "", false), (100, "", true)] {
        let before = brought(&collector).len();
        let house = house(&service, &receiver, &collected_by(&collector, &format!(", sample_percent: {percent}")));
        let served = serve(&house).serve();
        let headers = match flags {
            "" => String::new(),
            flags => format!("traceparent: {}{flags}\r\n", &PARENT[..53]),
        };
        let delivered = receiver.count();
        assert_eq!(post_with(served.address, "/postCreateUser", &headers, USER).status, 200);
        until("it is delivered", || receiver.count() == delivered + 1);
        let logged = decided(&served);
        served.stop();
        assert_eq!(brought(&collector).len() > before, is_recorded, "{percent} {flags}");
        // The caller's, recorded here or not; without one that of hookgate's own, where that is recorded.
        assert_eq!(logged["trace_id"].is_string(), is_recorded || !flags.is_empty(), "{logged}");
        assert_eq!(logged["trace_id"] == PARENT[3..35], !flags.is_empty(), "{logged}");
        // What is not recorded is passed on as such.
        let got = receiver.got.lock().unwrap().last().unwrap().clone();
        let passed = trace_of(&got).0.unwrap().to_owned();
        assert_eq!(passed.ends_with("-01"), is_recorded, "{passed}");
    }
}

/// Names, codes and times: whatever a caller sends is not in them.
#[test]
fn no_value_of_a_body_reaches_the_collector() {
    let collector = collector();
    let (service, receiver) = (service(), taking());
    let house = house(&service, &receiver, &collected_by(&collector, ""));
    let served = serve(&house).serve();
    let body =
        br#"{"request":{"user":{"login":"canaryPerson","password":"canarySecret"},"passwordText":"canaryText"}}"#;
    for hook in ["postCreateUser", "changePassword", "validateUser", "policyMap/canaryApp?appId=canaryApp"] {
        let headers = "authorization: Bearer canaryBearer\r\n";
        post_with(served.address, &format!("/{hook}"), headers, body);
    }
    until("it is delivered", || receiver.count() == 1);
    served.stop();
    assert!(brought(&collector).len() > 5);
    for got in collector.got.lock().unwrap().iter() {
        let text = String::from_utf8_lossy(&got.body);
        assert!(!text.contains("canary"), "{text}");
    }
}

#[test]
fn a_collector_that_is_away_holds_up_nobody_and_is_told_once() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let settings = format!("traces: {{ collector: \"http://{closed}\", timeout_ms: 500 }}\n");
    let house = folder(&[
        ("gateway.yaml", &*settings),
        (
            "rules/a.yaml",
            "hook: validateUser\ncodes: { NotYet: Not yet. }\nrules: [{ name: a, when: { user.a: b }, reject: NotYet }]\n",
        ),
    ]);
    let served = Program::new(["serve", "--listen", "127.0.0.1:0"])
        .within(house.path())
        .env("OTEL_BSP_SCHEDULE_DELAY", "50")
        .serve();
    let line = "traces are lost: the collector does not take them";
    for batch in 1..4 {
        assert_eq!(post(served.address, "/validateUser", USER).status, 200);
        until("it is not taken", || spans(&served, "failed") == 2 * batch);
    }
    assert_eq!((spans(&served, "made"), spans(&served, "brought")), (6, 0));
    let (code, log) = served.stop();
    assert_eq!((code, log.matches(line).count()), (Some(0), 1), "{log}");
    assert!(log.contains("hookgate::telemetry::traces::collector"), "{log}");
    assert!(log.contains("no connection: ") && log.contains("Connection refused"), "{log}");
}

/// Why, in the log; how many, in the metrics.
#[test]
fn a_collector_that_takes_nothing_is_told_with_its_cause() {
    for (reply, cause) in
        [(Reply::Status(401, ""), "401"), (Reply::Hang, "no answer in time"), (Reply::Reset, "the call failed")]
    {
        let collector = HttpReceiver::start(move |_| reply.clone());
        let house = house(&service(), &taking(), &collected_by(&collector, ", timeout_ms: 300"));
        let served = serve(&house).env("OTEL_BSP_SCHEDULE_DELAY", "50").serve();
        assert_eq!(post(served.address, "/validateUser", USER).status, 200);
        until("it is not taken", || spans(&served, "failed") > 0);
        let (_, log) = served.stop();
        let line = log.lines().find(|line| line.contains("traces are lost")).unwrap_or_else(|| panic!("{log}"));
        assert!(line.contains(cause), "{cause} is not in {line}");
    }
}

#[test]
fn spans_for_which_there_is_no_room_are_counted() {
    let collector = HttpReceiver::start(|_| Reply::Hang);
    let house = house(&service(), &taking(), &collected_by(&collector, ", timeout_ms: 60000"));
    let served = serve(&house).serve();
    for _ in 0..1_100 {
        assert_eq!(post(served.address, "/validateUser", USER).status, 200);
    }
    until("each span waits or is dropped", || spans(&served, "dropped") + 2_048 == spans(&served, "made"));
    assert!(spans(&served, "dropped") > 0);
}

#[test]
fn a_collector_that_cannot_be_is_told_before_anything_is_answered() {
    let rules = ("rules/tell.yaml", RULES);
    for (traces, words) in [
        ("{ collector: \"collector:4318\" }", "`traces.collector` begins with `https://…` or `http://…`"),
        (
            "{ collector: \"http://localhost:1\", headers: { X: \"${env:HOOKGATE_NOT_SET}\" } }",
            "`HOOKGATE_NOT_SET` is not set",
        ),
        ("{ collector: \"http://localhost:1\", headers: { \"a b\": c } }", "`a b` is not a header that can be sent"),
        ("{ collector: \"http://localhost:1\", ca: nowhere.pem }", "`nowhere.pem` cannot be read as PEM"),
        ("{ collector: \"http://localhost:1\", sample_percent: 101 }", "sample_percent"),
    ] {
        let settings = format!(
            "traces: {traces}\nconnections: {{ hr: {{ http: \"https://hr.example\" }} }}\ndestinations: {{ itsm: {{ http: \"https://itsm.example\" }} }}\n"
        );
        let house = folder(&[("gateway.yaml", &*settings), rules]);
        let said = Program::new(["serve"]).within(house.path()).run().refused(78);
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
}

#[test]
fn doctor_tries_the_collector_and_says_nothing_to_it() {
    let collector = collector();
    let rules = ("rules/any.yaml", "hook: test\nrules: [{ name: any, stop: true }]\n");
    let tried = |address: &str| {
        let house = folder(&[("gateway.yaml", &*format!("traces: {{ collector: \"{address}\" }}\n")), rules]);
        Program::new(["doctor"]).within(house.path()).run()
    };
    let told = tried(&format!("http://{}", collector.address)).expect(0);
    assert!(told.starts_with("ok      traces  collector  http://127.0.0.1:"), "{told}");
    assert!(
        told.ends_with("connected without encryption; nothing was sent\nthe collector of traces, 0 failed\n"),
        "{told}"
    );
    assert_eq!(collector.count(), 0);
    let told = tried("http://127.0.0.1:1").expect(1);
    assert!(told.starts_with("failed  traces  collector") && told.contains("help: check host, port"), "{told}");
}
