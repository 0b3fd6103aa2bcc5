//! More questions than places, on sources that are slow and well: HTTP, databases, a directory. And logins that are refused, which
//! are tried once.

use std::fs;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::asking::{Asking, Told};
use super::between::Between;
use super::database::{ALL, Database};
use super::slapd::Slapd;
use crate::support::receiver::{HttpReceiver, Reply};
use crate::support::wait::{linger, until};

/// How long a source takes.
const ANSWER: Duration = Duration::from_millis(50);
/// With 8 places.
const PER_SECOND: f64 = 160.0;

/// A burst of 300 events with time enough, then a steady load below and beyond what the places can do: the breaker stays shut, and
/// nobody fails but for want of the event's own time. Answers a second are printed.
fn load(what: &str, asking: &Asking) {
    let runtime = asking.connections.runtime();
    let breaker = || asking.connections.lines().next().unwrap().1.breaker.word();
    let count = |told: &[Told]| {
        let is_late = |why: &str| why.contains("the event") && !why.contains("no answer");
        told.iter().for_each(|told| assert!(!matches!(told, Told::Failed(why) if !is_late(why)), "{what}: {told:?}"));
        told.iter().filter(|told| matches!(told, Told::Rows(_))).count()
    };
    // Each place has its connection.
    let warm = (0..16).map(|n| asking.one("found", format!("w{n}"), Duration::from_mins(1)));
    assert_eq!(count(&runtime.block_on(join_all(warm))), 16, "{what}");
    let began = Instant::now();
    let burst = (0..300).map(|n| asking.one("found", format!("u{n}"), Duration::from_mins(1)));
    let answered = count(&runtime.block_on(join_all(burst)));
    assert_eq!((answered, breaker()), (300, "closed"), "{what}");
    let per_second = 300.0 / began.elapsed().as_secs_f64();
    println!(
        "{what}: a burst of 300, {per_second:.0} answers a second, {:.2} of {PER_SECOND}",
        per_second / PER_SECOND
    );

    for offered_per_second in [120_u32, 240] {
        let (began, seconds) = (Instant::now(), 4);
        let events = (0..offered_per_second * seconds).map(|n| async move {
            tokio::time::sleep(Duration::from_secs(1) * n / offered_per_second).await;
            asking.one("found", format!("s{offered_per_second}-{n}"), Duration::from_secs(2)).await
        });
        let answered = count(&runtime.block_on(join_all(events)));
        let took = began.elapsed();
        let possible = (PER_SECOND * took.as_secs_f64()).min(f64::from(offered_per_second * seconds));
        let share = f64::from(u32::try_from(answered).unwrap()) / possible;
        println!(
            "{what}: {offered_per_second} a second, {answered} answered in {took:.1?}, {share:.2} of what was possible"
        );
        assert_eq!(breaker(), "closed", "{what}");
    }
}

#[test]
fn a_service_that_is_slow_and_well_is_asked_as_fast_as_its_places_allow() {
    let service = HttpReceiver::start(|_| {
        linger(ANSWER);
        Reply::Status(404, "")
    });
    let connection = format!("  hr: {{ http: \"http://{}\", allow: [127.0.0.1] }}", service.address);
    let lookup = "  found: { http: hr, get: \"/${key}\", no_rows_on: [404], at_once: 8, on_error: fail }";
    load("http", &Asking::new(&connection, lookup));
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_database_that_is_slow_and_well_is_asked_as_fast_as_its_places_allow() {
    for kind in ALL {
        let database = Database::start(kind);
        let query = match kind {
            "postgres" => "select cast(:key as text) as login from pg_sleep(0.05)",
            _ => "select :key as login, sleep(0.05) as slept",
        };
        let lookup = format!("  found: {{ sql: hr, query: \"{query}\", timeout: 20s, on_error: fail }}");
        load(kind, &Asking::new(&database.logged_in(), &lookup));
        assert!(database.sessions() <= 8, "{kind}");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_directory_that_is_slow_and_well_is_asked_as_fast_as_its_places_allow() {
    let slapd = Slapd::start();
    let between = Between::start(slapd.ports[0], ANSWER);
    let row = slapd.logged_in().replace(&slapd.ports[0].to_string(), &between.port.to_string());
    load(
        "ldap",
        &Asking::new(&row, "  found: { ldap: ad, filter: \"(uid=${key})\", attributes: [cn], on_error: fail }"),
    );
    assert!(between.connections() <= 8, "{}", between.connections());
}

/// The password is in a file, wrong at first: asked by many, it is tried once, until the file changes.
fn refused(what: &str, port: u16, row: impl Fn(u16, &str) -> String, lookup: &str) {
    let between = Between::start(port, Duration::ZERO);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "s3cret-wrong").unwrap();
    let asking = Asking::new(&row(between.port, &format!("\"${{file:{}}}\"", file.display())), lookup);
    let keys: Vec<String> = (0..100).map(|n| format!("u{n}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut causes = Vec::new();
    for _ in 0..3 {
        causes.extend(asking.ask_all("found", &keys).into_iter().map(Told::failure));
    }
    assert_eq!(between.connections(), 1, "{what}");
    let cause = causes[0].split(';').next().unwrap().to_owned();
    assert!(causes.iter().all(|told| told.starts_with(&cause)), "{what}: {causes:?}");
    assert!(causes.last().unwrap().contains("; not tried again for "), "{what}: {causes:?}");
    assert_eq!(asking.connections.lines().next().unwrap().1.breaker.word(), "closed", "{what}");
    println!("{what}: 300 questions, {} login: {}", between.connections(), causes.last().unwrap());

    fs::write(&file, "s3cret-hookgate").unwrap();
    until("the changed password is tried", || matches!(asking.ask("found", "asha.rao"), Told::Rows(_)));
    assert_eq!(between.connections(), 2, "{what}");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_wrong_password_is_tried_once_and_a_changed_one_at_once() {
    for kind in ALL {
        let database = Database::start(kind);
        let row = |port: u16, password: &str| {
            let row = database.row(&format!(", user: hookgate, password: {password}, tls: off"));
            row.replace(&database.port.to_string(), &port.to_string())
        };
        let lookup = "  found: { sql: hr, query: \"select login from ever_used where login = :key\", timeout: 20s, on_error: fail }";
        refused(kind, database.port, row, lookup);
    }
    let slapd = Slapd::start();
    let row = |port: u16, password: &str| {
        let row = slapd.plain(&format!(", bind: \"cn=hookgate,ou=services,dc=corp,dc=example\", password: {password}"));
        row.replace(&slapd.ports[0].to_string(), &port.to_string())
    };
    let lookup = "  found: { ldap: ad, filter: \"(uid=${key})\", attributes: [cn], timeout: 20s, on_error: fail }";
    refused("ldap", slapd.ports[0], row, lookup);
}
