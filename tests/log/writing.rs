//! How the log is written: nobody waits for it, what is lost is told, and all of it is there in the end.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};

use hookgate::telemetry::{self, Settings};
use serde_json::Value;
use tempfile::TempDir;
use tracing::info;

use crate::support::client::ask;
use crate::support::program::{Program, folder};
use crate::support::wait::until;
use crate::support::{Client, request};

const RULES: &str = r#"hook: validateUser
rules:
  - name: greets
    when: { user.userType: Vendor }
    set: { user.displayName: "${user.firstName}" }
"#;

/// The program, of whose log no more is read than the line that says where it listens.
struct Unheard {
    child: Child,
    address: SocketAddr,
    admin: SocketAddr,
    log: BufReader<ChildStderr>,
    _folder: TempDir,
}

impl Drop for Unheard {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Unheard {
    fn start() -> Self {
        let folder = folder(&[("rules/a.yaml", RULES)]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_hookgate"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs([("HOOKGATE_WORKERS", "1"), ("HOOKGATE_LOG_BUFFER_BYTES", "65536")])
            .env("HOOKGATE_ADMIN_LISTEN", "127.0.0.1:0")
            .envs([("HOOKGATE_JOURNAL_FILE", "null"), ("HOOKGATE_LOG_PERSON", "plain")])
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let [admin, address] = ["the admin listener is there", "listening"].map(|message| {
            let mut line = String::new();
            log.read_line(&mut line).unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(line["message"], message);
            line["address"].as_str().unwrap().parse().unwrap()
        });
        Self { child, address, admin, log, _folder: folder }
    }

    /// Lines that were lost so far, as its metrics tell it.
    fn dropped(&self) -> u64 {
        let page = ask(self.admin, "GET", "/metrics", "").body;
        let sample = page.lines().find_map(|line| line.strip_prefix("hookgate_log_lines_dropped_total "));
        sample.unwrap().parse().unwrap()
    }

    /// Calls for that many people, one after the other, whose logins fill what a field of the log may have.
    fn call(&self, people: usize) {
        let mut client = Client::connect(self.address);
        for number in 0..people {
            let body = format!(r#"{{"request":{{"user":{{"login":"{number:06}{}"}}}}}}"#, "x".repeat(1000));
            client.send(&request("POST", "/validateUser", "", body.as_bytes()));
            assert_eq!(client.answer().unwrap().status, 200);
        }
    }

    fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    fn ended(&mut self) -> Option<i32> {
        let mut status = None;
        until("it ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }

    /// All that is left of the log, to its end.
    fn rest(&mut self) -> Vec<Value> {
        let mut text = String::new();
        self.log.read_to_string(&mut text).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }
}

fn with<'l>(lines: &'l [Value], message: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["message"] == message).collect()
}

#[test]
fn no_answer_waits_for_a_log_that_nobody_reads_and_what_is_lost_is_told() {
    const PEOPLE: usize = 1000;
    let mut program = Unheard::start();
    // Pipe and buffer are full after some two hundred of them.
    program.call(PEOPLE);
    let mut client = Client::connect(program.address);
    let fails = br#"{"request":{"user":{"login":"late","userType":"Vendor"}}}"#;
    client.send(&request("POST", "/validateUser", "", fails));
    assert_eq!(client.answer().unwrap().status, 200);
    let counted = program.dropped();
    program.terminate();
    let lines = program.rest();
    assert_eq!(program.ended(), Some(0));
    let told = with(&lines, "log lines dropped");
    let dropped: u64 = told.iter().map(|line| line["lines"].as_u64().unwrap()).sum();
    assert!(dropped > 0 && told.iter().all(|line| line["level"] == "warn"), "{told:?}");
    // The two lines of the end may be lost too.
    assert!(counted > 0 && (counted..=counted + 2).contains(&dropped), "{counted} and then {dropped}");
    let decided = with(&lines, "decided");
    let others = with(&lines, "stopping: answering what is in flight").len() + with(&lines, "stopped").len();
    assert_eq!(decided.len() + others + usize::try_from(dropped).unwrap(), PEOPLE + 1 + 2);
    assert_eq!(with(&lines, "rule failed").len(), 1, "an error is kept where others are dropped");
    assert!(decided.iter().map(|line| line["person"].as_str()).is_sorted_by(|a, b| a < b), "they keep their order");
}

#[test]
fn everything_is_written_before_a_clean_end() {
    let mut program = Unheard::start();
    program.call(30);
    program.terminate();
    assert_eq!(program.ended(), Some(0));
    let lines = program.rest();
    assert_eq!(with(&lines, "decided").len(), 30, "{lines:?}");
    assert_eq!(lines.last().unwrap()["message"], "stopped");
}

#[test]
fn an_end_does_not_wait_for_ever_for_a_reader() {
    let mut program = Unheard::start();
    program.call(300);
    program.terminate();
    assert_eq!(program.ended(), Some(0));
}

#[test]
fn what_is_logged_before_a_fatal_error_stands_before_it() {
    let first = Program::new(["serve", "--listen", "127.0.0.1:0"]).serve();
    let address = first.address.to_string();
    let suspect = "hook: validateUser\nrules: [{ name: a, when: { user.userTyp: Vendor }, stop: true }]\n";
    let dir = folder(&[("rules/a.yaml", suspect)]);
    let told = Program::new(["serve", "--listen", &address]).within(dir.path()).run().refused(2);
    let (log, error) = told.split_once("error: ").unwrap_or_else(|| panic!("{told}"));
    assert!(log.contains("\"level\":\"warn\"") && error.starts_with("cannot listen"), "{told}");
}

const VARIABLE: &str = "HOOKGATE_TEST_PANIC";

#[test]
fn what_is_logged_before_a_panic_stands_before_it() {
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "log::writing::panics_for_another_process", "--nocapture", "--ignored"])
        .env(VARIABLE, "1")
        .output()
        .unwrap();
    let stderr = String::from_utf8(ended.stderr).unwrap();
    let (log, panic) = stderr.split_once("panicked at").unwrap_or_else(|| panic!("{stderr}"));
    assert_eq!(log.matches("\"message\":\"before\"").count(), 100, "{stderr}");
    assert!(panic.contains("on purpose"), "{stderr}");
}

#[test]
#[ignore = "runs only in the process that the test above starts"]
fn panics_for_another_process() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }
    std::mem::forget(telemetry::start(&Settings::default()).unwrap());
    (0..100).for_each(|n| info!(n, "before"));
    panic!("on purpose");
}
