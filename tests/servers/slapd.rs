//! A directory of its own for a test: slapd with the people of `tests/servers/slapd`, on free ports of this machine.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::port::free_port;
use crate::support::program::root;
use crate::support::signal;
use crate::support::wait::until;

/// A directory; ends when dropped.
pub struct Slapd {
    folder: TempDir,
    /// Of `ldap://` and `ldaps://`.
    pub ports: [u16; 2],
    running: Option<Child>,
}

impl Slapd {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        bash(&format!(
            ". tests/servers/certificates; certificates {at} && slapd_prepare {at} {at}/cert.pem {at}/key.pem"
        ));
        let mut slapd = Self { ports: [free_port(), free_port()], folder, running: None };
        slapd.run();
        slapd
    }

    /// Runs it again after `stop`.
    pub fn run(&mut self) {
        let [plain, tls] = self.ports;
        let script = format!("slapd_run {} {plain} {tls}", self.folder.path().display());
        self.running = Some(sourced(&script).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        until("slapd listens", || self.ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok()));
    }

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

    /// Row of `connections:` with these keys beside the address: `ad: { ldap: "ldap://…", … }`.
    pub fn plain(&self, keys: &str) -> String {
        format!(
            "  ad: {{ ldap: \"ldap://127.0.0.1:{}\", base: \"dc=corp,dc=example\", tls: off{keys} }}",
            self.ports[0]
        )
    }

    /// The same, logged in as the account for services.
    pub fn logged_in(&self) -> String {
        self.plain(", bind: \"cn=hookgate,ou=services,dc=corp,dc=example\", password: s3cret-hookgate")
    }

    /// Connections of clients to its plain port that are open.
    pub fn connections(&self) -> usize {
        /// A connection that is open, by the kernel's number.
        const ESTABLISHED: &str = "01";
        let port = format!(":{:04X}", self.ports[0]);
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let is_ours = |line: &&str| {
            let mut words = line.split_whitespace().skip(2);
            words.next().is_some_and(|remote| remote.ends_with(&port)) && words.next() == Some(ESTABLISHED)
        };
        table.lines().filter(is_ours).count()
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn bash(script: &str) {
    let output = sourced(script).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn sourced(script: &str) -> Command {
    let functions = Path::new("tests/servers/slapd");
    let mut command = Command::new("bash");
    command.arg("-euc").arg(format!("PATH=$PATH:/usr/sbin; . {}; {script}", functions.display()));
    command.current_dir(root());
    command
}
