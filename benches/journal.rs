//! What records and the log cost: `cargo bench --bench journal`. Passes or fails nothing.
//!
//! The program runs three times, each with ten rules on one core: with settings as they come (records, log at `info`), with
//! records alone, and with neither (`journal.file: null`, log at `warn`). The other core loads them in turn over 127.0.0.1. What
//! counts is the processor time of the whole process, its writer included: requests a second on one core are its inverse.
//!
//! Beside it stands what the system alone takes to append the same bytes to three files, without a record being made or sealed:
//! with that no program that writes them can be above the ratio it comes to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod load;
mod mixed;

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use load::{loaded, median, number, process_seconds};

const RULES: usize = 10;
const CONNECTIONS: usize = 32;
const BODY_BYTES: [usize; 2] = [280, 4_096];
/// How long an entry of the index is, in bytes.
const ENTRY_BYTES: usize = 96;
/// How many lines are appended together, and how often, where only the system's part is measured.
const APPENDED_LINES: usize = 512;
const APPENDED_TIMES: usize = 20;
/// Of the requests a second without records and lines of the log.
const GOAL: f64 = 0.85;
/// Most memory that records may take beside that, in MiB.
const MEMORY_GOAL_MIB: f64 = 40.0;

/// A running program.
struct Peer {
    name: &'static str,
    address: SocketAddr,
    child: Child,
    /// Processor microseconds a request, by round.
    costs: Vec<f64>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// Starts the program in a folder of its own, on the second core where there are two.
    fn start(name: &'static str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let folder = folder.join(name.replace(' ', "-"));
        std::fs::create_dir_all(folder.join("rules")).unwrap();
        mixed::files(RULES, &folder.join("rules"));
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let program = env!("CARGO_BIN_EXE_hookgate");
        let mut command = match std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) {
            true => {
                let mut command = Command::new("taskset");
                command.args(["-c", "1", program]);
                command
            }
            false => Command::new(program),
        };
        command.arg("serve").current_dir(&folder).env("HOOKGATE_LISTEN", address.to_string());
        command.env("HOOKGATE_ADMIN_LISTEN", "127.0.0.1:0").env("HOOKGATE_WORKERS", "1").envs(settings.iter().copied());
        // A file, as a container's log is; a pipe would have to be read by the core that loads.
        command.stdout(File::create(folder.join("stdout")).unwrap());
        let child = command.stderr(File::create(folder.join("log")).unwrap()).stdin(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "{name} does not answer");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Self { name, address, child, costs: Vec::new() }
    }

    /// Most memory it has had, in MiB.
    fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1_024.0
    }

    /// The mean length of the lines of a file in its folder, in bytes.
    fn line_bytes(&self, folder: &Path, file: &str) -> usize {
        let text = fs::read_to_string(folder.join(self.name.replace(' ', "-")).join(file)).unwrap();
        text.len() / text.lines().count().max(1)
    }

    fn round(&mut self, body: &str, length: Duration) {
        let before = process_seconds(self.child.id());
        let answered = loaded(self.address, "", body, CONNECTIONS, length);
        // What waits for the writer belongs to the round.
        std::thread::park_timeout(Duration::from_millis(200));
        self.costs.push((process_seconds(self.child.id()) - before) * 1e6 / answered);
    }
}

/// Processor microseconds that appending a line of each of these lengths to a file of its own takes.
fn appending(lengths: [usize; 3]) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut files = lengths.map(|length| {
        let file = OpenOptions::new().create(true).append(true).open(folder.path().join(length.to_string())).unwrap();
        (file, vec![b'.'; length * APPENDED_LINES])
    });
    let before = process_seconds(std::process::id());
    for _ in 0..APPENDED_TIMES {
        files.iter_mut().for_each(|(file, lines)| file.write_all(lines).unwrap());
    }
    #[expect(clippy::cast_precision_loss, reason = "it is small")]
    let lines = (APPENDED_LINES * APPENDED_TIMES) as f64;
    (process_seconds(std::process::id()) - before) * 1e6 / lines
}

fn main() {
    let length = Duration::from_millis(number("ROUND_MS", 1_000));
    let rounds = number("ROUNDS", 7);
    println!("{RULES} rules, {CONNECTIONS} connections, {rounds} rounds of {length:?} each\n");
    println!(
        "{:<16} {:>6} {:>21} {:>23} {:>6}",
        "", "bytes", "processor µs/request", "requests/s on one core", "ratio"
    );
    let mut verdicts = Vec::new();
    for bytes in BODY_BYTES {
        let folder = tempfile::tempdir().unwrap();
        let (no_records, quiet) = (("HOOKGATE_JOURNAL_FILE", "null"), ("HOOKGATE_LOG_LEVEL", "warn"));
        let mut peers = [
            Peer::start("neither", folder.path(), &[no_records, quiet]),
            Peer::start("records alone", folder.path(), &[quiet]),
            Peer::start("as they come", folder.path(), &[]),
        ];
        let body = mixed::body(50, bytes);
        peers.iter_mut().for_each(|peer| peer.round(&body, length / 4));
        peers.iter_mut().for_each(|peer| peer.costs.clear());
        let mut appended = Vec::new();
        for round in 0..rounds {
            let first = usize::try_from(round).unwrap() % peers.len();
            (0..peers.len()).for_each(|n| peers[(first + n) % 3].round(&body, length));
            let line = |file| peers[2].line_bytes(folder.path(), file);
            appended.push(appending([line("hookgate-journal.jsonl"), ENTRY_BYTES, line("log")]));
        }
        let costs = [0, 1, 2].map(|n| median(&mut peers[n].costs));
        for (peer, cost) in peers.iter().zip(costs) {
            let ratio = costs[0] / cost;
            println!("{:<16} {:>6} {cost:>21.2} {:>23.0} {ratio:>6.2}", peer.name, body.len(), 1e6 / cost);
        }
        let ratio = costs[0] / costs[2];
        let word = if ratio >= GOAL { "PASS" } else { "FAIL" };
        verdicts.push(format!("{word} {bytes} bytes: {ratio:.2} of the requests a second with neither (goal {GOAL})"));
        let least = median(&mut appended);
        verdicts.push(format!(
            "     {bytes} bytes: the system takes {least:.2} µs a request to append as much: at most {:.2}",
            costs[0] / (costs[0] + least)
        ));
        let memory = peers[2].memory_mib() - peers[0].memory_mib();
        let word = if memory <= MEMORY_GOAL_MIB { "PASS" } else { "FAIL" };
        let all = peers[2].memory_mib();
        verdicts.push(format!(
            "{word} {bytes} bytes: {memory:.0} MiB more than with neither, {all:.0} in all (goal {MEMORY_GOAL_MIB})"
        ));
        let log = std::fs::read_to_string(folder.path().join("as-they-come/log")).unwrap();
        let lost: Vec<&str> = log.lines().filter(|line| line.contains("not recorded")).collect();
        verdicts.push(format!("{} lines of the log say that decisions were not recorded", lost.len()));
    }
    println!("\n{}", verdicts.join("\n"));
}
