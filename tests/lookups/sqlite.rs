//! Lookups in a file of SQLite, through the whole gateway: two tenants' cases, kinds of values, and what goes wrong.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hookgate::diagnostic::File;
use hookgate::gateway::{Answered, Gateway, Live, Outside};
use hookgate::lookup::Connections;
use hookgate::rule::{Role, Sources};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::support::source::event;

/// A file with these tables.
fn database(folder: &Path, script: &str) -> String {
    let file = folder.join("hr.db");
    Connection::open(&file).unwrap().execute_batch(script).unwrap();
    file.display().to_string()
}

/// A gateway with these rules and tables, whose connection `hr` is this file.
fn gateway(file: &str, files: &[(&str, Role, &str)]) -> Arc<Gateway> {
    let written = File::new("gateway.yaml", format!("connections: {{ hr: {{ sql: \"sqlite:{file}\" }} }}\n"));
    let settings =
        hookgate::config::read(Some(written), [], &[]).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let files = files.iter().map(|(name, role, text)| (*role, Arc::new(File::new(*name, *text)))).collect();
    let sources = Sources::from_files(Path::new("rules"), files);
    let (live, _) =
        Live::build(&sources, &settings.tenant).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let connections = Connections::open(&settings.lookup).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let outside = Outside { connections: Some(connections), round_limit: 8, ..Outside::default() };
    Arc::new(Gateway::with(live, outside))
}

/// The answer to a body on validateUser.
async fn answer(gateway: &Arc<Gateway>, user: &str) -> String {
    let hook = gateway.hooks().position("validateUser").unwrap();
    match gateway.handle(event(hook, user, None)) {
        Answered::Now(reply) => reply.body,
        Answered::Later(reply) => reply.await.body,
    }
}

/// R03: a login is neither reserved (a table) nor was it ever used (a database), compared in lower case.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_neither_reserved_nor_ever_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(
        folder.path(),
        "create table ever_used (login text); insert into ever_used values ('asha.rao'), ('old.hand');",
    );
    let rules = "hook: validateUser
codes: { LoginAlreadyExist: Somebody has this login or had it before. }
lookups:
  reserved: { table: reserved.csv, key: login, ignore_case: true }
  ever_used: { sql: hr, query: \"select login from ever_used where login = lower(:key)\", on_error: fail }
rules:
  - { name: login-is-not-reserved, when: { user.login: { found_in: reserved } }, reject: LoginAlreadyExist }
  - { name: login-was-never-used, when: { user.login: { found_in: ever_used } }, reject: LoginAlreadyExist }
";
    let reserved = "login,why\nadministrator,system\nroot,system\n";
    let gateway = gateway(&file, &[("rules.yaml", Role::Yaml, rules), ("reserved.csv", Role::Csv, reserved)]);
    let refused = r#"{"response":{"error":true,"message":"LoginAlreadyExist"}}"#;
    assert_eq!(answer(&gateway, r#"{"login": "Administrator", "userType": "Employee"}"#).await, refused);
    assert_eq!(answer(&gateway, r#"{"login": "Old.Hand"}"#).await, refused);
    assert_eq!(answer(&gateway, r#"{"login": "new.hire"}"#).await, r#"{"response":{"data":{"login": "new.hire"}}}"#);
}

/// R11: a returning person is recognised by their PAN, whichever shape the custom attributes came in.
#[tokio::test(flavor = "multi_thread")]
async fn a_returning_person_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(
        folder.path(),
        "create table archive (login text, pan text); insert into archive values ('asha.rao', 'ABCPR1234K');",
    );
    let rules = "hook: validateUser
codes: { RehireUseExistingIdentity: This person was here before. }
lookups:
  archive: { sql: hr, query: \"select login from archive where pan = :key\", on_error: fail }
rules:
  - name: rehire
    let: { before: { lookup: archive, key: \"${upper(attr.PAN)}\" } }
    when: { before.login: { present: true, is_not: '${user.login ?? \"\"}' } }
    reject: RehireUseExistingIdentity
";
    let gateway = gateway(&file, &[("rules.yaml", Role::Yaml, rules)]);
    let refused = r#"{"response":{"error":true,"message":"RehireUseExistingIdentity"}}"#;
    assert_eq!(answer(&gateway, r#"{"login": "asha.rao2", "attributes": {"PAN": "ABCPR1234K"}}"#).await, refused);
    assert_eq!(
        answer(&gateway, r#"{"login": "x", "attributes": [{"name": "PAN", "value": "abcpr1234k"}]}"#).await,
        refused
    );
    let other = r#"{"login": "x", "attributes": [{"name": "PAN", "value": "ABCPR9999K"}]}"#;
    assert_eq!(answer(&gateway, other).await, format!("{{\"response\":{{\"data\":{other}}}}}"));
    let nobody = r#"{"login": "x"}"#;
    assert_eq!(answer(&gateway, nobody).await, format!("{{\"response\":{{\"data\":{nobody}}}}}"));
}

/// Writes what the lookup's first row has into the user.
const NOTING: &str = "hook: validateUser
lookups:
  found: { sql: hr, query: \"QUERY\", timeout: TIMEOUT, on_error: ON_ERROR }
rules:
  - { name: note, let: { row: { lookup: found, key: \"${user.key}\" } }, when: { row: { present: true } }, set: { user.row: \"${row}\" } }
";

fn noting(file: &str, query: &str, timeout: &str) -> Arc<Gateway> {
    let rules = NOTING.replace("QUERY", query).replace("TIMEOUT", timeout).replace("ON_ERROR", "fail");
    gateway(file, &[("rules.yaml", Role::Yaml, &rules)])
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_of_every_kind_become_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(
        folder.path(),
        "create table kinds (id integer, big integer, near real, words text, nil text);
         insert into kinds values (1, 9223372036854775807, 1.5, 'Zoë \"李\"', null);",
    );
    let gateway = noting(&file, "select * from kinds where id = :key", "1s");
    assert_eq!(
        answer(&gateway, r#"{"key":1}"#).await,
        r#"{"response":{"data":{"key":1,"row":{"id":1,"big":9223372036854775807,"near":1.5,"words":"Zoë \"李\"","nil":null}}}}"#
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_takes_too_long_fails_the_rule_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let unavailable = r#"{"response":{"error":true,"message":"ValidationUnavailable"}}"#;
    let missing = folder.path().join("missing.db").display().to_string();
    assert_eq!(answer(&noting(&missing, "select :key as a", "1s"), r#"{"key":1}"#).await, unavailable);
    assert!(!Path::new(&missing).exists(), "a file was made");
    let file = database(folder.path(), "create table t (a integer);");
    for query in [
        "select a from nowhere where a = :key",
        "select b from t where a = :key",
        "select zeroblob(9) as a where 1 = :key",
    ] {
        assert_eq!(answer(&noting(&file, query, "1s"), r#"{"key":1}"#).await, unavailable, "{query}");
    }
    let endless =
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as a from n where i > :key";
    let began = Instant::now();
    assert_eq!(answer(&noting(&file, endless, "200ms"), r#"{"key":1}"#).await, unavailable);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path(), "create table t (a integer); insert into t values (1);");
    // The language lets nothing through that can be seen to write.
    for query in [
        "with x as (select :key) insert into t select 2 returning a",
        "with x as (select :key) replace into t select 2 returning a",
        "with x as (select :key) update or ignore t set a = 2 returning a",
        "with x as (select :key) delete from t returning a",
    ] {
        let loaded = std::panic::catch_unwind(|| noting(&file, query, "1s"));
        let told = loaded.unwrap_err().downcast::<String>().unwrap();
        assert!(told.contains("error[H523]"), "{told}");
    }
    let connection = Connection::open(&file).unwrap();
    let count: i64 = connection.query_row("select count(*) from t", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}

/// An export that is put in the place of the last one is asked from then on.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_takes_the_place_of_another_is_read_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path(), "create table t (a text); insert into t values ('old');");
    let gateway = noting(&file, "select a from t where :key = 1", "20s");
    assert!(answer(&gateway, r#"{"key":1}"#).await.contains(r#""row":{"a":"old"}"#));
    let export = tempfile::tempdir_in(folder.path()).unwrap();
    let new = database(export.path(), "create table t (a text); insert into t values ('new');");
    std::fs::rename(new, &file).unwrap();
    assert!(answer(&gateway, r#"{"key":1}"#).await.contains(r#""row":{"a":"new"}"#));
    std::fs::remove_file(&file).unwrap();
    assert!(answer(&gateway, r#"{"key":1}"#).await.contains("ValidationUnavailable"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_while_another_program_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let file =
        database(folder.path(), "pragma journal_mode = wal; create table t (a text); insert into t values ('old');");
    let gateway = noting(&file, "select a from t where :key = 1", "20s");
    let writer = Connection::open(&file).unwrap();
    writer.execute_batch("begin immediate; update t set a = 'new';").unwrap();
    assert!(answer(&gateway, r#"{"key":1}"#).await.contains(r#""row":{"a":"old"}"#));
    writer.execute_batch("commit;").unwrap();
    assert!(answer(&gateway, r#"{"key":1}"#).await.contains(r#""row":{"a":"new"}"#));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_does_not_find_a_text_and_too_many_rows_are_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let file = database(folder.path(), "create table t (a text); insert into t values ('asha'), ('0x');");
    let gateway = noting(&file, "select a from t where a = :key", "20s");
    for key in ["0", "0.0", "true", "false"] {
        let told = answer(&gateway, &format!("{{\"key\":{key}}}")).await;
        assert_eq!(told, format!("{{\"response\":{{\"data\":{{\"key\":{key}}}}}}}"));
    }
    let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < :key) select i from n";
    let gateway = noting(&file, many, "20s");
    assert!(answer(&gateway, r#"{"key":1001}"#).await.contains("ValidationUnavailable"));
    assert!(answer(&gateway, r#"{"key":1000}"#).await.contains(r#""row":{"i":1}"#));
}

proptest! {
    #![proptest_config(crate::properties::tries(40))]

    /// Whatever the key is, it is one value: the row stored under it comes back, and no other.
    #[test]
    fn a_key_never_becomes_a_part_of_the_query(keys in prop::collection::btree_set("\\PC{1,12}|['\";:?$%-]{1,6}( or 1=1)?", 2..12)) {
        let keys: Vec<String> = keys.into_iter().filter(|key| !hookgate::event::is_blank(key)).collect();
        prop_assume!(keys.len() > 1);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let file = database(folder.path(), "create table keys (key text, n integer);");
            let connection = Connection::open(&file).unwrap();
            for (n, key) in (0_i64..).zip(&keys).skip(1) {
                connection.execute("insert into keys values (?, ?)", (key, n)).unwrap();
            }
            let gateway = noting(&file, "select n from keys where key = :key", "1s");
            for (n, key) in keys.iter().enumerate() {
                let key = serde_json::to_string(key).unwrap();
                let told = answer(&gateway, &format!("{{\"key\":{key}}}")).await;
                let row = if n == 0 { String::new() } else { format!(",\"row\":{{\"n\":{n}}}") };
                assert_eq!(told, format!("{{\"response\":{{\"data\":{{\"key\":{key}{row}}}}}}}"));
            }
        });
    }
}
