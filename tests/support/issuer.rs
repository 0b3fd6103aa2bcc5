//! An issuer of tokens that publishes its keys, and publishes something else when told to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// An issuer: a status and a set of keys, and how often it was asked for them.
pub struct Issuer {
    pub address: SocketAddr,
    says: Arc<Mutex<(u16, String)>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    pub fn new(keys: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = Self {
            address: listener.local_addr().unwrap(),
            says: Arc::new(Mutex::new((200, set(keys)))),
            asked: Arc::default(),
        };
        let (says, asked) = (Arc::clone(&issuer.says), Arc::clone(&issuer.asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                if lines.by_ref().any(|line| line.is_empty()) {
                    asked.fetch_add(1, Ordering::SeqCst);
                    let (status, body) = says.lock().unwrap().clone();
                    let head =
                        format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                    let _ = (&stream).write_all((head + &body).as_bytes());
                }
            }
        });
        issuer
    }

    pub fn publish(&self, status: u16, body: String) {
        *self.says.lock().unwrap() = (status, body);
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A set of keys as it is published.
pub fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}
