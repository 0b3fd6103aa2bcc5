//! What being told of an event costs: `cargo bench --bench telemetry`. Passes or fails nothing. `ONLY=line` has the first alone.
//!
//! First the line `decided` by itself: the same events go through one gateway in this process, on one thread, with the log at
//! `info` beside `warn`, in turns, and what is written goes nowhere. The difference is what a line costs.
//!
//! The program is started in several ways, which are loaded in turn by the same bounded load over 127.0.0.1: with `log.level`
//! at `warn` and at `info`, its standard error output in a file and in `/dev/null`; and, with `--features otel`, without traces
//! and with a tenth and all events recorded, for a collector that takes whatever it is brought. No rule holds, so that what
//! is told is the largest part of an answer that it ever is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod load;
mod mixed;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use hookgate::event::{Calendar, Context, Event, Value};
use hookgate::gateway::{Answered, Gateway};
use hookgate::telemetry::{self, Levels, Settings};
use tracing::Dispatch;

use load::{loaded, median, number, process_seconds};

/// Events of a round of the line by itself, few enough that most rounds have the processor to themselves; and how many rounds.
const EVENTS: usize = 100;
const LINE_ROUNDS: usize = 2_000;
const CONNECTIONS: usize = 32;
const RULES: &str = "hook: validateUser\nrules: [{ name: a, when: { user.userType: Nobody }, reject: NotAllowed }]\n";

/// The program, running; it is killed when dropped.
struct Peer {
    name: &'static str,
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
    fn start(folder: &Path, name: &'static str, log: PathBuf, settings: &[(&str, &str)]) -> Self {
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_hookgate"))
            .args(["serve", "--log-format", "json", "--listen", &address.to_string()])
            .current_dir(folder)
            .envs([("HOOKGATE_WORKERS", "1"), ("HOOKGATE_ADMIN_LISTEN", "off"), ("HOOKGATE_JOURNAL_FILE", "null")])
            .envs(settings.iter().copied())
            .stderr(Stdio::from(File::create(&log).unwrap()))
            .spawn();
        let mut peer = Self { name, log, address, child: child.unwrap(), rates: Vec::new(), costs: Vec::new() };
        while TcpStream::connect(address).is_err() {
            assert!(peer.child.try_wait().unwrap().is_none(), "it ended: {}", fs::read_to_string(&peer.log).unwrap());
            thread::yield_now();
        }
        peer
    }

    fn round(&mut self, body: &str, length: Duration) {
        let cost = process_seconds(self.child.id());
        let began = Instant::now();
        let answered = loaded(self.address, "", body, CONNECTIONS, length);
        let took = began.elapsed().as_secs_f64();
        self.rates.push(answered / took);
        self.costs.push((process_seconds(self.child.id()) - cost) * 1e6 / answered);
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

/// A collector that takes everything and looks at nothing.
fn collector() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        listener.incoming().flatten().for_each(|stream| drop(thread::spawn(move || take_all(stream))));
    });
    format!("http://{address}")
}

fn take_all(stream: TcpStream) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            }
            line.clear();
        }
        if line.is_empty() || reader.read_exact(&mut vec![0; length]).is_err() {
            return;
        }
        reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    }
}

/// The log at a level, as it is written for programs, to nowhere.
fn log_at(level: &str) -> Dispatch {
    let settings = Settings { level: Levels::read(level).unwrap(), ..Settings::default() };
    Dispatch::new(telemetry::subscriber(&settings, true, false, std::io::sink))
}

/// Nanoseconds of an event of this body.
fn handled(gateway: &Arc<Gateway>, body: &str) -> f64 {
    let hook = gateway.hooks().position("validateUser").unwrap();
    let mut spent = Duration::ZERO;
    for _ in 0..EVENTS {
        let context = Context {
            id: "019a3c52-7d1e-7a33-9f0e-5b7c8a4e1d20".to_owned(),
            now: jiff::Timestamp::UNIX_EPOCH,
            calendar: Calendar::utc(),
            app: None,
            token: Value::Null,
            caller: Value::Null,
            bearer: None,
            trace: None,
        };
        let event = Event::read(gateway.hooks(), hook, body.as_bytes().to_vec(), 64, context).unwrap();
        let began = Instant::now();
        let Answered::Now(reply) = gateway.handle(event) else { unreachable!() };
        spent += began.elapsed();
        black_box(reply);
    }
    #[expect(clippy::cast_precision_loss, reason = "few events")]
    let events = EVENTS as f64;
    spent.as_secs_f64() * 1e9 / events
}

/// What a line costs, in nanoseconds, by the medians of many short rounds.
fn line_alone(body: &str) {
    let gateway = Arc::new(Gateway::new(mixed::rules(10, 0).0));
    let logs = [log_at("warn"), log_at("info")];
    let mut costs = [Vec::new(), Vec::new()];
    for _ in 0..LINE_ROUNDS {
        for (log, costs) in logs.iter().zip(&mut costs) {
            costs.push(tracing::dispatcher::with_default(log, || handled(&gateway, body)));
        }
    }
    let [quiet, told] = costs.map(|mut costs| median(&mut costs));
    println!(
        "an event: {quiet:.0} ns with the log at warn, {told:.0} ns at info; the line `decided`: {:.0} ns\n",
        told - quiet
    );
}

/// Loads the peers in turn and prints what came of it, each beside the first.
fn compare(what: &str, mut peers: Vec<Peer>, body: &str) {
    let (first, length) = (peers[0].name, Duration::from_millis(number("ROUND_MS", 1_000)));
    for peer in &peers {
        loaded(peer.address, "", body, CONNECTIONS, length / 4);
    }
    for _ in 0..number("ROUNDS", 5) {
        peers.iter_mut().for_each(|peer| peer.round(body, length));
        // Not the same one always goes first.
        peers.rotate_left(1);
    }
    let beside = peers.iter().position(|peer| peer.name == first).unwrap();
    peers.rotate_left(beside);
    let without = median(&mut peers[0].rates.clone());
    for peer in &mut peers {
        let (rate, cost) = (median(&mut peer.rates), median(&mut peer.costs));
        let (name, ratio) = (peer.name, rate / without);
        println!("{what:<14} {name:<13} {rate:>11.0} {cost:>21.2} {ratio:>6.2} {:>13}", dropped(peer));
    }
}

fn main() {
    let body = mixed::body(50, 280);
    line_alone(&body);
    if std::env::var("ONLY").is_ok_and(|only| only == "line") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/a.yaml"), RULES).unwrap();
    println!("{CONNECTIONS} connections, the rounds in turn; ratios to the first row of each\n");
    println!(
        "{:<14} {:<13} {:>11} {:>21} {:>6} {:>13}",
        "told", "", "requests/s", "processor µs/request", "ratio", "lines dropped"
    );
    for to in ["file", "null"] {
        let log = |name: &str| if to == "file" { folder.path().join(name) } else { "/dev/null".into() };
        let peer = |level| Peer::start(folder.path(), level, log(level), &[("HOOKGATE_LOG_LEVEL", level)]);
        compare(&format!("log to {to}"), ["warn", "info"].map(peer).into(), &body);
    }
    if cfg!(feature = "otel") {
        let collector = collector();
        let shares = [("without", None), ("10 %", Some("10")), ("100 %", Some("100"))];
        let peer = |(name, share): (&'static str, Option<&str>)| {
            let traces =
                [("HOOKGATE_TRACES_COLLECTOR", &*collector), ("HOOKGATE_TRACES_SAMPLE_PERCENT", share.unwrap_or("0"))];
            let settings: Vec<_> =
                [("HOOKGATE_LOG_LEVEL", "warn")].into_iter().chain(share.into_iter().flat_map(|_| traces)).collect();
            Peer::start(folder.path(), name, "/dev/null".into(), &settings)
        };
        compare("traces", shares.map(peer).into(), &body);
    }
}
