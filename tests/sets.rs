//! Sets of rules that were in force: what serves when a start finds a mistake, and going back to one.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hookgate::rule::Sources;
use serde_json::{Value, json};

use crate::support::post;
use crate::support::program::{Ended, Program, Served, folder};
use crate::support::wait::{during, until};

const SETTINGS: &str = "listen: 127.0.0.1:0\nreload: { quiet_ms: 20, poll_ms: 3600000, state: state }\n";
const BROKEN: &str = "hook: validateUser\nrules: [{ name: a, wen: { user.login: x }, reject: CodeBroken }]\n";

/// Rules that refuse everybody with a code of this name.
fn rules(name: &str) -> String {
    format!("hook: validateUser\ncodes: {{ Code{name}: Nobody. }}\nrules: [{{ name: a, reject: Code{name} }}]\n")
}

fn house(settings: &str) -> tempfile::TempDir {
    folder(&[("gateway.yaml", settings), ("rules/a.yaml", &rules("One")), ("state/.keep", "")])
}

fn program<'w>(dir: &Path, words: impl IntoIterator<Item = &'w str>) -> Program {
    Program::new(words).within(dir).env("HOOKGATE_RELOAD_STATE", "")
}

fn serve(dir: &Path) -> Served {
    program(dir, ["serve"]).serve()
}

/// A command that asks the gateway that runs.
fn asking(served: &Served, dir: &Path, words: &[&str]) -> Ended {
    program(dir, words.iter().copied()).env("HOOKGATE_ADMIN_LISTEN", &served.admin.to_string()).run()
}

fn save(dir: &Path, text: &str) {
    let (new, file) = (dir.join("rules/.a.new"), dir.join("rules/a.yaml"));
    fs::write(&new, text).unwrap();
    fs::rename(new, file).unwrap();
}

/// Saves rules and waits until they are in force.
fn saved(served: &Served, dir: &Path, name: &str) {
    let loads = || told(served)["reloads"]["loaded"].as_u64().unwrap();
    let before = loads();
    save(dir, &rules(name));
    // They answer a moment before they are written down.
    until("they are in force and kept", || loads() > before && code(served) == format!("Code{name}"));
}

/// The code by which everybody is refused.
fn code(served: &Served) -> String {
    let answer = post(served.address, "/validateUser", br#"{"request":{"user":{"login":"x"}}}"#);
    answer.json()["response"]["message"].as_str().unwrap_or_default().to_owned()
}

fn told(served: &Served) -> Value {
    served.ask("GET", "/rules", "").json()
}

fn source(served: &Served) -> String {
    told(served)["source"].as_str().unwrap().to_owned()
}

fn hash(dir: &Path) -> String {
    Sources::read(&dir.join("rules")).unwrap().hash
}

/// The files of sets.
fn kept(dir: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(dir.join("state")).unwrap().map(|entry| entry.unwrap().path());
    let is_set = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("hookgate-rules-");
    let mut files: Vec<PathBuf> = names.filter(is_set).collect();
    files.sort();
    files
}

fn listed(dir: &Path) -> Vec<Value> {
    let stdout = program(dir, ["rules", "list", "--format", "json"]).run().expect(0);
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every way in which a folder can be wrong at a start; what was in force serves, and whoever looks is told.
#[test]
fn a_start_with_broken_rules_serves_the_last_good_ones() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    saved(&served, dir.path(), "Two");
    served.signal("KILL");
    drop(served);
    let rules_folder = dir.path().join("rules");
    let ways: [(&str, &dyn Fn()); 5] = [
        ("a mistake", &|| save(dir.path(), BROKEN)),
        ("no YAML", &|| save(dir.path(), "rules: [")),
        ("an empty folder", &|| fs::remove_file(rules_folder.join("a.yaml")).unwrap()),
        ("a file that is not text", &|| fs::write(rules_folder.join("a.yaml"), b"\xff\xfe\x00").unwrap()),
        ("no folder", &|| fs::remove_dir_all(&rules_folder).unwrap()),
    ];
    for (what, make) in ways {
        make();
        let served = serve(dir.path());
        assert_eq!((code(&served), source(&served)), ("CodeTwo".to_owned(), "last_good".to_owned()), "{what}");
        let log = served.log();
        assert!(
            log.contains("\"level\":\"error\"") && log.contains("those serve that were last in force"),
            "{what}: {log}"
        );
        let ready = served.ask("GET", "/ready", "");
        let said = ready.json();
        assert_eq!(
            (ready.status, &said["ready"], &said["notes"][0]["code"]),
            (200, &json!(true), &json!("LastGoodRules"))
        );
        assert_eq!(
            (&said["rules"]["source"], &said["rules"]["changed_rules_refused"]),
            (&json!("last_good"), &json!(true))
        );
        assert!(!told(&served)["refused"].is_null(), "{what}: why it is not in force");
        let metrics = served.ask("GET", "/metrics", "").body;
        assert!(metrics.contains("hookgate_rules_source{source=\"last_good\"} 1\n"), "{metrics}");
        assert!(metrics.contains("hookgate_rules_refused 1\n"), "{metrics}");
        served.signal("KILL");
    }
    // Corrected, it is in force at once, and nothing is left of it.
    let served = serve(dir.path());
    fs::create_dir(&rules_folder).unwrap();
    saved(&served, dir.path(), "Three");
    assert_eq!(source(&served), "folder");
    assert!(served.ask("GET", "/ready", "").json()["notes"].is_null());
    assert!(served.ask("GET", "/metrics", "").body.contains("hookgate_rules_source{source=\"folder\"} 1\n"));
    assert_eq!(served.stop().0, Some(0));
}

/// A mistake that is taken back leads to what is in force already, and that is the folder's again.
#[test]
fn a_mistake_taken_back_ends_the_emergency() {
    let dir = house(SETTINGS);
    serve(dir.path()).stop();
    save(dir.path(), BROKEN);
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "last_good".to_owned()));
    let said = asking(&served, dir.path(), &["reload"]).expect(1);
    assert!(said.contains("error[H201]"), "{said}");
    saved(&served, dir.path(), "One");
    until("it is the folder's", || source(&served) == "folder");
    assert!(told(&served)["refused"].is_null());
    served.stop();
}

#[test]
fn without_a_set_a_start_with_broken_rules_ends_with_78() {
    let never_ran = house(SETTINGS);
    save(never_ran.path(), BROKEN);
    let said = program(never_ran.path(), ["serve"]).run();
    assert!(said.code == Some(78) && said.stderr.contains("H201"), "{said:?}");
    for off in ["keep: 0", "state: off"] {
        let settings = SETTINGS.replace(if off == "state: off" { "state: state" } else { "quiet_ms: 20" }, off);
        let dir = house(&settings);
        serve(dir.path()).stop();
        assert!(kept(dir.path()).is_empty());
        save(dir.path(), BROKEN);
        assert_eq!(program(dir.path(), ["serve"]).run().code, Some(78), "{off}");
        let said = program(dir.path(), ["rules", "list"]).run().refused(2);
        assert!(said.contains("no sets of rules are kept") && said.contains("`reload.state`"), "{said}");
    }
    // Rules of another folder are no rules of this one.
    let dir = house(SETTINGS);
    serve(dir.path()).stop();
    fs::create_dir(dir.path().join("others")).unwrap();
    fs::write(dir.path().join("others/a.yaml"), BROKEN).unwrap();
    assert_eq!(program(dir.path(), ["serve", "--rules", "others"]).run().code, Some(78));
}

#[test]
fn a_rollback_stays_in_force_until_the_folder_changes() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    let one = hash(dir.path());
    saved(&served, dir.path(), "Two");
    let two = hash(dir.path());
    let said = asking(&served, dir.path(), &["rules", "rollback"]).expect(0);
    assert!(said.starts_with("rolled back: 1 rule in force, hash ") && said.contains(&one[..12]), "{said}");
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    assert_eq!(served.ask("GET", "/ready", "").json()["notes"][0]["code"], "RulesRolledBack");
    // Nobody who asks for a look ends it, nor a mistake in the folder.
    for _ in 0..2 {
        let said = asking(&served, dir.path(), &["reload"]).expect(0);
        assert!(said.contains("nothing has changed") && said.contains("rolled back"), "{said}");
        assert_eq!(code(&served), "CodeOne");
    }
    save(dir.path(), BROKEN);
    assert_eq!(asking(&served, dir.path(), &["reload"]).code, Some(1));
    save(dir.path(), &rules("Two"));
    asking(&served, dir.path(), &["reload"]).expect(0);
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    assert!(told(&served)["refused"].is_null());
    // Over restarts, one of them with a mistake in the folder.
    served.signal("KILL");
    drop(served);
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    served.stop();
    save(dir.path(), BROKEN);
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    save(dir.path(), &rules("Two"));
    until("it is as it was rolled back", || told(&served)["refused"].is_null());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    let sets = listed(dir.path());
    let line = |set: &Value| {
        (set["hash"].clone(), set["newest"].clone(), set["in_folder"].clone(), set["rolled_back_at"].is_string())
    };
    assert_eq!(line(&sets[0]), (json!(one), json!(true), json!(false), true), "{sets:?}");
    assert_eq!(line(&sets[1]), (json!(two), json!(false), json!(true), false), "{sets:?}");
    let shown = program(dir.path(), ["rules", "list"]).run().expect(0);
    assert!(shown.contains("rolled back to at ") && shown.contains("what the folder has"), "{shown}");
    // Other content ends it, also after a restart.
    saved(&served, dir.path(), "Three");
    assert_eq!(source(&served), "folder");
    save(dir.path(), &rules("Two"));
    until("it is no rollback any more", || code(&served) == "CodeTwo");
    served.stop();
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeTwo".to_owned(), "folder".to_owned()));
    served.stop();
}

#[test]
fn a_rollback_is_taken_back_and_names_its_set() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    let one = hash(dir.path());
    let said = asking(&served, dir.path(), &["rules", "rollback"]).expect(1);
    assert_eq!(
        said,
        "no other set of rules is kept: there is none to go back to. `reload.keep` says how many are, 2 at least for a rollback, and `reload.state` where\n"
    );
    saved(&served, dir.path(), "Two");
    saved(&served, dir.path(), "Three");
    asking(&served, dir.path(), &["rules", "rollback", &one[..12]]).expect(0);
    assert_eq!(code(&served), "CodeOne");
    // The set before it is what the folder has: as if nobody had rolled back.
    let said = asking(&served, dir.path(), &["rules", "rollback"]).expect(0);
    assert!(said.starts_with("the rules of the folder are in force: 1 rule"), "{said}");
    assert_eq!((code(&served), source(&served)), ("CodeThree".to_owned(), "folder".to_owned()));
    for (query, status, code) in [
        ("hash=0000", 409, "SetUnknown"),
        ("hash=", 409, "SetUnknown"),
        ("hash=../../etc/passwd", 409, "SetUnknown"),
        ("has=1", 400, "UnknownParameter"),
    ] {
        let answer = served.ask("POST", &format!("/rollback?{query}"), "");
        assert_eq!((answer.status, answer.code()), (status, code.to_owned()), "{query}");
    }
    assert_eq!(served.ask("GET", "/rollback", "").status, 405);
    let said = asking(&served, dir.path(), &["rules", "rollback", "zzzz"]).expect(1);
    assert!(said.contains("no set of rules is kept whose hash begins with `zzzz`; `hookgate rules list`"), "{said}");
    served.stop();
}

/// Where no gateway runs, the next start finds it; also where the one that ran was killed.
#[test]
fn a_rollback_without_a_gateway_is_for_the_next_start() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    saved(&served, dir.path(), "Two");
    let admin = served.admin.to_string();
    served.signal("KILL");
    drop(served);
    let said = program(dir.path(), ["rules", "rollback"]).env("HOOKGATE_ADMIN_LISTEN", &admin).run().expect(0);
    assert!(said.contains("will be in force at the next start") && said.contains("no gateway listens at "), "{said}");
    let note = kept(dir.path()).pop().unwrap();
    assert!(note.ends_with(note.file_name().unwrap()) && note.to_str().unwrap().ends_with("rolled-back"), "{note:?}");
    assert_eq!(fs::metadata(&note).unwrap().permissions().mode() & 0o777, 0o600);
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    served.stop();
    let said = program(dir.path(), ["rules", "rollback"]).run().expect(0);
    assert!(said.starts_with("the rules of the folder, hash "), "{said}");
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeTwo".to_owned(), "folder".to_owned()));
    served.stop();
}

/// Whatever is in the folder by then: who rolled back meant these rules, and a mistake in the folder takes none of that back.
#[test]
fn a_rollback_outlasts_a_mistake_in_the_folder() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    saved(&served, dir.path(), "Two");
    let admin = served.admin.to_string();
    served.stop();
    program(dir.path(), ["rules", "rollback"]).env("HOOKGATE_ADMIN_LISTEN", &admin).run().expect(0);
    save(dir.path(), BROKEN);
    let listed = program(dir.path(), ["rules", "list"]).run().expect(0);
    assert!(listed.contains("rolled back to at"), "{listed}");
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    assert!(served.log().contains("those serve that were rolled back to"), "{}", served.log());
    assert_eq!(served.ask("GET", "/ready", "").json()["notes"][0]["code"], "RulesRolledBack");
    assert!(!told(&served)["refused"].is_null());
    // As it was when rules were rolled back.
    save(dir.path(), &rules("Two"));
    until("the mistake is gone", || told(&served)["refused"].is_null());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "rolled_back".to_owned()));
    served.stop();
    save(dir.path(), BROKEN);
    let served = serve(dir.path());
    assert_eq!(source(&served), "rolled_back");
    saved(&served, dir.path(), "Three");
    assert_eq!(source(&served), "folder");
    served.stop();
}

/// The state belongs to a folder, however that is written.
#[test]
fn a_folder_has_one_state_in_every_spelling() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    served.stop();
    let whole = dir.path().join("rules");
    save(dir.path(), BROKEN);
    for spelling in ["rules/", "./rules", "x/../rules", "rules//", whole.to_str().unwrap()] {
        let served = program(dir.path(), ["serve", "--rules", spelling]).serve();
        assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "last_good".to_owned()), "{spelling}");
        served.stop();
        let listed = program(dir.path(), ["rules", "list", "--rules", spelling]).run().expect(0);
        assert!(listed.contains("in force last"), "{spelling}: {listed}");
    }
}

/// A note that nobody can read, or of a set that is gone, does not keep anybody from starting, and is told.
#[test]
fn what_cannot_be_read_of_the_state_is_told_and_passed_over() {
    for broken in ["half", "", "{}\n", "\u{fffd}\n", "gone"] {
        let dir = house(SETTINGS);
        let served = serve(dir.path());
        saved(&served, dir.path(), "Two");
        asking(&served, dir.path(), &["rules", "rollback"]).expect(0);
        served.stop();
        // In the order of their names: Two, then One, which was rolled back to, then the note.
        let files = kept(dir.path());
        let [_, one, note] = files.as_slice() else { panic!("{files:?}") };
        let whole = fs::read(one).unwrap();
        match broken {
            "half" => fs::write(one, &whole[..whole.len() / 2]).unwrap(),
            "gone" => fs::remove_file(one).unwrap(),
            other => fs::write(one, other).unwrap(),
        }
        let served = serve(dir.path());
        assert_eq!((code(&served), source(&served)), ("CodeTwo".to_owned(), "folder".to_owned()), "{}", served.log());
        assert!(served.log().contains("the rules that were rolled back to cannot serve"), "{}", served.log());
        served.stop();
        assert!(!note.exists(), "what is in force is the folder's");
        save(dir.path(), BROKEN);
        let served = serve(dir.path());
        assert_eq!(
            (code(&served), source(&served)),
            ("CodeTwo".to_owned(), "last_good".to_owned()),
            "{}",
            served.log()
        );
        served.stop();
        save(dir.path(), &rules("Two"));
        fs::write(note, "no note").unwrap();
        let served = serve(dir.path());
        assert_eq!(source(&served), "folder");
        assert!(served.log().contains("whether rules were rolled back cannot be read"), "{}", served.log());
        served.stop();
    }
    // The newest set is broken, and so is the folder: the one before it serves.
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    saved(&served, dir.path(), "Two");
    served.stop();
    fs::write(kept(dir.path()).pop().unwrap(), "").unwrap();
    save(dir.path(), BROKEN);
    let served = serve(dir.path());
    assert_eq!((code(&served), source(&served)), ("CodeOne".to_owned(), "last_good".to_owned()));
    assert!(served.log().contains("a set of rules that was kept cannot serve any more"), "{}", served.log());
    served.stop();
}

/// A state folder that cannot be written is told, and the gateway serves and reloads.
#[test]
fn a_state_folder_that_cannot_be_written_is_told() {
    let dir = house(&SETTINGS.replace("state: state", "state: state/.keep/below"));
    let served = serve(dir.path());
    saved(&served, dir.path(), "Two");
    until("it is told", || served.log().contains("the rules in force are not kept"));
    saved(&served, dir.path(), "Three");
    let (code, log) = served.stop();
    assert_eq!((code, log.matches("the rules in force are not kept").count()), (Some(0), 1), "once: {log}");
}

#[test]
fn so_many_sets_are_kept_and_what_was_given_up_is_removed() {
    let dir = house(&SETTINGS.replace("state: state", "state: state, keep: 3"));
    let served = serve(dir.path());
    let before = kept(dir.path());
    assert_eq!(fs::metadata(&before[0]).unwrap().permissions().mode() & 0o777, 0o600);
    let given_up = PathBuf::from(format!("{}.7.new", before[0].display()));
    let written = PathBuf::from(format!("{}.8.new", before[0].display()));
    for new in [&given_up, &written] {
        fs::copy(&before[0], new).unwrap();
    }
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    fs::OpenOptions::new().write(true).open(&given_up).unwrap().set_modified(long_ago).unwrap();
    for name in ["Two", "Three", "Four", "Five"] {
        saved(&served, dir.path(), name);
    }
    until("the last is kept", || listed(dir.path())[0]["in_folder"] == true);
    assert!(!given_up.exists() && written.exists());
    assert_eq!(listed(dir.path()).len(), 3);
    // What comes into force again is no further set.
    saved(&served, dir.path(), "Four");
    until("it is the newest", || listed(dir.path())[0]["in_folder"] == true);
    assert_eq!(listed(dir.path()).len(), 3);
    asking(&served, dir.path(), &["rules", "rollback"]).expect(0);
    assert_eq!(code(&served), "CodeFive");
    served.stop();
}

/// One hash, whatever its folder is called and wherever it stands; another one for any other content or name of a file.
#[test]
fn the_hash_of_a_set_is_that_of_its_content() {
    let files =
        [("rules/a.yaml", &*rules("One")), ("rules/team/b.yaml", "hook: test\nrules: [{ name: b, stop: true }]\n")];
    let (dir, copy) = (folder(&files), folder(&files));
    fs::create_dir(copy.path().join("deep")).unwrap();
    fs::rename(copy.path().join("rules"), copy.path().join("deep/other name")).unwrap();
    symlink(dir.path().join("rules"), dir.path().join("link")).unwrap();
    let hash = hash(dir.path());
    let absolute = dir.path().join("rules");
    let deep = copy.path().join("deep/other name");
    for name in [
        "rules",
        "./rules",
        "rules/",
        "rules//",
        "link",
        "rules/../rules",
        absolute.to_str().unwrap(),
        deep.to_str().unwrap(),
    ] {
        let program = Program::new(["check", "--format", "json", "--rules", name]).within(dir.path());
        let last: Value = serde_json::from_str(program.run().expect(0).lines().last().unwrap()).unwrap();
        assert_eq!(last["hash"], hash, "{name}");
        let text = Program::new(["check", "--rules", name]).within(dir.path()).run().expect(0);
        assert!(text.contains(&format!(" · hash {} · ", &hash[..12])), "{text}");
    }
    let within = Program::new(["check", "--format", "json", "--rules", "."]).within(&absolute).run().expect(0);
    assert!(within.contains(&hash), "{within}");
    fs::rename(absolute.join("a.yaml"), absolute.join("c.yaml")).unwrap();
    assert_ne!(Sources::read(&absolute).unwrap().hash, hash);
}

const PEOPLE: &str = "hook: validateUser
codes: { MobileTaken: Somebody has it. }
lookups: { by_mobile: { table: people.csv, key: mobile } }
rules: [{ name: free, when: { user.mobile: { found_in: by_mobile } }, reject: MobileTaken }]
";

fn people(count: usize) -> String {
    "login,mobile\n".to_owned() + &(0..count).map(|n| format!("p{n},98{n:08}\n")).collect::<String>()
}

fn is_taken(served: &Served, n: usize) -> bool {
    let body = json!({ "request": { "user": { "login": "new", "mobile": format!("98{n:08}") } } });
    post(served.address, "/validateUser", body.to_string().as_bytes()).body.contains("MobileTaken")
}

/// The tables of a set go back with it, but for those that would lose too many rows: these have to be accepted.
#[test]
fn a_rollback_does_not_take_rows_away_unasked() {
    let dir = house(SETTINGS);
    let (rules, table) = (dir.path().join("rules/a.yaml"), dir.path().join("rules/people.csv"));
    fs::write(&rules, PEOPLE).unwrap();
    fs::write(&table, people(50)).unwrap();
    let served = serve(dir.path());
    fs::write(&table, people(100)).unwrap();
    until("they are more", || is_taken(&served, 99));
    let small = listed(dir.path()).last().unwrap()["hash"].as_str().unwrap().to_owned();
    let said = asking(&served, dir.path(), &["rules", "rollback", &small]).expect(3);
    assert!(said.contains("people.csv: its 100 rows from before stay in force; the file has 50 rows"), "{said}");
    assert!(is_taken(&served, 99) && source(&served) == "rolled_back");
    served.stop();
    let served = serve(dir.path());
    assert!(is_taken(&served, 99) && source(&served) == "rolled_back", "over a restart too");
    let said = asking(&served, dir.path(), &["reload", "--accept", "people.csv"]).expect(0);
    assert!(said.contains("people.csv: taken with 50 rows, before it had 100\n"), "{said}");
    assert!(!is_taken(&served, 99) && is_taken(&served, 49) && source(&served) == "rolled_back");
    served.stop();
    let served = serve(dir.path());
    assert!(!is_taken(&served, 99) && is_taken(&served, 49) && source(&served) == "rolled_back", "{}", served.log());
    // And forth again, with the rows of the folder.
    asking(&served, dir.path(), &["rules", "rollback"]).expect(0);
    assert!(is_taken(&served, 99) && source(&served) == "folder");
    // A set whose table was kept has the file that lost its rows; a start with a mistake has the rows all the same.
    fs::write(&table, people(10)).unwrap();
    asking(&served, dir.path(), &["reload"]).expect(3);
    served.stop();
    fs::write(&rules, BROKEN).unwrap();
    let served = serve(dir.path());
    assert!(is_taken(&served, 99) && source(&served) == "last_good", "{}", served.log());
    served.stop();
}

/// Files that are copied one by one are not in force in between.
#[test]
fn a_folder_that_is_not_watched_is_read_on_request_alone() {
    let dir = house(&SETTINGS.replace("poll_ms: 3600000", "poll_ms: 100, watch: false"));
    let served = serve(dir.path());
    save(dir.path(), &rules("Two"));
    fs::write(dir.path().join("rules/b.yaml"), BROKEN).unwrap();
    let seen = || (code(&served), told(&served)["reloads"]["looks"].as_u64());
    let holds = |wanted: (&str, Option<u64>)| {
        during(Duration::from_millis(500), || assert_eq!(seen(), (wanted.0.to_owned(), wanted.1)));
    };
    holds(("CodeOne", Some(0)));
    assert_eq!(asking(&served, dir.path(), &["reload"]).code, Some(1));
    fs::remove_file(dir.path().join("rules/b.yaml")).unwrap();
    served.signal("HUP");
    until("the signal is a request", || code(&served) == "CodeTwo");
    let (_, looks) = seen();
    save(dir.path(), &rules("Three"));
    holds(("CodeTwo", looks));
    // As a pipeline deploys: a link is turned to the new folder, then a look is asked for.
    fs::rename(dir.path().join("rules"), dir.path().join("release-1")).unwrap();
    fs::create_dir(dir.path().join("release-2")).unwrap();
    fs::write(dir.path().join("release-2/a.yaml"), rules("Four")).unwrap();
    symlink("release-2", dir.path().join("rules")).unwrap();
    asking(&served, dir.path(), &["reload"]).expect(0);
    assert_eq!(code(&served), "CodeFour");
    served.stop();
}
