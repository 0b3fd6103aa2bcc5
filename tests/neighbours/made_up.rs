//! Answers that nobody would think of: truncated, nested, endless, with wrong lengths and kinds, made by a seed.

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookgate::diagnostic::File;
use hookgate::outbox::{Attempt, Body, Opened, StoredDelivery};
use tokio::runtime::Builder;

use super::player::{ALL, Protocol, Wrong, element, message, packet, while_playing};
use crate::servers::asking::Asking;

/// How long they are made up, in seconds; else sixty of each protocol are.
const SECONDS: &str = "HOOKGATE_NEIGHBOURS_S";
/// The number of the first.
const SEED: &str = "HOOKGATE_NEIGHBOURS_SEED";
/// Said to the process that asks.
const CHILD: &str = "HOOKGATE_TEST_NEIGHBOURS";
/// Most that the process which asks may ever have had in memory, in KiB.
const PEAK_KIB: u64 = 256 << 10;
/// Longest that one of them may hold up a question, whose timeout is far shorter.
const SOON: Duration = Duration::from_secs(10);

/// Numbers that a seed gives (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % sides as u64).unwrap()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| u8::try_from(self.roll(256)).unwrap()).collect()
    }
}

/// A message of the protocol with any contents, and often of any kind.
fn framed(protocol: Protocol, content: &[u8], id: u8, dice: &mut Dice) -> Vec<u8> {
    let kinds: &[u8] = match protocol {
        Protocol::Ldap => &[0x61, 0x64, 0x65, 0x73, 0x78, 0x79, 0x42],
        _ => b"RKSZTDCENAGtn123I",
    };
    let kind = kinds[dice.roll(kinds.len())];
    match protocol {
        Protocol::Ldap => element(0x30, &[vec![2, 1, id], element(kind, content)].concat()),
        Protocol::MySql => packet(content),
        Protocol::Postgres => message(kind, content),
        Protocol::Nats => {
            let line = ["MSG a 1", "HMSG a 1 12", "MSG _INBOX.a 1 b", "HMSG a 1 b 4"][dice.roll(4)];
            [format!("{line} {}\r\n", content.len()).as_bytes(), content, b"\r\n"].concat()
        }
    }
}

/// Elements in elements, or what comes nearest.
fn nested(protocol: Protocol, id: u8, dice: &mut Dice) -> Vec<u8> {
    let levels = 1 << dice.roll(13);
    match protocol {
        Protocol::Nats => {
            let deep = "[".repeat(levels);
            format!("INFO {{\"a\":{deep}\r\n").into_bytes()
        }
        _ => {
            let tag = [0x30, 0x31, 0xa0, 0x64][dice.roll(4)];
            let inner = (0..levels).fold(Vec::new(), |inner, _| element(tag, &inner));
            framed(protocol, &inner, id, dice)
        }
    }
}

/// What one of them sends: bytes, and whether again and again.
fn made_up(protocol: Protocol, turn: usize, id: u8, seed: u64) -> (Vec<u8>, bool) {
    let mut dice = Dice(seed);
    let mut bytes = protocol.good(turn, id);
    match dice.roll(8) {
        0 => bytes.truncate(dice.roll(bytes.len())),
        1 => bytes = nested(protocol, id, &mut dice),
        2 => {
            let any = dice.roll(200);
            bytes = dice.bytes(any);
        }
        // Small changes, at lengths and kinds more often than not.
        3 | 4 => {
            for _ in 0..=dice.roll(4) {
                let within = if dice.roll(2) == 0 { 12 } else { usize::MAX };
                let at = dice.roll(bytes.len().min(within));
                bytes[at] = [0, 1, 0x7f, 0x80, 0x84, 0xfc, 0xfe, 0xff][dice.roll(8)];
            }
        }
        5 => {
            let any = dice.roll(3_000);
            bytes = framed(protocol, &dice.bytes(any), id, &mut dice);
        }
        6 => {
            let any = dice.roll(40);
            bytes = framed(protocol, &dice.bytes(any), id, &mut dice).repeat(1 + dice.roll(2_000));
        }
        _ => {
            let large = 1 << (10 + dice.roll(12));
            bytes = framed(protocol, &vec![b'x'; large], id, &mut dice);
        }
    }
    (bytes, dice.roll(6) == 0)
}

fn wrong(protocol: Protocol, turn: usize, seed: u64) -> Wrong {
    Arc::new(move |stream, id| {
        let (bytes, is_endless) = made_up(protocol, turn, id, seed);
        let mut sent = 0;
        while stream.write_all(&bytes).is_ok() && is_endless && !bytes.is_empty() && sent < 1 << 30 {
            sent += bytes.len();
        }
        // Half of them say no more and stay.
        if seed.is_multiple_of(2) {
            stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
            while stream.read(&mut [0; 1_024]).is_ok_and(|count| count > 0) {}
        }
    })
}

/// Asks once; what comes of it is a good answer or a told failure, in time.
fn ask(protocol: Protocol, port: u16) {
    let asked = |connection: String, lookup: &str| {
        let lookup = format!("  found: {{ {lookup}, timeout: 200ms, on_error: fail }}");
        let _ = Asking::new(&format!("  it: {{ {connection}, tls: off }}"), &lookup).ask("found", "x");
    };
    let sql = "sql: it, query: \"select a from t where a = :key\"";
    match protocol {
        Protocol::Ldap => asked(
            format!("ldap: \"ldap://127.0.0.1:{port}\", bind: cn=a, password: b, base: dc=corp"),
            "ldap: it, filter: \"(cn=${key})\", attributes: [cn]",
        ),
        Protocol::MySql => asked(format!("sql: \"mysql://127.0.0.1:{port}/hr\", user: a, password: b"), sql),
        Protocol::Postgres => asked(format!("sql: \"postgres://127.0.0.1:{port}/hr\", user: a, password: b"), sql),
        Protocol::Nats => drop(deliver(port)),
    }
}

/// An attempt to deliver over NATS; none where it took too long.
pub fn deliver(port: u16) -> Option<Attempt> {
    let text = format!("destinations:\n  bus: {{ nats: \"nats://127.0.0.1:{port}\", subject: a, timeout_ms: 400 }}\n");
    let settings = hookgate::config::read(Some(File::new("gateway.yaml", text)), [], &[]).unwrap();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let _within = runtime.enter();
    let receiver = settings.outbox.destinations[0].open().unwrap();
    let text = |text: &str| text.to_owned();
    let delivery = StoredDelivery {
        id: 1,
        key: text("k"),
        hook: text("postCreateUser"),
        person: text("asha"),
        to: text("bus"),
        ordering_key: text("asha"),
        body: Body { bytes: Vec::new(), is_sealed: false },
        created_ms: 0,
        trace: String::new(),
        attempts: 0,
    };
    let sent = receiver.send(Opened { delivery: &delivery, body: "1", trace: None });
    runtime.block_on(async { tokio::time::timeout(Duration::from_millis(400), sent).await.ok() })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[ignore = "runs only in the process that the test below starts"]
fn asks_for_another_process() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let (began, first) = (Instant::now(), number(SEED).unwrap_or(1));
    let is_over = |seed: u64| match number(SECONDS) {
        Some(seconds) => began.elapsed() >= Duration::from_secs(seconds),
        None => seed >= first + 60,
    };
    let mut seed = first;
    while !is_over(seed) {
        for protocol in ALL {
            let turn = Dice(seed ^ 0x5eed).roll(protocol.turns());
            eprintln!("{protocol:?}, turn {turn}, seed {seed}");
            let asked = Instant::now();
            while_playing(protocol, turn, wrong(protocol, turn, seed), |port| ask(protocol, port));
            assert!(asked.elapsed() < SOON, "{protocol:?}, turn {turn}, seed {seed}: {:?}", asked.elapsed());
            let peak = peak_kib();
            assert!(peak < PEAK_KIB, "{protocol:?}, turn {turn}, seed {seed}: {peak} KiB were held");
        }
        seed += 1;
    }
    println!(
        "{} answers of each protocol, {} s, {} MiB at most",
        seed - first,
        began.elapsed().as_secs(),
        peak_kib() >> 10
    );
}

/// In a process of its own, since what is looked for ends a process.
#[test]
fn made_up_answers_end_no_process_and_fill_none() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "neighbours::made_up::asks_for_another_process", "--nocapture", "--ignored"])
        .env(CHILD, "1");
    // Writing out where a library panicked takes more memory than anything that is looked for.
    command.env("RUST_BACKTRACE", "0");
    let ended = command.output().unwrap();
    let (told, log) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    let last: Vec<&str> = log.lines().rev().take(20).collect();
    assert!(ended.status.success(), "{:?}\n{told}\n{}", ended.status, last.join("\n"));
    print!("{told}");
    println!("panics within libraries: {}", log.matches("panicked at").count());
}
