//! How much of a service's answer is read: so much and no more, in all pages together.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use hookgate::gateway::Gateway;
use hookgate::lookup::Connections;

use crate::support::source::{answer, live, outcome};

/// Answers the calls of one connection with these bodies, one after the other.
fn service(bodies: Vec<String>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        for body in bodies {
            skip_call(&mut reader);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            // Whoever asks may hang up before the end.
            if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
                return;
            }
        }
    });
    address
}

fn skip_call(reader: &mut impl std::io::BufRead) {
    let mut length = 0;
    for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap();
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).unwrap();
}

const RULES: &str = "
hook: validateUser
codes: { Found: found }
lookups:
  it: { http: api, post: /list, body: { q: \"${key}\" }, rows: data, pages: { number: page, size: 2 }, timeout: 30s, on_error: fail }
rules:
  - { name: one, let: { row: { lookup: it, key: \"${user.login}\" } }, when: { row.id: { present: true } }, reject: Found }
";

/// A page of so many rows that is so long, in bytes.
fn page(rows: usize, length: usize) -> String {
    let note = "x".repeat(length.saturating_sub(rows * 24));
    let rows: Vec<String> =
        (0..rows).map(|n| format!(r#"{{"id":{n},"note":"{}"}}"#, if n == 0 { &*note } else { "" })).collect();
    format!(r#"{{"data":[{}]}}"#, rows.join(","))
}

async fn asked(pages: Vec<String>) -> String {
    let settings = format!(
        "connections: {{ api: {{ http: \"http://{}\", allow: [127.0.0.1] }} }}\nlookups: {{ budget_ms: 30000 }}\n",
        service(pages)
    );
    let file = hookgate::diagnostic::File::new("gateway.yaml", settings);
    let settings = hookgate::config::read(Some(file), [], &[]).unwrap();
    let connections = Connections::open(&settings.lookup).unwrap();
    outcome(&answer(&Arc::new(Gateway::asking(live(RULES), connections, 8)), r#"{"login":"l"}"#).await)
}

const MIB: usize = 1 << 20;

#[tokio::test]
async fn the_last_page_counts_as_the_others_do() {
    assert_eq!(asked(vec![page(2, 2 * MIB), page(1, MIB)]).await, "Found");
    // Each is within the limit of 4 MiB, and the last page is not full: nothing but their sum is too much.
    assert_eq!(asked(vec![page(2, 3 * MIB), page(1, 3 * MIB)]).await, "ValidationUnavailable");
}
