//! Bounded load over one connection, and what every benchmark of a server counts with.

#![allow(dead_code, reason = "each benchmark uses what it needs")]

use tokio::net::TcpStream;

/// A number from the environment.
pub fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
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
