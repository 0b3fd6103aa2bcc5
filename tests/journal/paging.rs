//! Pages: the newest decisions first, each once, whatever the indexes and the files went through.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use hookgate::journal::{Archive, Cursor, Found, Mark, Query, Settings, files, newest};

use super::{decide, live, open, recording, settings};
use crate::support::wait::until;

const RULES: &str =
    "hook: validateUser\nrules: [{ name: no-vendors, when: { user.userType: Vendor }, reject: NoVendors }]\n";

/// Lengths of the head and of the entries of an index.
const HEAD: u64 = 16;
const ENTRY: u64 = 96;

/// Writes so many decisions, every third one a refusal, `id-0` first.
fn written(settings: &Settings, range: std::ops::Range<usize>) {
    let journal = open(settings);
    let gateway = recording(live(RULES, &[]), &journal);
    let first = range.start;
    for n in range {
        let kind = if n % 3 == 0 { "Vendor" } else { "Employee" };
        let body = format!(r#"{{"request":{{"user":{{"login":"person{}","userType":"{kind}"}}}}}}"#, n % 7);
        decide(&gateway, "validateUser", &format!("id-{n}"), &body);
        if n % 200 == 0 {
            until("the queue has room", || journal.counts().written + 5_000 > (n - first) as u64);
        }
    }
    journal.stop();
}

fn archive(settings: &Settings) -> Archive {
    Archive::of(settings.file.as_ref().unwrap(), &settings.keys).unwrap()
}

fn id(archive: &Archive, place: &hookgate::journal::Place) -> String {
    match archive.open(place) {
        Found::Line { clear, record: Ok(_), .. } => clear.id.to_string(),
        other => panic!("{other:?}"),
    }
}

/// All ids, page by page; the journal is opened anew for each, as each request does.
fn turned(settings: &Settings, query: &Query, limit: usize, mut between: impl FnMut()) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), None::<Cursor>);
    loop {
        let archive = archive(settings);
        let page = archive.page(query, cursor.as_ref(), None, limit).unwrap();
        assert!(page.lines.len() <= limit && !page.is_cut);
        ids.extend(page.lines.iter().map(|place| id(&archive, place)));
        let Some(next) = page.next else { return ids };
        cursor = Some(next.to_string().parse().unwrap());
        between();
    }
}

fn ids(range: std::ops::Range<usize>, is_wanted: impl Fn(usize) -> bool) -> Vec<String> {
    range.rev().filter(|n| is_wanted(*n)).map(|n| format!("id-{n}")).collect()
}

fn index(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}.index", file.display()))
}

#[test]
fn pages_have_every_decision_once_the_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 40_000, keep_files: 1_000, ..settings(folder.path()) };
    (0..10).for_each(|part| written(&settings, part * 20..part * 20 + 20));
    assert!(files(settings.file.as_ref().unwrap()).unwrap().len() > 3);
    for limit in [1, 7, 50, 200, 1_000] {
        assert_eq!(turned(&settings, &Query::default(), limit, || ()), ids(0..200, |_| true), "{limit}");
    }
    let code = Query { code: Some("novendors".to_owned()), ..Query::default() };
    assert_eq!(turned(&settings, &code, 10, || ()), ids(0..200, |n| n % 3 == 0));
    let person = Query { person: Some("PERSON3".to_owned()), ..Query::default() };
    assert_eq!(turned(&settings, &person, 10, || ()), ids(0..200, |n| n % 7 == 3));
    let nobody = Query { person: Some("nobody".to_owned()), ..Query::default() };
    assert_eq!(turned(&settings, &nobody, 10, || ()), [""; 0]);
    // The event's clock is the same in all of them.
    let (at, behind) = ("2026-01-31T12:00:00Z".parse().unwrap(), "2026-01-31T12:00:01Z".parse().unwrap());
    for (since, until, count) in
        [(Some(at), None, 200), (Some(behind), None, 0), (None, Some(at), 0), (None, Some(behind), 200)]
    {
        let query = Query { since, until, ..Query::default() };
        assert_eq!(turned(&settings, &query, 50, || ()).len(), count, "{since:?} {until:?}");
    }
}

/// An index that lacks its end, its middle, its beginning or everything, says something twice, or is of another file.
#[test]
fn what_an_index_leaves_out_is_on_the_pages_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    written(&settings, 0..40);
    let index = index(settings.file.as_ref().unwrap());
    let whole = fs::read(&index).unwrap();
    let at = |n: u64| usize::try_from(HEAD + n * ENTRY).unwrap();
    let without = |from: u64, to: u64| [&whole[..at(from)], &whole[at(to)..]].concat();
    let broken: [(&str, Vec<u8>); 8] = [
        ("whole", whole.clone()),
        ("its end", without(30, 40)),
        ("its middle", without(10, 13)),
        ("its beginning", without(0, 5)),
        ("nothing, and has an entry twice", without(20, 19)),
        ("half an entry", whole[..whole.len() - 40].to_vec()),
        ("everything", whole[..at(0)].to_vec()),
        ("its head", whole[3..].to_vec()),
    ];
    for (what, bytes) in broken {
        fs::write(&index, bytes).unwrap();
        for limit in [3, 100] {
            assert_eq!(turned(&settings, &Query::default(), limit, || ()), ids(0..40, |_| true), "{what}");
        }
    }
    fs::remove_file(&index).unwrap();
    assert_eq!(turned(&settings, &Query::default(), 9, || ()), ids(0..40, |_| true));
    fs::write(&index, &whole).unwrap();
    // Half a line, as a stop in its middle leaves it, is on no page and keeps none away.
    let mut file = OpenOptions::new().append(true).open(settings.file.as_ref().unwrap()).unwrap();
    file.write_all(b"{\"v\":2,\"time\":\"2026").unwrap();
    assert_eq!(turned(&settings, &Query::default(), 9, || ()), ids(0..40, |_| true));
}

/// Files are renamed, and new decisions come, while somebody turns pages.
#[test]
fn whoever_turns_pages_meets_nothing_twice_and_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 20_000, keep_files: 1_000, ..settings(folder.path()) };
    written(&settings, 0..60);
    let mut next = 60;
    let met = turned(&settings, &Query::default(), 8, || {
        written(&settings, next..next + 30);
        next += 30;
    });
    assert_eq!(met, ids(0..60, |_| true));
}

#[test]
fn what_came_since_a_mark_is_told_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { rotate_bytes: 20_000, keep_files: 1_000, ..settings(folder.path()) };
    let file = settings.file.clone().unwrap();
    assert_eq!(newest(&file), None);
    written(&settings, 0..10);
    let mark: Mark = newest(&file).unwrap().to_string().parse().unwrap();
    let since = |limit| {
        let archive = archive(&settings);
        let page = archive.page(&Query::default(), None, Some(mark), limit).unwrap();
        (page.lines.iter().map(|place| id(&archive, place)).collect::<Vec<_>>(), page.next.is_some())
    };
    assert_eq!(since(50), (vec![], false));
    written(&settings, 10..45);
    assert_ne!(newest(&file), Some(mark));
    assert_eq!(since(50), (ids(10..45, |_| true), false));
    assert_eq!(since(5), (ids(40..45, |_| true), true), "more came than was asked for");
}

/// Prints how long the first page takes of a million records: `cargo test -- --ignored --nocapture a_page_of_a_million`.
#[test]
#[ignore = "writes a gigabyte and takes minutes"]
fn a_page_of_a_million_is_read_from_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let settings =
        Settings { total_bytes: 1 << 40, rotate_bytes: 64 << 20, keep_files: 10_000, ..settings(folder.path()) };
    written(&settings, 0..1_000_000);
    let queries = [
        ("newest", Query::default(), 50),
        ("by code", Query { code: Some("NoVendors".to_owned()), ..Query::default() }, 50),
        ("by person", Query { person: Some("person3".to_owned()), ..Query::default() }, 50),
        ("nobody, all looked at", Query { person: Some("nobody".to_owned()), ..Query::default() }, 0),
        ("by id of the oldest", Query { id: Some("id-0".to_owned()), ..Query::default() }, 1),
    ];
    for (name, query, count) in queries {
        let began = Instant::now();
        let archive = archive(&settings);
        let opened = began.elapsed();
        let page = archive.page(&query, None, None, 50).unwrap();
        let found = began.elapsed();
        assert_eq!(page.lines.len(), count, "{name}");
        page.lines.iter().for_each(|place| drop(id(&archive, place)));
        println!("{name}: keys {opened:?}, found {found:?}, opened and read {:?}", began.elapsed());
    }
    let began = Instant::now();
    assert!(newest(settings.file.as_ref().unwrap()).is_some());
    println!("whether there are new ones: {:?}", began.elapsed());
}
