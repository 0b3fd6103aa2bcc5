//! E3: sizes. Too much of anything is refused, and never held in memory.

use crate::support::process::Process;
use crate::support::server::settings;
use crate::support::{Client, gateway, post, request, server};

const MIB: usize = 1024 * 1024;

/// A readable body of exactly this many bytes.
fn body_of(bytes: usize) -> Vec<u8> {
    let frame = br#"{"request":{"user":{"a":""}}}"#.len();
    format!(r#"{{"request":{{"user":{{"a":"{}"}}}}}}"#, "x".repeat(bytes - frame)).into_bytes()
}

#[test]
fn a_body_at_the_limit_is_read_and_one_byte_more_is_not() {
    let server = server(&settings(), gateway());
    assert_eq!(post(server.address, "/validateUser", &body_of(MIB)).status, 200);
    let answer = post(server.address, "/validateUser", &body_of(MIB + 1));
    assert_eq!((answer.status, &*answer.code()), (413, "BodyTooLarge"));
}

#[test]
fn a_body_in_chunks_has_the_same_limit() {
    let server = server(&settings(), gateway());
    for (bytes, status) in [(MIB, 200), (MIB + 1, 413)] {
        let mut client = Client::connect(server.address);
        client.send(b"POST /validateUser HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        for chunk in body_of(bytes).chunks(10_000) {
            client.send(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
        }
        client.send(b"0\r\n\r\n");
        assert_eq!(client.answer().unwrap().status, status, "{bytes}");
    }
}

#[test]
fn a_declared_length_beyond_the_limit_is_refused_before_anything_is_sent() {
    let server = server(&settings(), gateway());
    let mut client = Client::connect(server.address);
    client.send(b"POST /validateUser HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000000\r\n\r\n");
    let answer = client.answer().unwrap();
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    assert!(client.answers_to_end().unwrap().is_empty());
}

#[test]
fn heads_beyond_the_limit_are_refused() {
    let server = server(&settings(), gateway());
    let many: String = (0..100_000).map(|n| format!("X-{n}: 1\r\n")).collect();
    for head in
        [format!("POST /test HTTP/1.1\r\nHost: x\r\n{many}\r\n"), format!("POST /{} HTTP/1.1\r\n", "a".repeat(MIB))]
    {
        let mut client = Client::connect(server.address);
        client.send(head.as_bytes());
        let statuses: Vec<u16> = client.answers_to_end().unwrap().iter().map(|answer| answer.status).collect();
        assert!(matches!(statuses[..], [400 | 414 | 431] | []), "{statuses:?}");
    }
    assert_eq!(post(server.address, "/test", b"").status, 200);
}

#[test]
fn the_costliest_body_takes_at_most_twenty_times_its_size() {
    let process = Process::start();
    assert_eq!(post(process.address, "/test", b"{}").status, 200);
    let before = process.peak_memory();
    let fill = |unit: &str| {
        let inner = format!("{unit},").repeat((MIB - 64) / (unit.len() + 1));
        format!(r#"{{"request":{{"user":{{"a":[{}]}}}}}}"#, inner.trim_end_matches(','))
    };
    for unit in ["1", "{}", r#"{"a":1}"#, "\"\""] {
        let body = fill(unit);
        let answer = post(process.address, "/validateUser", body.as_bytes());
        assert_eq!((answer.status, answer.body.len()), (200, body.len() + 10), "{unit}");
    }
    let grown = process.peak_memory() - before;
    assert!(grown <= 20 * MIB, "{} MiB", grown / MIB);
}

#[test]
fn what_is_refused_for_its_size_takes_no_memory() {
    let process = Process::start();
    assert_eq!(post(process.address, "/test", b"{}").status, 200);
    let before = process.peak_memory();
    let mut clients: Vec<Client> = (0..50).map(|_| Client::connect(process.address)).collect();
    for client in &mut clients {
        client.send(b"POST /validateUser HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n{");
    }
    let mut large = Client::connect(process.address);
    large.send(&request("POST", "/validateUser", "", &vec![b' '; 64 * MIB]));
    assert_eq!(large.answer().map_or(413, |answer| answer.status), 413);
    assert_eq!(post(process.address, "/test", b"{}").status, 200);
    let grown = process.peak_memory() - before;
    assert!(grown <= 20 * MIB, "{} MiB", grown / MIB);
}
