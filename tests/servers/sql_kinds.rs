//! Kinds of values on the way to real databases and back: what a key finds, and what a column becomes.

use hookgate::event::Value;

use super::asking::{Asking, Told};
use super::database::{ALL, Database};

fn lookup(name: &str, query: &str) -> String {
    format!("  {name}: {{ sql: hr, query: \"{}\", timeout: 20s, on_error: fail }}\n", query.replace('"', "\\\""))
}

fn number(digits: &str) -> Value<'static> {
    Value::Number(digits.to_owned().into())
}

/// MySQL and MariaDB read a text as a number beside one: `0` would find every name.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_number_never_finds_a_text_that_is_none() {
    for kind in ALL {
        let database = Database::start(kind);
        let asking = Asking::new(
            &database.logged_in(),
            &(lookup("found", "select login from people where login = :key")
                + &lookup("cast", "select login from people where login = cast(:key as char(80))")),
        );
        for key in [number("0"), number("0.0"), number("1"), Value::Bool(false), Value::Bool(true)] {
            match asking.ask_value("found", key.clone()) {
                Told::Rows(rows) => assert_eq!((kind, rows), ("mariadb", vec![])),
                Told::Failed(why) => assert!(kind == "postgres" && why.contains("two kinds of values"), "{why}"),
            }
            assert_eq!(asking.ask_value("cast", key), Told::Rows(vec![]), "{kind}");
        }
    }
}

/// As docs/language/outside.md says, with the way out that it names.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_text_beside_a_column_of_numbers_is_compared_as_the_reference_says() {
    for (kind, text) in [("postgres", "text"), ("mariadb", "char")] {
        let database = Database::start(kind);
        let lookups = lookup("loose", "select id from people where id = :key")
            + &lookup("exact", &format!("select id from people where cast(id as {text}) = :key"));
        let asking = Asking::new(&database.logged_in(), &lookups);
        match asking.ask("loose", "2x") {
            Told::Rows(rows) => assert_eq!((kind, rows), ("mariadb", vec!["{\"id\":2}".to_owned()])),
            Told::Failed(why) => assert!(kind == "postgres" && why.contains("two kinds of values"), "{why}"),
        }
        assert_eq!(asking.ask("exact", "2x"), Told::Rows(vec![]), "{kind}");
        assert_eq!(asking.ask("exact", "2").row(), "{\"id\":2}", "{kind}");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_number_finds_the_number_that_it_is_to_its_last_digit() {
    for kind in ALL {
        let database = Database::start(kind);
        let exact = if kind == "postgres" { "cast(:key as numeric)" } else { ":key" };
        let lookups = lookup("big", "select id from kinds where big = :key")
            + &lookup("exact", &format!("select id from kinds where exact = {exact}"))
            + &lookup("near", "select id from kinds where near = :key")
            + &lookup("yes", "select id from kinds where yes = :key")
            + &lookup("sum", "select id from people where id = cast(:key as decimal) + 1");
        let asking = Asking::new(&database.logged_in(), &lookups);
        let found = |name: &str, key: Value<'static>| match asking.ask_value(name, key) {
            Told::Rows(rows) => rows.len(),
            Told::Failed(why) => panic!("{kind}, {name}: {why}"),
        };
        assert_eq!(found("big", number("9223372036854775807")), 1, "{kind}");
        assert_eq!(found("big", number("9223372036854775806")), 0, "{kind}");
        assert_eq!(found("exact", number("12345678901234567890.0123456789")), 1, "{kind}");
        assert_eq!(found("exact", number("12345678901234567890.0123456788")), 0, "{kind}");
        assert_eq!(found("near", number("1.5")), 1, "{kind}");
        assert_eq!(found("yes", Value::Bool(true)), 1, "{kind}");
        assert_eq!(found("yes", Value::Bool(false)), 0, "{kind}");
        assert_eq!(found("sum", number("2")), 1, "{kind}");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn no_name_of_a_column_is_in_the_way() {
    for kind in ALL {
        let database = Database::start(kind);
        for name in ["q", "Row", "a b", "json", "数"] {
            let quote = if kind == "postgres" { "\"" } else { "`" };
            let query = format!("select login as {quote}{name}{quote} from people where login = :key");
            let asking = Asking::new(&database.logged_in(), &lookup("found", &query));
            assert_eq!(asking.ask("found", "asha.rao").row(), format!("{{\"{name}\":\"asha.rao\"}}"), "{kind}");
        }
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn rows_come_in_the_order_that_the_query_says() {
    for kind in ALL {
        let database = Database::start(kind);
        let query = "select id from people where login <> :key order by last desc, first";
        let told = Asking::new(&database.logged_in(), &lookup("found", query)).ask("found", "x");
        let rows = ["{\"id\":3}", "{\"id\":2}", "{\"id\":1}"].map(str::to_owned).to_vec();
        assert_eq!(told, Told::Rows(rows), "{kind}");
    }
}

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn numbers_are_numbers_of_json_and_dates_are_dates() {
    let database = Database::start("mariadb");
    let query = "select cast(12.5 as decimal(8, 2)) as plain, padded, -padded as below, date('2051-03-04') as day, \
                 cast('2051-03-04 00:00:00' as datetime) as midnight, cast('838:59:59' as time) as span, \
                 cast('0000-00-00' as date) as never from kinds where id = :key";
    let asking = Asking::new(&database.logged_in(), &lookup("found", query));
    assert_eq!(
        asking.ask("found", "1").row(),
        "{\"plain\":12.50,\"padded\":12.50,\"below\":-12.50,\"day\":\"2051-03-04\",\"midnight\":\"2051-03-04T00:00:00\",\
         \"span\":\"838:59:59\",\"never\":null}"
    );
    let database = Database::start("postgres");
    let query = "select 'NaN'::numeric as a, 'infinity'::float8 as b, 1e20::numeric as c, '\\\\x00ff'::bytea as d, \
                 'infinity'::date as e, '-01:02:03'::interval as f from kinds where id = cast(:key as integer)";
    let asking = Asking::new(&database.logged_in(), &lookup("found", query));
    assert_eq!(
        asking.ask("found", "1").row(),
        "{\"a\":\"NaN\",\"b\":\"Infinity\",\"c\":100000000000000000000,\"d\":\"\\\\x00ff\",\"e\":\"infinity\",\"f\":\"-01:02:03\"}"
    );
}
