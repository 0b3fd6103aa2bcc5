//! Sessions in real databases: closed by the server, broken off by us, and held to reading whatever a query says.

use super::asking::{Asking, Told};
use super::database::{ALL, Database};
use crate::support::program::{Program, folder};
use crate::support::wait::until;

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
    let loosen = "select set_config('default_transaction_read_only', 'off', false) as a, \
                  set_config('statement_timeout', '0', false) as b where :key <> ''";
    let lookups = lookup("loosen", loosen)
        + &lookup("now", "select set_config('transaction_read_only', 'off', false) as a, writes(:key) as b")
        + &lookup("writes", "select writes(:key) as done")
        + &lookup("inside", "with w as (insert into written values (:key) returning what) select * from w")
        + &lookup("limit", "select current_setting('statement_timeout') as a where :key <> ''");
    let row = database.row(", user: hookgate, password: s3cret-hookgate, tls: off, at_once: 1");
    let asking = Asking::new(&row, &lookups);
    assert_eq!(asking.ask("loosen", "x").row(), "{\"a\":\"off\",\"b\":\"0\"}");
    assert!(asking.ask("writes", "x").failure().contains("the query would change something"));
    asking.ask("now", "x").failure();
    asking.ask("inside", "x").failure();
    let limit = asking.ask("limit", "x").row();
    assert!(limit != "{\"a\":\"0\"}" && limit != "{\"a\":\"20s\"}", "the limit is what is left of the time: {limit}");
    assert_eq!(database.admin("select count(*) from written"), "0");

    let database = Database::start("mariadb");
    let lookups = lookup("inside", "with w as (select :key as a) select writes(a) as done from w")
        + &lookup("locks", "select login from ever_used where login = :key for update")
        + &lookup("found", USED);
    let asking = Asking::new(&database.logged_in(), &lookups);
    assert!(asking.ask("inside", "x").failure().contains("the query would change something"));
    // The user may only read, and locking is more than that.
    asking.ask("locks", "asha.rao").failure();
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
