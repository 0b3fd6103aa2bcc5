//! What a line an event costs: `cargo bench --bench log`. Passes or fails nothing.
//!
//! The program is started with `log.level` at `warn` and at `info`, each with its standard error output in a file and in
//! `/dev/null`, and the four are loaded in turn by the same bounded load over 127.0.0.1. No rule holds, so that a line of
//! the log is the largest part of an answer that it ever is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod load;
mod mixed;

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use load::{loaded, median, number};

const CONNECTIONS: usize = 32;
const RULES: &str = "hook: validateUser\nrules: [{ name: a, when: { user.userType: Nobody }, reject: NotAllowed }]\n";

/// The program, running; it is killed when dropped.
struct Peer {
    level: &'static str,
    /// Its standard error output.
    log: PathBuf,
    address: SocketAddr,
    child: Child,
    /// Requests a second, and processor microseconds a request, by round.
    rates: Vec<f64>,
    costs: Vec<f64>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    fn start(folder: &Path, level: &'static str, log: PathBuf) -> Self {
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_hookgate"))
            .args(["serve", "--log-format", "json", "--log-level", level, "--listen", &address.to_string()])
            .current_dir(folder)
            .env("HOOKGATE_WORKERS", "1")
            .stderr(Stdio::from(File::create(&log).unwrap()))
            .spawn();
        let peer = Self { level, log, address, child: child.unwrap(), rates: Vec::new(), costs: Vec::new() };
        while TcpStream::connect(address).is_err() {
            thread::yield_now();
        }
        peer
    }

    /// Seconds of processor time of all its threads.
    fn processor_seconds(&self) -> f64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let nanos = |thread: fs::DirEntry| {
            let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        };
        threads.flatten().filter_map(nanos).sum::<f64>() / 1e9
    }

    fn round(&mut self, body: &str, length: Duration) {
        let cost = self.processor_seconds();
        let began = Instant::now();
        let answered = loaded(self.address, "", body, CONNECTIONS, length);
        let took = began.elapsed().as_secs_f64();
        self.rates.push(answered / took);
        self.costs.push((self.processor_seconds() - cost) * 1e6 / answered);
    }
}

/// How many lines are missing in the log, as it says itself, where there is one.
fn dropped(peer: &Peer) -> String {
    let log = fs::read_to_string(&peer.log).unwrap_or_default();
    if log.is_empty() {
        return "-".to_owned();
    }
    let count = |line: &str| line.split_once("dropped\",\"lines\":")?.1.trim_end_matches('}').parse::<u64>().ok();
    log.lines().filter_map(count).sum::<u64>().to_string()
}

fn main() {
    let length = Duration::from_millis(number("ROUND_MS", 1_000));
    let rounds = number("ROUNDS", 5);
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/a.yaml"), RULES).unwrap();
    let body = mixed::body(50, 280);
    println!("{CONNECTIONS} connections, {rounds} rounds of {length:?} each; ratios to `warn`\n");
    println!(
        "{:<6} {:<5} {:>11} {:>21} {:>6} {:>13}",
        "stderr", "level", "requests/s", "processor µs/request", "ratio", "lines dropped"
    );
    for to in ["file", "null"] {
        let log = |level| if to == "file" { folder.path().join(level) } else { "/dev/null".into() };
        let mut peers = ["warn", "info"].map(|level| Peer::start(folder.path(), level, log(level)));
        for peer in &peers {
            loaded(peer.address, "", &body, CONNECTIONS, length / 4);
        }
        for _ in 0..rounds {
            // Not the same one always goes first.
            peers.reverse();
            peers.iter_mut().for_each(|peer| peer.round(&body, length));
        }
        peers.sort_by_key(|peer| peer.level == "info");
        let without = median(&mut peers[0].rates.clone());
        for peer in &mut peers {
            let (rate, cost) = (median(&mut peer.rates), median(&mut peer.costs));
            let (level, ratio) = (peer.level, rate / without);
            println!("{to:<6} {level:<5} {rate:>11.0} {cost:>21.2} {ratio:>6.2} {:>13}", dropped(peer));
        }
    }
}
