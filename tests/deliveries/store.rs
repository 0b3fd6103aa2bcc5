//! The embedded outbox on a disk that is not well: the caller is told, nothing acknowledged is lost, and it goes on by
//! itself.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hookgate::outbox::{Claim, Count, Embedded, NewDeliveries, NotBegun, Place, Store, Wanted};

use crate::support::outbox::new_deliveries;

fn open(file: &Path) -> Embedded {
    Embedded::start(Place::File(file.to_owned())).unwrap()
}

async fn put(store: &Embedded, n: usize) -> Result<bool, String> {
    let stored = store.put(new_deliveries(&format!("e{n}"), "p", "itsm", 1_000)).await;
    stored.map_err(|trouble| trouble.to_string())
}

async fn stored(store: &Embedded) -> usize {
    store.find(Wanted::default()).await.unwrap().len()
}

#[tokio::test]
async fn what_is_stored_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = open(&file);
    put(&store, 1).await.unwrap();
    drop(store);
    assert_eq!(stored(&open(&file)).await, 1);
}

/// What waits when hookgate is replaced by a later version is sent by that one.
#[tokio::test]
async fn a_file_of_an_earlier_version_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    put(&open(&file), 1).await.unwrap();
    let shell = rusqlite::Connection::open(&file).unwrap();
    shell.execute_batch("alter table parcels drop column trace").unwrap();
    drop(shell);
    let store = open(&file);
    put(&store, 2).await.unwrap();
    let found = store.find(Wanted::default()).await.unwrap();
    assert_eq!(found.iter().map(|row| &*row.delivery.trace).collect::<Vec<_>>(), ["", ""]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_and_found_when_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later/outbox.db");
    let store = open(&file);
    let told = put(&store, 1).await.unwrap_err();
    assert!(told.contains("later/outbox.db") && told.contains("folder"), "{told}");
    std::fs::create_dir(folder.path().join("later")).unwrap();
    put(&store, 1).await.unwrap();
    assert_eq!(stored(&store).await, 1);
}

#[tokio::test]
async fn a_file_that_another_program_holds_is_told_and_goes_on_when_it_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = open(&file);
    put(&store, 1).await.unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("begin exclusive").unwrap();
    let told = put(&store, 2).await.unwrap_err();
    assert!(told.contains("held by another program"), "{told}");
    other.execute_batch("rollback").unwrap();
    put(&store, 2).await.unwrap();
    assert_eq!(stored(&store).await, 2);
}

#[tokio::test]
async fn a_damaged_file_is_told_and_a_new_one_is_begun_when_it_is_moved_away() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    std::fs::write(&file, "this is no database, however long it is: ".repeat(200)).unwrap();
    let store = open(&file);
    let told = put(&store, 1).await.unwrap_err();
    assert!(told.contains("damaged") && told.contains("move it away"), "{told}");
    std::fs::rename(&file, folder.path().join("damaged.db")).unwrap();
    put(&store, 1).await.unwrap();
    assert_eq!(stored(&store).await, 1);
}

/// The superuser writes where nobody may, so that this shows nothing where tests run as one.
#[tokio::test]
async fn a_file_that_may_not_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    put(&open(&file), 1).await.unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
    let is_superuser = std::fs::OpenOptions::new().append(true).open(&file).is_ok();
    let told = put(&open(&file), 2).await;
    assert!(is_superuser || told.unwrap_err().contains("may"), "a superuser: {is_superuser}");
}

#[tokio::test]
async fn many_at_once_are_few_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = open(&file);
    let stored = futures_util::future::join_all((0..1_000).map(|n| put(&store, n))).await;
    assert!(stored.iter().all(|stored| *stored == Ok(true)));
    assert_eq!(store.count().await.unwrap().waiting, 1_000);
}

#[tokio::test]
async fn a_flood_is_turned_away_and_not_kept_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = open(&file);
    put(&store, 0).await.unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("begin exclusive").unwrap();
    // Each job is in the queue, or turned away, as soon as it is made.
    let waiting: Vec<_> =
        (1..10_000).map(|n| store.put(new_deliveries(&format!("e{n}"), "p", "itsm", 1_000))).collect();
    other.execute_batch("rollback").unwrap();
    let told = futures_util::future::join_all(waiting).await;
    let is_full = |told: &&Result<bool, hookgate::outbox::Trouble>| {
        told.as_ref().is_err_and(|trouble| trouble.message.contains("jobs waiting"))
    };
    let full = told.iter().filter(is_full).count();
    let stored = told.iter().filter(|told| told.is_ok()).count();
    assert!(full > 1_000 && full + stored == told.len(), "{full} were turned away, {stored} stored");
}

/// As a gateway opens it.
fn open_alone(file: &Path) -> Embedded {
    Embedded::alone(file.to_owned(), "default").unwrap()
}

async fn keys(store: &Embedded) -> Vec<String> {
    store.find(Wanted::default()).await.unwrap().into_iter().map(|row| row.delivery.key).collect()
}

/// Nothing that is acknowledged stands in a file that is gone, however it went, and nothing that waited is lost with it.
#[tokio::test]
async fn a_file_that_is_removed_while_it_is_used_is_written_anew_before_the_next_answer() {
    type Remove = fn(&Path);
    let removals: [(&str, Remove); 5] = [
        ("the file", |file| std::fs::remove_file(file).unwrap()),
        ("the file and what stands beside it", |file| {
            for name in ["outbox.db", "outbox.db-wal", "outbox.db-shm", "outbox.db.lock"] {
                std::fs::remove_file(file.with_file_name(name)).unwrap();
            }
        }),
        ("moved away", |file| std::fs::rename(file, file.with_file_name("moved.db")).unwrap()),
        ("the log alone", |file| std::fs::remove_file(file.with_file_name("outbox.db-wal")).unwrap()),
        ("an empty file in its place", |file| {
            std::fs::remove_file(file).unwrap();
            std::fs::write(file, "").unwrap();
        }),
    ];
    for (what, remove) in removals {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outbox.db");
        let store = open_alone(&file);
        for n in 0..3 {
            put(&store, n).await.unwrap();
        }
        remove(&file);
        assert_eq!(put(&store, 3).await, Ok(true), "{what}");
        let repeated = store.put(new_deliveries("e2", "p", "itsm", 1_001)).await;
        assert_eq!(repeated, Ok(false), "{what}: what is known of events is saved too");
        // As after `kill -9`: nobody has closed what the gateway had open.
        std::mem::forget(store);
        let found = keys(&open(&file)).await;
        let wanted: Vec<String> = (0..4).map(|n| format!("e{n}-3e8-0")).collect();
        assert_eq!(found, wanted, "{what}");
    }
}

#[tokio::test]
async fn where_a_removed_file_cannot_be_written_anew_callers_are_told_until_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/outbox.db");
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let store = open_alone(&file);
    put(&store, 1).await.unwrap();
    std::fs::remove_dir_all(folder.path().join("data")).unwrap();
    for _ in 0..3 {
        let told = put(&store, 2).await.unwrap_err();
        assert!(told.contains("data/outbox.db") && told.contains("removed while hookgate runs"), "{told}");
    }
    std::fs::create_dir(folder.path().join("data")).unwrap();
    put(&store, 3).await.unwrap();
    std::mem::forget(store);
    let found = keys(&open(&file)).await;
    assert!(found.contains(&"e1-3e8-0".to_owned()) && found.contains(&"e3-3e8-0".to_owned()), "{found:?}");
}

/// Another outbox was put in its place, such as a copy from before: both are sent.
#[tokio::test]
async fn a_file_that_is_replaced_keeps_what_it_has_and_gets_what_waited() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (folder.path().join("outbox.db"), folder.path().join("copy.db"));
    let copy = open(&other);
    put(&copy, 7).await.unwrap();
    put(&copy, 1).await.unwrap();
    drop(copy);
    // The writer of the copy closes it when nobody can give it anything to do any more.
    crate::support::wait::until("the copy is closed", || !folder.path().join("copy.db-wal").exists());
    let store = open_alone(&file);
    put(&store, 1).await.unwrap();
    std::fs::rename(&other, &file).unwrap();
    put(&store, 2).await.unwrap();
    assert_eq!(keys(&store).await, ["e7-3e8-0", "e1-3e8-0", "e2-3e8-0"], "what stands in both is there once");
}

#[tokio::test]
async fn a_second_gateway_is_refused_and_an_operator_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    let store = open_alone(&file);
    put(&store, 1).await.unwrap();
    assert!(matches!(Embedded::alone(file.clone(), "default"), Err(NotBegun::Taken)));
    assert!(matches!(Embedded::alone(file.clone(), "other"), Err(NotBegun::Taken)), "whatever its name");
    assert_eq!(stored(&open(&file)).await, 1);
    drop(store);
    crate::support::wait::until("the first lets go", || Embedded::alone(file.clone(), "default").is_ok());
}

/// The tables of the version before names and streams, with what waits in them.
const OLD: &str = "
create table events (id text primary key, at_ms integer not null) without rowid;
create table parcels (
    id integer primary key, key text not null unique, hook text not null, person text not null, destination text not null,
    lane text not null, body blob not null, is_sealed integer not null, created_ms integer not null, due_ms integer not null,
    attempts integer not null default 0, leased_ms integer not null default 0, worker text not null default '',
    state integer not null default 0, error text, trace text not null default '');
create index parcels_lane on parcels (destination, state, lane, id);
create index parcels_due on parcels (destination, state, due_ms, id);
insert into events values ('e1', 1000);
insert into parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms)
    values ('e1-3e8-0', 'postCreateUser', 'p', 'itsm', 'p', cast('\"e1\"' as blob), 0, 1000, 1000);
insert into parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, state, attempts, error)
    values ('e0-3e7-0', 'postCreateUser', 'p', 'itsm', 'p', cast('\"e0\"' as blob), 0, 999, 999, 1, 1, 'status 400');
";

#[tokio::test]
async fn tables_without_names_are_taken_over_under_the_usual_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outbox.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch(OLD).unwrap();
    let other = Embedded::named(Place::File(file.clone()), "other").unwrap();
    assert_eq!(other.count().await.unwrap(), Count::default(), "under another name nothing waits");
    let store = open_alone(&file);
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.dead), (1, 1));
    let at = |event: &str, at_ms: i64, nonce: &str| NewDeliveries {
        stream: "s".to_owned(),
        nonce: nonce.to_owned(),
        ..new_deliveries(event, "p", "itsm", at_ms)
    };
    assert_eq!(store.put(at("e1", 2_000, "1")).await, Ok(false), "known from before");
    assert_eq!(store.put(at("e2", 3_000, "2")).await, Ok(true));
    assert_eq!(store.put(at("e1", 4_000, "3")).await, Ok(true), "another has come in between");
    let claim = Claim {
        to: "itsm".to_owned(),
        worker: "one".to_owned(),
        now_ms: 5_000,
        lease_ms: 1_000,
        limit: 10,
        locked: Vec::new(),
    };
    assert_eq!(store.claim(claim).await.unwrap().deliveries[0].key, "e1-3e8-0");
    // The version before goes on with such tables.
    let shell = rusqlite::Connection::open(&file).unwrap();
    let old =
        "insert into events (id, at_ms) values ('e9', 1) on conflict (id) do update set at_ms = 1 where at_ms <= 0;
        insert into parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, trace)
        values ('e9-1-0', 'postCreateUser', 'p', 'itsm', 'q', cast('\"e9\"' as blob), 0, 1, 1, '')";
    shell.execute_batch(old).unwrap();
    assert_eq!(store.count().await.unwrap().waiting, 4);
}
