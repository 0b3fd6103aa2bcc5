//! A service with a certificate of its own authority: openssl's server, whose files are whole answers.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::asking::Asking;
use crate::support::port::free_port;
use crate::support::program::{Program, folder, root};
use crate::support::wait::until;

/// A service; ends when dropped.
struct Service {
    folder: TempDir,
    port: u16,
    running: Child,
}

impl Service {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(". tests/servers/certificates; certificates {}", folder.path().display());
        assert!(Command::new("bash").args(["-euc", &script]).current_dir(root()).status().unwrap().success());
        let (row, kind) = (r#"{"login":"asha.rao"}"#, "Content-Type: application/json");
        // The server adds nothing: a file is a whole answer.
        let answer =
            format!("HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{row}", row.len());
        fs::write(folder.path().join("asha.rao"), answer).unwrap();
        let port = free_port();
        let accept = format!("127.0.0.1:{port}");
        let arguments = ["s_server", "-quiet", "-HTTP", "-accept", &accept, "-cert", "cert.pem", "-key", "key.pem"];
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(folder.path());
        let running = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("the service listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { folder, port, running }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A connection to it by this host, with these keys beside the address.
    fn asking(&self, host: &str, keys: &str) -> Asking {
        let connection = format!("  api: {{ http: \"https://{host}:{}\", allow: [127.0.0.1]{keys} }}", self.port);
        Asking::new(&connection, "  it: { http: api, get: \"/${key}\", timeout: 30s, on_error: fail }")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_service_is_believed_by_its_authority_and_by_the_name_it_is_called_by() {
    let service = Service::start();
    let with = |name: &str| format!(", ca: \"{}\"", service.file(name).display());
    assert_eq!(service.asking("localhost", &with("ca.pem")).ask("it", "asha.rao").row(), r#"{"login":"asha.rao"}"#);
    for (host, keys) in [
        ("localhost", String::new()),
        ("localhost", with("other-ca.pem")),
        // The certificate is one for `localhost`.
        ("127.0.0.1", with("ca.pem")),
        // This lets plain HTTP through, and never a certificate.
        ("localhost", ", tls: off".to_owned()),
    ] {
        let why = service.asking(host, &keys).ask("it", "asha.rao").failure();
        assert!(why.starts_with("no connection: ") && why.contains("certificate"), "{host}{keys}: {why}");
        assert!(!why.contains("asha"), "{why}");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn doctor_says_of_a_receiver_whether_its_certificate_is_believed() {
    let service = Service::start();
    let row = |name: &str, host: &str, ca: &str| {
        let ca = service.file(ca);
        let port = service.port;
        format!("  {name}: {{ http: \"https://{host}:{port}/x\", allow: [127.0.0.1], ca: \"{}\" }}\n", ca.display())
    };
    let rows = [
        row("good", "localhost", "ca.pem"),
        row("stranger", "localhost", "other-ca.pem"),
        row("other", "127.0.0.1", "ca.pem"),
    ];
    let settings = format!("destinations:\n{}", rows.concat());
    let rules = "hook: test\nrules: [{ name: any, stop: true }]\n";
    let folder = folder(&[("gateway.yaml", &settings), ("rules/any.yaml", rules)]);
    let words = ["doctor", "--timeout-ms", "30000"];
    let told = Program::new(words).within(folder.path()).run().expect(1);
    let line = |name: &str| told.lines().find(|line| line.contains(&format!("  {name} "))).unwrap_or_default();
    assert!(line("good").ends_with("connected, its certificate is valid; nothing was sent"), "{told}");
    for name in ["stranger", "other"] {
        assert!(line(name).starts_with("failed") && line(name).contains("certificate"), "{told}");
    }
    assert!(told.ends_with("3 destinations and the outbox, 2 failed\n"), "{told}");
}
