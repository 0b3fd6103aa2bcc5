//! A NATS server of its own for a test, by the functions of `tests/servers/nats`, and streams in it as an administrator sees them.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{self, Context};
use async_nats::{ConnectOptions, HeaderMap, HeaderValue};
use tempfile::TempDir;

use crate::support::port::free_port;
use crate::support::program::root;
use crate::support::signal;
use crate::support::wait::until;

/// One who makes streams, one who delivers, and two who may not: one publishes nothing, the other hears nothing.
const USERS: &str = "users: [
  { user: admin, password: s3cret-admin },
  { user: hookgate, password: s3cret-hookgate },
  { user: mute, password: s3cret-mute, permissions: { publish: { deny: \\\"hookgate.>\\\" } } },
  { user: deaf, password: s3cret-deaf, permissions: { subscribe: { deny: \\\"_INBOX.>\\\" } } } ]";

/// A server; ends when dropped.
pub struct NatsServer {
    folder: TempDir,
    pub port: u16,
    is_tls: bool,
    running: Option<Child>,
}

/// A message as a stream keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    pub headers: HeaderMap,
    pub body: String,
}

impl Kept {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(HeaderValue::as_str)
    }
}

impl NatsServer {
    /// With a user `hookgate`.
    pub fn start() -> Self {
        Self::with(USERS, false)
    }

    /// Logged in with this line of `authorization`.
    pub fn with(users: &str, is_tls: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut server = Self { folder, port, is_tls, running: None };
        let at = server.folder.path().display();
        let script = format!(". tests/servers/certificates; certificates {at}; nats_prepare {at} \"{users}\"");
        let output = sourced(&script).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        server.run();
        server
    }

    /// The same with TLS.
    pub fn tls() -> Self {
        Self::with(USERS, true)
    }

    /// Runs it again after `stop`.
    pub fn run(&mut self) {
        let tls = if self.is_tls { "tls" } else { "" };
        let script = format!("nats_run {} {} {tls}", self.folder.path().display(), self.port);
        self.running = Some(sourced(&script).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        until("the server listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Ends it at once, as a crash does.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Makes it hang.
    pub fn hang(&self) {
        signal::hang(self.running.as_ref().unwrap().id());
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        signal::go_on(self.running.as_ref().unwrap().id());
    }

    /// Below its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The administrator's way to streams.
    pub async fn admin(&self) -> Context {
        let options = ConnectOptions::with_user_and_password("admin".to_owned(), "s3cret-admin".to_owned());
        let options = options.add_root_certificates(self.file("ca.pem"));
        jetstream::new(options.connect(format!("localhost:{}", self.port)).await.unwrap())
    }

    /// Makes the stream `events` that takes all below `hookgate`.
    pub async fn make_stream(&self, more: Config) {
        let (name, subjects) = ("events".to_owned(), vec!["hookgate.>".to_owned()]);
        self.admin().await.create_stream(Config { name, subjects, ..more }).await.unwrap();
    }

    /// All that the stream keeps, in its order.
    pub async fn kept(&self) -> Vec<Kept> {
        let stream = self.admin().await.get_stream("events").await.unwrap();
        let state = stream.get_info().await.unwrap().state;
        let mut kept = Vec::new();
        // An empty stream says that its first message is number 0, which there is never.
        for sequence in state.first_sequence.max(1)..=state.last_sequence {
            let message = stream.get_raw_message(sequence).await.unwrap();
            let body = String::from_utf8(message.payload.to_vec()).unwrap();
            kept.push(Kept { headers: message.headers, body });
        }
        kept
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn sourced(script: &str) -> Command {
    let mut command = Command::new("bash");
    command.arg("-euc").arg(format!("PATH=$PATH:/usr/sbin; . tests/servers/nats; {script}"));
    command.current_dir(root());
    command
}
