//! Sessions in real databases: closed by the server, broken off by us, and held to reading whatever a query says.

use std::time::{Duration, Instant};

use super::asking::{Asking, Told};
use super::between::Between;
use super::database::{ALL, Database};
use crate::support::program::{Program, folder};
use crate::support::wait::{linger, until};

const USED: &str = "select login from ever_used where login = :key";

fn lookup(name: &str, query: &str) -> String {
    format!("  {name}: {{ sql: hr, query: \"{}\", timeout: 20s, on_error: fail }}\n", query.replace('"', "\\\""))
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_session_that_the_server_has_closed_costs_no_question() {
    for kind in ALL {
        let database = Database::start(kind);
        let asking = Asking::new(&database.logged_in(), &lookup("found", USED));
        for _ in 0..3 {
            assert_eq!(asking.ask("found", "asha.rao").row(), "{\"login\":\"asha.rao\"}", "{kind}");
            match kind {
                "postgres" => {
                    let all = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hookgate'";
                    database.admin(all);
                }
                _ => {
                    database.admin("kill user 'hookgate'");
                }
            }
            until("the session is closed", || database.sessions() == 0);
        }
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn an_answer_that_is_not_read_to_its_end_takes_its_connection_with_it() {
    for kind in ALL {
        let database = Database::start(kind);
        let row = database.row(", user: hookgate, password: s3cret-hookgate, tls: off, at_once: 2");
        // Far more than is kept in buffers on the way.
        let endless = match kind {
            "postgres" => "select repeat('x', 200000) as a, n from generate_series(1, 1000) as n where :key <> ''",
            _ => {
                "with recursive many as (select 1 as n union all select n + 1 from many where n < 1000) \
                 select repeat('x', 200000) as a, n from many where :key <> ''"
            }
        };
        let lookups = lookup("found", USED) + &lookup("endless", endless);
        let asking = Asking::new(&row, &lookups);
        for _ in 0..5 {
            let told = asking.ask("endless", "x").failure();
            assert!(told.contains("larger than 4 MiB"), "{kind}: {told}");
            assert_eq!(asking.ask("found", "asha.rao").row(), "{\"login\":\"asha.rao\"}", "{kind}");
        }
        until("no session is left but those that are kept", || database.sessions() <= 2);
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_query_cannot_let_the_next_one_write() {
    let database = Database::start("postgres");
    // A query that calls `set_config` itself is refused; what a function of the database's own does cannot be seen.
    let loosen = "select loosens('default_transaction_read_only', 'off') as a, \
                  loosens('statement_timeout', '0') as b where :key <> ''";
    let lookups = lookup("loosen", loosen)
        + &lookup("now", "select loosens('transaction_read_only', 'off') as a, writes(:key) as b")
        + &lookup("writes", "select writes(:key) as done")
        + &lookup("limit", "select current_setting('statement_timeout') as a where :key <> ''");
    let row = database.row(", user: hookgate, password: s3cret-hookgate, tls: off, at_once: 1");
    let asking = Asking::new(&row, &lookups);
    assert_eq!(asking.ask("loosen", "x").row(), "{\"a\":\"off\",\"b\":\"0\"}");
    assert!(asking.ask("writes", "x").failure().contains("the query would change something"));
    asking.ask("now", "x").failure();
    let limit = asking.ask("limit", "x").row();
    assert!(limit != "{\"a\":\"0\"}" && limit != "{\"a\":\"20s\"}", "the limit is what is left of the time: {limit}");
    assert_eq!(database.admin("select count(*) from written"), "0");

    let database = Database::start("mariadb");
    let lookups =
        lookup("inside", "with w as (select :key as a) select writes(a) as done from w") + &lookup("found", USED);
    let asking = Asking::new(&database.logged_in(), &lookups);
    assert!(asking.ask("inside", "x").failure().contains("the query would change something"));
    assert_eq!(asking.ask("found", "asha.rao").row(), "{\"login\":\"asha.rao\"}");
    assert_eq!(database.admin("select count(*) from written"), "0");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn more_questions_than_connections_wait_for_their_turn() {
    for kind in ALL {
        let database = Database::start(kind);
        let row = database.row(", user: hookgate, password: s3cret-hookgate, tls: off, at_once: 1");
        let asking = Asking::new(&row, &lookup("found", USED));
        let keys: Vec<String> = (0..16).map(|n| format!("u{n}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        assert!(asking.ask_all("found", &keys).iter().all(|told| *told == Told::Rows(vec![])), "{kind}");
        assert_eq!(database.sessions(), 1, "{kind}");
    }
}

/// What functions of the database leave behind in a session, which no query can be seen to do.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_question_leaves_nothing_behind_for_the_next() {
    let seen = [
        (
            "select current_setting('search_path') || current_setting('TimeZone') as now, cast(:key as text) as key",
            "select (select count(*) from pg_locks where locktype = 'advisory') + (select count(*) from pg_largeobject_metadata)
             + (select count(*) from pg_stat_activity where usename = 'hookgate' and state like 'idle in transaction%')",
        ),
        (
            "select concat(@@sql_mode, @@time_zone, @@sql_select_limit) as now, :key as `key`",
            "select (is_used_lock('leaves') is not null) + (select count(*) from information_schema.innodb_trx)",
        ),
    ];
    for (kind, (now, left)) in ALL.into_iter().zip(seen) {
        let database = Database::start(kind);
        let row = database.row(", user: hookgate, password: s3cret-hookgate, tls: off, at_once: 1");
        let lookups = lookup("leaves", "select leaves(:key) as login") + &lookup("now", now) + &lookup("found", USED);
        let asking = Asking::new(&row, &lookups);
        let before = asking.ask("now", "x").row();
        assert_eq!(asking.ask("leaves", "x").row(), "{\"login\":\"x\"}", "{kind}");
        assert_eq!(asking.ask("now", "x").row(), before, "{kind}");
        assert_eq!(asking.ask("found", "asha.rao").row(), "{\"login\":\"asha.rao\"}", "{kind}");
        assert_eq!(database.sessions(), 1, "{kind}");
        until("nothing is left, and no transaction open", || database.admin(left) == "0");
    }
}

/// Resetting a session is on the way with what is said anyway. What is said to the end of a transaction nobody waits for, but a
/// question that comes at once to the same session.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_question_waits_for_the_server_twice() {
    const WAY: Duration = Duration::from_millis(100);
    const QUESTIONS: u32 = 10;
    for kind in ALL {
        let database = Database::start(kind);
        let between = Between::start(database.port, WAY);
        let row = database.row(", user: hookgate, password: s3cret-hookgate, tls: off, at_once: 1");
        let row = row.replace(&database.port.to_string(), &between.port.to_string());
        let asking = Asking::new(&row, &lookup("found", USED));
        asking.ask("found", "asha.rao").row();
        let each = |pause: Duration| {
            let took = (0..QUESTIONS).map(|_| {
                linger(pause);
                let began = Instant::now();
                asking.ask("found", "asha.rao").row();
                began.elapsed()
            });
            took.sum::<Duration>() / QUESTIONS
        };
        let (at_once, each) = (each(Duration::ZERO), each(2 * WAY));
        println!(
            "{kind}: a question takes {each:?}, one right after another {at_once:?}, where an answer is {WAY:?} on its way"
        );
        assert_eq!(between.connections(), 1, "{kind}");
        assert!(each < 3 * WAY, "{kind}: {each:?}");
    }
}

/// The system's own authorities are those that `SSL_CERT_FILE` names, where it is set.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn the_systems_authorities_count_without_a_word() {
    for kind in ALL {
        let database = Database::start(kind);
        let settings = format!("connections:\n{}\n", database.row(", user: hookgate, password: s3cret-hookgate"));
        let rules = "hook: test\nrules: [{ name: any, stop: true }]\n";
        let folder = folder(&[("gateway.yaml", settings.as_str()), ("rules/any.yaml", rules)]);
        let doctor = |authorities: &str| {
            let file = database.file(authorities).display().to_string();
            Program::new(["doctor"]).within(folder.path()).env("SSL_CERT_FILE", &file).run()
        };
        let told = doctor("ca.pem").expect(0);
        assert!(told.contains("the session only reads"), "{kind}: {told}");
        let told = doctor("other-ca.pem").expect(1);
        assert!(told.contains("no encrypted connection") && !told.contains("s3cret"), "{kind}: {told}");
    }
}
