//! E1: slow callers. Each is cut, whatever it is slow at; one that is served slowly is not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookgate::gateway::Reply;
use hookgate::server::Settings;

use crate::support::client::PATIENCE;
use crate::support::process::Process;
use crate::support::server::settings;
use crate::support::wait::until;
use crate::support::{Answer, Client, End, gateway, request, server, server_answering};

/// Limits that a test can wait for.
fn impatient() -> Settings {
    Settings { body_time_limit_ms: 300, head_time_limit_ms: 300, keep_alive_ms: 300, ..settings() }
}

/// Sends `opening`, then one drip after the other until the connection ends; all answers that came.
fn drip(settings: &Settings, opening: &[u8], drip: &[u8]) -> Vec<Answer> {
    let server = server(settings, gateway());
    let mut client = Client::connect(server.address);
    client.send(opening);
    let mut answers = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match client.answer_within(Duration::from_millis(20)) {
            Ok(answer) => answers.push(answer),
            Err(End::Closed) => return answers,
            Err(End::TimedOut) if drip.is_empty() => {}
            Err(End::TimedOut) => {
                if !client.send(drip) {
                    return answers;
                }
            }
        }
    }
    panic!("a slow caller is still connected");
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

const GOOD: &[u8] = b"POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";

#[test]
fn a_caller_that_says_nothing_is_cut() {
    // Whoever has asked nothing is answered nothing: an answer could be taken for that of its first request.
    assert_eq!(statuses(&drip(&impatient(), b"", b"")), [0; 0]);
}

#[test]
fn a_slow_head_is_cut() {
    let answers = drip(&impatient(), b"POST /test HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n");
    assert_eq!((statuses(&answers), &*answers[0].code()), (vec![408], "HeadTooSlow"));
}

#[test]
fn a_slow_second_head_is_cut() {
    let opening = [GOOD, b"POST /test HTTP/1.1\r\nHost: x\r\n"].concat();
    let answers = drip(&impatient(), &opening, b"X-A: b\r\n");
    assert_eq!((statuses(&answers), &*answers[1].code()), (vec![200, 408], "HeadTooSlow"));
}

#[test]
fn a_connection_without_a_second_request_is_closed() {
    assert_eq!(statuses(&drip(&impatient(), GOOD, b"")), [200]);
}

#[test]
fn a_slow_body_with_a_length_is_answered_408_and_cut() {
    let opening = b"POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
    let answers = drip(&impatient(), opening, b" ");
    assert_eq!((statuses(&answers), &*answers[0].code()), (vec![408], "BodyTooSlow"));
}

#[test]
fn a_body_that_never_begins_is_answered_408_and_cut() {
    let opening = b"POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";
    assert_eq!(statuses(&drip(&impatient(), opening, b"")), [408]);
}

#[test]
fn a_slow_body_in_chunks_is_answered_408_and_cut() {
    let opening = b"POST /test HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(statuses(&drip(&impatient(), opening, b"1\r\n \r\n")), [408]);
}

#[test]
fn an_endless_body_in_chunks_to_an_unknown_path_is_cut() {
    let opening = b"POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(statuses(&drip(&impatient(), opening, b"1\r\n \r\n")), [404]);
}

#[test]
fn an_endless_body_with_a_length_to_an_unknown_path_is_cut() {
    let opening = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
    assert_eq!(statuses(&drip(&impatient(), opening, b" ")), [404]);
}

#[test]
fn a_caller_that_never_reads_its_answers_is_cut() {
    let server = server_answering(&impatient(), |_| Reply { status: 200, body: "x".repeat(1024 * 1024) });
    let mut client = Client::connect(server.address);
    client.stream.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while server.counters.cut() == 0 {
        assert!(Instant::now() < deadline, "a caller that never reads is still connected");
        // Blocks for a moment once no more is taken.
        client.send(&GOOD.repeat(10));
    }
}

#[test]
fn a_slow_body_within_its_limit_is_read_however_short_the_idle_limits_are() {
    let patient = Settings { body_time_limit_ms: 60_000, head_time_limit_ms: 100, keep_alive_ms: 50, ..settings() };
    let whole = request("POST", "/test", "Expect: 100-continue\r\n", &[b' '; 30]);
    let (head, body) = whole.split_at(whole.len() - 30);
    // A busy machine may bring the head too late, and then it is cut as it should be: this is about the body.
    let mut taken = None;
    until("a head comes in time", || {
        let server = server(&patient, gateway());
        let mut client = Client::connect(server.address);
        client.send(head);
        let is_taken = client.answer().is_ok_and(|answer| answer.status == 100);
        taken = is_taken.then_some((server, client));
        is_taken
    });
    let (server, mut client) = taken.unwrap();
    for byte in &body[1..] {
        client.send(&[*byte]);
        assert_eq!(client.answer_within(Duration::from_millis(50)), Err(End::TimedOut));
    }
    // Once it is answered, the connection idles and may be cut.
    assert_eq!(server.counters.cut(), 0);
    client.send(&body[..1]);
    assert_eq!(client.answer().unwrap().status, 200);
}

#[test]
fn a_request_that_takes_ten_times_the_idle_limits_is_answered() {
    let quick = Settings { head_time_limit_ms: 50, keep_alive_ms: 50, workers: 1, ..settings() };
    let begun = Arc::new(AtomicBool::new(false));
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (flag, released) = (Arc::clone(&begun), Mutex::new(released));
    let server = server_answering(&quick, move |_| {
        flag.store(true, Ordering::SeqCst);
        released.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        Reply { status: 200, body: "{}".to_owned() }
    });
    let mut client = Client::connect(server.address);
    client.send(GOOD);
    assert_eq!(client.answer_within(Duration::from_secs(1)), Err(End::TimedOut));
    assert!(begun.load(Ordering::SeqCst));
    release.send(()).unwrap();
    assert_eq!(client.answer().unwrap().status, 200);
}

#[test]
fn good_callers_are_answered_while_slow_ones_wait() {
    let server = server(&impatient(), gateway());
    let mut slow: Vec<Client> = (0..200).map(|_| Client::connect(server.address)).collect();
    for (number, client) in slow.iter_mut().enumerate() {
        client.send([&GOOD[..10], &GOOD[..GOOD.len() - 2], b""][number % 3]);
    }
    let mut good = Client::connect(server.address);
    for _ in 0..20 {
        good.send(GOOD);
        assert_eq!(good.answer().unwrap().status, 200);
    }
    for client in &mut slow {
        assert!(client.answers_to_end().is_some(), "a slow caller is still connected");
    }
}

#[test]
fn connections_leave_nothing_open_behind_them() {
    let process = Process::start();
    let mut first = Client::connect(process.address);
    first.send(GOOD);
    assert_eq!(first.answer().unwrap().status, 200);
    let before = process.open_files();
    let mut clients: Vec<Client> = (0..50).map(|_| Client::connect(process.address)).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        client.send([GOOD, &GOOD[..GOOD.len() - 1], &GOOD[..10]][number % 3]);
    }
    let deadline = Instant::now() + PATIENCE;
    while process.open_files() < before + clients.len() {
        assert!(Instant::now() < deadline, "the connections are never accepted");
    }
    drop(clients);
    while process.open_files() > before {
        assert!(Instant::now() < deadline, "{} files more than before", process.open_files() - before);
    }
}
