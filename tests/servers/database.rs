//! A database of its own for a test: PostgreSQL or MariaDB, by the functions of `tests/servers/postgres` and `mariadb`.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::port::free_port;
use crate::support::program::root;
use crate::support::signal;
use crate::support::wait::until;

/// The databases.
pub const ALL: [&str; 2] = ["postgres", "mariadb"];

/// A database; ends when dropped.
pub struct Database {
    /// `postgres` or `mariadb`.
    pub kind: &'static str,
    folder: TempDir,
    pub port: u16,
    running: Option<Child>,
}

impl Database {
    pub fn start(kind: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut database = Self { kind, folder, port, running: None };
        database.bash(&format!(
            ". tests/servers/certificates; certificates {0}; {kind}_prepare {0}",
            database.folder.path().display()
        ));
        database.run();
        let fill = format!("{kind}_fill {} {port}", database.folder.path().display());
        until("the database takes logins", || database.sourced(&fill).output().unwrap().status.success());
        database
    }

    /// Runs it again after `stop`.
    pub fn run(&mut self) {
        let script = format!("{}_run {} {}", self.kind, self.folder.path().display(), self.port);
        let mut command = self.sourced(&script);
        self.running = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        until("the database listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Ends it at once, as a crash does.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            // The server's own end, or its children would live on.
            let _ = Command::new("kill").args(["-QUIT", &child.id().to_string()]).status();
            if self.kind == "mariadb" {
                let _ = child.kill();
            }
            let _ = child.wait();
        }
    }

    /// Makes it hang with all that it has started: PostgreSQL has a process for each session.
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

    /// Row of `connections:` with these keys beside the address.
    pub fn row(&self, keys: &str) -> String {
        let scheme = if self.kind == "postgres" { "postgres" } else { "mysql" };
        format!("  hr: {{ sql: \"{scheme}://localhost:{}/hr\"{keys} }}", self.port)
    }

    /// The same, logged in and not encrypted.
    pub fn logged_in(&self) -> String {
        self.row(", user: hookgate, password: s3cret-hookgate, tls: off")
    }

    /// What the administrator's client prints of a statement.
    pub fn admin(&self, statement: &str) -> String {
        self.admin_of("hr", statement)
    }

    /// The same in another database.
    pub fn admin_of(&self, database: &str, statement: &str) -> String {
        let script = match self.kind {
            "postgres" => format!(
                "PGPASSWORD=admin \"$(postgres_bin psql)\" -qtA -h 127.0.0.1 -p {} -U admin {database} -c \"$STATEMENT\"",
                self.port
            ),
            _ => format!(
                "mariadb --no-defaults --socket={}/data/socket -u root -N -B {database} -e \"$STATEMENT\"",
                self.folder.path().display()
            ),
        };
        let output = self.sourced(&script).env("STATEMENT", statement).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Sessions of hookgate's user.
    pub fn sessions(&self) -> usize {
        let statement = match self.kind {
            "postgres" => "select count(*) from pg_stat_activity where usename = 'hookgate'",
            _ => "select count(*) from information_schema.processlist where user = 'hookgate'",
        };
        self.admin(statement).parse().unwrap()
    }

    /// Statements of hookgate's user that are being worked on.
    pub fn working(&self) -> usize {
        let statement = match self.kind {
            "postgres" => "select count(*) from pg_stat_activity where usename = 'hookgate' and state = 'active'",
            _ => {
                "select count(*) from information_schema.processlist where user = 'hookgate' and command in ('Query', 'Execute')"
            }
        };
        self.admin(statement).parse().unwrap()
    }

    fn bash(&self, script: &str) {
        let output = self.sourced(script).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success(),
            "{}: {script}: {}\n{}",
            self.kind,
            output.status,
            String::from_utf8_lossy(&said)
        );
    }

    fn sourced(&self, script: &str) -> Command {
        let mut command = Command::new("bash");
        command.arg("-euc").arg(format!("PATH=$PATH:/usr/sbin; . tests/servers/{}; {script}", self.kind));
        command.current_dir(root());
        command
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            signal::go_on(running.id());
        }
        self.stop();
    }
}
