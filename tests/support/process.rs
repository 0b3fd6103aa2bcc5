//! A server in a process of its own, for what concerns a whole process: its memory, its signals.

use std::io::{BufRead, BufReader, Lines, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Instant;

use hookgate::event::Event;
use hookgate::gateway::{Answered, Reply};
use hookgate::server::{Settings, bind_answering};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::client::PATIENCE;
use super::server::settings;

const VARIABLE: &str = "HOOKGATE_TEST_SERVE";

/// This test binary once more, doing nothing but serving.
pub struct Process {
    pub address: SocketAddr,
    child: Child,
    /// Kept open: the test harness of the process has a last word to say.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "support::process::serves_for_another_process", "--nocapture", "--ignored"])
            .env(VARIABLE, "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = output.by_ref().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once("listening on ").map(|(_, at)| at.parse().unwrap()));
        Self { address: address.unwrap(), child, _output: output }
    }

    /// Most memory it ever had, in bytes.
    pub fn peak_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    /// How many files and sockets it has open.
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// All it wrote to standard error (its log, a JSON object a line), after it was told to end.
    pub fn errors(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::yield_now();
        }
        panic!("the process does not end");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers what came as the user, so that reading, answering and writing of large bodies all count.
/// Panics over a user that has a password, quoting all of it, as a careless program would.
fn echo(event: &Event) -> Reply {
    assert!(
        event.user().and_then(|user| user.get("password")).is_none(),
        "what is {}?",
        hookgate::event::Value::Source(event.request()).written()
    );
    Reply {
        status: 200,
        body: format!("{{\"response\":{{\"data\":{}}}}}", hookgate::event::Value::Source(event.request()).written()),
    }
}

#[test]
#[ignore = "runs only in the process that `Process::start` starts"]
fn serves_for_another_process() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }
    let json = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
    let ours = Targets::new().with_target("hookgate", tracing::Level::INFO);
    tracing_subscriber::registry().with(ours).with(json).init();
    let answering = |event: Event| Answered::Now(echo(&event));
    // So that the costliest body is one that is read.
    let settings = Settings { member_limit: usize::MAX, ..settings() };
    let server =
        bind_answering(&settings, &hookgate::event::Hooks::standard(), std::sync::Arc::new(answering)).unwrap();
    println!("listening on {}", server.address());
    server.run().unwrap();
}
