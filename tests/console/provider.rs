//! A provider of OpenID Connect that says what a test has it say.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::auth::token::{RSA, rsa_jwk};

/// What it answers, and what it was asked.
#[derive(Default)]
pub struct Says {
    /// In place of its own metadata.
    pub metadata: Value,
    /// Status and body of the answer to a code.
    pub token: (u16, String),
    /// The forms with codes, each with its `Authorization`.
    pub redeemed: Vec<(HashMap<String, String>, String)>,
}

/// A provider, which lives as long as the test.
pub struct Provider {
    pub address: SocketAddr,
    pub says: Arc<Mutex<Says>>,
}

impl Provider {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let says: Arc<Mutex<Says>> = Arc::default();
        let provider = Self { address, says: Arc::clone(&says) };
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(&stream);
                let mut head = Vec::new();
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    head.push(std::mem::take(&mut line).trim_end().to_owned());
                }
                let header = |name: &str| {
                    let found = head
                        .iter()
                        .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)));
                    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
                };
                let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
                let _ = reader.read_exact(&mut body);
                let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
                let (status, answer) = answer(address, path, &body, header("authorization"), &mut says.lock().unwrap());
                let head =
                    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
                let _ = (&stream).write_all((head + &answer).as_bytes());
            }
        });
        provider
    }

    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn answer(address: SocketAddr, path: &str, body: &[u8], authorization: String, says: &mut Says) -> (u16, String) {
    match path {
        "/.well-known/openid-configuration" => {
            let mut metadata = json!({
                "issuer": format!("http://{address}"),
                "authorization_endpoint": format!("http://{address}/login?tenant=7"),
                "token_endpoint": format!("http://{address}/token"),
                "jwks_uri": format!("http://{address}/keys"),
                "scopes_supported": ["openid", "profile", "groups"],
            });
            for (name, value) in says.metadata.as_object().into_iter().flatten() {
                metadata[name] = value.clone();
            }
            (200, metadata.to_string())
        }
        "/keys" => (200, json!({ "keys": [rsa_jwk("a", &RSA)] }).to_string()),
        "/token" => {
            let form = url::form_urlencoded::parse(body).into_owned().collect();
            says.redeemed.push((form, authorization));
            says.token.clone()
        }
        _ => (404, String::new()),
    }
}
