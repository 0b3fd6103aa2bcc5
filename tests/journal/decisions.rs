//! `hookgate decisions`, `why` by person, and `journal forget`, as people run them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use hookgate::journal::{Archive, verify};
use serde_json::{Value, json};

use crate::support::client::post;
use crate::support::program::{Program, Served, folder};
use crate::support::receiver::{HttpReceiver, Reply};
use crate::support::wait::{linger, until};

const RULES: &str = "codes: { MobileAlreadyExist: The mobile is taken. }
lookups: { people: { table: people.csv, key: mobile } }
rules:
  - name: mobile-is-free
    hook: validateUser
    let: { holder: { lookup: people, key: \"${user.mobile}\" } }
    when: { holder: { present: true } }
    reject: MobileAlreadyExist
  - name: tell-the-desk
    hook: postCreateUser
    when: { user.login: { present: true } }
    deliver: { to: desk, body: { login: \"${user.login}\", name: \"${user.firstName}\" } }
";
const PEOPLE: &str = "mobile,login,name\n9820012345,asha.rao,Asha Rao\n9820099999,vikram.s,Vikram Shah\n";

fn files(gateway: &str) -> Vec<(&str, &str)> {
    vec![("gateway.yaml", gateway), ("rules/rules.yaml", RULES), ("rules/people.csv", PEOPLE)]
}

/// Settings with a journal, an outbox, and a desk that takes nothing.
fn gateway(desk: &str) -> String {
    format!(
        "listen: 127.0.0.1:0\ntime_zone: Asia/Kolkata\njournal: {{ file: journal.jsonl }}\noutbox: {{ file: outbox.db }}\n\
         destinations: {{ desk: {{ http: \"{desk}\", allow: [127.0.0.0/8] }} }}\n"
    )
}

fn command(folder: &Path, words: &[&str]) -> Program {
    Program::new(words.iter().copied()).within(folder).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl")
}

fn serve(folder: &Path) -> Served {
    command(folder, &["serve"]).serve()
}

fn call(served: &Served, hook: &str, user: &Value) -> String {
    let body = json!({ "request": { "user": user } }).to_string();
    let answer = post(served.address, &format!("/webhook/{hook}"), body.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.header("x-request-id").unwrap().to_owned()
}

/// A desk that is always busy, so that deliveries wait.
fn desk() -> HttpReceiver {
    HttpReceiver::start(|_| Reply::Status(503, ""))
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// That nothing is found is no matter of age then.
#[test]
fn a_hook_that_is_none_is_told_with_those_that_are() {
    let desk = desk();
    let folder = folder(&files(&gateway(&format!("http://{}/", desk.address))));
    let served = serve(folder.path());
    call(&served, "validateUser", &json!({ "login": "asha.rao", "mobile": "1" }));
    served.stop();
    let list = |hook: &str| command(folder.path(), &["decisions", "--hook", hook]).run();
    let ended = list("validteUser");
    let told = "no such decision is recorded: there is no hook `validteUser`\n";
    assert_eq!((ended.code, &*ended.stdout), (Some(1), told));
    assert!(ended.stderr.contains("did you mean `validateUser`?"), "{}", ended.stderr);
    assert_eq!(list("changePassword").stderr, "");
    assert_eq!((list("VALIDATEUSER").code, &*list("VALIDATEUSER").stderr), (Some(0), ""));
}

#[test]
fn decisions_are_listed_by_what_is_known_of_them() {
    let desk = desk();
    let settings = gateway(&format!("http://{}/", desk.address));
    let folder = folder(&files(&settings));
    let served = serve(folder.path());
    let taken = call(&served, "validateUser", &json!({ "login": "mona", "mobile": "9820012345" }));
    call(&served, "validateUser", &json!({ "login": "asha.rao", "mobile": "1" }));
    call(&served, "postCreateUser", &json!({ "id": "7", "login": "asha.rao", "firstName": "Asha" }));
    served.stop();
    let list = |words: &[&str]| command(folder.path(), &[&["decisions"][..], words].concat()).run();
    let all = list(&[]).expect(0);
    let [first, second, third, sum] = lines(&all)[..] else { panic!("{all}") };
    assert!(
        first.contains("  validateUser  mona  rejected MobileAlreadyExist, held by asha.rao  by mobile-is-free  "),
        "{all}"
    );
    assert!(first.contains(&taken) && second.contains("  asha.rao  undecided  by no rule  "), "{all}");
    assert!(third.contains("  postCreateUser  asha.rao  "), "{all}");
    assert_eq!(sum, "3 decisions");
    assert_eq!(lines(&list(&["--person", "7"]).expect(0)).len(), 2);
    assert_eq!(lines(&list(&["--person", "ASHA.RAO", "--hook", "validateUser"]).expect(0)).len(), 2);
    assert_eq!(lines(&list(&["--code", "MobileAlreadyExist"]).expect(0))[0], first);
    assert_eq!(lines(&list(&["--rule", "mobile-is-free", "--since", "today"]).expect(0))[0], first);
    assert_eq!(lines(&list(&["--grep", "FIRSTNAME"]).expect(0))[0], third);
    assert_eq!(lines(&list(&["--limit", "1"]).expect(0)), [third, "the newest 1 of 3; `--limit 0` shows all"]);
    assert!(list(&["--person", "nobody"]).expect(1).starts_with("no such decision is recorded"));
    assert!(list(&["--until", "2020-01-01"]).expect(1).starts_with("no such decision is recorded"));
    assert_eq!(lines(&list(&["--outcome", "accepted"]).expect(0)).len(), 3);
    assert!(list(&["--outcome", "foo"]).refused(2).contains("possible values"));
    assert!(list(&["--since", "soon"]).refused(2).contains("`--since`: `soon` is not a moment"));
    let parsed: Vec<Value> =
        list(&["--format", "json"]).expect(0).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&parsed[0]["person"], &parsed[0]["holder"]), (&json!("mona"), &json!("asha.rao")));
    assert_eq!((&parsed[0]["id"], &parsed[0]["code"]), (&json!(taken), &json!("MobileAlreadyExist")));
    // A folder is as good as its journal, and so are several.
    let here = folder.path().display().to_string();
    assert_eq!(lines(&list(&[&here]).expect(0)).len(), 4);
    assert!(list(&["/nowhere"]).refused(2).contains("there is no file `/nowhere`"));

    let why = |words: &[&str]| command(folder.path(), &[&["why"][..], words].concat()).run();
    let told = why(&[&taken]).expect(0);
    assert!(told.contains("held by") && told.contains("asha.rao") && told.contains("Asha Rao"), "{told}");
    let told = why(&["--person", "asha.rao", "--since", "yesterday"]).expect(0);
    assert!(told.contains("postCreateUser") && told.contains("the newest of 2 such decisions"), "{told}");
    assert!(why(&["--person", "nobody"]).expect(1).starts_with("no such decision is recorded"));
    why(&[]).refused(2);

    // Where the setting says so, nobody reads there what lookups found.
    fs::write(
        folder.path().join("gateway.yaml"),
        settings.replace("journal.jsonl }", "journal.jsonl, show_facts: false }"),
    )
    .unwrap();
    assert!(!list(&["--code", "MobileAlreadyExist"]).expect(0).contains("asha"));
    assert!(!why(&[&taken]).expect(0).contains("asha"));
    let whole = list(&["--verify"]).expect(0);
    assert!(whole.starts_with("3 lines are as they were written\nnothing was changed"), "{whole}");
    let text = fs::read_to_string(folder.path().join("journal.jsonl")).unwrap();
    fs::write(folder.path().join("journal.jsonl"), text.replacen("rejected", "accepted", 1)).unwrap();
    let changed = list(&["--verify"]).expect(1);
    assert!(changed.contains("journal.jsonl:1  it is not as it was written"), "{changed}");
}

#[test]
fn decisions_are_followed_as_they_come() {
    let desk = desk();
    let settings = gateway(&format!("http://{}/", desk.address));
    let folder = folder(&files(&settings));
    let served = serve(folder.path());
    call(&served, "validateUser", &json!({ "login": "before" }));
    until("it is recorded", || folder.path().join("journal.jsonl").exists());
    let mut following = Command::new(env!("CARGO_BIN_EXE_hookgate"))
        .args(["decisions", "--follow", "--hook", "validateUser", "journal.jsonl"])
        .current_dir(folder.path())
        .stdout(fs::File::create(folder.path().join("followed")).unwrap())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let followed = || fs::read_to_string(folder.path().join("followed")).unwrap();
    until("what was there is shown", || followed().contains("  before  "));
    call(&served, "postCreateUser", &json!({ "login": "other" }));
    let id = call(&served, "validateUser", &json!({ "login": "after" }));
    until("what comes is shown", || followed().contains(&id));
    assert!(!followed().contains("other") && followed().matches("  before  ").count() == 1, "{}", followed());
    following.kill().unwrap();
    following.wait().unwrap();
}

/// All bytes of a folder and the folders in it.
fn everything(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.path().is_dir() {
            true => all.extend(everything(&entry.path())),
            false => all.extend(fs::read(entry.path()).unwrap()),
        }
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_person_is_erased_while_the_gateway_runs() {
    let desk = desk();
    let settings = gateway(&format!("http://{}/", desk.address));
    let folder = folder(&files(&settings));
    let served = serve(folder.path());
    for n in 0..20 {
        call(&served, "postCreateUser", &json!({ "id": "7", "login": "asha.rao", "firstName": "Ashalata", "n": n }));
        call(
            &served,
            "validateUser",
            &json!({ "id": format!("o{n}"), "login": format!("other{n}"), "mobile": "9820012345" }),
        );
        call(
            &served,
            "postCreateUser",
            &json!({ "id": format!("o{n}"), "login": format!("other{n}"), "firstName": "Vikram" }),
        );
    }
    let forget = |words: &[&str]| {
        command(folder.path(), &[&["journal", "forget", "--person", "asha.rao"][..], words].concat()).run()
    };
    let list = |words: &[&str]| command(folder.path(), &[&["decisions"][..], words].concat()).run();
    until("all is recorded", || list(&["--limit", "0"]).expect(0).ends_with("60 decisions\n"));
    let before = forget(&[]).expect(0);
    assert!(before.contains("20 records of the person would be erased") && before.contains("add `--yes`"), "{before}");
    assert!(before.contains("20 waiting deliveries would be dropped"), "{before}");
    assert!(before.contains("still named in\n  rules/people.csv:2\n"), "{before}");
    let waits = || command(folder.path(), &["outbox", "list"]).run().expect(0);
    assert!(waits().contains("in all 40 waiting"), "{}", waits());
    assert_eq!(lines(&list(&["--person", "asha.rao"]).expect(0)).len(), 21, "nothing was erased");
    let done = forget(&["--yes"]).expect(0);
    assert!(done.contains("20 records of the person erased, 20 records of others do not name"), "{done}");
    assert!(done.contains("20 waiting deliveries dropped"), "{done}");
    assert!(done.contains("still named in\n  rules/people.csv:2\n"), "{done}");
    list(&["--person", "asha.rao"]).expect(1);
    let others = list(&["--limit", "0"]).expect(0);
    assert!(others.ends_with("40 decisions\n") && !others.contains("asha"), "{others}");
    assert!(list(&["--grep", "asha"]).expect(1).contains("no such decision"));
    list(&["--verify"]).expect(0);
    // The gateway goes on, and what waits of others is still there.
    let id = call(&served, "validateUser", &json!({ "login": "later" }));
    until("it is recorded", || list(&["--limit", "1"]).stdout.contains(&id));
    assert!(waits().contains("in all 20 waiting") && waits().contains("o19"), "{}", waits());
    served.stop();
    fs::remove_dir_all(folder.path().join("rules")).unwrap();
    for text in ["asha.rao", "Ashalata", "Asha Rao"] {
        assert!(!holds(&everything(folder.path()), text), "{text} is in a file");
    }
}

#[test]
fn a_name_of_several_people_erases_nobody() {
    let desk = desk();
    let settings = gateway(&format!("http://{}/", desk.address));
    let folder = folder(&files(&settings));
    let served = serve(folder.path());
    call(&served, "postCreateUser", &json!({ "id": "7", "login": "asha.rao" }));
    call(&served, "postCreateUser", &json!({ "id": "8", "login": "asha.rao" }));
    served.stop();
    let forget = |words: &[&str]| command(folder.path(), &[&["journal", "forget", "--yes"][..], words].concat()).run();
    let refused = forget(&["--person", "asha.rao"]).refused(2);
    assert!(refused.contains("with the ids 7, 8") && refused.contains("`--person 7`"), "{refused}");
    assert!(forget(&["--person", "nobody"]).expect(1).contains("0 records of the person erased"));
    let left = command(folder.path(), &["decisions"]).run().expect(0);
    assert!(left.ends_with("2 decisions\n"), "{left}");
    // By the id one of them goes.
    assert!(forget(&["--person", "7"]).expect(0).contains(
        "1 record of the person erased, 0 records of others do not name the person any more; 1 file written"
    ));
    assert!(command(folder.path(), &["decisions", "--person", "8"]).run().expect(0).ends_with("1 decision\n"));
}

/// The ids of all requests that can be opened, and whether the chain is whole.
fn recorded(folder: &Path) -> BTreeSet<String> {
    let list = command(folder, &["decisions", "--limit", "0", "--format", "json"]).run().expect(0);
    let read = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line.get("not_opened").is_none(), "{line}");
        line["id"].as_str().unwrap().to_owned()
    };
    let faults = verify(&Archive::of(&folder.join("journal.jsonl"), &[]).unwrap()).unwrap().faults;
    assert_eq!(faults, []);
    list.lines().map(read).collect()
}

#[test]
fn killed_at_any_moment_it_loses_nothing_and_can_be_begun_again() {
    let settings = "listen: 127.0.0.1:0\njournal: { file: journal.jsonl, rotate_bytes: 20000, keep_files: 1000 }\n";
    let origin =
        folder(&[("gateway.yaml", settings), ("rules/rules.yaml", "rules: [{ name: a, hook: test, stop: true }]\n")]);
    let served = serve(origin.path());
    let mut others = BTreeSet::new();
    for n in 0..200 {
        call(&served, "validateUser", &json!({ "login": "asha.rao", "n": n }));
        others.insert(call(&served, "validateUser", &json!({ "login": "mona", "manager": "asha.rao", "n": n })));
    }
    served.stop();
    let (mut ended_early, mut delay_ms) = (0, 40_u64);
    for _ in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("rules")).unwrap();
        for entry in fs::read_dir(origin.path()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
        let mut erasing = Command::new(env!("CARGO_BIN_EXE_hookgate"))
            .args(["journal", "forget", "--person", "asha.rao", "--yes"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        linger(Duration::from_millis(delay_ms));
        // Around the moment at which it ends, whoever else uses the machine.
        let is_working = erasing.try_wait().unwrap().is_none();
        ended_early += u32::from(is_working);
        delay_ms = if is_working { delay_ms * 3 / 2 } else { delay_ms / 3 };
        let _ = erasing.kill();
        erasing.wait().unwrap();
        let left = recorded(folder.path());
        assert!(left.is_superset(&others), "{} of others are lost", others.difference(&left).count());
        command(folder.path(), &["journal", "forget", "--person", "asha.rao", "--yes"]).run();
        assert_eq!(recorded(folder.path()), others);
        assert!(!command(folder.path(), &["decisions", "--grep", "asha.rao"]).run().stdout.contains("mona"));
        let names: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(names.iter().all(|name| ![".anew", ".new"].iter().any(|end| name.contains(end))), "{names:?}");
    }
    assert!(ended_early > 2, "the command was killed only {ended_early} times while it worked");
}

/// In another folder, with the key at hand, nothing could be erased: that is no erasure.
#[test]
fn where_there_is_no_journal_nothing_is_said_to_be_erased() {
    let settings = "journal: { key: \"${env:KEY}\" }\n";
    let folder =
        folder(&[("gateway.yaml", settings), ("rules/a.yaml", "hook: test\nrules: [{ name: a, stop: true }]\n")]);
    for words in [&["--yes"][..], &[]] {
        let words = [&["journal", "forget", "--person", "asha.rao"][..], words].concat();
        let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
        let refused = command(folder.path(), &words).env("KEY", key).run().refused(2);
        assert!(refused.contains("there is no journal `journal.jsonl`"), "{refused}");
        assert!(refused.contains("run this command there"), "{refused}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
