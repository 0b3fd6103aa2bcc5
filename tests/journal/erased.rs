//! A person is taken out of a journal: nothing of the person is found any more, and all else stays as it was.

use std::fs;
use std::path::Path;
use std::time::Duration;

use hookgate::journal::{Archive, Erased, Exclusive, Found, Masters, Query, Settings, erase, files, known, verify};
use hookgate::outside::Credential;

use super::{decide, live, live_of, open, recording, settings};
use crate::support::wait::linger;

const PEOPLE: &str = "mobile,login,name\n9820012345,asha.rao,Asha Rao\n9820099999,vikram.s,Vikram Shah\n";
const RULES: &str = "hook: validateUser
codes: { MobileAlreadyExist: taken }
lookups: { people: { table: people.csv, key: mobile } }
rules:
  - name: mobile-is-free
    let: { holder: { lookup: people, key: \"${user.mobile}\" } }
    when: { holder: { present: true } }
    reject: MobileAlreadyExist
";

fn body(user: &str) -> String {
    format!(r#"{{"request":{{"user":{{{user}}}}}}}"#)
}

/// What is decided: two records of asha.rao, one in which she is the holder of a mobile, one that names her, and others.
fn run(settings: &Settings, from: usize) {
    let journal = open(settings);
    let gateway = recording(live(RULES, &[("people.csv", PEOPLE)]), &journal);
    let users = [
        r#""login":"asha.rao","firstName":"Asha","lastName":"Rao","email":"asha@corp.example","mobile":"1""#,
        r#""id":"77","login":"Asha.Rao","firstName":"Asha","lastName":"Rao","department":"Sales""#,
        r#""id":"78","login":"vikram.s","mobile":"9820012345""#,
        r#""id":"79","login":"mona","manager":"Asha Rao","note":"ask asha.rao first","salary":12345678901234567890.10"#,
        r#""id":"80","login":"natasha.rao","mobile":"9820099999""#,
        r#""id":"81","login":"ravi""#,
    ];
    for (n, user) in users.iter().enumerate() {
        decide(&gateway, "validateUser", &format!("req-{}", from + n), &body(user));
    }
    journal.stop();
}

fn archive(settings: &Settings) -> Archive {
    Archive::of(settings.file.as_ref().unwrap(), &settings.keys).unwrap()
}

/// The texts of all records that can be opened, with all keys at hand, and what lies in the folder in clear.
fn everything(settings: &Settings) -> Vec<String> {
    let archive = archive(settings);
    let places = archive.places(&Query::default()).unwrap();
    let opened = places.lines.iter().map(|place| match archive.open(place) {
        Found::Line { record, clear, .. } => {
            format!("{}{}", serde_json::to_string(&record.unwrap()).unwrap(), serde_json::to_string(&clear).unwrap())
        }
        Found::Old(record) => panic!("{record:?}"),
        Found::Unread { at, why } => panic!("{at}: {why}"),
    });
    opened.collect()
}

fn erased(settings: &Settings, names: &[&str]) -> Erased {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let journal = settings.file.as_ref().unwrap();
    let held = Exclusive::of(journal).unwrap();
    let archive = archive(settings);
    let person = known(&archive, &names).unwrap();
    let masters = Masters::existing(&settings.keys, journal).unwrap();
    erase(journal, &held.files, &archive, &masters, &person).unwrap()
}

fn keys(folder: &Path) -> String {
    fs::read_to_string(folder.join("journal.jsonl.keys")).unwrap()
}

#[test]
fn nothing_of_the_person_is_found_and_all_else_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 6_000, keep_files: 100, ..settings(folder.path()) };
    for from in (0..60).step_by(6) {
        run(&settings, from);
    }
    let journal = settings.file.as_ref().unwrap();
    assert!(files(journal).unwrap().len() > 2);
    let (before, keys_before) = (everything(&settings), keys(folder.path()));
    let done = erased(&settings, &["asha.rao"]);
    assert_eq!((done.records, done.others, done.unopened), (20, 20, 0), "{done:?}");
    let after = everything(&settings);
    assert_eq!(after.len(), 40);
    for text in &after {
        let lower = text.to_lowercase().replace("natasha.rao", "");
        for name in ["asha", "9820012345\",\"login", "\"77\""] {
            assert!(!lower.contains(name), "{name} in {text}");
        }
    }
    assert!(after.iter().any(|text| text.contains("12345678901234567890.10")), "numbers stay to their last digit");
    let of = |texts: &[String], login: &str| texts.iter().filter(|text| text.contains(login)).count();
    for login in ["vikram.s", "natasha.rao", "\"ravi\"", "mona"] {
        assert_eq!(of(&after, login), of(&before, login), "{login}");
    }
    assert_eq!(verify(&archive(&settings)).unwrap().faults, []);
    let keys_after = keys(folder.path());
    assert!(keys_before.lines().all(|line| !keys_after.contains(line)), "the old keys are destroyed");
    let found = |name: &str| {
        let query = Query { person: Some(name.to_owned()), ..Query::default() };
        archive(&settings).places(&query).unwrap().lines.len()
    };
    assert_eq!((found("asha.rao"), found("77"), found("asha@corp.example")), (0, 0, 0));
    assert_eq!((found("vikram.s"), found("81")), (10, 10), "others are found under the new keys");
    // Nothing is left to be done, and what comes later goes on behind.
    assert_eq!(erased(&settings, &["asha.rao"]), Erased::default());
    run(&settings, 60);
    assert_eq!(verify(&archive(&settings)).unwrap().faults, []);
    // Again, with files that were written anew before among them.
    assert_eq!(erased(&settings, &["vikram.s"]).records, 11);
    assert_eq!(verify(&archive(&settings)).unwrap().faults, []);
}

#[test]
fn a_kill_before_the_old_keys_are_destroyed_leaves_them_to_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    run(&settings, 0);
    let before = keys(folder.path());
    assert_eq!(erased(&settings, &["asha.rao"]).records, 2);
    // As a kill leaves it behind the last file.
    fs::write(folder.path().join("journal.jsonl.keys"), format!("{before}{}", keys(folder.path()))).unwrap();
    assert_eq!(erased(&settings, &["asha.rao"]), Erased::default());
    assert!(before.lines().all(|line| !keys(folder.path()).contains(line)), "{}", keys(folder.path()));
    assert_eq!(everything(&settings).len(), 4);
}

#[test]
fn half_a_line_that_a_kill_has_left_spoils_no_file_that_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = settings.file.as_ref().unwrap();
    run(&settings, 0);
    let mut text = fs::read(journal).unwrap();
    // In the middle of a letter of two bytes.
    text.extend_from_slice(b"{\"v\":2,\"rule\":\"\xc3");
    fs::write(journal, text).unwrap();
    let done = erased(&settings, &["asha.rao"]);
    assert_eq!((done.records, done.unopened), (2, 0), "{done:?}");
    run(&settings, 6);
    assert_eq!(verify(&archive(&settings)).unwrap().faults, []);
    assert_eq!(everything(&settings).len(), 4 + 6);
}

#[test]
fn secrets_and_what_was_erased_name_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let rules = "hook: validateUser\nrules: [{ name: a, when: { user.login: { present: true } }, stop: true }]\n";
    let gateway = recording(live_of("secrets: [user.login]\n", rules, &[]), &journal);
    for (id, manager) in [("7", "x"), ("8", "secret.7"), ("9", "7")] {
        let user = format!(r#""id":"{id}","login":"secret.{id}","manager":"{manager}""#);
        decide(&gateway, "validateUser", &format!("req-{id}"), &body(&user));
    }
    journal.stop();
    // The mark in the place of a secret is in every record.
    let done = erased(&settings, &["7"]);
    assert_eq!((done.records, done.others), (1, 1), "its manager is 7 in the record of 9: {done:?}");
    let done = erased(&settings, &["9"]);
    assert_eq!((done.records, done.others), (1, 0), "{done:?}");
    assert_eq!(everything(&settings).len(), 1);
}

#[test]
fn what_somebody_asked_for_in_vain_stays_with_whom_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[("people.csv", PEOPLE)]), &journal);
    // The mobile is asha's in the table; bob's call for it is refused, and hers for another is not.
    decide(&gateway, "validateUser", "req-1", &body(r#""login":"bob","mobile":"9820012345""#));
    decide(&gateway, "validateUser", "req-2", &body(r#""login":"carl","mobile":"9820012345""#));
    decide(&gateway, "validateUser", "req-3", &body(r#""login":"asha.rao","mobile":"9820077777""#));
    journal.stop();
    let done = erased(&settings, &["bob"]);
    assert_eq!((done.records, done.others), (1, 0), "{done:?}");
    let done = erased(&settings, &["asha.rao"]);
    assert_eq!((done.records, done.others), (1, 1), "her row in carl's record: {done:?}");
}

#[test]
fn while_a_gateway_runs_it_begins_a_new_file_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    run(&settings, 0);
    let journal = open(&settings);
    let gateway = recording(live(RULES, &[("people.csv", PEOPLE)]), &journal);
    let during = std::thread::scope(|scope| {
        let erasing = scope.spawn(|| erased(&settings, &["asha.rao"]));
        let mut n = 100;
        while !erasing.is_finished() {
            decide(&gateway, "validateUser", &format!("req-{n}"), &body(r#""id":"81","login":"ravi""#));
            n += 1;
            linger(Duration::from_millis(1));
        }
        assert_eq!(erasing.join().unwrap().records, 2);
        n - 100
    });
    journal.stop();
    assert_eq!(journal.counts().failed + journal.counts().dropped, 0);
    assert_eq!(everything(&settings).len(), 4 + during);
    assert_eq!(verify(&archive(&settings)).unwrap().faults, []);
}

#[test]
fn records_that_no_key_opens_are_counted_and_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let with = |letters: &[&str]| {
        let key = |letter: &&str| Credential::read(&format!("{}=", letter.repeat(43))).unwrap();
        Settings { keys: letters.iter().map(key).collect(), ..settings(folder.path()) }
    };
    run(&with(&["A"]), 0);
    run(&with(&["I"]), 6);
    let keyless = |letters| archive(&with(letters)).places(&Query::default()).unwrap().keyless;
    assert_eq!((keyless(&["I"]), keyless(&["I", "A"])), (6, 0));
    let done = erased(&with(&["I"]), &["asha.rao"]);
    assert_eq!(done, Erased { records: 2, others: 2, files: 1, unopened: 6 });
    assert_eq!(everything(&with(&["I", "A"])).len(), 6 + 4, "the lost key is found again");
}
