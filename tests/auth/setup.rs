//! A gateway with `auth` as it stands in gateway.yaml, and what is asked of it.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookgate::diagnostic::File;
use hookgate::event::Event;
use hookgate::gateway::Reply;
use hookgate::server::{Reason, Settings};
use secrecy::ExposeSecret as _;
use serde_json::json;
use tempfile::TempDir;

use super::token::{OLD_SECRET, OTHER_P256, P256, P384, RSA, SECRET, ec_pem, rsa_pem};
use crate::support::client::post_with;
use crate::support::server::settings;
use crate::support::{Answer, Running, server_answering};

pub const USER: &[u8] = br#"{"request":{"user":{"login":"asha.rao"}}}"#;

/// What a static bearer and a static header must be.
pub const BEARERS: [&str; 2] = ["s3cret-of-today-0123456789", "s3cret-of-yesterday-987654"];

/// A running gateway that answers what it knows of the caller, with the files that its settings name.
pub struct Guarded {
    pub server: Running,
    pub handled: Arc<AtomicUsize>,
    _files: TempDir,
}

/// Settings with this under `auth`; in it `DIR` is a folder with secrets and keys.
pub fn read(auth: &str) -> (Settings, TempDir) {
    let files = tempfile::tempdir().unwrap();
    let old = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, OLD_SECRET);
    for (name, text) in [
        ("secret", String::from_utf8(SECRET.to_vec()).unwrap()),
        ("old", old),
        // As some editors of Windows save it: with a byte order mark.
        ("rsa.pem", format!("\u{feff}{}", rsa_pem(&RSA))),
        ("p256.pem", ec_pem(&P256)),
        ("other.pem", ec_pem(&OTHER_P256)),
        ("p384.pem", ec_pem(&P384)),
        ("today", BEARERS[0].to_owned()),
        ("yesterday", BEARERS[1].to_owned()),
        ("empty", String::new()),
    ] {
        fs::write(files.path().join(name), format!("{text}\n")).unwrap();
    }
    let text = auth.replace("DIR", files.path().to_str().unwrap());
    let file = File::new("gateway.yaml".to_owned(), format!("auth: {text}\n"));
    let read = hookgate::config::read(Some(file), [], &[]);
    let read = read.unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let Settings { listen, workers, .. } = settings();
    (Settings { listen, workers, ..read.server }, files)
}

impl Guarded {
    pub fn new(auth: &str) -> Self {
        let (settings, files) = read(auth);
        let handled = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&handled);
        let server = server_answering(&settings, move |event: &Event| {
            count.fetch_add(1, Ordering::SeqCst);
            let context = &event.context;
            let bearer = context.bearer.as_ref().map(|bearer| bearer.expose_secret().to_owned());
            let value = |text: String| -> serde_json::Value { serde_json::from_str(&text).unwrap() };
            let (token, caller) = (value(context.token.to_json()), value(context.caller.to_json()));
            Reply { status: 200, body: json!({ "token": token, "caller": caller, "bearer": bearer }).to_string() }
        });
        Self { server, handled, _files: files }
    }

    pub fn handled(&self) -> usize {
        self.handled.load(Ordering::SeqCst)
    }

    /// A call with these headers, each with its end of line.
    pub fn ask(&self, headers: &str) -> Answer {
        ask(self.server.address, headers)
    }

    /// What the caller and the counters see of a call that must not get in; empty if all is as it must be.
    pub fn wrongs_of(&self, headers: &str, status: u16, reason: Reason) -> String {
        let (counted, handled) = (self.server.counters.turned_away(reason), self.handled());
        let answer = self.ask(headers);
        let code = match status {
            401 => "Unauthorized",
            403 => "Forbidden",
            _ => "AuthorizationRepeated",
        };
        let body =
            format!("{{\"code\":\"{code}\",\"requestId\":\"{}\"}}", answer.header("x-request-id").unwrap_or("?"));
        let challenge = answer.header("www-authenticate");
        let is_right = answer.status == status
            && answer.body == body
            && challenge == (status == 401).then_some("Bearer")
            && self.server.counters.turned_away(reason) == counted + 1
            && self.handled() == handled;
        if is_right { String::new() } else { format!("not {status} for {reason:?}: {answer:?}") }
    }
}

/// A call with these headers, each with its end of line.
pub fn ask(address: SocketAddr, headers: &str) -> Answer {
    post_with(address, "/webhook/validateUser", headers, USER)
}

pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}
