//! Bounded load over one connection, and what every benchmark of a server counts with.

#![allow(dead_code, reason = "each benchmark uses what it needs")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A number from the environment.
pub fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds of processor time of all threads of a process.
pub fn process_seconds(process: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten();
    let nanos = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanos.sum::<f64>() / 1e9
}

pub async fn send(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(sent) => bytes = &bytes[sent..],
            Err(_) => stream.writable().await.unwrap(),
        }
    }
}

async fn receive(stream: &TcpStream, buffer: &mut [u8]) -> usize {
    loop {
        stream.readable().await.unwrap();
        match stream.try_read(buffer) {
            Ok(0) => unreachable!("the server closed the connection"),
            Ok(got) => return got,
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
        }
    }
}

/// Takes the first answer, which ends so; its length.
pub async fn first_answer(stream: &TcpStream, buffer: &mut [u8], end: &str) -> usize {
    let mut length = 0;
    while !std::str::from_utf8(&buffer[..length]).unwrap().ends_with(end) {
        length += receive(stream, &mut buffer[length..]).await;
    }
    length
}

/// Takes an answer as long as the first.
pub async fn answer(stream: &TcpStream, buffer: &mut [u8], length: usize) {
    let mut got = 0;
    while got < length {
        got += receive(stream, &mut buffer[got..]).await;
    }
    assert!(got == length && buffer.starts_with(b"HTTP/1.1 200"), "an answer is not like the first");
}

/// Posts the body to validateUser over and over on keep-alive connections for a while; how many answers came.
/// `headers` are lines that the usual ones are followed by.
pub fn loaded(address: SocketAddr, headers: &str, body: &str, connections: usize, length: Duration) -> f64 {
    let length_bytes = body.len();
    let head = format!(
        "POST /webhook/validateUser HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length_bytes}\r\n{headers}\r\n"
    );
    let user = body.strip_prefix("{\"request\":{\"user\":").and_then(|rest| rest.strip_suffix("}}")).unwrap();
    let expected: Arc<str> = format!("{{\"response\":{{\"data\":{user}}}}}").into();
    let request: Arc<str> = (head + body).into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answered = runtime.block_on(async move {
        let mut clients = JoinSet::new();
        let end = Instant::now() + length;
        // The loader never sleeps: waking it would be a cost of the program's, the higher the less it has to do.
        clients.spawn(async move {
            while Instant::now() < end {
                tokio::task::yield_now().await;
            }
            0
        });
        for _ in 0..connections {
            clients.spawn(client(address, Arc::clone(&request), Arc::clone(&expected), end));
        }
        clients.join_all().await.into_iter().sum::<u32>()
    });
    f64::from(answered)
}

/// One connection. Every answer has the length of the first, which is compared with what is expected.
async fn client(address: SocketAddr, request: Arc<str>, expected: Arc<str>, end: Instant) -> u32 {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; expected.len() + 4096];
    send(&stream, request.as_bytes()).await;
    let length = first_answer(&stream, &mut buffer, &expected).await;
    let mut answered = 1;
    while Instant::now() < end {
        send(&stream, request.as_bytes()).await;
        answer(&stream, &mut buffer, length).await;
        answered += 1;
    }
    answered
}
