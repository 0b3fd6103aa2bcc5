//! What a gateway that runs keeps of what it has acknowledged: whoever else is started, whatever becomes of its file, its clock and its version.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::support::client::post;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

const SETTINGS: &str = "outbox: { file: outbox.db }\ndestinations: { siem: { file: siem.jsonl } }\n";
const AWAY: &str =
    "outbox: { file: outbox.db }\ndestinations: { siem: { file: away/siem.jsonl, retry: { first_ms: 100 } } }\n";
const RULES: &str = "hook: postCreateUser
rules: [{ name: tell, deliver: { to: siem, body: { login: \"${user.login}\", department: \"${user.department}\" } } }]
";

fn house(settings: &str) -> TempDir {
    folder(&[("gateway.yaml", settings), ("rules/tell.yaml", RULES)])
}

fn serving(folder: &Path) -> Program {
    Program::new(["serve", "--listen", "127.0.0.1:0"]).within(folder)
}

fn joins(served: &Served, login: &str, department: &str) {
    let body = json!({ "request": { "user": { "login": login, "department": department } } }).to_string();
    assert_eq!(post(served.address, "/webhook/postCreateUser", body.as_bytes()).status, 200);
}

/// Logins in the file that deliveries go to, in their order.
fn arrived(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let login = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["body"]["login"].as_str().unwrap().to_owned()
    };
    text.lines().map(login).collect()
}

#[test]
fn a_second_gateway_on_one_outbox_or_journal_is_refused_and_takes_over_when_the_first_is_killed() {
    let house = house(SETTINGS);
    let first = serving(house.path()).serve();
    let told = serving(house.path()).run().refused(78);
    assert!(told.contains("the outbox `outbox.db` is in use by another `hookgate serve`"), "{told}");
    assert!(told.contains("help: stop that one first") && told.contains("outbox.postgres"), "{told}");
    joins(&first, "asha", "Sales");
    Program::new(["outbox", "list"]).within(house.path()).run().expect(0);
    Program::new(["doctor"]).within(house.path()).run().expect(0);
    // SIGKILL.
    drop(first);
    let second = serving(house.path()).serve();
    assert_eq!(second.stop().0, Some(0));

    let quiet = folder(&[(
        "rules/none.yaml",
        "hook: postCreateUser\nrules: [{ name: none, when: { user.login: x }, stop: true }]\n",
    )]);
    let recording = || serving(quiet.path()).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl");
    let first = recording().serve();
    let told = recording().run().refused(78);
    assert!(told.contains("the journal `journal.jsonl` is in use by another `hookgate serve`"), "{told}");
    assert_eq!(serving(quiet.path()).env("HOOKGATE_JOURNAL_FILE", "other.jsonl").serve().stop().0, Some(0));
    drop(first);
    assert_eq!(recording().serve().stop().0, Some(0));
}

/// Its lock looks as if it had been left behind.
#[test]
fn a_second_gateway_is_refused_where_somebody_has_removed_the_lock_of_the_first() {
    let house = house(&format!("{SETTINGS}journal: {{ file: journal.jsonl }}\n"));
    let first = serving(house.path()).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").serve();
    for name in ["outbox.db.lock", "journal.jsonl.lock"] {
        let lock = house.path().join(name);
        fs::remove_file(&lock).unwrap();
        until("the lock is there again", || lock.exists());
        serving(house.path()).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").run().refused(78);
    }
    joins(&first, "asha", "Sales");
    until("it arrives", || arrived(&house.path().join("siem.jsonl")) == ["asha"]);
    assert_eq!(first.stop().0, Some(0));
}

#[test]
fn a_repetition_is_logged_and_counted_and_a_change_that_is_made_again_is_none() {
    let house = house(SETTINGS);
    let served = serving(house.path()).serve();
    for department in ["Sales", "Sales", "Finance", "Sales", "Sales", "Sales"] {
        joins(&served, "asha", department);
    }
    until("three arrive", || arrived(&house.path().join("siem.jsonl")).len() == 3);
    let page = served.ask("GET", "/metrics", "").body;
    assert!(page.contains("\nhookgate_repetitions_total 3\n"), "{page}");
    let message = "the same event again: what it sends was stored when it came before";
    until("each is logged", || served.log().matches(message).count() == 3);
    let line = served.logged(message).unwrap();
    assert_eq!(
        (&line["level"], &line["hook"], &line["person"]),
        (&json!("info"), &json!("postCreateUser"), &served.logged("decided").unwrap()["person"]),
        "the same person as that of the event, as a digest"
    );
    assert!(line["person"].as_str().is_some_and(|digest| digest.len() == 16), "{line}");
    assert!(line["request_id"].as_str().unwrap().len() > 30, "{line}");
}

#[test]
fn an_outbox_that_is_removed_under_a_gateway_loses_nothing_although_that_is_killed() {
    let house = house(AWAY);
    let served = serving(house.path()).serve();
    joins(&served, "before", "Sales");
    for name in ["outbox.db", "outbox.db-wal", "outbox.db-shm", "outbox.db.lock"] {
        fs::remove_file(house.path().join(name)).unwrap();
    }
    joins(&served, "after", "Sales");
    let told = served.log();
    assert!(told.contains("the outbox was removed or replaced while hookgate runs"), "{told}");
    assert!(serving(house.path()).run().refused(78).contains("in use"), "its lock is there again");
    drop(served);
    fs::create_dir(house.path().join("away")).unwrap();
    let _again = serving(house.path()).serve();
    until("both arrive", || {
        let mut arrived = arrived(&house.path().join("away/siem.jsonl"));
        arrived.sort();
        arrived == ["after", "before"]
    });
}

#[test]
fn what_waits_under_another_name_is_told_and_sent_under_its_own() {
    let house = house(AWAY);
    let served = serving(house.path()).serve();
    joins(&served, "asha", "Sales");
    drop(served);
    fs::create_dir(house.path().join("away")).unwrap();
    let served = serving(house.path()).env("HOOKGATE_OUTBOX_NAME", "tenant").serve();
    joins(&served, "vikram", "Sales");
    until("its own arrives", || arrived(&house.path().join("away/siem.jsonl")) == ["vikram"]);
    let (_, log) = served.stop();
    assert!(log.contains("wait in the outbox under another name") && log.contains("\"name\":\"default\""), "{log}");
    let _served = serving(house.path()).serve();
    until("the other arrives", || arrived(&house.path().join("away/siem.jsonl")) == ["vikram", "asha"]);
}

/// As after a start with the right time, where the clock was an hour ahead before.
#[test]
fn deliveries_of_a_time_that_is_still_to_come_are_due() {
    let house = house(AWAY);
    let served = serving(house.path()).serve();
    joins(&served, "tried", "Sales");
    until("it was tried", || served.log().contains("not delivered yet"));
    joins(&served, "fresh", "Sales");
    drop(served);
    let shell = rusqlite::Connection::open(house.path().join("outbox.db")).unwrap();
    let ahead = "update parcels set created_ms = created_ms + 3600000, due_ms = due_ms + 3600000,
                 tried_ms = iif(tried_ms > 0, tried_ms + 3600000, 0)";
    assert_eq!(shell.execute(ahead, []).unwrap(), 2);
    drop(shell);
    fs::create_dir(house.path().join("away")).unwrap();
    let served = serving(house.path()).serve();
    until("both arrive", || arrived(&house.path().join("away/siem.jsonl")).len() == 2);
    assert!(served.log().contains("the clock was set back"), "{}", served.log());
}

/// The tables as the version before made them, with a delivery that waits; and a gateway.yaml that says nothing new.
#[test]
fn an_outbox_and_settings_of_the_version_before_are_taken_over() {
    let house = house(SETTINGS);
    let shell = rusqlite::Connection::open(house.path().join("outbox.db")).unwrap();
    let old = "
        pragma journal_mode = wal;
        create table events (id text primary key, at_ms integer not null) without rowid;
        create table parcels (
            id integer primary key, key text not null unique, hook text not null, person text not null,
            destination text not null, lane text not null, body blob not null, is_sealed integer not null,
            created_ms integer not null, due_ms integer not null, attempts integer not null default 0,
            leased_ms integer not null default 0, worker text not null default '', state integer not null default 0,
            error text, trace text not null default '');
        create index parcels_lane on parcels (destination, state, lane, id);
        create index parcels_due on parcels (destination, state, due_ms, id);
        insert into parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms)
            select 'old-1-0', 'postCreateUser', 'old', 'siem', 'old', cast('{\"login\":\"old\"}' as blob), 0, now, now
            from (select cast(unixepoch('subsec') * 1000 as integer) as now);";
    shell.execute_batch(old).unwrap();
    drop(shell);
    let served = serving(house.path()).serve();
    joins(&served, "new", "Sales");
    until("both arrive", || {
        let mut arrived = arrived(&house.path().join("siem.jsonl"));
        arrived.sort();
        arrived == ["new", "old"]
    });
    let (code, log) = served.stop();
    assert!(code == Some(0) && !log.contains("\"level\":\"error\""), "{log}");
}
