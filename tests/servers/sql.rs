//! Lookups in real databases: rows of every kind, values that stay values, time limits that the server keeps, restarts.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::asking::{Asking, Told};
use super::database::{ALL, Database};
use crate::support::wait::until;

/// Keys that mean something in SQL.
const HOSTILE: [&str; 14] = [
    "'",
    "''",
    "' or '1'='1",
    "'; drop table keys; --",
    "\\' or 1=1 -- ",
    "\\",
    "\"",
    "$1",
    "?",
    ":key",
    "%",
    "/* */",
    "Zoë Ångström 李",
    "a\nb",
];

/// A lookup with this query, which may take this long.
fn by(query: &str, timeout: &str) -> String {
    let query = query.replace('"', "\\\"");
    format!("  found: {{ sql: hr, query: \"{query}\", timeout: {timeout}, on_error: fail }}")
}

fn used() -> String {
    by("select login from ever_used where login = lower(:key)", "20s")
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn columns_of_every_kind_become_values() {
    let database = Database::start("postgres");
    let asking = Asking::new(&database.logged_in(), &by("select * from kinds where id = cast(:key as integer)", "20s"));
    assert_eq!(
        asking.ask("found", "1").row(),
        "{\"id\":1,\"small\":-7,\"big\":9223372036854775807,\"exact\":12345678901234567890.0123456789,\"near\":1.5,\
         \"yes\":true,\"words\":\"Zoë 李 \\\"quoted\\\"\",\"fixed\":\"ab  \",\"day\":\"2026-01-31\",\
         \"moment\":\"2026-01-31T12:34:56.789\",\"zoned\":\"2026-01-31T12:34:56+00:00\",\"span\":\"01:02:03\",\
         \"ident\":\"0b5a7b1e-6a57-4a0a-9a39-3bb3b2a5ad0e\",\"list\":[1,2],\"tree\":{\"a\":[1,{\"b\":null}]},\"nothing\":null}"
    );
    let database = Database::start("mariadb");
    let columns = "id, small, big, unsigned_big, exact, near, nearer, yes, words, fixed, day, moment, zoned, span, year, \
                   one_of, tree, nothing";
    let asking =
        Asking::new(&database.logged_in(), &by(&format!("select {columns} from kinds where id = :key"), "20s"));
    assert_eq!(
        asking.ask("found", "1").row(),
        "{\"id\":1,\"small\":-7,\"big\":9223372036854775807,\"unsigned_big\":18446744073709551615,\
         \"exact\":12345678901234567890.0123456789,\"near\":1.5,\"nearer\":0.1,\"yes\":1,\
         \"words\":\"Zoë 李 \\\"quoted\\\"\",\"fixed\":\"ab\",\"day\":\"2026-01-31\",\
         \"moment\":\"2026-01-31T12:34:56.789000\",\"zoned\":\"2026-01-31T12:34:56\",\"span\":\"-01:02:03\",\"year\":2026,\
         \"one_of\":\"b\",\"tree\":\"{\\\"a\\\": [1, {\\\"b\\\": null}]}\",\"nothing\":null}"
    );
    let asking = Asking::new(&database.logged_in(), &by("select photo from kinds where id = :key", "20s"));
    assert!(asking.ask("found", "1").failure().contains("column `photo`"));
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_key_is_one_value_or_several_each_of_its_kind() {
    for kind in ALL {
        let database = Database::start(kind);
        let asking = Asking::new(&database.logged_in(), &used());
        assert_eq!(asking.ask("found", "ASHA.RAO").row(), "{\"login\":\"asha.rao\"}", "{kind}");
        assert_eq!(asking.ask("found", "nobody"), Told::Rows(vec![]), "{kind}");
        let several = by("select id from people where first = :first and last = :last and id > :least", "20s");
        let asking = Asking::new(&database.logged_in(), &several);
        let key = |least: &str| {
            let text = |text: &str| hookgate::event::Value::text(text);
            let fields = [("first", text("Asha")), ("last", text("Shah"))];
            let mut fields: Vec<_> = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
            fields.push(("least".into(), hookgate::event::Value::Number(least.to_owned().into())));
            hookgate::event::Value::Map(fields)
        };
        assert_eq!(asking.ask_value("found", key("2")), Told::Rows(vec!["{\"id\":3}".to_owned()]), "{kind}");
        assert_eq!(asking.ask_value("found", key("3")), Told::Rows(vec![]), "{kind}");
        assert_eq!(asking.ask_value("found", key("2.5")), Told::Rows(vec!["{\"id\":3}".to_owned()]), "{kind}");
    }
}

/// Stores each key beside a number, and looks for each.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn whatever_the_key_is_the_row_stored_under_it_is_found_and_no_other() {
    let mut runner = TestRunner::deterministic();
    let strategy = "\\PC{1,12}|['\"\\\\;:$%?/* a-c-]{1,8}";
    let made = (0..300).map(|_| strategy.new_tree(&mut runner).unwrap().current());
    let keys: BTreeSet<String> = HOSTILE.map(str::to_owned).into_iter().chain(made).collect();
    let keys: Vec<String> = keys.into_iter().filter(|key| !key.trim().is_empty()).collect();
    assert!(keys.len() > 200, "{}", keys.len());
    for kind in ALL {
        let database = Database::start(kind);
        let hex = |key: &str| {
            key.bytes().fold(String::new(), |mut out, byte| {
                let _ = write!(out, "{byte:02x}");
                out
            })
        };
        let table = if kind == "postgres" { "keys" } else { "`keys`" };
        let column = if kind == "postgres" { "key" } else { "`key`" };
        let stored = keys.iter().enumerate().filter(|(n, _)| n % 2 == 0);
        let insert = stored.fold(String::new(), |statements, (n, key)| {
            let value = match kind {
                "postgres" => format!("convert_from('\\x{}', 'utf8')", hex(key)),
                _ => format!("convert(x'{}' using utf8mb4)", hex(key)),
            };
            statements + &format!("insert into {table} values ({value}, {n});\n")
        });
        database.admin(&insert);
        let asking =
            Asking::new(&database.logged_in(), &by(&format!("select n from {table} where {column} = :key"), "20s"));
        for (n, key) in keys.iter().enumerate() {
            let wanted = if n % 2 == 0 { vec![format!("{{\"n\":{n}}}")] } else { vec![] };
            assert_eq!(asking.ask("found", key), Told::Rows(wanted), "{kind}: {key:?}");
        }
        let stored = keys.len().div_ceil(2).to_string();
        assert_eq!(database.admin(&format!("select count(*) from {table}")), stored, "{kind}: the table is unharmed");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn nothing_is_written_even_by_what_a_query_calls() {
    for kind in ALL {
        let database = Database::start(kind);
        let asking = Asking::new(&database.logged_in(), &by("select writes(:key) as done", "20s"));
        let told = asking.ask("found", "x").failure();
        assert!(told.contains("the query would change something"), "{kind}: {told}");
        assert_eq!(database.admin("select count(*) from written"), "0", "{kind}");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn the_server_itself_ends_what_takes_too_long() {
    for kind in ALL {
        let database = Database::start(kind);
        let asking = Asking::new(&database.logged_in(), &by("select sleeps(:key) as done", "700ms"));
        let began = Instant::now();
        let told = asking.ask("found", "x").failure();
        assert!(began.elapsed() < Duration::from_secs(5), "{kind}: {:?}", began.elapsed());
        assert!(told.contains("took too long") || told.contains("no answer in 700 ms"), "{kind}: {told}");
        until("the statement is ended on the server", || database.working() == 0);
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn what_is_wrong_is_told_in_words_without_values() {
    for kind in ALL {
        let database = Database::start(kind);
        let told = |connection: &str, query: &str| {
            Asking::new(connection, &by(query, "20s")).ask("found", "s3cret-key").failure()
        };
        let wrong = database.row(", user: hookgate, password: s3cret-wrong, tls: off");
        assert!(told(&wrong, "select :key as a").contains("the login is refused"), "{kind}");
        let nowhere = database.logged_in().replace("/hr\"", "/nowhere\"");
        let said = told(&nowhere, "select :key as a");
        assert!(said.contains("no such database") || said.contains("may not use this database"), "{kind}: {said}");
        // MariaDB does not tell who may not read a table whether it is there.
        let said = told(&database.logged_in(), "select a from nothing where a = :key");
        let wanted = if kind == "postgres" { "no such table" } else { "may not read" };
        assert!(said.contains(wanted), "{kind}: {said}");
        assert!(
            told(&database.logged_in(), "select nothing from people where login = :key").contains("no such column"),
            "{kind}"
        );
        let said = told(&database.logged_in(), "select a from hidden where cast(a as char(9)) = :key");
        assert!(said.contains("may not read"), "{kind}: {said}");
        let said = told(&database.logged_in(), "select id as a, login as a from people where login <> :key");
        assert!(said.contains("two columns are called `a`") || said.contains("not JSON"), "{kind}: {said}");
    }
    let database = Database::start("postgres");
    let said = Asking::new(&database.logged_in(), &by("select id from people where id = :key", "20s"))
        .ask("found", "s3cret-key")
        .failure();
    assert!(said.contains("two kinds of values") && !said.contains("s3cret"), "{said}");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_certificate_counts_unless_it_is_not_wanted() {
    for kind in ALL {
        let database = Database::start(kind);
        let login = ", user: hookgate, password: s3cret-hookgate";
        let with = |ca: &str| {
            let row = database.row(&format!("{login}, ca: \"{}\"", database.file(ca).display()));
            Asking::new(&row, &used()).ask("found", "asha.rao")
        };
        assert_eq!(with("ca.pem").row(), "{\"login\":\"asha.rao\"}", "{kind}");
        let other = with("other-ca.pem").failure();
        assert!(other.contains("no encrypted connection"), "{kind}: {other}");
        let unknown = Asking::new(&database.row(login), &used()).ask("found", "asha.rao").failure();
        assert!(unknown.contains("no encrypted connection"), "{kind}: {unknown}");
        // The certificate is one for `localhost`.
        let elsewhere = database.row(&format!("{login}, ca: \"{}\"", database.file("ca.pem").display()));
        let elsewhere = elsewhere.replace("localhost", "127.0.0.1");
        assert!(Asking::new(&elsewhere, &used()).ask("found", "asha.rao").failure().contains("no encrypted"), "{kind}");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_server_that_was_away_is_asked_again() {
    for kind in ALL {
        let mut database = Database::start(kind);
        let asking = Asking::new(&database.logged_in(), &used());
        assert_eq!(asking.ask("found", "asha.rao").row(), "{\"login\":\"asha.rao\"}");
        database.stop();
        let told = asking.ask("found", "asha.rao").failure();
        assert!(told.starts_with("no connection: Connection refused"), "{kind}: {told}");
        database.run();
        until("it answers again", || matches!(asking.ask("found", "asha.rao"), Told::Rows(rows) if rows.len() == 1));
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_server_that_hangs_costs_the_timeout_and_its_connection() {
    for kind in ALL {
        let database = Database::start(kind);
        let asking = Asking::new(&database.logged_in(), &by("select login from ever_used where login = :key", "500ms"));
        assert_eq!(asking.ask("found", "asha.rao").row(), "{\"login\":\"asha.rao\"}");
        database.hang();
        let began = Instant::now();
        assert!(asking.ask("found", "asha.rao").failure().contains("no answer in 500 ms"), "{kind}");
        assert!(began.elapsed() < Duration::from_millis(1_500), "{kind}: {:?}", began.elapsed());
        database.go_on();
        until("it answers again", || matches!(asking.ask("found", "asha.rao"), Told::Rows(rows) if rows.len() == 1));
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn ten_thousand_questions_leave_no_task_and_no_more_sessions_than_allowed() {
    for kind in ALL {
        let database = Database::start(kind);
        let row = database.row(", user: hookgate, password: s3cret-hookgate, tls: off, at_once: 4");
        let lookup = used().replace("on_error", "at_once: 50, on_error");
        let asking = Asking::new(&row, &lookup);
        let metrics = asking.connections.runtime().metrics();
        for batch in 0..200 {
            let keys: Vec<String> = (0..50).map(|n| format!("u{batch}-{n}")).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            assert!(asking.ask_all("found", &keys).iter().all(|told| *told == Told::Rows(vec![])), "{kind}");
        }
        assert!(database.sessions() <= 4, "{kind}: {} sessions", database.sessions());
        // Beside them each session has a relay.
        until("no task is left but the pool's", || metrics.num_alive_tasks() <= 2 + 4);
        drop(asking);
        until("every session is closed", || database.sessions() == 0);
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_probe_says_what_it_found() {
    let (postgres, mariadb) = (Database::start("postgres"), Database::start("mariadb"));
    let said = Asking::new(&postgres.logged_in(), &used()).probe().unwrap();
    assert!(said.starts_with("PostgreSQL ") && said.ends_with("the session only reads"), "{said}");
    let said = Asking::new(&mariadb.logged_in(), &used()).probe().unwrap();
    assert!(said.starts_with("MariaDB ") && said.ends_with("the session only reads"), "{said}");
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn too_many_rows_are_no_answer() {
    for kind in ALL {
        let database = Database::start(kind);
        let many = match kind {
            "postgres" => "select n from generate_series(1, 1001) as n where :key <> ''",
            _ => {
                "with recursive many as (select 1 as n union all select n + 1 from many where n < 1001) select n from many where :key <> ''"
            }
        };
        let told = Asking::new(&database.logged_in(), &by(many, "20s")).ask("found", "x").failure();
        assert!(told.contains("more than 1000 rows"), "{kind}: {told}");
    }
}
