//! A service that hangs under load: events wait no longer than they may, and nothing of them is left. In a process of its own,
//! where no other test opens files.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use hookgate::gateway::Reply;
use serde_json::json;

use crate::support::outside::Outside;
use crate::support::platform::{Manner, Platform};
use crate::support::wait::until;

const CHILD: &str = "HOOKGATE_TEST_HANGING_SERVICE";
const NAME: &str = "lookups::http_load::ten_thousand_events_against_a_hanging_service_leave_nothing_behind";
/// Each connection is left alone after some failures, so that every batch has its own: all of its questions are really asked.
const BATCHES: usize = 50;
const EVENTS: usize = 200;
const BUDGET: Duration = Duration::from_millis(100);
/// How much later than its budget an event may be answered, beside what the machine is late itself.
const SLACK: Duration = Duration::from_millis(50);

#[test]
fn ten_thousand_events_against_a_hanging_service_leave_nothing_behind() {
    if std::env::var_os(CHILD).is_some() {
        return run();
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{text}\n{}", String::from_utf8_lossy(&child.stderr));
    assert!(text.contains("events: 10000\n"), "{text}");
    println!("{text}");
}

/// A lookup and a connection for each batch, each with a hook's rules of its own.
fn outside(platform: &Platform) -> Outside {
    let (mut settings, mut lookups, mut rules) = (String::new(), String::new(), String::new());
    for n in 0..=BATCHES {
        let _ = writeln!(settings, "  c{n}: {{ http: \"http://{}\", allow: [127.0.0.1] }}", platform.address);
        // The question goes on for longer than the event, which does not wait for its end.
        let _ = writeln!(
            lookups,
            "  l{n}: {{ http: c{n}, get: \"/${{key}}\", timeout: 500ms, at_once: {EVENTS}, on_error: absent }}"
        );
        let _ = writeln!(
            rules,
            "  - {{ name: r{n}, when: {{ user.batch: {n}, user.login: {{ found_in: l{n} }} }}, reject: Found }}"
        );
    }
    let settings = format!("lookups: {{ budget_ms: {} }}\nconnections:\n{settings}", BUDGET.as_millis());
    Outside::new(
        &settings,
        &format!("hook: validateUser\ncodes: {{ Found: found }}\nlookups:\n{lookups}rules:\n{rules}"),
    )
}

/// One batch at once: how late the slowest was answered, and how late a plain clock of the same runtime was.
fn batch(outside: &Outside, batch: usize) -> (Duration, Duration) {
    let began = Instant::now();
    let event = async |n: usize| -> (Reply, Duration) {
        let body = format!(r#"{{"request":{{"user":{{"batch":{batch},"login":"u{n}"}}}}}}"#);
        let reply = outside.answer("validateUser", &body, None).await;
        (reply, began.elapsed())
    };
    let clock = async {
        tokio::time::sleep(BUDGET).await;
        began.elapsed()
    };
    let (answered, clock) = outside.wait(join(join_all((0..EVENTS).map(event)), clock));
    assert!(answered.iter().all(|(reply, _)| reply.status == 200 && reply.body.contains("\"data\"")));
    let slowest = answered.iter().map(|(_, took)| *took).max().unwrap();
    (slowest.saturating_sub(BUDGET), clock.saturating_sub(BUDGET))
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn run() {
    let platform = Platform::new(&json!([]));
    platform.now(Manner::Hang);
    let outside = outside(&platform);
    let tasks = || outside.questions.metrics().num_alive_tasks();
    // Whatever is opened once and kept is there after the first batch.
    batch(&outside, BATCHES);
    until("the first questions end", || tasks() == 0 && platform.open() == 0);
    let before = open_files();
    platform.seen();
    let late: Vec<(Duration, Duration)> = (0..BATCHES).map(|n| batch(&outside, n)).collect();
    for (event, clock) in &late {
        assert!(*event <= *clock + SLACK, "{event:?} late where a clock is {clock:?} late");
    }
    until("all questions end", || tasks() == 0 && platform.open() == 0);
    until("no socket is left", || open_files() <= before);
    let asked = platform.seen().len();
    // A busy machine is not done with sending each before it is given up.
    assert!(asked > BATCHES * EVENTS / 2, "only {asked} were asked");
    let (event, clock) = late.iter().max().unwrap();
    println!("events: {}\nasked: {asked}\nlatest: {event:?} beyond the budget, clock {clock:?}", BATCHES * EVENTS);
}
