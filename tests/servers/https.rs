//! Services over HTTPS: which certificates are believed. OpenSSL serves a file as the whole answer.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::asking::{Asking, Told};
use crate::support::program::root;
use crate::support::wait::until;

const ROW: &str = r#"{"login":"asha.rao"}"#;

/// A service with a certificate for `localhost`; ends when dropped.
struct Https {
    folder: TempDir,
    port: u16,
    running: Child,
}

impl Https {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = format!(". tests/servers/certificates; certificates {}", folder.path().display());
        assert!(Command::new("bash").arg("-euc").arg(script).current_dir(root()).status().unwrap().success());
        let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{ROW}", ROW.len());
        fs::write(folder.path().join("asha.rao"), head).unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let running = Command::new("openssl")
            .args(["s_server", "-quiet", "-HTTP", "-cert", "cert.pem", "-key", "key.pem", "-accept"])
            .arg(format!("127.0.0.1:{port}"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("openssl listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { folder, port, running }
    }

    /// What is told of a question to this host, where the connection says this beside the address.
    fn ask(&self, host: &str, more: &str) -> Told {
        let more = more.replace("{folder}", self.folder.path().to_str().unwrap());
        let connection =
            format!("  hr: {{ http: \"https://{host}:{}\", allow: [127.0.0.1, \"::1\"]{more} }}", self.port);
        Asking::new(&connection, "  it: { http: hr, get: \"/${key}\", timeout: 10s, on_error: fail }")
            .ask("it", "asha.rao")
    }
}

impl Drop for Https {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

#[test]
#[ignore = "needs openssl; tests/servers/run runs it"]
fn the_certificate_must_be_valid_for_the_host_and_come_from_a_known_authority() {
    let https = Https::start();
    assert_eq!(https.ask("localhost", ", ca: \"{folder}/ca.pem\"").row(), ROW);
    for (host, more, wanted) in [
        ("localhost", "", "UnknownIssuer"),
        ("localhost", ", ca: \"{folder}/other-ca.pem\"", "invalid peer certificate"),
        // The name counts, not where it leads.
        ("127.0.0.1", ", ca: \"{folder}/ca.pem\"", "not valid for name"),
        // `tls: off` lets plain HTTP through, and never a wrong certificate.
        ("localhost", ", tls: off", "UnknownIssuer"),
    ] {
        let told = https.ask(host, more).failure();
        assert!(told.starts_with("no connection: ") && told.contains(wanted), "{host}{more}: {told}");
        assert!(!told.contains("asha.rao"), "{told}");
    }
    // A service that speaks TLS is not asked without it.
    let plain = format!("  hr: {{ http: \"http://localhost:{}\", allow: [127.0.0.1, \"::1\"] }}", https.port);
    let asking = Asking::new(&plain, "  it: { http: hr, get: \"/${key}\", timeout: 10s, on_error: fail }");
    assert!(asking.ask("it", "asha.rao").failure().starts_with("the call failed: "));
}
