//! The server in normal use: paths, methods, error answers, request ids, panics, overload, stopping.

use std::collections::HashSet;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use hookgate::event::{Event, Hooks, Value};
use hookgate::gateway::Reply;
use hookgate::server::{Error, Settings, bind};

use crate::support::client::PATIENCE;
use crate::support::process::Process;
use crate::support::server::settings;
use crate::support::{Client, Running, gateway, post, request, server, server_answering};

const USER: &[u8] = br#"{"request":{"user":{"login":"asha.rao"}}}"#;

/// A server that says what it understood: the hook's name and the application id.
fn telling() -> Running {
    let hooks = Hooks::standard();
    server_answering(&settings(), move |event: &Event| {
        let (hook, app) = (&hooks.rows[event.hook].name, &event.context.app);
        Reply { status: 200, body: serde_json::json!({ "hook": hook, "app": app }).to_string() }
    })
}

/// Waits for what must come true.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never came true: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn every_hook_answers_under_each_prefix_in_any_case_with_or_without_a_slash() {
    let server = telling();
    for name in Hooks::standard().names() {
        for path in [format!("/webhook/{name}"), format!("/{name}"), format!("/webhook/{name}/"), format!("/{name}/")] {
            for path in [path.to_lowercase(), path.to_uppercase(), path] {
                let answer = post(server.address, &path, USER);
                assert_eq!((answer.status, &answer.json()["hook"]), (200, &name.into()), "{path}");
                assert_eq!(answer.json()["app"], serde_json::Value::Null, "{path}");
            }
        }
    }
}

#[test]
fn an_application_id_stands_in_the_path_or_in_the_query() {
    let server = telling();
    for (path, app) in [
        ("/webhook/preProvision/5f1e", "5f1e"),
        ("/preprovision/5F1e/", "5F1e"),
        ("/webhook/preProvision?appId=5f1e", "5f1e"),
        ("/webhook/preProvision/?x=1&appId=a%20b", "a b"),
        ("/webhook/preProvision/in%20path?appId=query", "in path"),
        ("/webhook/preProvision/a%2Fb", "a/b"),
        ("/webhook/preProvision/%C3%A9t%C3%A9", "été"),
    ] {
        let answer = post(server.address, path, USER);
        assert_eq!(answer.json(), serde_json::json!({"hook": "preProvision", "app": app}), "{path}");
    }
}

/// The platform joins a server's address and a context path, and people write a slash at the end of either.
#[test]
fn slashes_in_a_row_are_one_and_those_at_the_end_are_none() {
    let server = telling();
    for path in ["//webhook/preProvision", "/webhook//preProvision", "///WEBHOOK///preprovision//", "//preProvision/"] {
        let answer = post(server.address, path, USER);
        assert_eq!(answer.json(), serde_json::json!({"hook": "preProvision", "app": null}), "{path}");
    }
    for path in ["//webhook//preProvision//5f1e", "/webhook/preProvision///5f1e//", "//preProvision//?appId=5f1e"] {
        let answer = post(server.address, path, USER);
        assert_eq!(answer.json(), serde_json::json!({"hook": "preProvision", "app": "5f1e"}), "{path}");
    }
}

#[test]
fn other_paths_are_unknown_and_nothing_is_ever_redirected() {
    let server = telling();
    for path in [
        "/",
        "//",
        "/webhook",
        "/webhook/",
        "///",
        "/webhook//",
        "/webhook/nothing",
        "/webhook/test/a/b",
        "/webhook/test//a//b",
        "/webhook/../test",
        "/webhook/%74est",
        "/other/test/",
        "/webhook/testing",
        "/healthz",
    ] {
        let answer = post(server.address, path, USER);
        assert_eq!((answer.status, &*answer.code()), (404, "UnknownHook"), "{path}");
        assert_eq!(answer.header("location"), None, "{path}");
    }
}

#[test]
fn prefixes_are_a_setting() {
    let server = server(&Settings { prefixes: vec!["/hooks/v1".to_owned()], ..settings() }, gateway());
    assert_eq!(post(server.address, "/HOOKS/v1/test", b"").status, 200);
    assert_eq!(post(server.address, "/webhook/test", b"").status, 404);
    assert_eq!(post(server.address, "/test", b"").status, 404);
}

#[test]
fn only_post_is_allowed() {
    let server = telling();
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let mut client = Client::connect(server.address);
        client.send(&request(method, "/webhook/test", "", b""));
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, &*answer.code()), (405, "MethodNotAllowed"), "{method}");
        assert_eq!(answer.header("allow"), Some("POST"), "{method}");
        client.send(&request(method, "/webhook/nothing", "", b""));
        assert_eq!(client.answer().unwrap().status, 404, "{method}");
    }
}

#[test]
fn every_answer_is_json_with_a_request_id_of_our_own() {
    let server = server(&settings(), gateway());
    let mut ids = HashSet::new();
    let large = vec![b' '; 2 * 1024 * 1024];
    for (path, headers, body, status, code) in [
        ("/webhook/test", "", &b""[..], 200, ""),
        ("/webhook/test", "", b"null", 200, ""),
        ("/webhook/test", "", b" {} ", 200, ""),
        ("/webhook/validateUser", "Content-Type: text/plain\r\n", USER, 200, ""),
        ("/webhook/validateUser", "Content-Encoding: identity\r\n", USER, 200, ""),
        ("/webhook/validateUser", "", br#"{"user":{}}"#, 200, ""),
        ("/webhook/validateUser", "", b"", 400, "BodyUnreadable"),
        ("/webhook/validateUser", "", b"{\"request\":", 400, "BodyUnreadable"),
        ("/webhook/validateUser", "", b"[]", 400, "RequestMissing"),
        ("/webhook/validateUser", "", b"{\"request\":[]}", 400, "RequestMissing"),
        ("/webhook/validateUser", "", b"{\"request\":{}}", 400, "UserMissing"),
        ("/webhook/validateUser", "Content-Encoding: gzip\r\n", USER, 415, "EncodingNotSupported"),
        ("/webhook/validateUser", "", &large, 413, "BodyTooLarge"),
        ("/webhook/nothing", "", USER, 404, "UnknownHook"),
    ] {
        for _ in 0..3 {
            let mut client = Client::connect(server.address);
            client.send(&request("POST", path, &format!("X-Request-Id: mine\r\n{headers}"), body));
            let answer = client.answer().unwrap();
            let id = answer.header("x-request-id").unwrap().to_owned();
            assert_eq!(answer.status, status, "{path} {code}");
            assert_eq!(answer.header("content-type"), Some("application/json"), "{path} {code}");
            if status != 200 {
                assert_eq!(answer.json(), serde_json::json!({"code": code, "requestId": id}), "{path}");
            }
            assert_eq!(uuid::Uuid::parse_str(&id).unwrap().get_version_num(), 7);
            assert!(ids.insert(id), "an id was given twice");
        }
    }
}

#[test]
fn an_event_carries_its_clock_its_caller_and_its_id() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let server = server_answering(&settings(), move |event: &Event| {
        notes.lock().unwrap().push(event.context.clone());
        Reply { status: 200, body: "{}".to_owned() }
    });
    let before = jiff::Timestamp::now();
    let answer = post(server.address, "/test", b"");
    let context = seen.lock().unwrap().pop().unwrap();
    assert_eq!(Some(&*context.id), answer.header("x-request-id"));
    assert!(before <= context.now && context.now <= jiff::Timestamp::now());
    assert!(matches!(context.token, Value::Null));
    assert_eq!(context.caller.to_json(), r#"{"address":"127.0.0.1"}"#);
}

#[test]
fn the_gateways_status_is_the_answers() {
    let server = server_answering(&settings(), |_| Reply { status: 503, body: "{\"code\":\"X\"}".to_owned() });
    let answer = post(server.address, "/test", b"");
    assert_eq!((answer.status, &*answer.body), (503, "{\"code\":\"X\"}"));
}

#[test]
fn a_panic_is_one_requests_500_and_the_next_is_answered_on_the_same_connection() {
    let server = server_answering(&settings(), |event: &Event| {
        assert!(
            event.user().is_none(),
            "{} must not be seen",
            hookgate::event::Value::Source(event.request()).written()
        );
        Reply { status: 200, body: "{}".to_owned() }
    });
    let mut client = Client::connect(server.address);
    for round in 1..=5 {
        client.send(&request("POST", "/webhook/test", "", br#"{"user":{"password":"s3cret"}}"#));
        let answer = client.answer().unwrap();
        assert_eq!((answer.status, &*answer.code()), (500, "InternalError"));
        assert!(!format!("{answer:?}").contains("s3cret"));
        assert_eq!(server.counters.panics(), round);
        client.send(&request("POST", "/webhook/test", "", b"{}"));
        assert_eq!(client.answer().unwrap().status, 200);
    }
}

#[test]
fn the_message_of_a_panic_is_never_written() {
    let mut process = Process::start();
    let answer = post(process.address, "/webhook/test", br#"{"user":{"password":"s3cret"}}"#);
    assert_eq!(answer.status, 500);
    process.signal("TERM");
    let errors = process.errors();
    assert!(process.wait().success());
    assert!(!errors.contains("s3cret"), "{errors}");
}

#[test]
fn the_log_tells_refusals_and_no_word_of_a_body() {
    let mut process = Process::start();
    let odd = br#"{"request":{"passwordText":"s3cret","user":{"login":"a\r\nb\u001b[2J"}}}"#;
    let good = post(process.address, "/webhook/changePassword", odd);
    let bad = post(process.address, "/webhook/validateUser", br#"{"request":{"passwordText":"s3cret" "user"}}"#);
    let unknown = post(process.address, "/webhook/nothing", odd);
    assert_eq!((good.status, bad.status, unknown.status), (200, 400, 404));
    process.signal("TERM");
    let errors = process.errors();
    assert!(!errors.contains("s3cret"), "{errors}");
    let lines: Vec<serde_json::Value> = errors.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<_> = lines.iter().filter(|line| line["target"] == "hookgate::event").collect();
    // The events themselves are logged by the gateway; what answers here is not it.
    assert_eq!(events.len(), 1, "{errors}");
    let refused = &events[0]["fields"];
    assert_eq!((&refused["hook"], &refused["code"]), (&"validateUser".into(), &"BodyUnreadable".into()));
    assert!(refused["cause"].as_str().unwrap().ends_with("(at byte 36)"), "{refused}");
    assert_eq!(refused["request_id"], bad.header("x-request-id").unwrap());
}

#[test]
fn a_caller_that_goes_away_is_no_longer_in_flight() {
    let server = server(&Settings { body_time_limit_ms: 60_000, ..settings() }, gateway());
    let mut client = Client::connect(server.address);
    client.send(b"POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
    until("the request is in flight", || server.counters.in_flight() == 1);
    drop(client);
    until("none is in flight", || server.counters.in_flight() == 0);
}

#[test]
fn stopping_answers_what_is_in_flight_and_nothing_new() {
    let (entered, has_entered) = channel();
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let server = server_answering(&Settings { workers: 1, ..settings() }, move |_| {
        entered.send(()).unwrap();
        released.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        Reply { status: 200, body: "{\"response\":{}}".to_owned() }
    });
    let mut idle = Client::connect(server.address);
    let mut client = Client::connect(server.address);
    client.send(&request("POST", "/test", "", b""));
    has_entered.recv_timeout(PATIENCE).unwrap();
    server.stopper.stop();
    until("nobody listens any more", || std::net::TcpStream::connect(server.address).is_err());
    release.send(()).unwrap();
    assert_eq!(client.answer().unwrap().status, 200);
    assert!(client.answers_to_end().unwrap().is_empty());
    assert!(idle.answers_to_end().unwrap().is_empty());
    server.wait();
}

#[test]
fn a_body_in_flight_is_waited_for_and_a_silent_one_holds_the_stop_no_longer_than_its_limit() {
    let limits = Settings { body_time_limit_ms: 500, drain_limit_ms: 20_000, ..settings() };
    let server = server(&limits, gateway());
    let mut slow = Client::connect(server.address);
    slow.send(b"POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnu");
    let mut silent = Client::connect(server.address);
    silent.send(b"POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnu");
    until("both are in flight", || server.counters.in_flight() == 2);
    server.stopper.stop();
    slow.send(b"ll");
    assert_eq!(slow.answer().unwrap().status, 200);
    assert_eq!(silent.answer().unwrap().status, 408);
    server.wait();
}

#[test]
fn signals_stop_the_process_in_good_manners() {
    for name in ["TERM", "INT"] {
        let mut process = Process::start();
        let mut client = Client::connect(process.address);
        client.send(&request("POST", "/test", "", b""));
        assert_eq!(client.answer().unwrap().status, 200);
        client.send(b"POST /test HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nnu");
        assert_eq!(client.answer().unwrap().status, 100, "the request is in flight");
        process.signal(name);
        until("nobody listens any more", || std::net::TcpStream::connect(process.address).is_err());
        client.send(b"ll");
        assert_eq!(client.answer().unwrap().status, 200, "{name}");
        assert!(process.wait().success(), "{name}");
    }
}

#[test]
fn an_address_that_is_taken_is_told_before_anything_runs() {
    let server = server(&settings(), gateway());
    let error = bind(&Settings { listen: server.address, ..settings() }, Arc::new(gateway())).unwrap_err();
    assert!(matches!(error, Error::AddressTaken(address) if address == server.address));
    assert_eq!(error.to_string(), format!("cannot listen on `{}`: another program does", server.address));
    assert!(error.help().unwrap().contains("`listen`"));
    let elsewhere =
        bind(&Settings { listen: "192.0.2.1:0".parse().unwrap(), insecure: true, ..settings() }, Arc::new(gateway()));
    assert!(matches!(elsewhere.unwrap_err(), Error::AddressUnknown(_)));
}

#[test]
fn a_stop_before_the_run_is_not_lost() {
    let server = bind(&settings(), Arc::new(gateway())).unwrap();
    server.stopper().stop();
    let (end, ended) = channel();
    std::thread::spawn(move || end.send(server.run().is_ok()));
    assert!(ended.recv_timeout(PATIENCE).unwrap());
}
