//! Lines are sealed and chained: what they show without a key, what is found through the index, and that nothing is changed,
//! moved, left out or cut off unseen.

use std::fs;
use std::path::{Path, PathBuf};

use hookgate::journal::{Archive, Found, Query, Record, Settings, Verified, files, verify};

use super::{decide, live, open, recording, settings};
use crate::support::log::logged;

const RULES: &str = "hook: [validateUser, preUpdateUser]
rules:
  - { name: no-vendors, hook: validateUser, when: { user.userType: Vendor }, reject: NoVendors }
  - { name: title, hook: preUpdateUser, when: { user.userType: Vendor }, set: { user.title: Vendor } }
";

fn body(n: usize) -> String {
    let kind = if n.is_multiple_of(3) { "Vendor" } else { "Employee" };
    format!(
        r#"{{"request":{{"user":{{"id":"id{n}","login":"Person.{n}","email":"p{n}@corp.example","userType":"{kind}","password":"Canary#{n}"}}}}}}"#
    )
}

/// Decides events from `first` to `last`, as one run of the program does.
fn run(settings: &Settings, events: std::ops::Range<usize>) {
    let journal = open(settings);
    let gateway = recording(live(RULES, &[]), &journal);
    for n in events {
        decide(&gateway, if n % 2 == 0 { "validateUser" } else { "preUpdateUser" }, &format!("req-{n}"), &body(n));
    }
    journal.stop();
    assert_eq!((journal.counts().failed, journal.counts().dropped), (0, 0));
}

fn journal(settings: &Settings) -> &Path {
    settings.file.as_deref().unwrap()
}

fn archive(settings: &Settings) -> Archive {
    Archive::of(journal(settings), &settings.keys).unwrap()
}

fn found(settings: &Settings, query: &Query) -> Vec<Record> {
    let archive = archive(settings);
    let places = archive.places(query).unwrap();
    assert!(places.unread.is_empty(), "{:?}", places.unread);
    let opened = places.lines.iter().map(|place| match archive.open(place) {
        Found::Line { record, .. } => *record.unwrap(),
        Found::Old(record) => panic!("{record:?}"),
        Found::Unread { at, why } => panic!("{at}: {why}"),
    });
    opened.collect()
}

fn ids(settings: &Settings, query: &Query) -> Vec<String> {
    found(settings, query).into_iter().map(|record| record.id.clone()).collect()
}

fn verified(settings: &Settings) -> Verified {
    verify(&archive(settings)).unwrap()
}

/// Every byte that lies in the folder.
fn bytes(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_line_shows_what_was_decided_and_nothing_of_whom() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { instance: Some("gate-1".to_owned()), ..settings(folder.path()) };
    run(&settings, 0..4);
    for (path, bytes) in bytes(folder.path()) {
        for text in ["Person", "person.", "\"id0\"", "corp.example", "Canary", "userType"] {
            assert!(!holds(&bytes, text), "{text} in {}", path.display());
        }
    }
    let line: serde_json::Value =
        serde_json::from_str(fs::read_to_string(journal(&settings)).unwrap().lines().next().unwrap()).unwrap();
    for (key, value) in [
        ("id", "req-0"),
        ("hook", "validateUser"),
        ("outcome", "rejected"),
        ("code", "NoVendors"),
        ("rule", "no-vendors"),
        ("time", "2026-01-31T12:00:00Z"),
        ("instance", "gate-1"),
    ] {
        assert_eq!(line[key], value, "{line}");
    }
    assert_eq!(line["person"].as_array().unwrap().len(), 3, "id, login and e-mail: {line}");
    assert_eq!((&line["v"], &line["n"], line["status"].as_u64()), (&2.into(), &1.into(), Some(200)));
}

#[test]
fn records_are_found_by_whatever_is_known_of_them_over_files_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 20_000, keep_files: 100, ..settings(folder.path()) };
    for first in (0..60).step_by(20) {
        run(&settings, first..first + 20);
    }
    assert!(files(journal(&settings)).unwrap().len() > 1);
    let query = Query::default();
    assert_eq!(ids(&settings, &query), (0..60).map(|n| format!("req-{n}")).collect::<Vec<_>>());
    for name in ["id7", "person.7", " PERSON.7", "P7@corp.example"] {
        assert_eq!(ids(&settings, &Query { person: Some(name.to_owned()), ..query.clone() }), ["req-7"], "{name}");
    }
    let wanted =
        |is: &dyn Fn(usize) -> bool| (0..60).filter(|n| is(*n)).map(|n| format!("req-{n}")).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(ids(&settings, &Query { hook: some("preUpdateUser"), ..query.clone() }), wanted(&|n| n % 2 == 1));
    assert_eq!(ids(&settings, &Query { code: some("NoVendors"), ..query.clone() }), wanted(&|n| n % 6 == 0));
    assert_eq!(ids(&settings, &Query { rule: some("title"), ..query.clone() }), wanted(&|n| n % 6 == 3));
    assert_eq!(ids(&settings, &Query { outcome: some("changed"), ..query.clone() }), wanted(&|n| n % 6 == 3));
    assert_eq!(ids(&settings, &Query { id: some("req-31"), ..query.clone() }), ["req-31"]);
    let since = Some("2026-01-31T12:00:01Z".parse().unwrap());
    assert_eq!(ids(&settings, &Query { since, ..query.clone() }), wanted(&|_| false));
    // Without its index a file is read all the same, and is indexed again.
    let indexes: Vec<PathBuf> = bytes(folder.path())
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.extension().is_some_and(|e| e == "index"))
        .collect();
    assert_eq!(indexes.len(), files(journal(&settings)).unwrap().len());
    let before: Vec<Vec<u8>> = indexes.iter().map(|path| fs::read(path).unwrap()).collect();
    indexes.iter().for_each(|path| fs::remove_file(path).unwrap());
    assert_eq!(ids(&settings, &Query { person: some("id7"), ..query.clone() }), ["req-7"]);
    for (path, before) in indexes
        .iter()
        .zip(before)
        .filter(|(path, _)| path.display().to_string().len() > journal(&settings).display().to_string().len() + 10)
    {
        assert_eq!(fs::read(path).unwrap(), before, "{}", path.display());
    }
    // Nor does one count that is broken off, or of another file.
    fs::write(&indexes[0], "hookgate index 1 and what is not an entry").unwrap();
    assert_eq!(ids(&settings, &query).len(), 60);
}

#[test]
fn what_is_not_as_it_was_written_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 20_000, keep_files: 100, ..settings(folder.path()) };
    run(&settings, 0..20);
    run(&settings, 20..60);
    assert_eq!(verified(&settings), Verified { whole: 60, old: 0, faults: Vec::new() });
    let files = files(journal(&settings)).unwrap();
    assert!(files.len() >= 2, "{files:?}");
    let first = &files[0];
    let text = fs::read_to_string(first).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let tried = |changed: Vec<String>, expected: &[(usize, &str)]| {
        fs::write(first, changed.join("\n") + "\n").unwrap();
        let faults = verified(&settings).faults;
        let places: Vec<_> = faults.iter().map(|fault| (fault.at.clone(), fault.what.clone())).collect();
        assert_eq!(faults.len(), expected.len(), "{places:?}");
        for ((at, what), (line, words)) in places.iter().zip(expected) {
            assert!(at.ends_with(&format!(":{line}")) && what.contains(words), "{places:?}");
        }
    };
    let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let mut changed = own(&lines);
    changed[6] = changed[6].replace("rejected", "accepted");
    tried(changed, &[(7, "not as it was written")]);
    let mut changed = own(&lines);
    let end = changed[7].len() - 30;
    let letter = if &changed[7][end..=end] == "A" { "B" } else { "A" };
    changed[7].replace_range(end..=end, letter);
    tried(changed, &[(8, "not as it was written")]);
    let mut swapped = own(&lines);
    swapped.swap(2, 3);
    tried(swapped, &[(3, "missing before it"), (4, "missing before it"), (5, "missing before it")]);
    let mut without = own(&lines);
    without.remove(6);
    tried(without, &[(7, "missing before it")]);
    let mut twice = own(&lines);
    twice.insert(3, twice[2].clone());
    tried(twice, &[(4, "missing before it")]);
    // Cut off at its end: the next file names the line that is gone.
    let short = own(&lines[..lines.len() - 2]);
    fs::write(first, short.join("\n") + "\n").unwrap();
    let faults = verified(&settings).faults;
    assert!(faults.iter().any(|fault| fault.what.contains("missing before it")), "{faults:?}");
    fs::write(first, &text).unwrap();
    // The newest one: its index knows how far it went.
    let newest = files.last().unwrap();
    let text = fs::read_to_string(newest).unwrap();
    let cut = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(newest, &text[..cut]).unwrap();
    let [fault] = &verified(&settings).faults[..] else { panic!("one") };
    assert!(fault.what.contains("cut short"), "{fault:?}");
    // Half a line, as a loss of power leaves it, is none where the program went on behind it.
    fs::write(newest, format!("{text}{}", &text[..50])).unwrap();
    run(&settings, 60..61);
    assert_eq!(verified(&settings).faults, []);
    assert_eq!(verified(&settings).whole, 61);
    // Also in the middle of a letter.
    let newest = journal(&settings);
    fs::write(newest, [&fs::read(newest).unwrap()[..], b"{\"v\":2,\"rule\":\"\xc3"].concat()).unwrap();
    run(&settings, 61..62);
    assert_eq!(verified(&settings).faults, []);
    assert_eq!(verified(&settings).whole, 62);
}

#[test]
fn master_keys_are_rotated_and_a_lost_one_loses_what_it_wrapped_alone() {
    let folder = tempfile::tempdir().unwrap();
    let key = |letter: &str| hookgate::outside::Credential::read(&format!("{}=", letter.repeat(43))).unwrap();
    let with =
        |keys: &[&str]| Settings { keys: keys.iter().map(|letter| key(letter)).collect(), ..settings(folder.path()) };
    // A key made beside the journal, then one of a setting, then another one in front of that.
    run(&with(&[]), 0..5);
    run(&with(&["A"]), 5..10);
    run(&with(&["E", "A"]), 10..15);
    assert_eq!(ids(&with(&["E"]), &Query::default()).len(), 15, "all are wrapped by the first key now");
    fs::remove_file(folder.path().join("journal.jsonl.key")).unwrap();
    assert_eq!(ids(&with(&["E"]), &Query::default()).len(), 15, "the key beside the journal is needed no more");
    // The first key is lost: what was recorded with it cannot be read, and what comes then can.
    run(&with(&["I"]), 15..20);
    let archive = archive(&with(&["I"]));
    let places = archive.places(&Query::default()).unwrap();
    let opened = places
        .lines
        .iter()
        .map(|place| archive.open(place))
        .filter(|found| matches!(found, Found::Line { record: Ok(_), .. }));
    assert_eq!((places.lines.len(), opened.count()), (20, 5));
    let faults = verified(&with(&["I"])).faults;
    assert_eq!(faults.len(), 15);
    assert!(
        faults[0].what.contains("is not there, or wrapped by a master key that is not in `journal.key`"),
        "{faults:?}"
    );
    // It is found again.
    assert_eq!(ids(&with(&["I", "E"]), &Query::default()).len(), 20);
}

#[test]
fn the_log_tells_at_the_start_which_keys_are_lost() {
    let folder = tempfile::tempdir().unwrap();
    let key = |letter: &str| hookgate::outside::Credential::read(&format!("{}=", letter.repeat(43))).unwrap();
    let with = |letter: &str| Settings { keys: vec![key(letter)], ..settings(folder.path()) };
    let told = |letter: &str| {
        let log = logged(|| open(&with(letter)).stop());
        ["a master key of the journal is lost", "keys of the journal are not in the file"]
            .map(|said| log.contains(said))
    };
    assert_eq!(told("A"), [false, false], "nothing is recorded");
    run(&with("A"), 0..1);
    assert_eq!(told("A"), [false, false]);
    assert_eq!(told("I"), [true, false]);
    fs::write(folder.path().join("journal.jsonl.keys"), "").unwrap();
    assert_eq!(told("A"), [false, true]);
}

#[test]
fn the_oldest_files_go_with_their_keys_when_all_take_too_much() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { total_bytes: 40_000, keep_files: 100, ..settings(folder.path()) };
    for first in (0..200).step_by(20) {
        run(&settings, first..first + 20);
    }
    let total: u64 = bytes(folder.path()).iter().map(|(_, bytes)| bytes.len() as u64).sum();
    assert!(total <= 40_000 + 4_000, "with the keys: {total}");
    let kept = ids(&settings, &Query::default());
    assert_eq!(kept.last().unwrap(), "req-199");
    assert!(kept.len() > 20 && kept.len() < 100, "{}", kept.len());
    let keys = fs::read_to_string(folder.path().join("journal.jsonl.keys")).unwrap();
    assert!(keys.lines().count() <= kept.len().div_ceil(20) + 5, "{keys}");
    assert_eq!(verified(&settings).faults, []);
}

#[test]
fn a_cut_is_told_after_the_next_start_too_and_so_is_one_at_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    run(&settings, 0..10);
    let text = fs::read_to_string(journal(&settings)).unwrap();
    let cut = text.lines().take(7).fold(String::new(), |all, line| all + line + "\n");
    fs::write(journal(&settings), cut).unwrap();
    run(&settings, 10..20);
    let faults = verified(&settings).faults;
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert!(fault.what.contains("cut short"), "{fault:?}");
    let newest = fs::read_to_string(journal(&settings)).unwrap();
    let (first, rest) = newest.split_once('\n').unwrap();
    for changed in [rest.to_owned(), format!("{newest}nonsense\n"), format!("{first}\n\n{rest}")] {
        fs::write(journal(&settings), changed).unwrap();
        assert_eq!(verified(&settings).faults.len(), 2, "{:?}", verified(&settings).faults);
    }
}

/// Files that are older than what is sought are passed over, and an index that lacks nothing is left as it is.
#[test]
fn a_file_is_read_only_where_it_may_have_what_is_sought_and_indexed_only_where_something_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 3_000, keep_files: 100, ..settings(folder.path()) };
    run(&settings, 0..20);
    let first = &files(journal(&settings)).unwrap()[0];
    assert_ne!(first, journal(&settings), "it was set aside");
    fs::write(first, [&fs::read(first).unwrap()[..], b"nonsense\n"].concat()).unwrap();
    let index = PathBuf::from(format!("{}.index", first.display()));
    // What stands behind the last whole entry would be gone in one that is written anew.
    fs::write(&index, [&fs::read(&index).unwrap()[..], b"rest"].concat()).unwrap();
    let before = fs::read(&index).unwrap();
    // All came at noon; a decision may be written up to an hour later.
    for (since, is_read) in [
        (None, true),
        (Some("2026-01-31T11:00:00Z"), true),
        (Some("2026-01-31T12:59:59Z"), true),
        (Some("2026-01-31T13:00:00Z"), true),
        (Some("2026-01-31T13:00:00.000001Z"), false),
        (Some("2026-02-28T00:00:00Z"), false),
    ] {
        let query = Query { since: since.map(|since| since.parse().unwrap()), ..Query::default() };
        let places = archive(&settings).places(&query).unwrap();
        assert_eq!(places.unread.len(), usize::from(is_read), "{since:?}: {:?}", places.unread);
        assert_eq!(fs::read(&index).unwrap(), before, "{since:?}");
    }
}
