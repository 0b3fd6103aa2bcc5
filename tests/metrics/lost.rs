//! What hookgate could not write down: records of the journal that failed, and those for which there was no room.

use std::fs;
use std::process::Command;

use super::{Page, VALIDATE, user};
use crate::support::client::{Client, request};
use crate::support::program::{Program, folder};
use crate::support::wait::until;

#[test]
#[cfg(unix)]
fn records_that_are_lost_are_counted() {
    let settings = "journal: { file: journal.jsonl, queue_records: 10 }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/validate.yaml", VALIDATE)]);
    let file = dir.path().join("journal.jsonl");
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let served = program.env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").serve();
    let mut caller = Client::connect(served.address);
    let mut call = || {
        caller.send(&request("POST", "/validateUser", "", &user("\"login\":\"asha\"")));
        assert_eq!(caller.answer().unwrap().status, 200);
    };
    let records = || {
        let page = Page::of(&served);
        ["written", "dropped", "failed"]
            .map(|result| page.get(&format!("hookgate_journal_records_total{{result=\"{result}\"}}")))
    };
    let is_writable = || Page::of(&served).get("hookgate_journal_writable");
    assert_eq!((records(), is_writable()), ([Some(0.0); 3], Some(1.0)));
    call();
    until("it is written", || records() == [Some(1.0), Some(0.0), Some(0.0)]);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    call();
    until("it has failed", || records() == [Some(1.0), Some(0.0), Some(1.0)]);
    assert_eq!(is_writable(), Some(0.0));
    // Opening a pipe that nobody reads waits: so does the writer, and behind it room runs out.
    fs::remove_dir(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    let mut calls = 0.0;
    until("there is no room", || {
        call();
        calls += 1.0;
        records()[1] >= Some(5.0)
    });
    let [written, dropped, failed] = records();
    assert_eq!((written, failed), (Some(1.0), Some(1.0)));
    assert!(dropped <= Some(calls - 10.0), "{dropped:?} of {calls}: ten have room");
}

/// Events are answered without records, and whoever watches learns it.
#[test]
#[cfg(unix)]
fn a_journal_that_cannot_be_begun_is_told() {
    let dir = folder(&[("rules/validate.yaml", VALIDATE), ("in-the-way", "a file")]);
    let program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(dir.path());
    let served = program.env("HOOKGATE_JOURNAL_FILE", "in-the-way/journal.jsonl").serve();
    let page = Page::of(&served);
    assert_eq!(page.get("hookgate_journal_writable"), Some(0.0));
    assert_eq!(page.get("hookgate_journal_records_total{result=\"failed\"}"), Some(0.0));
}
