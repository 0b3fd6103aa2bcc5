//! Tables that lose their rows while the gateway runs and over restarts, as those who run it meet them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::post;
use crate::support::program::{Ended, Program, Served, folder};
use crate::support::wait::until;

const RULES: &str = "hook: validateUser
codes: { MobileTaken: Somebody has it. }
lookups:
  by_mobile: { table: people.csv, key: mobile }
  by_email: { table: people.csv, key: email }
rules:
  - name: free
    when: { any: [ { user.mobile: { found_in: by_mobile } }, { user.email: { found_in: by_email } } ] }
    reject: MobileTaken
";
const SETTINGS: &str = "listen: 127.0.0.1:0\nreload: { quiet_ms: 20, poll_ms: 3600000, state: state }\n";

const ACCEPTED: &str = "a table with fewer rows than before was accepted";

/// An export of so many people.
fn people(count: usize) -> String {
    let row = |n: usize| format!("p{n},98{n:08},p{n}@corp.example\n");
    "login,mobile,email\n".to_owned() + &(0..count).map(row).collect::<String>()
}

/// A house with a hundred people and a state folder.
fn house(settings: &str) -> tempfile::TempDir {
    folder(&[
        ("gateway.yaml", settings),
        ("rules/a.yaml", RULES),
        ("rules/people.csv", &people(100)),
        ("state/.keep", ""),
    ])
}

fn serve(dir: &Path) -> Served {
    Program::new(["serve"]).within(dir).env("HOOKGATE_RELOAD_STATE", "").serve()
}

fn export(dir: &Path, text: &str) {
    let (new, file) = (dir.join("rules/.people.new"), dir.join("rules/people.csv"));
    fs::write(&new, text).unwrap();
    fs::rename(new, file).unwrap();
}

/// Whether the number of the person at this place is taken, and the same of the e-mail address, by another lookup.
fn is_taken(served: &Served, n: usize) -> bool {
    let refused = |field: &str, value: String| {
        let body = json!({ "request": { "user": { "login": "new", field: value } } });
        post(served.address, "/validateUser", body.to_string().as_bytes()).body.contains("MobileTaken")
    };
    let (by_mobile, by_email) =
        (refused("mobile", format!("98{n:08}")), refused("email", format!("p{n}@corp.example")));
    assert_eq!(by_mobile, by_email, "all lookups on a file have the same rows");
    by_mobile
}

fn rules(served: &Served) -> Value {
    served.ask("GET", "/rules", "").json()
}

/// Rows kept and rows in the file, of each table that is kept.
fn kept(served: &Served) -> Vec<(String, u64, u64)> {
    let kept = rules(served)["kept"].as_array().unwrap().clone();
    let one = |kept: &Value| {
        let number = |key: &str| kept[key].as_u64().unwrap();
        (kept["table"].as_str().unwrap().to_owned(), number("rows"), number("rows_in_file"))
    };
    kept.iter().map(one).collect()
}

fn loads(served: &Served) -> u64 {
    rules(served)["reloads"]["loaded"].as_u64().unwrap()
}

/// Writes the file and waits until it was looked at.
fn exported(served: &Served, dir: &Path, text: &str) {
    let before = loads(served);
    export(dir, text);
    until("the export is noticed", || loads(served) > before);
}

fn reload(served: &Served, dir: &Path, words: &[&str]) -> Ended {
    let program = Program::new(["reload"].iter().chain(words).copied()).within(dir);
    program.env("HOOKGATE_ADMIN_LISTEN", &served.admin.to_string()).run()
}

fn state_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join("state")).unwrap().map(|entry| entry.unwrap().path());
    let is_table = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("hookgate-table-");
    let mut files: Vec<PathBuf> = entries.filter(is_table).collect();
    files.sort();
    files
}

#[test]
fn an_export_that_broke_off_keeps_the_rows_from_before_until_it_is_whole_again() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    assert!(is_taken(&served, 0) && is_taken(&served, 99) && !is_taken(&served, 100));
    for (text, rows) in [(people(50), 50), (people(0), 0), (people(79), 79), ("login,mobile,email".to_owned(), 0)] {
        exported(&served, dir.path(), &text);
        assert!(is_taken(&served, 99), "{rows}");
        assert_eq!(kept(&served), [("people.csv".to_owned(), 100, rows)]);
    }
    // The log is written a moment later.
    until("each load is told", || served.log().matches("[H521]").count() >= 4);
    let log = served.log();
    assert!(log.contains("table `people.csv` lost too many rows: it has 50 rows, before it had 100 rows"), "{log}");
    assert!(log.contains("hookgate reload --accept people.csv") && log.contains("with 80 rows or more"), "{log}");
    assert_eq!(log.matches("[H521]").count(), 4, "at each load: {log}");
    let told = rules(&served);
    assert_eq!((&told["warnings"]["count"], &told["refused"]), (&json!(1), &Value::Null), "{told}");
    assert_eq!(told["warnings"]["findings"][0]["code"], "H521");
    let metrics = served.ask("GET", "/metrics", "").body;
    assert!(metrics.contains("hookgate_table_kept_age_seconds{table=\"people.csv\"} "), "{metrics}");
    // Another file is in force at once meanwhile.
    let before = loads(&served);
    fs::write(
        dir.path().join("rules/b.yaml"),
        "hook: validateUser\nrules: [{ name: b, when: { user.login: root }, reject: MobileTaken }]\n",
    )
    .unwrap();
    until("another file is in force", || loads(&served) > before);
    assert_eq!((rules(&served)["rules"].as_u64(), is_taken(&served, 99)), (Some(2), true));

    exported(&served, dir.path(), &people(80));
    assert!(is_taken(&served, 79) && !is_taken(&served, 80), "it has grown back to what may be");
    assert_eq!((kept(&served), &rules(&served)["warnings"]["count"]), (vec![], &json!(0)));
    let again = "the rows of the table's file are in force again";
    until("that is told", || served.logged(again).is_some());
    let line = served.logged(again).unwrap();
    assert_eq!((&line["table"], &line["rows"], &line["rows_before"]), (&json!("people.csv"), &json!(80), &json!(100)));
    assert!(!served.ask("GET", "/metrics", "").body.contains("hookgate_table_kept_age_seconds{"));
    assert_eq!(served.stop().0, Some(0));
}

#[test]
fn what_is_kept_survives_restarts_and_so_does_what_was_accepted() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    served.stop();
    export(dir.path(), &people(10));
    // Twice: a start takes nothing for granted that the one before it left.
    for _ in 0..2 {
        let served = serve(dir.path());
        assert!(is_taken(&served, 99), "{}", served.log());
        assert_eq!(kept(&served), [("people.csv".to_owned(), 100, 10)]);
        assert!(served.log().contains("[H521]") && served.logged("listening").unwrap()["warnings"] == 1);
        served.stop();
    }
    let served = serve(dir.path());
    let since = rules(&served)["kept"][0]["since"].clone();
    let said = reload(&served, dir.path(), &[]).expect(3);
    assert!(
        said.starts_with("nothing has changed: 1 rule in force") && said.contains("its 100 rows from before"),
        "{said}"
    );
    assert!(said.contains(since.as_str().unwrap()) && said.contains("the file has 10 rows, too few since "), "{said}");
    let said = reload(&served, dir.path(), &["--accept", "people.csv"]).expect(0);
    assert!(said.contains("people.csv: taken with 10 rows, before it had 100\n"), "{said}");
    assert!(!is_taken(&served, 99) && is_taken(&served, 9));
    until("that is told", || served.logged(ACCEPTED).is_some());
    let line = served.logged(ACCEPTED).unwrap();
    assert_eq!(
        (&line["level"], &line["table"], &line["rows"], &line["rows_before"]),
        (&json!("warn"), &json!("people.csv"), &json!(10), &json!(100))
    );
    assert!(served.logged("the rows of the table's file are in force again").is_none());
    served.stop();
    let served = serve(dir.path());
    assert!(kept(&served).is_empty() && !is_taken(&served, 99), "{}", served.log());
    exported(&served, dir.path(), &people(7));
    assert_eq!(
        kept(&served),
        [("people.csv".to_owned(), 10, 7)],
        "what was accepted is what later files are compared with"
    );
    served.stop();
}

/// Steps below the share are told, and together they are a loss like any other, over a restart too.
#[test]
fn small_steps_are_told_and_count_together() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    exported(&served, dir.path(), &people(85));
    let fewer = "the table has fewer rows than before";
    until("a step is told", || served.logged(fewer).is_some());
    let line = served.logged(fewer).unwrap();
    assert_eq!(
        (&line["level"], &line["rows"], &line["rows_before"], &line["most_rows"]),
        (&json!("info"), &json!(85), &json!(100), &json!(100))
    );
    served.stop();
    let served = serve(dir.path());
    for rows in [73, 62, 79] {
        exported(&served, dir.path(), &people(rows));
        assert_eq!(kept(&served), [("people.csv".to_owned(), 85, rows as u64)]);
    }
    let said = &rules(&served)["kept"][0];
    assert_eq!((&said["most_rows"], &said["fewest_rows"]), (&json!(100), &json!(80)));
    until("it says why", || served.log().contains("it has 73 rows, before it had 85 rows, and lately 100 rows"));
    assert!(served.log().contains("the file has had too few since ") && served.logged(fewer).is_none());
    // More rows than before are no loss, however many there were; what was accepted is where later steps begin.
    exported(&served, dir.path(), &people(81));
    exported(&served, dir.path(), &people(70));
    reload(&served, dir.path(), &["--accept", "people.csv"]).expect(0);
    exported(&served, dir.path(), &people(60));
    assert!(kept(&served).is_empty(), "60 of 70");
    exported(&served, dir.path(), &people(55));
    assert_eq!(kept(&served), [("people.csv".to_owned(), 60, 55)], "55 of 70");
    served.stop();
}

/// A lookup that asks another file is no table that shrank: it is in force, and told with its rows.
#[test]
fn another_table_for_a_lookup_is_told_with_its_rows() {
    let far_fewer =
        "the lookup asks another table that has far fewer rows, and they are in force: see whether it is whole";
    for (rows, message, level) in [(99, "the lookup asks another table", "info"), (1, far_fewer, "warn")] {
        for restarts in [false, true] {
            let dir = house(SETTINGS);
            let mut running = Some(serve(dir.path()));
            if restarts {
                running.take().unwrap().stop();
            }
            fs::write(dir.path().join("rules/people2.csv"), people(rows)).unwrap();
            fs::write(
                dir.path().join("rules/a.yaml"),
                RULES.replace("people.csv, key: email", "people2.csv, key: email"),
            )
            .unwrap();
            let served = running.unwrap_or_else(|| serve(dir.path()));
            until("it is told", || served.logged(message).is_some());
            let line = served.logged(message).unwrap();
            let told = ["level", "lookup", "table", "rows", "table_before", "rows_before"].map(|key| line[key].clone());
            let expected = json!([level, "by_email", "people2.csv", rows, "people.csv", 100]);
            assert_eq!(json!(told), expected, "{restarts}");
            assert!(kept(&served).is_empty());
            served.stop();
        }
    }
}

/// The whole path of a table means no other table whose path ends in the same way.
#[test]
fn an_accept_of_a_whole_path_takes_no_other_table() {
    let dir = house(SETTINGS);
    fs::create_dir(dir.path().join("rules/hr")).unwrap();
    fs::write(dir.path().join("rules/hr/people.csv"), people(100)).unwrap();
    fs::write(dir.path().join("rules/hr/a.yaml"), RULES.replace("by_", "hr_").replace("name: free", "name: hr"))
        .unwrap();
    let served = serve(dir.path());
    let before = loads(&served);
    fs::write(dir.path().join("rules/hr/people.csv"), people(3)).unwrap();
    until("it is kept", || loads(&served) > before && !kept(&served).is_empty());
    let said = reload(&served, dir.path(), &["--accept", "people.csv"]).expect(3);
    assert!(said.contains("people.csv: nothing to take, it has the 100 rows of its file\n"), "{said}");
    reload(&served, dir.path(), &["--accept", "hr/people.csv"]).expect(0);
    served.stop();
}

#[test]
fn an_accept_of_what_is_not_kept_says_so_and_of_what_just_shrank_takes_it() {
    let dir = house(&SETTINGS.replace("quiet_ms: 20", "quiet_ms: 2000"));
    let served = serve(dir.path());
    let said = reload(&served, dir.path(), &["--accept", "people.csv"]).expect(0);
    assert!(said.ends_with("\npeople.csv: nothing to take, it has the 100 rows of its file\n"), "{said}");
    // Nobody has looked at it yet.
    export(dir.path(), &people(3));
    let said = reload(&served, dir.path(), &["--accept", "peple.csv"]).expect(1);
    assert_eq!(said, "no lookup of the rules in force asks a table `peple.csv`; they ask `people.csv`\n");
    let answer = served.ask("POST", "/reload?accept=rules%2Fpeople.csv", "");
    assert_eq!(
        (answer.status, &answer.json()["accepted"]),
        (200, &json!([{ "table": "people.csv", "rows": 3, "rows_before": 100 }]))
    );
    assert!(!is_taken(&served, 99));
    for (query, status, code) in
        [("accept=peple.csv", 409, "TableUnknown"), ("acept=people.csv", 400, "UnknownParameter")]
    {
        let answer = served.ask("POST", &format!("/reload?{query}"), "");
        assert_eq!((answer.status, answer.code()), (status, code.to_owned()));
    }
    // Asked again, as who retries does.
    let answer = served.ask("POST", "/reload?accept=people.csv", "");
    assert_eq!((answer.status, &answer.json()["not_kept"]), (200, &json!([{ "table": "people.csv", "rows": 3 }])));
    // A mistake beside it: nothing of the change is in force, the accepted table neither.
    export(dir.path(), &people(1));
    reload(&served, dir.path(), &[]).expect(3);
    fs::write(dir.path().join("rules/a.yaml"), RULES.replace("when:", "wen:")).unwrap();
    let said = reload(&served, dir.path(), &["--accept", "people.csv"]).expect(1);
    assert!(said.contains("rules/a.yaml:8: error[H201]") && said.contains("help: did you mean `when`?"), "{said}");
    assert_eq!(kept(&served), [("people.csv".to_owned(), 3, 1)]);
    fs::write(dir.path().join("rules/a.yaml"), RULES).unwrap();
    assert!(
        reload(&served, dir.path(), &[]).expect(3).contains("its 3 rows from before stay in force"),
        "an accept is not remembered"
    );
    served.stop();
}

#[test]
fn the_command_needs_the_token_and_a_gateway() {
    let dir = house(&format!("{SETTINGS}admin: {{ token: \"${{env:ADMIN}}\" }}\n"));
    let served = Program::new(["serve"]).within(dir.path()).env("ADMIN", "admin-canary-1").serve();
    let admin = served.admin.to_string();
    let with = |token: &str| {
        let program = Program::new(["reload"]).within(dir.path()).env("HOOKGATE_ADMIN_LISTEN", &admin);
        program.env("ADMIN", token).run()
    };
    assert!(with("admin-canary-1").expect(0).starts_with("nothing has changed: 1 rule in force"));
    let said = with("another").refused(2);
    assert!(said.contains("does not know this token") && !said.contains("canary"), "{said}");
    served.stop();
    let said = with("admin-canary-1").refused(2);
    assert!(said.contains("no answer from") && said.contains("start the gateway with `hookgate serve`"), "{said}");
}

#[test]
fn a_lookup_says_how_much_its_table_may_lose() {
    for (own, general, left, is_kept) in [
        ("shrink: 50%", "20%", 50, false),
        ("shrink: 50%", "20%", 49, true),
        ("shrink: any", "20%", 0, false),
        ("shrink: 100%", "20%", 1, false),
        ("shrink: 100%", "20%", 0, true),
        ("shrink: 0%", "any", 99, true),
        ("ignore_case: true", "any", 0, false),
        ("ignore_case: true", "60%", 40, false),
    ] {
        let dir = house(&SETTINGS.replace("state: state", &format!("state: off, shrink: {general}")));
        let file = dir.path().join("rules/a.yaml");
        let of_lookup = |key: &str| format!("key: {key}, {own} }}");
        let rules = RULES.replace("key: mobile }", &of_lookup("mobile")).replace("key: email }", &of_lookup("email"));
        fs::write(file, rules).unwrap();
        let served = serve(dir.path());
        exported(&served, dir.path(), &people(left));
        assert_eq!(kept(&served).len(), usize::from(is_kept), "{own} {general} {left}");
        assert_eq!(is_taken(&served, 99), is_kept, "{own} {general} {left}");
        served.stop();
    }
}

#[test]
fn fewer_rows_than_at_least_are_a_mistake_at_a_start_and_in_a_change() {
    let dir = house(SETTINGS);
    fs::write(dir.path().join("rules/a.yaml"), RULES.replace("key: mobile }", "key: mobile, at_least: 90 }")).unwrap();
    let check = || Program::new(["check"]).within(dir.path()).run();
    check().expect(0);
    let served = serve(dir.path());
    export(dir.path(), &people(89));
    until("it is refused", || served.log().contains("table `people.csv` has 89 rows, fewer than 90"));
    assert!(is_taken(&served, 99));
    served.stop();
    let said = Program::new(["serve"]).within(dir.path()).run().refused(78);
    assert!(said.contains("H520") && said.contains("rules/a.yaml:4"), "{said}");
    assert!(check().expect(1).contains("H520"));
}

#[test]
fn a_lookup_that_changes_its_key_with_the_file_asks_the_old_rows_by_it() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    let rules = RULES.replace("key: mobile }", "key: login }").replace("user.mobile:", "user.login:");
    fs::write(dir.path().join("rules/a.yaml"), &rules).unwrap();
    exported(&served, dir.path(), &people(2));
    until("both are in force", || kept(&served) == [("people.csv".to_owned(), 100, 2)]);
    let ask = |login: &str| {
        let body = json!({ "request": { "user": { "login": login } } });
        post(served.address, "/validateUser", body.to_string().as_bytes()).body
    };
    until("the new key is asked", || ask("p99").contains("MobileTaken"));
    assert!(!ask("p100").contains("MobileTaken"));
    // The rows from before do not have what new rules read.
    fs::write(dir.path().join("rules/a.yaml"), rules.replace("key: email", "key: badge")).unwrap();
    export(dir.path(), "login,mobile,badge\np0,1,2\n");
    until("it is refused", || served.log().contains("has no column `badge`"));
    assert!(served.log().contains("from before stay in force"), "it says which rows these are: {}", served.log());
    served.stop();
}

#[test]
fn the_state_is_private_written_when_a_table_changes_and_of_one_rules_folder() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    let files = state_files(dir.path());
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].to_str().unwrap().contains("-people.csv-"), "the table is found by its name: {files:?}");
    let status = |file: &PathBuf| fs::metadata(file).unwrap();
    assert_eq!(status(&files[0]).permissions().mode() & 0o777, 0o600);
    let before = status(&files[0]).ino();
    let loaded = loads(&served);
    fs::write(dir.path().join("rules/b.yaml"), "hook: validateUser\nrules: [{ name: b, stop: true }]\n").unwrap();
    until("another file is in force", || loads(&served) > loaded);
    assert_eq!(status(&files[0]).ino(), before, "no table has changed");
    exported(&served, dir.path(), &people(101));
    assert_ne!(status(&files[0]).ino(), before);
    served.stop();

    // Other rules with a table of the same name know nothing of it.
    fs::create_dir(dir.path().join("others")).unwrap();
    fs::write(dir.path().join("others/a.yaml"), RULES).unwrap();
    fs::write(dir.path().join("others/people.csv"), people(1)).unwrap();
    let other =
        Program::new(["serve", "--rules", "others"]).within(dir.path()).env("HOOKGATE_RELOAD_STATE", "").serve();
    assert!(kept(&other).is_empty());
    assert_eq!(state_files(dir.path()).len(), 2);
    other.stop();
    // The same folder under another name is the same.
    export(dir.path(), &people(1));
    let rules = dir.path().join("rules");
    let words = ["serve", "--rules", rules.to_str().unwrap()];
    let same = Program::new(words).within(dir.path()).env("HOOKGATE_RELOAD_STATE", "").serve();
    assert_eq!(kept(&same), [("people.csv".to_owned(), 101, 1)]);
    // A table that no rule names any more is gone, and what was written of it.
    let loaded = loads(&same);
    fs::write(dir.path().join("rules/a.yaml"), "hook: validateUser\nrules: [{ name: a, stop: true }]\n").unwrap();
    until("the rules are in force", || loads(&same) > loaded);
    until("nothing is kept", || kept(&same).is_empty() && state_files(dir.path()).len() == 1);
    same.stop();
    for words in [&["check"][..], &["test"], &["docs"], &["dry-run", "validateUser"]] {
        let before = state_files(dir.path());
        Program::new(words.iter().copied()).within(dir.path()).env("HOOKGATE_RELOAD_STATE", "").run();
        assert_eq!(state_files(dir.path()), before, "{words:?}");
    }
}

/// Cut off anywhere, with any byte another, or of nothing at all: it is told, and the gateway starts with what is there.
#[test]
fn a_state_that_cannot_be_read_is_told_and_keeps_nobody_from_starting() {
    let dir = house(SETTINGS);
    serve(dir.path()).stop();
    let file = state_files(dir.path()).remove(0);
    let whole = fs::read(&file).unwrap();
    let head = whole.iter().position(|byte| *byte == b'\n').unwrap();
    let mut other = whole.clone();
    other[head + 100] ^= 1;
    let later = String::from_utf8(whole.clone()).unwrap().replace("\"version\":1", "\"version\":9").into_bytes();
    let broken =
        [vec![], whole[..head / 2].to_vec(), whole[..=head].to_vec(), whole[..whole.len() - 1].to_vec(), other, later];
    for (n, bytes) in broken.into_iter().enumerate() {
        export(dir.path(), &people(100));
        fs::write(&file, &bytes).unwrap();
        export(dir.path(), &people(10));
        let served = serve(dir.path());
        let line = served.logged("rows that were kept for a restart cannot be read");
        let log = served.log();
        assert!(line.is_some() || log.contains("rows that were kept for a restart cannot be read"), "{n}: {log}");
        assert!(log.contains(file.file_name().unwrap().to_str().unwrap()), "{log}");
        assert!(kept(&served).is_empty() && !is_taken(&served, 99));
        served.stop();
        assert_ne!(fs::read(&file).unwrap(), bytes, "it is written anew");
    }
}

#[test]
fn a_state_folder_that_is_missing_is_told_once_and_used_once_it_is_there() {
    let dir = house(SETTINGS);
    fs::remove_dir_all(dir.path().join("state")).unwrap();
    let served = serve(dir.path());
    let told = || served.log().matches("the rows of tables are not kept over a restart").count();
    assert_eq!(told(), 1, "{}", served.log());
    exported(&served, dir.path(), &people(99));
    exported(&served, dir.path(), &people(10));
    assert_eq!((told(), is_taken(&served, 98)), (1, true), "while it runs rows are kept all the same");
    fs::create_dir(dir.path().join("state")).unwrap();
    exported(&served, dir.path(), &people(98));
    until("it is told", || served.log().contains("the rows of tables are kept over a restart again"));
    assert_eq!(state_files(dir.path()).len(), 1);
    served.stop();
}

#[test]
fn where_the_state_lies_follows_from_the_journal_and_the_outbox() {
    let start = |settings: &str, journal: &str| {
        let dir = house(&format!("listen: 127.0.0.1:0\n{settings}"));
        ["j", "o"].iter().for_each(|folder| fs::create_dir(dir.path().join(folder)).unwrap());
        let program = Program::new(["serve"]).within(dir.path()).env("HOOKGATE_RELOAD_STATE", "");
        let served = program.env("HOOKGATE_JOURNAL_FILE", journal).serve();
        let log = served.stop().1;
        let has = |folder: &str| {
            let entries = fs::read_dir(dir.path().join(folder)).unwrap();
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("hookgate-table-"))
        };
        let places: Vec<&str> = [".", "j", "o", "state"].into_iter().filter(|folder| has(folder)).collect();
        (places, log)
    };
    assert_eq!(start("outbox: { file: o/outbox.db }\n", "j/journal.jsonl").0, ["j"]);
    assert_eq!(start("outbox: { file: o/outbox.db }\n", "null").0, ["o"]);
    assert_eq!(start("", "journal.jsonl").0, ["."]);
    assert_eq!(start("reload: { state: state }\n", "j/journal.jsonl").0, ["state"]);
    let (places, log) = start("reload: { state: off }\n", "j/journal.jsonl");
    assert!(places.is_empty() && !log.contains("not kept over a restart"), "{log}");
}

/// Warnings of a change are told as those of a start are, and a misspelt field is a mistake in a change alone.
#[test]
fn a_misspelt_field_is_a_warning_at_a_start_and_a_mistake_in_a_change() {
    let dir = house(SETTINGS);
    let misspelt = "hook: validateUser\nrules: [{ name: b, when: { user.userTpye: Vendor }, reject: MobileTaken }]\n";
    fs::write(dir.path().join("rules/b.yaml"), misspelt).unwrap();
    let said = Program::new(["check"]).within(dir.path()).run().expect(1);
    assert!(said.contains("error[H304]") && said.contains("did you mean `user.userType`?"), "{said}");
    let served = serve(dir.path());
    assert!(served.log().contains("warning[H304]"), "{}", served.log());
    // A table is in force although a rule file that has not changed is misspelt.
    exported(&served, dir.path(), &people(101));
    until("its warning is counted", || served.logged("rules loaded").is_some_and(|line| line["warnings"] == 1));
    fs::write(dir.path().join("rules/b.yaml"), misspelt.replace("Vendor", "Partner")).unwrap();
    until("it is refused", || rules(&served)["refused"]["findings"][0]["code"] == "H304");
    // A mended file is in force, and from then on the same mistake is one.
    let before = loads(&served);
    fs::write(dir.path().join("rules/b.yaml"), misspelt.replace("Tpye", "Type")).unwrap();
    until("it is mended", || loads(&served) > before);
    fs::write(dir.path().join("rules/b.yaml"), misspelt).unwrap();
    until("it is refused", || !rules(&served)["refused"].is_null());
    served.stop();
    let declared = format!("{SETTINGS}fields: {{ userTpye: text }}\n");
    fs::write(dir.path().join("gateway.yaml"), declared).unwrap();
    assert!(!Program::new(["check"]).within(dir.path()).run().expect(0).contains("H304"));
}

#[test]
fn warnings_of_a_change_are_counted_bounded_and_shown_but_for_those_that_are_allowed() {
    let dir = house(SETTINGS);
    let served = serve(dir.path());
    assert_eq!(rules(&served)["warnings"], json!({ "count": 0, "findings": [] }));
    let before = loads(&served);
    for n in 0..30 {
        fs::write(dir.path().join(format!("rules/.{n:02}.csv")), "a\nb\n").unwrap();
    }
    for n in 0..30 {
        fs::rename(dir.path().join(format!("rules/.{n:02}.csv")), dir.path().join(format!("rules/{n:02}.csv")))
            .unwrap();
    }
    until("all are noticed", || loads(&served) > before && rules(&served)["warnings"]["count"] == 30);
    assert_eq!(rules(&served)["warnings"]["findings"].as_array().unwrap().len(), 20);
    until("all is told", || served.log().contains("\"warnings\":30,\"milliseconds\""));
    let log = served.log();
    assert!(log.contains("and 10 more warnings") && log.contains("\"warnings\":30"), "{log}");
    assert!(served.ask("GET", "/metrics", "").body.contains("\nhookgate_rules_warnings 30\n"));
    served.stop();
}
