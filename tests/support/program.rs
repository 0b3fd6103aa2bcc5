//! The program as people run it: a command with its words, what it prints, how it ends.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use super::client::{Answer, ask};
use super::wait::until;

/// The folder that holds Cargo.toml.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command line of hookgate, in a folder of its own choice; nothing of this process's settings reaches it.
pub struct Program {
    command: Command,
    input: Vec<u8>,
}

/// How a command ended and what it said.
#[derive(Clone, Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A process that is killed when dropped.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Kept {
    fn wait(&mut self) -> Option<i32> {
        let mut status = None;
        until("the process ends", || {
            status = self.0.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

impl Program {
    /// `hookgate WORDS…`, run in the project's folder.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_hookgate")), words)
    }

    /// What a person pastes into a shell, with `hookgate` as it is found there.
    pub fn shell(line: &str) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_hookgate")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
        Self::of(Command::new("sh"), ["-c", line]).env("PATH", &path)
    }

    fn of<'w>(mut command: Command, words: impl IntoIterator<Item = &'w str>) -> Self {
        command.args(words).current_dir(root()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOOKGATE_")) {
            command.env_remove(name);
        }
        // The project's folder is no place for records of tests.
        command.env("HOOKGATE_JOURNAL_FILE", "null");
        command.env("HOOKGATE_RELOAD_STATE", "off");
        // Programs of several tests run at once.
        command.env("HOOKGATE_ADMIN_LISTEN", "127.0.0.1:0");
        Self { command, input: Vec::new() }
    }

    /// As `cargo run` starts it: with what cargo hands on of the build script, which it hands to tests as well.
    /// Settings of whoever runs the tests do not reach it.
    pub fn by_cargo(mut self) -> Self {
        let is_setting = |name: &str| hookgate::config::leaves().iter().any(|leaf| leaf.variable() == name);
        let handed_on = std::env::vars().filter(|(name, _)| name.starts_with("HOOKGATE_") && !is_setting(name));
        self.command.envs(handed_on);
        self
    }

    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// What it reads from standard input.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Ended {
        let mut child = Kept(self.command.spawn().unwrap());
        let (stdout, stderr) = (gather(child.0.stdout.take().unwrap()), gather(child.0.stderr.take().unwrap()));
        // A command that reads nothing may have closed its input already.
        let _ = child.0.stdin.take().unwrap().write_all(&self.input);
        let code = child.wait();
        Ended { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
    }

    /// Starts it as a service and waits until it listens.
    pub fn serve(mut self) -> Served {
        let mut child = Kept(self.command.spawn().unwrap());
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let (notes, stderr) = (Arc::clone(&lines), BufReader::new(child.0.stderr.take().unwrap()));
        let reading = thread::spawn(move || {
            stderr.lines().map_while(Result::ok).for_each(|line| notes.lock().unwrap().push(line));
        });
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut served = Served { child, lines, reading: Some(reading), address: nowhere, admin: nowhere };
        until("it listens", || served.logged("listening").is_some() || served.child.0.try_wait().unwrap().is_some());
        let address = |line: serde_json::Value| line["address"].as_str().unwrap().parse().unwrap();
        let line = served.logged("listening").unwrap_or_else(|| panic!("it does not listen:\n{}", served.log()));
        served.address = address(line);
        served.admin = served.logged("the admin listener is there").map_or(nowhere, address);
        served
    }
}

fn gather(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}

impl Ended {
    /// All it printed, if it ended with this code.
    pub fn expect(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self.stdout
    }

    /// What it complained of, if it ended with this code and had nothing else to say.
    pub fn refused(self, code: i32) -> String {
        assert_eq!((self.code, &*self.stdout), (Some(code), ""), "{}", self.stderr);
        self.stderr
    }
}

/// `hookgate serve`, running.
pub struct Served {
    pub address: SocketAddr,
    /// Of the admin listener, if there is one.
    pub admin: SocketAddr,
    child: Kept,
    lines: Arc<Mutex<Vec<String>>>,
    reading: Option<JoinHandle<()>>,
}

impl Served {
    /// The process, by its number.
    pub fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// Sends a signal by its short name: `TERM`, `HUP`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.0.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// The whole log so far.
    pub fn log(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// The last line of the log with this message; every line is a JSON object.
    pub fn logged(&self, message: &str) -> Option<serde_json::Value> {
        let read = |line: &String| serde_json::from_str::<serde_json::Value>(line).ok();
        self.lines.lock().unwrap().iter().rev().filter_map(read).find(|line| line["message"] == message)
    }

    /// Asks the admin listener; `headers` each with its end of line.
    pub fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        ask(self.admin, method, path, headers)
    }

    /// Waits until it ends by itself; its exit code.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait()
    }

    /// Tells it to stop and waits; its exit code and whole log.
    pub fn stop(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        let code = self.child.wait();
        self.reading.take().unwrap().join().unwrap();
        (code, self.log())
    }
}

/// A folder with these files in it.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path: PathBuf = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}
