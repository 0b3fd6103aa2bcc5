//! The embedded outbox on a disk that is not well: the caller is told, nothing acknowledged is lost, and it goes on by itself.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hookgate::outbox::{Embedded, Place, Store, Wanted};

use crate::support::outbox::consignment;

fn open(file: &Path) -> Embedded {
    Embedded::start(Place::File(file.to_owned())).unwrap()
}

async fn put(store: &Embedded, n: usize) -> Result<bool, String> {
    let stored = store.put(consignment(&format!("e{n}"), "p", "itsm", 1_000)).await;
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
    assert_eq!(found.iter().map(|row| &*row.parcel.trace).collect::<Vec<_>>(), ["", ""]);
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
    let waiting: Vec<_> = (1..10_000).map(|n| store.put(consignment(&format!("e{n}"), "p", "itsm", 1_000))).collect();
    other.execute_batch("rollback").unwrap();
    let told = futures_util::future::join_all(waiting).await;
    let is_full = |told: &&Result<bool, hookgate::outbox::Trouble>| {
        told.as_ref().is_err_and(|trouble| trouble.message.contains("jobs waiting"))
    };
    let full = told.iter().filter(is_full).count();
    let stored = told.iter().filter(|told| told.is_ok()).count();
    assert!(full > 1_000 && full + stored == told.len(), "{full} were turned away, {stored} stored");
}
