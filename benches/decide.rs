//! Decision time by number of rules and rows: `cargo bench --bench decide`. Prints tables; passes or fails nothing.
//!
//! Beside each stands the time of a native evaluator that looks at rule after rule. Every case is measured once a round and
//! the rounds are interleaved, so that a busy moment of the machine falls on all cases alike. Medians are of whole
//! batches; the 99th percentile is of decisions timed one by one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod mixed;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookgate::engine::decide;
use hookgate::event::{Context, Event, Value};
use hookgate::gateway::Live;

use mixed::{Naive, elements};

const ROUNDS: usize = 15;
const WARM_UP_ROUNDS: usize = 2;
/// Different events of a case, spread over all rules.
const EVENTS: usize = 200;
/// Fewer for the evaluator that looks at every rule, for time's sake.
const EVENTS_NAIVE: usize = 5;
/// How long one batch of decisions should take.
const BATCH_NANOS: u64 = 2_000_000;
const DEPTH_LIMIT: usize = 64;
const COUNTS: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
const BODY_BYTES: [usize; 2] = [280, 4096];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Rules,
    /// The rows of one table.
    Rows,
    /// Ten rules beside as many of another hook.
    Beside,
}

impl Set {
    fn name(self) -> &'static str {
        match self {
            Set::Rules => "rules",
            Set::Rows => "rows of a table",
            Set::Beside => "10 beside another hook's",
        }
    }

    fn live(self, count: usize) -> (Live, Duration) {
        match self {
            Set::Rules => mixed::rules(count, 0),
            Set::Rows => mixed::rows(count),
            Set::Beside => mixed::rules(10, count),
        }
    }
}

fn context() -> Context {
    Context {
        id: String::new(),
        now: "2026-01-10T12:00:00Z".parse().unwrap(),
        calendar: hookgate::event::Calendar::utc(),
        app: None,
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    }
}

/// One line of the table.
struct Measured {
    set: Set,
    count: usize,
    bytes: usize,
    compile: Duration,
    live: Arc<Live>,
    naive: Arc<Naive>,
    hook: usize,
    bodies: Vec<String>,
    read: Vec<u64>,
    decide: Vec<u64>,
    single: Vec<u64>,
    one_by_one: Vec<u64>,
}

fn nanos(began: Instant, count: usize) -> u64 {
    u64::try_from(began.elapsed().as_nanos()).unwrap() / count as u64
}

impl Measured {
    fn round(&mut self, is_counted: bool) {
        let bodies: Vec<(Vec<u8>, Context)> =
            self.bodies.iter().map(|body| (body.clone().into_bytes(), context())).collect();
        let began = Instant::now();
        let read =
            |(body, context)| Event::read(&self.live.rules.hooks, self.hook, body, DEPTH_LIMIT, context).unwrap();
        let events: Vec<Event> = bodies.into_iter().map(read).collect();
        let read = nanos(began, events.len());

        let Live { rules, tables, .. } = &*self.live;
        let batch = |repeats: usize| {
            let began = Instant::now();
            for _ in 0..repeats {
                events.iter().for_each(|event| drop(black_box(decide(rules, black_box(event), tables).unwrap())));
            }
            nanos(began, events.len() * repeats)
        };
        // The first pass warms the caches that the other cases have cooled, and tells how many passes are a batch.
        let once = batch(1) * events.len() as u64;
        let decided = batch(usize::try_from(BATCH_NANOS / once.max(1)).unwrap().clamp(1, 20));
        let word = |event| decide(rules, event, tables).unwrap().word();
        assert!(events.iter().all(|event| word(event) == "undecided"), "a rule held");
        if !is_counted {
            return;
        }
        self.read.push(read);
        self.decide.push(decided);
        for event in &events {
            let began = Instant::now();
            drop(black_box(decide(rules, black_box(event), tables).unwrap()));
            self.single.push(nanos(began, 1));
        }
        self.round_of_naive();
    }

    /// The bodies are trees already: only looking at the rules is timed.
    fn round_of_naive(&mut self) {
        let few = self.bodies.iter().step_by(EVENTS / EVENTS_NAIVE);
        let trees: Vec<serde_json::Value> = few.map(|body| serde_json::from_str(body).unwrap()).collect();
        let users: Vec<&serde_json::Value> = trees.iter().map(|tree| &tree["request"]["user"]).collect();
        assert!(users.iter().all(|user| !self.naive.decide(user)), "a rule held");
        let began = Instant::now();
        users.iter().for_each(|user| assert!(!black_box(self.naive.decide(black_box(user)))));
        self.one_by_one.push(nanos(began, users.len()));
    }
}

fn percentile(sorted: &mut [u64], percent: usize) -> u64 {
    sorted.sort_unstable();
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

fn cases() -> Vec<Measured> {
    let mut cases = Vec::new();
    let all = COUNTS.into_iter().flat_map(|count| [(Set::Rules, count), (Set::Rows, count)]);
    for (set, count) in all.chain([(Set::Beside, 0), (Set::Beside, 10_000)]) {
        let (live, compile) = set.live(count);
        // Another hook's rules are not this one's to look at.
        let rules = if set == Set::Beside { 10 } else { count };
        let (live, naive) = (Arc::new(live), Arc::new(Naive::new(rules)));
        let hook = live.rules.hooks.position("validateUser").unwrap();
        for bytes in BODY_BYTES {
            let bodies = (0..EVENTS).map(|n| mixed::body(n * rules / EVENTS, bytes)).collect();
            let [read, decide, single, one_by_one] = [const { Vec::new() }; 4];
            let (live, naive) = (Arc::clone(&live), Arc::clone(&naive));
            cases.push(Measured {
                set,
                count,
                bytes,
                compile,
                live,
                naive,
                hook,
                bodies,
                read,
                decide,
                single,
                one_by_one,
            });
        }
    }
    cases
}

/// A case's numbers in nanoseconds.
struct Line {
    set: Set,
    count: usize,
    bytes: usize,
    decide: u64,
    p99: u64,
}

fn main() {
    let mut cases = cases();
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        cases.iter_mut().for_each(|case| case.round(round >= WARM_UP_ROUNDS));
    }
    println!(
        "{:<25} {:>7} {:>6} {:>11} {:>8} {:>10} {:>8} {:>14} {:>12}",
        "", "count", "bytes", "compile ms", "read ns", "decide ns", "p99 ns", "one by one ns", "one by one /"
    );
    let mut lines: Vec<Line> = Vec::new();
    for case in &mut cases {
        let Measured { set, count, bytes, .. } = *case;
        let (decide, p99) = (percentile(&mut case.decide, 50), percentile(&mut case.single, 99));
        let one_by_one = percentile(&mut case.one_by_one, 50);
        println!(
            "{:<25} {count:>7} {bytes:>6} {:>11.1} {:>8} {decide:>10} {p99:>8} {one_by_one:>14} {:>12.1}",
            set.name(),
            case.compile.as_secs_f64() * 1e3,
            percentile(&mut case.read, 50),
            ratio(one_by_one, decide),
        );
        lines.push(Line { set, count, bytes, decide, p99 });
    }
    verdicts(&lines);
    elements_of_lists();
}

/// Rules over elements, ranges and networks beside as many of plain equality, on the same events; and one condition over a
/// long list.
fn elements_of_lists() {
    let sets: Vec<Live> = elements::WAYS.iter().map(|(_, way)| elements::rules(10_000, *way)).collect();
    let long = elements::rules(1, |_| "user.accounts: { any: { .system: erp, .primary: true } }".to_owned());
    let none = elements::rules(1, |_| "user.login: nobody".to_owned());
    let events = |live: &Live, accounts: usize| -> Vec<Event> {
        let hook = live.rules.hooks.position("validateUser").unwrap();
        let body = |n| elements::body(n, accounts).into_bytes();
        (0..EVENTS).map(|n| Event::read(&live.rules.hooks, hook, body(n), DEPTH_LIMIT, context()).unwrap()).collect()
    };
    let all: Vec<(&Live, Vec<Event>)> = sets
        .iter()
        .map(|live| (live, events(live, 2)))
        .chain([&long, &none].map(|live| (live, events(live, 100))))
        .collect();
    let mut times = vec![Vec::new(); all.len()];
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        for ((live, events), times) in all.iter().zip(&mut times) {
            let began = Instant::now();
            for _ in 0..20 {
                for event in events {
                    let decision = decide(&live.rules, black_box(event), &live.tables).unwrap();
                    assert_eq!(black_box(decision).word(), "undecided", "a rule held");
                }
            }
            let time = nanos(began, events.len() * 20);
            times.extend((round >= WARM_UP_ROUNDS).then_some(time));
        }
    }
    let medians: Vec<u64> = times.iter_mut().map(|times| percentile(times, 50)).collect();
    let word = |is_met| if is_met { "PASS" } else { "FAIL" };
    println!();
    for ((name, _), time) in elements::WAYS.iter().zip(&medians) {
        let grown = ratio(*time, medians[0]);
        println!("{} 10 000 rules, {name}: {time} ns, {grown:.2} of plain equality (limit 1.1)", word(grown <= 1.1));
    }
    let [.., long, none] = medians.as_slice() else { return };
    let over = long.saturating_sub(*none);
    println!("{} a condition over 100 elements: {over} ns (limit 5 000)", word(over <= 5_000));
}

fn find(lines: &[Line], set: Set, count: usize, bytes: usize) -> &Line {
    lines.iter().find(|line| line.set == set && line.count == count && line.bytes == bytes).unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds of one decision are far below 2^52")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

/// What is promised: 10 000 rules or rows in 2 µs, p99 in 1 ms, and nothing for other hooks' rules.
fn verdicts(lines: &[Line]) {
    let word = |is_met| if is_met { "PASS" } else { "FAIL" };
    println!();
    for bytes in BODY_BYTES {
        for set in [Set::Rules, Set::Rows] {
            let Line { decide, p99, .. } = find(lines, set, 10_000, bytes);
            let is_met = *decide <= 2_000 && *p99 <= 1_000_000;
            println!("{} 10 000 {}, {bytes} bytes: {decide} ns (goal 2 000), p99 {p99} ns", word(is_met), set.name());
        }
        let (alone, beside) = (find(lines, Set::Beside, 0, bytes), find(lines, Set::Beside, 10_000, bytes));
        let grown = ratio(beside.decide, alone.decide);
        println!(
            "{} 10 rules beside 10 000 of another hook / alone, {bytes} bytes: {grown:.2} (limit 1.1)",
            word(grown < 1.1)
        );
    }
}
