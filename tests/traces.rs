//! The trace a call belongs to: passed on to whom its event asks and to whom it sends; and recorded, where a collector is named.

#[cfg(feature = "otel")]
mod recorded;

use std::fs;

use crate::support::client::post_with;
use crate::support::program::{Program, Served, folder};
use crate::support::receiver::{Got, HttpReceiver, Reply};
use crate::support::wait::until;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const STATE: &str = "vendor=1,other=2";
const USER: &[u8] = br#"{"request":{"user":{"login":"asha.rao"}}}"#;
const RULES: &str = "hook: postCreateUser
lookups: { boss: { http: hr, get: \"/boss/${key}\", no_rows_on: [404], on_error: fail } }
rules:
  - name: tell
    let: { boss: { lookup: boss, key: \"${user.login}\" } }
    when: { boss: { present: false } }
    deliver: { to: itsm, body: { login: \"${user.login}\" } }
";

/// A folder with these rules and settings that name a service and a receiver of this machine.
fn house(service: &HttpReceiver, receiver: &HttpReceiver, more: &str) -> tempfile::TempDir {
    let settings = format!(
        "connections: {{ hr: {{ http: \"http://{}\", allow: [127.0.0.1] }} }}
destinations: {{ itsm: {{ http: \"http://{}/events\", allow: [127.0.0.1], retry: {{ first_ms: 50 }} }} }}
outbox: {{ window_ms: 0 }}
{more}",
        service.address, receiver.address
    );
    folder(&[("gateway.yaml", &settings), ("rules/tell.yaml", RULES)])
}

fn serve(house: &tempfile::TempDir) -> Program {
    Program::new(["serve", "--listen", "127.0.0.1:0"]).within(house.path())
}

fn service() -> HttpReceiver {
    HttpReceiver::start(|_| Reply::Status(404, ""))
}

/// A program that asks one machine and sends to another, both of which take everything.
fn serving() -> (HttpReceiver, HttpReceiver, tempfile::TempDir, Served) {
    let (service, receiver) = (service(), taking());
    let house = house(&service, &receiver, "");
    let served = serve(&house).serve();
    (service, receiver, house, served)
}

fn taking() -> HttpReceiver {
    HttpReceiver::start(|_| Reply::Status(204, ""))
}

fn trace_of(got: &Got) -> (Option<&str>, Option<&str>) {
    let header = |name: &str| got.headers.get(name).map(String::as_str);
    (header("traceparent"), header("tracestate"))
}

#[test]
fn the_callers_trace_is_passed_on_as_it_came_where_nothing_is_recorded() {
    let (service, receiver, _house, served) = serving();
    let headers = format!("traceparent: {PARENT}\r\ntracestate: {STATE}\r\n");
    assert_eq!(post_with(served.address, "/postCreateUser", &headers, USER).status, 200);
    until("it is delivered", || receiver.count() == 1);
    for got in [&service.got, &receiver.got] {
        assert_eq!(trace_of(&got.lock().unwrap()[0]), (Some(PARENT), Some(STATE)));
    }
    let (_, log) = served.stop();
    let decided = log.lines().find(|line| line.contains("\"decided\"")).unwrap_or_else(|| panic!("{log}"));
    assert!(
        decided.contains(&format!("\"trace_id\":\"{}\"", &PARENT[3..35])),
        "the log leads to the caller's trace: {log}"
    );
}

#[test]
fn what_is_no_trace_is_not_passed_on() {
    let (service, receiver, _house, served) = serving();
    let twice = format!("traceparent: {PARENT}\r\ntraceparent: {PARENT}\r\n");
    for (number, headers) in ["", "traceparent: 00-zz\r\n", "tracestate: a=1\r\n", &twice].iter().enumerate() {
        assert_eq!(post_with(served.address, "/postCreateUser", headers, USER).status, 200);
        until("it is delivered", || receiver.count() == number + 1);
    }
    for got in [&service.got, &receiver.got] {
        got.lock().unwrap().iter().for_each(|got| assert_eq!(trace_of(got), (None, None)));
    }
}

/// However long a delivery waits, and whichever process brings it, it belongs to the trace of its event.
#[test]
fn a_delivery_keeps_its_trace_over_a_restart() {
    let (service, closed) = (service(), HttpReceiver::start(|_| Reply::Status(503, "")));
    let first = house(&service, &closed, "");
    let served = serve(&first).serve();
    let headers = format!("traceparent: {PARENT}\r\n");
    assert_eq!(post_with(served.address, "/postCreateUser", &headers, USER).status, 200);
    until("it is tried", || closed.count() > 1);
    assert_eq!(served.stop().0, Some(0));

    let open = taking();
    let second = house(&service, &open, "");
    for file in fs::read_dir(first.path()).unwrap().map(|file| file.unwrap().path()) {
        if file.file_name().unwrap().to_string_lossy().starts_with("hookgate-outbox") {
            fs::copy(&file, second.path().join(file.file_name().unwrap())).unwrap();
        }
    }
    let _served = serve(&second).serve();
    until("it is delivered", || open.count() == 1);
    assert_eq!(trace_of(&open.got.lock().unwrap()[0]), (Some(PARENT), None));
}

#[cfg(not(feature = "otel"))]
#[test]
fn a_build_that_records_none_says_so_before_it_listens() {
    let house = folder(&[
        ("gateway.yaml", "traces: { collector: \"http://127.0.0.1:4318\" }\n"),
        (
            "rules/tell.yaml",
            "hook: validateUser\ncodes: { NotYet: Not yet. }\nrules: [{ name: a, when: { user.a: b }, reject: NotYet }]\n",
        ),
    ]);
    let said = Program::new(["serve"]).within(house.path()).run().refused(78);
    assert!(said.contains("this build of hookgate records no traces") && said.contains("--features otel"), "{said}");
}
