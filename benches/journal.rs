//! What the journal costs an event, and how many records its thread writes: `cargo bench --bench journal`. Passes or fails nothing.
//!
//! The same events go through one gateway with a journal and one without, in turns, on one thread as a server's worker has
//! them. The writer has the other processor; what it cannot keep up with is dropped, and told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod mixed;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookgate::event::{Context, Event, Hooks, Value};
use hookgate::gateway::{Answered, Gateway, Outside};
use hookgate::journal::{Journal, Settings};

const RULES: usize = 10;
const ROUNDS: usize = 7;
/// In bursts with rests between them, in which the writer catches up: 2 000 events are what it takes at most meanwhile.
const BURST: usize = 2_000;
const BURSTS: usize = 5;
const BODY_BYTES: [usize; 2] = [280, 4_096];

fn gateway(journal: Option<&Arc<Journal>>) -> Arc<Gateway> {
    let (live, _) = mixed::rules(RULES, 0);
    Arc::new(Gateway::with(live, Outside { journal: journal.cloned(), ..Outside::default() }))
}

fn event(hooks: &Hooks, hook: usize, body: &str) -> Event {
    let context = Context {
        id: "019a3c52-7d1e-7a33-9f0e-5b7c8a4e1d20".to_owned(),
        now: jiff::Timestamp::UNIX_EPOCH,
        calendar: hookgate::event::Calendar::utc(),
        app: None,
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    };
    Event::read(hooks, hook, body.as_bytes().to_vec(), 64, context).unwrap()
}

/// Nanoseconds an event, reading the body included.
fn round(gateway: &Arc<Gateway>, body: &str, journal: Option<&Journal>) -> f64 {
    let hook = gateway.hooks().position("validateUser").unwrap();
    let mut spent = Duration::ZERO;
    for _ in 0..BURSTS {
        let began = Instant::now();
        for _ in 0..BURST {
            let Answered::Now(reply) = gateway.handle(event(gateway.hooks(), hook, body)) else { unreachable!() };
            black_box(reply);
        }
        spent += began.elapsed();
        if let Some(journal) = journal {
            settled(journal);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "few events")]
    let events = (BURST * BURSTS) as f64;
    spent.as_secs_f64() * 1e9 / events
}

/// Waits until nothing waits.
fn settled(journal: &Journal) {
    let mut before = journal.counts();
    loop {
        std::thread::park_timeout(Duration::from_millis(30));
        let now = journal.counts();
        if now == before {
            return;
        }
        before = now;
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn settings(folder: &Path) -> Settings {
    Settings { file: Some(folder.join("journal.jsonl")), queue_limit_records: 100_000, ..Settings::default() }
}

fn main() {
    println!(
        "{RULES} rules, {ROUNDS} rounds of {BURSTS} bursts of {BURST} events; nanoseconds an event, its body read\n"
    );
    println!("{:>6} {:>10} {:>10} {:>6} {:>16} {:>8}", "bytes", "without", "with", "ratio", "records/s", "dropped");
    for bytes in BODY_BYTES {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        let journal = Arc::new(Journal::open(settings.file.as_ref().unwrap(), &settings).unwrap());
        let (plain, recording) = (gateway(None), gateway(Some(&journal)));
        let body = mixed::body(50, bytes);
        let (mut without, mut with) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            without.push(round(&plain, &body, None));
            with.push(round(&recording, &body, Some(&journal)));
        }
        // As many as fit into the queue, and the time until the last is written.
        let (hook, before) = (recording.hooks().position("validateUser").unwrap(), journal.counts().written);
        let began = Instant::now();
        for _ in 0..20_000 {
            let _ = recording.handle(event(recording.hooks(), hook, &body));
        }
        journal.stop();
        #[expect(clippy::cast_precision_loss, reason = "few records")]
        let rate = (journal.counts().written - before) as f64 / began.elapsed().as_secs_f64();
        let (without, with) = (median(without), median(with));
        let ratio = with / without;
        println!("{bytes:>6} {without:>10.0} {with:>10.0} {ratio:>6.2} {rate:>16.0} {:>8}", journal.counts().dropped);
    }
}
