//! E5: too much at once. What is beyond a limit is told so at once, and those within it notice nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookgate::event::{Event, Hooks};
use hookgate::gateway::{Answered, Reply};
use hookgate::server::{PerCaller, Settings, bind_answering};
use tokio::sync::Semaphore;

use crate::support::server::settings;
use crate::support::wait::until;
use crate::support::{Answer, Client, Running, gateway, post, request, server, server_answering};

const USER: &[u8] = br#"{"request":{"user":{"login":"a"}}}"#;

fn well() -> Reply {
    Reply { status: 200, body: "{}".to_owned() }
}

fn refused(server: &Running, reason: &str) -> u64 {
    server.counters.refused().find(|(known, _)| *known == reason).expect("a reason").1
}

#[track_caller]
fn assert_shed(answer: &Answer) {
    assert_eq!((answer.status, &*answer.code()), (503, "Overloaded"));
    assert_eq!(answer.header("retry-after"), Some("1"));
}

/// A server whose `policyMap` hangs until it is let go, as a slow lookup would; how many hang, and what lets go.
fn hanging(settings: &Settings, hooks: &Hooks) -> (Running, Arc<AtomicUsize>, Arc<Semaphore>) {
    let (hang, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (counted, waited) = (Arc::clone(&hang), Arc::clone(&gate));
    let slow = hooks.position("policyMap");
    let answering = move |event: Event| {
        if Some(event.hook) != slow {
            return Answered::Now(well());
        }
        counted.fetch_add(1, Ordering::SeqCst);
        let gate = Arc::clone(&waited);
        Answered::Later(Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            well()
        }))
    };
    let server = bind_answering(settings, hooks, Arc::new(answering)).unwrap();
    (Running::start(server), hang, gate)
}

/// Clients whose calls of `policyMap` hang.
fn hang(server: &Running, hang: &AtomicUsize, count: usize) -> Vec<Client> {
    let mut clients: Vec<Client> = (0..count).map(|_| Client::connect(server.address)).collect();
    clients.iter_mut().for_each(|client| assert!(client.send(&request("POST", "/policyMap", "", USER))));
    until("they hang", || hang.load(Ordering::SeqCst) == count);
    clients
}

#[test]
fn a_hook_that_hangs_leaves_room_for_the_others() {
    let (server, count, gate) = hanging(&Settings { hook_request_limit: 3, ..settings() }, &Hooks::standard());
    let mut slow = hang(&server, &count, 3);
    for _ in 0..2 {
        assert_shed(&post(server.address, "/policyMap", USER));
        assert_eq!(post(server.address, "/validateUser", USER).status, 200);
    }
    assert_eq!(refused(&server, "Overloaded.hook"), 2);
    gate.add_permits(4);
    assert!(slow.iter_mut().all(|client| client.answer().unwrap().status == 200));
    assert_eq!(post(server.address, "/policyMap", USER).status, 200);
}

#[test]
fn a_hook_has_the_places_that_its_row_says() {
    let mut hooks = Hooks::standard();
    let place = hooks.position("policyMap").unwrap();
    hooks.rows[place].request_limit = Some(1);
    let (server, count, gate) = hanging(&settings(), &hooks);
    let mut slow = hang(&server, &count, 1);
    assert_shed(&post(server.address, "/policyMap", USER));
    gate.add_permits(1);
    assert_eq!(slow[0].answer().unwrap().status, 200);
}

#[test]
fn requests_beyond_the_limit_are_shed_at_once_and_not_queued() {
    let (server, count, gate) = hanging(&Settings { request_limit: 2, ..settings() }, &Hooks::standard());
    let mut slow = hang(&server, &count, 2);
    let mut third = Client::connect(server.address);
    for _ in 0..3 {
        third.send(&request("POST", "/test", "", b"{}"));
        assert_shed(&third.answer().unwrap());
    }
    assert_eq!(refused(&server, "Overloaded.requests"), 3);
    // Who has no place need not send a body either.
    let mut fourth = Client::connect(server.address);
    fourth.send(b"POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    assert_shed(&fourth.answer().unwrap());
    gate.add_permits(2);
    assert!(slow.iter_mut().all(|client| client.answer().unwrap().status == 200));
    third.send(&request("POST", "/test", "", b"{}"));
    assert_eq!(third.answer().unwrap().status, 200);
}

#[test]
fn the_place_of_one_who_went_away_is_free_once_it_is_answered() {
    let (server, count, gate) = hanging(&Settings { request_limit: 1, ..settings() }, &Hooks::standard());
    drop(hang(&server, &count, 1));
    gate.add_permits(1);
    until("the place is free", || post(server.address, "/test", b"{}").status == 200);
}

#[test]
fn slow_bodies_take_no_places() {
    let few = Settings { request_limit: 1, hook_request_limit: 1, body_time_limit_ms: 60_000, ..settings() };
    let server = server(&few, gateway());
    let mut slow: Vec<Client> = (0..20).map(|_| Client::connect(server.address)).collect();
    let whole = request("POST", "/test", "", b"{}");
    slow.iter_mut().for_each(|client| assert!(client.send(&whole[..whole.len() - 1])));
    until("they are in flight", || server.counters.in_flight() == 20);
    assert_eq!(post(server.address, "/test", b"{}").status, 200);
}

#[test]
fn bodies_that_are_held_together_have_a_limit() {
    let small = Settings {
        body_limit_bytes: 64 << 10,
        bodies_limit_bytes: 100 << 10,
        // Reading a body costs twice its size and 96 bytes a member: there is room for one of these and a seventh more.
        member_limit: 100,
        body_time_limit_ms: 60_000,
        ..settings()
    };
    let server = server(&small, gateway());
    let body = [&b"{\"request\":{\"a\":\""[..], &*vec![b'x'; 60_000], b"\"}}"].concat();
    let whole = request("POST", "/test", "", &body);
    let (most, last) = whole.split_at(whole.len() - 1);
    let mut first = Client::connect(server.address);
    first.send(most);
    until("the first is in flight", || server.counters.in_flight() == 1);
    // What the first has sent is taken in a moment later.
    until("there is no room for a second", || {
        let answer = post(server.address, "/test", &body);
        if answer.status != 200 {
            assert_shed(&answer);
        }
        answer.status != 200
    });
    assert_eq!(post(server.address, "/test", b"{}").status, 200, "there is room for a small one");
    first.send(last);
    assert_eq!(first.answer().unwrap().status, 200);
    assert_eq!(post(server.address, "/test", &body).status, 200, "and for a large one again");
}

#[test]
fn heads_that_are_not_whole_have_a_limit_together_and_whole_ones_need_none() {
    let small =
        Settings { head_limit_bytes: 4_000, heads_limit_bytes: 40_000, head_time_limit_ms: 60_000, ..settings() };
    let server = server(&small, gateway());
    let begun = [&b"POST /test HTTP/1.1\r\nHost: x\r\nX-A: "[..], &[b'a'; 3_000]].concat();
    let mut slow: Vec<Client> = (0..40).map(|_| Client::connect(server.address)).collect();
    slow.iter_mut().for_each(|client| assert!(client.send(&begun)));
    until("some are too many", || refused(&server, "Overloaded.heads") >= 20);
    assert_eq!(post(server.address, "/test", b"{}").status, 200);
    let mut shed = 0;
    for client in &mut slow {
        if let Ok(answer) = client.answer_within(Duration::from_millis(1)) {
            assert_shed(&answer);
            shed += 1;
        } else {
            client.send(b"\r\nContent-Length: 2\r\n\r\n{}");
            assert_eq!(client.answer().unwrap().status, 200, "one that was let in is answered when it is whole");
        }
    }
    assert!(shed >= 20, "{shed}");
    let mut another = Client::connect(server.address);
    assert!(another.send(&begun) && another.send(b"\r\nContent-Length: 2\r\n\r\n{}"));
    assert_eq!(another.answer().unwrap().status, 200, "what heads held is free again");
}

#[test]
fn a_body_counts_with_what_reading_it_costs() {
    let fields: Vec<String> = (0..3_000).map(|number| format!("\"k{number}\":1")).collect();
    let costly = format!(r#"{{"request":{{"user":{{{}}}}}}}"#, fields.join(","));
    let plain = format!(r#"{{"request":{{"user":{{"a":"{}"}}}}}}"#, "x".repeat(costly.len()));
    // Room for the costliest body alone (some 400 KiB), and no second one beside it.
    let small = Settings { body_limit_bytes: 64 << 10, member_limit: 3_010, bodies_limit_bytes: 1, ..settings() };
    let (server, count, gate) = hanging(&small, &Hooks::standard());
    let mut first = Client::connect(server.address);
    first.send(&request("POST", "/policyMap", "", costly.as_bytes()));
    until("it hangs", || count.load(Ordering::SeqCst) == 1);
    assert_shed(&post(server.address, "/validateUser", costly.as_bytes()));
    assert_eq!(refused(&server, "Overloaded.bodies"), 1);
    assert_eq!(post(server.address, "/test", b"{}").status, 200, "a small one has room");
    gate.add_permits(1);
    assert_eq!(first.answer().unwrap().status, 200);
    assert_eq!(post(server.address, "/validateUser", costly.as_bytes()).status, 200);
    assert_eq!(post(server.address, "/validateUser", plain.as_bytes()).status, 200);
}

#[test]
fn an_answer_that_nobody_reads_counts_until_it_is_read() {
    let small = Settings { member_limit: 100, bodies_limit_bytes: 16 << 20, ..settings() };
    let server = server_answering(&small, |event: &Event| {
        let length = if event.context.app.is_some() { 13_500_000 } else { 2 };
        Reply { status: 200, body: "x".repeat(length) }
    });
    let large = format!(r#"{{"request":{{"user":{{"a":"{}"}}}}}}"#, "x".repeat(600_000));
    let status = || post(server.address, "/validateUser", large.as_bytes()).status;
    assert_eq!(status(), 200);
    // The system takes as much of an answer as its buffers hold, which may be all of it where the caller's can grow.
    let mut first = Client::connect_with_little_room(server.address);
    first.send(&request("POST", "/preProvision/app", "", USER));
    until("it is held", || status() == 503);
    assert_eq!(first.answer().unwrap().body.len(), 13_500_000);
    until("it is given back", || status() == 200);
}

#[test]
fn a_large_head_is_refused_with_431() {
    let server = server(&Settings { head_limit_bytes: 2000, header_limit: 10, ..settings() }, gateway());
    let headers = |count: usize, bytes: usize| -> String {
        (0..count).map(|number| format!("X-{number}: {}\r\n", "v".repeat(bytes))).collect()
    };
    // `Host` and `Content-Length` are two of them.
    for (path, headers, status) in [
        ("/test", headers(8, 1), 200),
        ("/test", headers(9, 1), 431),
        ("/test", headers(1, 1900), 200),
        ("/test", headers(1, 2000), 431),
        (&*format!("/test?{}", "a".repeat(1900)), String::new(), 200),
        (&*format!("/test?{}", "a".repeat(2000)), String::new(), 431),
        (&*format!("/{}", "a".repeat(2000)), String::new(), 431),
    ] {
        let mut client = Client::connect(server.address);
        client.send(&request("POST", path, &headers, b"{}"));
        let answer = client.answer().unwrap();
        assert_eq!(answer.status, status, "{} bytes of path, {} of headers", path.len(), headers.len());
        if status == 431 {
            assert_eq!(answer.code(), "HeadTooLarge");
        }
    }
    assert_eq!(refused(&server, "HeadTooLarge"), 4);
}

#[test]
fn the_measured_head_is_the_one_that_was_sent() {
    let server = server(&Settings { head_limit_bytes: 300, ..settings() }, gateway());
    let before = request("POST", "/test?x=", "", b"").len();
    for (bytes, status) in [(300, 200), (301, 431)] {
        let path = format!("/test?x={}", "a".repeat(bytes - before));
        let sent = request("POST", &path, "", b"");
        assert_eq!(sent.len(), bytes);
        let mut client = Client::connect(server.address);
        client.send(&sent);
        assert_eq!(client.answer().unwrap().status, status, "{bytes}");
    }
}

#[test]
fn a_body_has_so_many_members_and_no_more() {
    let server = server_answering(&Settings { member_limit: 100, ..settings() }, |_| well());
    // `request`, `user` and `a` are three of them.
    let lists = |count: usize| format!(r#"{{"request":{{"user":{{"a":[{}]}}}}}}"#, vec!["1"; count].join(","));
    let maps = |count: usize| {
        let inner: Vec<String> = (0..count).map(|number| format!(r#""k{number}":1"#)).collect();
        format!(r#"{{"request":{{"user":{{"a":{{{}}}}}}}}}"#, inner.join(","))
    };
    for (body, status) in [(lists(97), 200), (lists(98), 400), (maps(97), 200), (maps(98), 400)] {
        let answer = post(server.address, "/validateUser", body.as_bytes());
        assert_eq!(answer.status, status, "{body}");
        if status == 400 {
            assert_eq!(answer.code(), "BodyUnreadable");
        }
    }
}

#[test]
fn an_address_that_calls_too_often_is_answered_429() {
    let per_caller = Some(PerCaller { per_second: 1, burst: 3, callers: 10 });
    let server = server(&Settings { per_caller, ..settings() }, gateway());
    let answers: Vec<Answer> = (0..8).map(|_| post(server.address, "/test", b"{}")).collect();
    let refusals: Vec<&Answer> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert_eq!(answers.iter().take(3).filter(|answer| answer.status == 200).count(), 3);
    for answer in &refusals {
        assert_eq!((answer.status, &*answer.code(), answer.header("retry-after")), (429, "TooManyRequests", Some("1")));
    }
    assert_eq!(refused(&server, "TooManyRequests"), refusals.len() as u64);
    assert!(!refusals.is_empty());
    until("the caller may call again", || post(server.address, "/test", b"{}").status == 200);
}

#[test]
fn an_address_has_so_many_connections_and_more_are_closed() {
    let server = server(&Settings { address_connection_limit: Some(2), ..settings() }, gateway());
    let ask = |client: &mut Client| {
        client.send(&request("POST", "/test", "", b"{}"));
        client.answer().map(|answer| answer.status).ok()
    };
    let mut open: Vec<Client> = (0..2).map(|_| Client::connect(server.address)).collect();
    assert!(open.iter_mut().all(|client| ask(client) == Some(200)));
    let mut third = Client::connect(server.address);
    assert_eq!(ask(&mut third), None);
    assert_eq!(server.counters.crowded(), 1);
    drop(open);
    until("there is room again", || ask(&mut Client::connect(server.address)) == Some(200));
}

#[test]
fn nothing_that_comes_on_a_connection_too_many_is_decided() {
    let decided = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&decided);
    let settings = Settings { address_connection_limit: Some(1), ..settings() };
    let server = server_answering(&settings, move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        well()
    });
    let call = request("POST", "/validateUser", "", USER);
    let mut first = Client::connect(server.address);
    first.send(&call);
    assert_eq!(first.answer().unwrap().status, 200);
    for _ in 0..50 {
        // What is sent at once is there before the connection is closed.
        let mut further = Client::connect(server.address);
        further.send(&call);
        assert_eq!(further.answer().map(|answer| answer.status).ok(), None);
    }
    assert_eq!(server.counters.crowded(), 50);
    first.send(&call);
    assert_eq!(first.answer().unwrap().status, 200);
    assert_eq!(decided.load(Ordering::Relaxed), 2);
}

/// Takes the processor, as a script does.
fn compute(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        std::hint::spin_loop();
    }
}

#[test]
fn who_would_wait_too_long_for_the_processor_is_shed() {
    let busy = Settings { workers: 1, wait_limit_ms: 50, ..settings() };
    let server = server_answering(&busy, |_| {
        compute(Duration::from_millis(10));
        well()
    });
    // What one takes is known once one was answered.
    assert_eq!(post(server.address, "/test", b"{}").status, 200);
    let mut clients: Vec<Client> = (0..60).map(|_| Client::connect(server.address)).collect();
    clients.iter_mut().for_each(|client| assert!(client.send(&request("POST", "/test", "", b"{}"))));
    let answers: Vec<Answer> = clients.iter_mut().map(|client| client.answer().unwrap()).collect();
    let shed: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    shed.iter().for_each(|answer| assert_shed(answer));
    assert_eq!(refused(&server, "Overloaded.turns"), shed.len() as u64);
    assert!(!shed.is_empty() && shed.len() < answers.len(), "{} of {} were shed", shed.len(), answers.len());
    assert_eq!(post(server.address, "/test", b"{}").status, 200);
}

#[test]
fn bursts_that_can_be_answered_in_time_are_answered() {
    let server = server_answering(&Settings { workers: 1, wait_limit_ms: 60_000, ..settings() }, |_| {
        compute(Duration::from_millis(2));
        well()
    });
    let mut clients: Vec<Client> = (0..150).map(|_| Client::connect(server.address)).collect();
    clients.iter_mut().for_each(|client| assert!(client.send(&request("POST", "/test", "", b"{}"))));
    assert!(clients.iter_mut().all(|client| client.answer().unwrap().status == 200));
}
