//! E2: raw requests, each with the statuses that must come back and whether the connection may be used again.
//!
//! After each request a second, good one follows on the same connection. It is answered if the connection
//! stays open and must not be answered if it does not: so a message is never taken for two, nor two for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookgate::gateway::Reply;
use hookgate::server::Settings;

use crate::support::client::Answer;
use crate::support::server::settings;
use crate::support::{Client, request, server_answering};

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    Open,
    Closed,
}
use Then::{Closed, Open};

pub struct Case {
    pub name: &'static str,
    bytes: Vec<u8>,
    statuses: &'static [u16],
    then: Then,
}

const BODY: &[u8] = br#"{"request":{"user":{"login":"x"}}}"#;

/// A case of a request to a hook: these headers, this after the head.
fn hook(name: &'static str, headers: &str, rest: &[u8], statuses: &'static [u16], then: Then) -> Case {
    let head = format!("POST /webhook/validateUser HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    Case { name, bytes: [head.as_bytes(), rest].concat(), statuses, then }
}

/// A case of bytes as they stand.
fn raw(name: &'static str, bytes: impl Into<Vec<u8>>, statuses: &'static [u16], then: Then) -> Case {
    Case { name, bytes: bytes.into(), statuses, then }
}

fn chunked(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
        bytes.extend_from_slice(part);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

/// The request that must never be answered when it stands inside another's body.
fn smuggled() -> Vec<u8> {
    request("POST", "/webhook/test", "", b"")
}

fn lengths() -> Vec<Case> {
    let length = format!("Content-Length: {}\r\n", BODY.len());
    let inside = smuggled();
    let too_short = format!("Content-Length: {}\r\n", BODY.len() - 1);
    vec![
        hook("a good request", &length, BODY, &[200], Open),
        hook("a good request, three times", &length, &three_more(&length), &[200, 200, 200], Open),
        hook("no length, no body", "", b"", &[400], Open),
        hook("length 0", "Content-Length: 0\r\n", b"", &[400], Open),
        hook("length 0 before a body that is none", "Content-Length: 0\r\n", &inside, &[400, 200], Open),
        hook("leading zeros", &format!("Content-Length: 000{}\r\n", BODY.len()), BODY, &[200], Open),
        hook("spaces around the length", &format!("Content-Length:  {} \r\n", BODY.len()), BODY, &[200], Open),
        hook("a length in mixed case", &format!("cOnTeNt-LeNgTh: {}\r\n", BODY.len()), BODY, &[200], Open),
        hook("a length one too short", &too_short, BODY, &[400, 400], Closed),
        hook("two equal lengths", &length.repeat(2), BODY, &[400], Closed),
        hook("two lengths", &format!("{length}Content-Length: 8\r\n"), BODY, &[400], Closed),
        hook("length +7", "Content-Length: +7\r\n", BODY, &[400], Closed),
        hook("length -1", "Content-Length: -1\r\n", BODY, &[400], Closed),
        hook("length 7, 7", "Content-Length: 7, 7\r\n", BODY, &[400], Closed),
        hook("length 0x7", "Content-Length: 0x7\r\n", BODY, &[400], Closed),
        hook("length 7.0", "Content-Length: 7.0\r\n", BODY, &[400], Closed),
        hook("length empty", "Content-Length:\r\n", BODY, &[400], Closed),
        hook("length beyond 64 bits", "Content-Length: 99999999999999999999999\r\n", BODY, &[400], Closed),
        hook("length of 64 bits", "Content-Length: 18446744073709551615\r\n", &inside, &[413], Closed),
    ]
}

fn three_more(length: &str) -> Vec<u8> {
    let one = hook("", length, BODY, &[], Open).bytes;
    [BODY, &one, &one].concat()
}

fn transfer_encodings() -> Vec<Case> {
    let length = format!("Content-Length: {}\r\n", BODY.len());
    let body = chunked(&[BODY]);
    let hidden = [&b"0\r\n\r\n"[..], &smuggled()].concat();
    vec![
        hook("chunked", CHUNKED, &body, &[200], Open),
        hook("chunked in mixed case", "transfer-encoding: CHUNKED\r\n", &body, &[200], Open),
        hook("chunked in many chunks", CHUNKED, &chunked(&[&BODY[..1], &BODY[1..5], &BODY[5..]]), &[200], Open),
        hook("chunked and empty", CHUNKED, b"0\r\n\r\n", &[400], Open),
        hook("length and chunked", &format!("{length}{CHUNKED}"), &hidden, &[400], Closed),
        hook("chunked and length", &format!("{CHUNKED}Content-Length: 4\r\n"), &hidden, &[400], Closed),
        hook("chunked and length 0", &format!("{CHUNKED}Content-Length: 0\r\n"), &hidden, &[400], Closed),
        hook("xchunked", "Transfer-Encoding: xchunked\r\n", &body, &[400], Closed),
        hook("identity", "Transfer-Encoding: identity\r\n", BODY, &[400], Closed),
        hook("identity, chunked", "Transfer-Encoding: identity, chunked\r\n", &body, &[400], Closed),
        hook("chunked, identity", "Transfer-Encoding: chunked, identity\r\n", &body, &[400], Closed),
        hook("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", &body, &[400], Closed),
        hook("chunked twice", &CHUNKED.repeat(2), &body, &[400], Closed),
        hook("a space before the colon", "Transfer-Encoding : chunked\r\n", &body, &[400], Closed),
        hook("a tab before the name", "\tTransfer-Encoding: chunked\r\n", &body, &[400], Closed),
        hook("an encoding folded over lines", "Transfer-Encoding:\r\n chunked\r\n", &body, &[400], Closed),
        raw(
            "chunked in HTTP/1.0",
            [&b"POST /webhook/test HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"[..], &hidden].concat(),
            &[400],
            Closed,
        ),
    ]
}

fn chunks() -> Vec<Case> {
    let bad = |size: &str| [size.as_bytes(), b"\r\n", BODY, b"\r\n0\r\n\r\n"].concat();
    let size = format!("{:x}", BODY.len());
    let wrong = format!("{:x}", BODY.len() - 1);
    vec![
        hook("a chunk of size -1", CHUNKED, &bad("-1"), &[400], Closed),
        hook("a chunk of size +22", CHUNKED, &bad(&format!("+{size}")), &[400], Closed),
        hook("a chunk of size 0x22", CHUNKED, &bad(&format!("0x{size}")), &[400], Closed),
        hook("a chunk without a size", CHUNKED, &bad(""), &[400], Closed),
        hook("a chunk beyond 64 bits", CHUNKED, &bad("FFFFFFFFFFFFFFFFF"), &[400], Closed),
        hook("a chunk that ends late", CHUNKED, &bad(&wrong), &[400], Closed),
        hook("a chunk extension", CHUNKED, &bad(&format!("{size};a=b")), &[200], Open),
        hook(
            "a bare LF after a size",
            CHUNKED,
            &[size.as_bytes(), b"\n", BODY, b"\r\n0\r\n\r\n"].concat(),
            &[400],
            Closed,
        ),
        hook("a bare LF in an extension", CHUNKED, &bad(&format!("{size};x\nzz")), &[400], Closed),
        hook("a bare CR in an extension", CHUNKED, &bad(&format!("{size};x\rzz")), &[400], Closed),
        hook("a bad second chunk", CHUNKED, &[&b"1\r\n{\r\n"[..], &bad("zz")].concat(), &[400], Closed),
        raw(
            "a bad chunk to an unknown path",
            [&b"POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"[..], &bad("zz")].concat(),
            &[404],
            Closed,
        ),
        raw(
            "a body in chunks to an unknown path",
            [&b"POST /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"[..], &chunked(&[BODY])]
                .concat(),
            &[404],
            Open,
        ),
    ]
}

fn heads() -> Vec<Case> {
    let good = "POST /webhook/test HTTP/1.1\r\n";
    let with = |headers: &str| format!("{good}Host: x\r\n{headers}\r\n");
    let many = |count: usize| (0..count).map(|n| format!("X-{n}: 1\r\n")).collect::<String>();
    vec![
        raw("bare LF between headers", "POST /webhook/test HTTP/1.1\nHost: x\n\n", &[200], Open),
        raw("empty lines before the request", format!("\r\n\r\n{}", with("")), &[200], Open),
        raw("no Host", format!("{good}\r\n"), &[400], Closed),
        raw("two Hosts", with("Host: y\r\n"), &[400], Closed),
        raw("any Host", format!("{good}Host: evil.example:1\r\n\r\n"), &[200], Open),
        raw("a header folded over lines", with("X-A: 1\r\n 2\r\n"), &[400], Closed),
        raw("NUL in a header", with("X-A: a\0b\r\n"), &[400], Closed),
        raw("CR in a header", with("X-A: a\rb\r\n"), &[400], Closed),
        raw("a header without a colon", with("X-A\r\n"), &[400], Closed),
        raw("a header without a name", with(": x\r\n"), &[400], Closed),
        raw("60 headers", with(&many(60)), &[200], Open),
        raw("90 headers", with(&many(90)), &[431], Closed),
        raw("97 headers", with(&many(97)), &[431], Closed),
        raw("a header of 15 kB", with(&format!("X-A: {}\r\n", "a".repeat(15_000))), &[200], Open),
        raw("a header of 100 kB", with(&format!("X-A: {}\r\n", "a".repeat(100_000))), &[431], Closed),
        raw("a header of 200 kB", with(&format!("X-A: {}\r\n", "a".repeat(200_000))), &[431], Closed),
        raw("two requests, the first says close", with("Connection: close\r\n") + &with(""), &[200], Closed),
        // Its body is there already.
        raw("Expect", with("Expect: 100-continue\r\nContent-Length: 2\r\n") + "{}", &[200], Open),
        raw("another expectation", with("Expect: tea\r\n"), &[200], Open),
        raw(
            "a websocket",
            with("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n") + "{}",
            &[200],
            Open,
        ),
        raw("HTTP/2 by upgrade", with("Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\n"), &[200], Open),
        raw("a compressed body", with("Content-Encoding: gzip\r\nContent-Length: 2\r\n") + "{}", &[415], Open),
    ]
}

fn first_lines() -> Vec<Case> {
    let line = |line: &str| format!("{line}\r\nHost: x\r\n\r\n");
    vec![
        raw("an absolute URI", line("POST http://evil.example/webhook/test HTTP/1.1"), &[200], Open),
        raw("GET with a body", request("GET", "/webhook/test", "", &smuggled()), &[405], Open),
        raw("OPTIONS *", line("OPTIONS * HTTP/1.1"), &[404], Open),
        raw("CONNECT", line("CONNECT a:1 HTTP/1.1"), &[404], Closed),
        raw("TRACE", line("TRACE /webhook/test HTTP/1.1"), &[405], Open),
        raw("a method with an odd letter", line("G@T /webhook/test HTTP/1.1"), &[400], Closed),
        raw("a method in lower case", line("post /webhook/test HTTP/1.1"), &[405], Open),
        raw("HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[400], Closed),
        raw("HTTP/9.9", line("POST /webhook/test HTTP/9.9"), &[400], Closed),
        raw("HTTP/0.9", "GET /webhook/test\r\n", &[400], Closed),
        raw("two spaces in the first line", line("POST  /webhook/test HTTP/1.1"), &[400], Closed),
        raw("no path", line("POST HTTP/1.1"), &[400], Closed),
        raw("a path without a slash", line("POST webhook/test HTTP/1.1"), &[400], Closed),
        raw("a path of 15 kB", line(&format!("POST /{} HTTP/1.1", "a".repeat(15_000))), &[404], Open),
        raw("a path of 60 kB", line(&format!("POST /{} HTTP/1.1", "a".repeat(60_000))), &[431], Closed),
        raw("dots in the path", line("POST /webhook/../webhook/test HTTP/1.1"), &[404], Open),
        raw("escaped dots in the path", line("POST /webhook/%2e%2e%2ftest HTTP/1.1"), &[404], Open),
        raw("an escaped line end in the path", line("POST /a%0d%0aX: HTTP/1.1"), &[404], Open),
        raw("a NUL in the path", line("POST /\0 HTTP/1.1"), &[400], Closed),
        raw("every byte", (0..=255).cycle().take(1024).collect::<Vec<u8>>(), &[400], Closed),
        raw("a TLS hello", [&b"\x16\x03\x01\0\xc8\x01\0\0\xc4\x03\x03"[..], &[0; 200]].concat(), &[400], Closed),
    ]
}

/// Every case.
pub fn cases() -> Vec<Case> {
    [lengths(), transfer_encodings(), chunks(), heads(), first_lines()].into_iter().flatten().collect()
}

/// Sends the case and a good request behind it; the statuses of all that came back until the end.
pub fn play(address: std::net::SocketAddr, case: &Case) -> Option<Vec<Answer>> {
    let mut client = Client::connect(address);
    client.send(&case.bytes);
    client.send(&smuggled());
    if case.then == Open {
        client.half_close();
    }
    client.answers_to_end()
}

#[test]
fn each_message_is_answered_once_and_as_listed() {
    let handled = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&handled);
    // Long limits: a connection that must be closed is closed for its message, not for its age.
    let patient = Settings { keep_alive_ms: 600_000, head_time_limit_ms: 600_000, ..settings() };
    let server = server_answering(&patient, move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Reply { status: 200, body: "{}".to_owned() }
    });
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let played: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = cases.iter().map(|case| scope.spawn(|| play(server.address, case))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut wrong = Vec::new();
    let mut good = 0;
    for (case, answers) in cases.iter().zip(played) {
        let statuses = answers.map(|answers| answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        let mut expected = case.statuses.to_vec();
        if case.then == Open {
            expected.push(200);
        }
        good += expected.iter().filter(|status| **status == 200).count();
        if statuses.as_ref() != Some(&expected) {
            wrong.push(format!("{}: {statuses:?} instead of {expected:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(handled.load(Ordering::SeqCst), good, "an event was handled that nobody was told of");
}

#[test]
fn two_hundred_pipelined_requests_are_answered_in_order() {
    let server = server_answering(&settings(), |event| Reply {
        status: 200,
        body: hookgate::event::Value::Source(event.request()).written(),
    });
    let mut client = Client::connect(server.address);
    let all: Vec<u8> = (0..200).flat_map(|n| request("POST", "/test", "", n.to_string().as_bytes())).collect();
    client.send(&all);
    client.half_close();
    let bodies: Vec<_> = client.answers_to_end().unwrap().into_iter().map(|answer| answer.body).collect();
    assert_eq!(bodies, (0..200).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let server = server_answering(&settings(), |_| Reply { status: 200, body: "{}".to_owned() });
    let mut client = Client::connect(server.address);
    for byte in hook("", CHUNKED, &chunked(&[&BODY[..3], &BODY[3..]]), &[], Open).bytes {
        client.send(&[byte]);
    }
    assert_eq!(client.answer().unwrap().status, 200);
}

#[test]
fn head_is_answered_without_a_body() {
    let server = server_answering(&settings(), |_| Reply { status: 200, body: "{}".to_owned() });
    let mut client = Client::connect(server.address);
    client.send(b"HEAD /webhook/test HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(client.answers_to_end().unwrap().is_empty(), "the announced body never comes");
    let head = String::from_utf8(client.unread().to_vec()).unwrap();
    assert!(head.starts_with("HTTP/1.1 405") && head.ends_with("\r\n\r\n"), "{head}");
}
