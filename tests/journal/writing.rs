//! The writer: what it keeps, what it drops, when it begins a new file, what it makes of half a line.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hookgate::gateway::Answered;
use hookgate::journal::{Found, Settings, files};

use super::{decide, event, found, live, open, recording, records, settings};
use crate::support::wait::until;

const RULES: &str =
    "hook: validateUser\nrules: [{ name: no-vendors, when: { user.userType: Vendor }, reject: NoVendors }]\n";
const BODY: &str = r#"{"request":{"user":{"login":"asha.rao","userType":"Vendor"}}}"#;

#[test]
fn a_decision_becomes_a_line_with_all_it_depended_on() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[]), &journal);
    let hash = gateway.current().rules.hash.clone();
    decide(&gateway, "validateUser", "id-1", BODY);
    journal.stop();
    let [record] = &records(&settings)[..] else { panic!("one record") };
    assert_eq!((record.v, &*record.id, &*record.hook, record.status), (2, "id-1", "validateUser", 200));
    assert_eq!((&*record.time, &*record.zone, &*record.rules), ("2026-01-31T12:00:00Z", "Asia/Kolkata", &hash[..16]));
    let decision = &record.decision;
    assert_eq!((&*decision.word, decision.code.as_deref()), ("rejected", Some("NoVendors")));
    assert_eq!((decision.rule.as_deref(), decision.at.as_deref()), (Some("no-vendors"), Some("rules.yaml:2")));
    assert_eq!(record.body.get(), BODY, "as it came");
    assert_eq!(record.names(), [("login", "asha.rao".to_owned())]);
}

#[test]
#[cfg(unix)]
fn a_full_queue_drops_and_counts_and_holds_up_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { queue_limit_records: 10, ..settings(folder.path()) };
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[]), &journal);
    // Opening a pipe that nobody reads waits: so does the writer, as it would for a disk that hangs.
    let file = settings.file.as_ref().unwrap();
    assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
    for n in 0..700 {
        decide(&gateway, "validateUser", &format!("id-{n}"), BODY);
    }
    let dropped = journal.counts().dropped;
    assert!(dropped > 0, "nothing was dropped, so that something waited");
    assert_eq!(journal.counts().written, 0);
    let (file, read) = (file.clone(), Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&read);
    // Each batch comes through the pipe by itself; in the end this thread waits for one more, and ends with the process.
    std::thread::spawn(move || {
        while let Ok(text) = fs::read_to_string(&file) {
            count.fetch_add(text.lines().count() as u64, Ordering::Relaxed);
        }
    });
    until("what was queued is written", || journal.counts().written + journal.counts().dropped == 700);
    journal.stop();
    until("it came through", || read.load(Ordering::Relaxed) == journal.counts().written);
    assert!(journal.counts().written >= 10, "{:?}", journal.counts());
}

#[test]
fn a_new_file_is_begun_by_size_and_the_oldest_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 2_000, keep_files: 3, is_durable: true, ..settings(folder.path()) };
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[]), &journal);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for n in 0..40 {
        let Answered::Later(reply) = gateway.handle(event(&gateway, "validateUser", &format!("id-{n}"), BODY)) else {
            panic!("a durable record is waited for")
        };
        assert_eq!(runtime.block_on(reply).status, 200);
    }
    journal.stop();
    let files = files(settings.file.as_ref().unwrap()).unwrap();
    assert_eq!(files.len(), 4, "three that are full, and the one that is written: {files:?}");
    assert!(files.iter().all(|file| fs::metadata(file).unwrap().len() <= 2_000));
    let kept = records(&settings);
    assert_eq!(kept.last().unwrap().id, "id-39");
    assert!(kept.is_sorted_by_key(|record| record.id.trim_start_matches("id-").parse::<u32>().unwrap()));
}

#[test]
fn a_new_file_is_begun_by_age() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_hours: 1, ..settings(folder.path()) };
    let file = settings.file.as_ref().unwrap();
    fs::write(file, "{\"v\":1,\"time\":\"2026-01-01T00:00:00Z\"}\n").unwrap();
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[]), &journal);
    decide(&gateway, "validateUser", "id-1", BODY);
    journal.stop();
    assert_eq!(files(file).unwrap().len(), 2);
    assert_eq!(fs::read_to_string(file).unwrap().lines().count(), 1);
}

/// Decides one event, as one run of the program does; how many files there are then.
fn run(settings: &Settings, id: &str) -> usize {
    let journal = open(settings);
    decide(&recording(live(RULES, &[]), &journal), "validateUser", id, BODY);
    journal.stop();
    assert_eq!(journal.counts().written, 1, "{:?}", journal.counts());
    files(settings.file.as_ref().unwrap()).unwrap().len()
}

#[test]
fn behind_a_file_that_is_old_or_of_another_form_or_was_cut_short_a_new_one_is_begun_and_behind_no_other() {
    let young = |folder: &Path| Settings { rotate_hours: 10_000_000, ..settings(folder) };
    let one = |settings: &Settings| assert_eq!(run(settings, "id-0"), 1);
    let folder = tempfile::tempdir().unwrap();
    one(&young(folder.path()));
    assert_eq!(run(&young(folder.path()), "id-1"), 1, "it goes on");
    // The event is of January.
    assert_eq!(run(&Settings { rotate_hours: 1, ..settings(folder.path()) }, "id-2"), 2, "old");
    let folder = tempfile::tempdir().unwrap();
    one(&young(folder.path()));
    assert_eq!(run(&young(folder.path()), "id-1"), 1);
    let file = folder.path().join("journal.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.split_inclusive('\n').next().unwrap()).unwrap();
    assert_eq!(run(&young(folder.path()), "id-2"), 2, "cut short");
    let folder = tempfile::tempdir().unwrap();
    let now = jiff::Timestamp::now();
    fs::write(folder.path().join("journal.jsonl"), format!("{{\"v\":1,\"time\":\"{now}\"}}\n")).unwrap();
    assert_eq!(run(&young(folder.path()), "id-0"), 2, "of another form");
}

#[test]
fn a_record_longer_than_a_file_may_be_has_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 10, keep_files: 100, ..settings(folder.path()) };
    assert_eq!([0, 1, 2].map(|n| run(&settings, &format!("id-{n}"))), [1, 2, 3]);
    assert_eq!(records(&settings).len(), 3);
}

#[test]
fn a_journal_in_which_nothing_was_recorded_is_no_file_and_has_no_key_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    journal.stop();
    let file = settings.file.as_ref().unwrap();
    assert!(!file.exists() && !folder.path().join("journal.jsonl.keys").exists());
    assert!(journal.is_writable());
}

#[test]
fn half_a_line_and_a_newer_one_are_told_with_their_places_and_harm_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let file = settings.file.as_ref().unwrap();
    let newer = "{\"v\":3,\"time\":\"2999-01-01T00:00:00Z\"}\n";
    fs::write(file, format!("{newer}{{\"v\":2,\"id\":\"hal")).unwrap();
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[]), &journal);
    decide(&gateway, "validateUser", "id-1", BODY);
    journal.stop();
    let [Found::Line { record, .. }, Found::Unread { at: first, why }, Found::Unread { at: half, why: broken }] =
        &found(file, &settings)[..]
    else {
        panic!("a record, and two that cannot be read")
    };
    assert!(first.ends_with(", byte 0") && half.ends_with(&format!(", byte {}", newer.len())), "{first} {half}");
    assert!(why.contains("version 3"), "{why}");
    assert_eq!(broken, "it is broken off");
    assert_eq!(record.as_ref().unwrap().id, "id-1");
    fs::write(file, "{\"v\":2,\"id\":\"hal").unwrap();
    let [.., Found::Unread { why, .. }] = &found(file, &settings)[..] else { panic!("half a line") };
    assert_eq!(why, "it is broken off");
}

#[test]
fn where_nothing_can_be_written_answers_go_on_and_a_durable_one_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let key = hookgate::outside::Credential::read("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let missing = Some(folder.path().join("nowhere/journal.jsonl"));
    let settings = Settings { file: missing, keys: vec![key], ..settings(folder.path()) };
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[]), &journal);
    assert!(decide(&gateway, "validateUser", "id-1", BODY).contains("NoVendors"));
    journal.stop();
    assert_eq!((journal.counts().written, journal.counts().failed), (0, 1));

    let settings = Settings { is_durable: true, ..settings };
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[]), &journal);
    let Answered::Later(reply) = gateway.handle(event(&gateway, "validateUser", "id-2", BODY)) else { panic!() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reply = runtime.block_on(reply);
    assert_eq!(reply.status, 503);
    assert!(reply.body.contains("DecisionNotRecorded") && reply.body.contains("id-2"), "{}", reply.body);
    fs::create_dir(folder.path().join("nowhere")).unwrap();
    let Answered::Later(reply) = gateway.handle(event(&gateway, "validateUser", "id-3", BODY)) else { panic!() };
    assert_eq!(runtime.block_on(reply).status, 200, "it goes on by itself");
    journal.stop();
}
