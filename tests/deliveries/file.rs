//! Deliveries into a file: a line each, whatever becomes of the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::join_all;
use hookgate::outbox::{
    Attempt, Body, Courier, Destination, Embedded, FileTarget, Opened, Place, Receiver, Store, StoredDelivery, Wanted,
};
use hookgate::outside::Mode;
use serde_json::Value;

use crate::support::outbox::{destination, new_deliveries};

/// A receiver of lines that sets the file aside when it grows beyond this.
fn receiver(file: &Path, rotate_bytes: u64, keep_files: usize) -> Arc<dyn Receiver> {
    let target = Arc::new(FileTarget { file: file.to_owned(), rotate_bytes, keep_files, mode: Mode::OWN });
    Destination { target, ..destination("siem") }.open().unwrap()
}

fn endless(file: &Path) -> Arc<dyn Receiver> {
    receiver(file, 1 << 30, 1)
}

async fn send(receiver: &Arc<dyn Receiver>, key: &str, body: &str) -> Attempt {
    let delivery = StoredDelivery {
        id: 1,
        key: key.to_owned(),
        hook: "postCreateUser".to_owned(),
        person: "Zoë \"}\n\u{2028}".to_owned(),
        to: "siem".to_owned(),
        ordering_key: "zoe".to_owned(),
        body: Body { bytes: Vec::new(), is_sealed: false },
        created_ms: 1_700_000_000_123,
        trace: String::new(),
        attempts: 0,
    };
    receiver.send(Opened { delivery: &delivery, body, trace: None }).await
}

async fn arrives(receiver: &Arc<dyn Receiver>, key: &str, body: &str) {
    assert_eq!(send(receiver, key, body).await, Attempt::Arrived, "{key}");
}

/// Keys of the lines, each of which is JSON.
fn keys(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    let key = |line: &str| serde_json::from_str::<Value>(line).unwrap()["key"].as_str().unwrap().to_owned();
    text.lines().map(key).collect()
}

/// Files beside this one whose names begin with its name, in their order.
fn beside(file: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(file.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let begins = |path: &PathBuf| path != file && path.to_str().unwrap().starts_with(file.to_str().unwrap());
    let mut found: Vec<PathBuf> = entries.filter(begins).collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_line_says_when_which_about_whom_and_what_with_every_digit() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("siem.jsonl");
    let receiver = endless(&file);
    arrives(&receiver, "k-1", "{\n  \"n\": 12345678901234567890.10,\r\n  \"text\": \"a\\nb}\"\n}").await;
    arrives(&receiver, "k-2", "\"a text\"").await;
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].contains("\"n\": 12345678901234567890.10,"), "{text}");
    let read: Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(read["time"], "2023-11-14T22:13:20.123Z");
    assert_eq!(read["key"], "k-1");
    assert_eq!(read["hook"], "postCreateUser");
    assert_eq!(read["person"], "Zoë \"}\n\u{2028}");
    assert_eq!(read["body"]["text"], "a\nb}");
    assert_eq!(serde_json::from_str::<Value>(lines[1]).unwrap()["body"], "a text");
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_come_at_once_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("siem.jsonl");
    let receiver = endless(&file);
    let body = format!("\"{}\"", "x".repeat(20_000));
    let names: Vec<String> = (0..64).map(|n| format!("k-{n}")).collect();
    join_all(names.iter().map(|name| arrives(&receiver, name, &body))).await;
    let mut found = keys(&file);
    found.sort();
    let mut expected = names.clone();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_full_file_is_set_aside_and_the_oldest_of_these_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("siem.jsonl");
    // Of others: by `logrotate`, by hand, and of another destination.
    let others = ["siem.jsonl.1", "siem.jsonl.2.gz", "siem.jsonl.20230101T000000.000000.bak", "siem.jsonl2"];
    others.iter().for_each(|other| fs::write(folder.path().join(other), "{}\n").unwrap());
    let line_bytes = {
        arrives(&endless(&file), "k-0", "\"x\"").await;
        fs::metadata(&file).unwrap().len()
    };
    let receiver = receiver(&file, 2 * line_bytes, 2);
    for n in 1..9 {
        arrives(&receiver, &format!("k-{n}"), "\"x\"").await;
        assert!(fs::metadata(&file).unwrap().len() <= 2 * line_bytes);
    }
    assert_eq!(keys(&file), ["k-8"]);
    let mut kept = beside(&file);
    kept.retain(|path| !others.iter().any(|other| path.ends_with(other)));
    let kept: Vec<Vec<String>> = kept.iter().map(|path| keys(path)).collect();
    assert_eq!(kept, [["k-4", "k-5"], ["k-6", "k-7"]], "the youngest two");
    assert!(others.iter().all(|other| folder.path().join(other).exists()), "what is not ours stays");
}

#[tokio::test]
async fn a_line_longer_than_a_file_may_be_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("siem.jsonl");
    let receiver = receiver(&file, 10, 10);
    for n in 0..3 {
        arrives(&receiver, &format!("k-{n}"), "\"x\"").await;
    }
    assert_eq!(keys(&file), ["k-2"]);
    assert_eq!(beside(&file).len(), 2);
}

#[tokio::test]
async fn none_of_those_set_aside_is_kept_where_none_is_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("siem.jsonl");
    let receiver = receiver(&file, 10, 0);
    for n in 0..3 {
        arrives(&receiver, &format!("k-{n}"), "\"x\"").await;
    }
    assert_eq!((keys(&file), beside(&file).len()), (vec!["k-2".to_owned()], 0));
}

#[tokio::test]
async fn a_folder_that_comes_later_gets_what_waited_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("later/siem.jsonl");
    let store: Arc<dyn Store> = Arc::new(Embedded::start(Place::Memory).unwrap());
    for n in 0..3 {
        store.put(new_deliveries(&format!("e{n}"), "asha", "siem", 1_000 + n)).await.unwrap();
    }
    let siem = Destination { at_once: 1, ..destination("siem") };
    let courier = Courier::new(siem, endless(&file), Arc::clone(&store), None, "worker".to_owned());
    courier.step(2_000).await.unwrap();
    let waiting = store.find(Wanted::default()).await.unwrap();
    let why = waiting[0].error.clone().unwrap();
    assert!(why.contains("the file cannot be written") && !waiting[0].is_dead, "{why}");
    fs::create_dir(folder.path().join("later")).unwrap();
    let mut now_ms = 2_000;
    while store.count().await.unwrap().waiting > 0 {
        now_ms += 1_000;
        assert!(now_ms < 100_000, "never ends");
        courier.step(now_ms).await.unwrap();
    }
    assert_eq!(keys(&file), waiting.iter().map(|row| row.delivery.key.clone()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_file_that_was_moved_away_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("siem.jsonl");
    let receiver = endless(&file);
    arrives(&receiver, "k-1", "1").await;
    fs::rename(&file, folder.path().join("siem.jsonl.1")).unwrap();
    arrives(&receiver, "k-2", "2").await;
    // As `logrotate` with `create`: there is another file of the name before the next line comes.
    fs::rename(&file, folder.path().join("siem.jsonl.2")).unwrap();
    fs::write(&file, "").unwrap();
    arrives(&receiver, "k-3", "3").await;
    for (name, key) in [("siem.jsonl.1", "k-1"), ("siem.jsonl.2", "k-2"), ("siem.jsonl", "k-3")] {
        assert_eq!(keys(&folder.path().join(name)), [key], "{name}");
    }
}

#[tokio::test]
async fn behind_a_line_that_broke_off_a_new_one_begins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("siem.jsonl");
    fs::write(&file, "{\"key\":\"whole\"}\n{\"key\":\"bro").unwrap();
    arrives(&endless(&file), "k-1", "1").await;
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().nth(1), Some("{\"key\":\"bro"));
    assert_eq!(serde_json::from_str::<Value>(text.lines().nth(2).unwrap()).unwrap()["key"], "k-1");
    assert_eq!(text.lines().count(), 3);
}
