//! What else lies in a rules folder: of mounted volumes, of network storage, of archives, of editors.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use hookgate::rule::Sources;

use crate::support::program::{Program, folder};

const RULES: &str = "hook: test\nrules: [{ name: a, stop: true }]\n";
/// No YAML: whoever reads it says so.
const BROKEN: &str = "rules: [";

fn names(sources: &Sources) -> Vec<&str> {
    sources.files.iter().map(|(_, file)| file.short_name()).collect()
}

#[test]
fn folders_that_nobody_made_are_left_alone() {
    let dir = folder(&[("rules/a.yaml", RULES), ("rules/teams/b.json", "[]")]);
    let rules = dir.path().join("rules");
    for name in [
        "lost+found",
        "@eaDir",
        "#recycle",
        "#snapshot",
        "~snapshot",
        "$RECYCLE.BIN",
        "$Recycle.Bin",
        "RECYCLER",
        "System Volume Information",
        "__MACOSX",
        ".snapshot",
        ".Trash-1000",
        "..data",
    ] {
        for parent in [rules.clone(), rules.join("teams")] {
            let made = parent.join(name).join("a.yaml");
            fs::create_dir_all(&made).unwrap();
            fs::write(made.join("broken.yaml"), BROKEN).unwrap();
            // As the file system makes it: for the superuser alone.
            fs::set_permissions(parent.join(name), fs::Permissions::from_mode(0o000)).unwrap();
        }
    }
    for name in ["Thumbs.db", "desktop.ini", ".DS_Store", "._a.yaml", "a.yaml~", "#a.yaml#", "notes.txt"] {
        fs::write(rules.join(name), b"\xff\xfe").unwrap();
    }
    let sources = Sources::read(&rules);
    let stdout = Program::new(["check"]).within(dir.path()).run().stdout;
    for entry in fs::read_dir(&rules).unwrap().chain(fs::read_dir(rules.join("teams")).unwrap()) {
        // So that the folder can be removed by anybody.
        let path = entry.unwrap().path();
        let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o755));
    }
    assert_eq!(names(&sources.unwrap()), ["a.yaml", "b.json"]);
    assert!(stdout.contains("1 rule in 2 files"), "{stdout}");
}

#[test]
fn a_folder_that_may_hold_rules_and_cannot_be_read_is_a_mistake() {
    let dir = folder(&[("rules/a.yaml", RULES), ("rules/teams/b.yaml", RULES)]);
    let teams = dir.path().join("rules/teams");
    fs::set_permissions(&teams, fs::Permissions::from_mode(0o000)).unwrap();
    let is_superuser = fs::read_dir(&teams).is_ok();
    let read = Sources::read(&dir.path().join("rules"));
    fs::set_permissions(&teams, fs::Permissions::from_mode(0o755)).unwrap();
    match read {
        Ok(_) => assert!(is_superuser),
        Err(report) => assert!(report.to_text(false).contains("cannot read folder"), "{}", report.to_text(false)),
    }
}

#[test]
fn a_name_that_is_no_text_is_a_mistake_only_where_it_may_hold_rules() {
    let made = |name: &[u8], is_folder: bool| {
        let dir = folder(&[("rules/a.yaml", RULES)]);
        let path = dir.path().join("rules").join(Path::new(OsStr::from_bytes(name)));
        if is_folder {
            fs::create_dir(path).unwrap();
        } else {
            fs::write(path, BROKEN).unwrap();
        }
        Sources::read(&dir.path().join("rules"))
    };
    for name in
        [&b"caf\xe9.txt"[..], b"\xff\xfe", b"r\xe9sum\xe9.pdf", b".caf\xe9.yaml", b"caf\xe9.yaml~", b"a.y\xe9ml"]
    {
        assert_eq!(names(&made(name, false).unwrap()), ["a.yaml"], "{}", String::from_utf8_lossy(name));
    }
    for (name, is_folder) in [
        (&b"caf\xe9.yaml"[..], false),
        (b"caf\xe9.YML", false),
        (b"caf\xe9.test.yaml", false),
        (b"caf\xe9.csv", false),
        (b"caf\xe9.json", false),
        (b"caf\xe9.rhai", false),
        (b"caf\xe9", true),
    ] {
        let told = made(name, is_folder).unwrap_err().to_text(false);
        let what = if is_folder { "folder" } else { "file" };
        assert!(told.contains(&format!("the name of {what} `")) && told.contains("is not UTF-8"), "{told}");
        assert!(told.contains(&format!("rename the {what}")), "{told}");
    }
}

/// Notepad and PowerShell write one before a text.
#[test]
fn a_byte_order_mark_is_no_part_of_any_text() {
    let marked = |text: &str| format!("\u{feff}{text}");
    let rules = marked(
        "hook: validateUser\nlookups:\n  taken: { table: taken.json, key: login }\n  held: { table: held.yaml, key: login }\n  \
         hr: { http: hr, get: \"/x/${key}\", on_error: fail }\nrules:\n  \
         - { name: taken, when: { user.login: { found_in: taken } }, reject: LoginTaken }\n  \
         - { name: held, when: { user.login: { found_in: held } }, reject: LoginHeld }\n  \
         - { name: asked, let: { row: { lookup: hr, key: \"${user.login}\" } }, when: { row.a: b, script: \"yes()\" }, reject: LoginAsked }\n",
    );
    let tests = marked(
        "tests:\n  - { name: a, hook: validateUser, request: { user: { login: x } }, expect: { reject: LoginTaken } }\n  \
         - { name: b, hook: validateUser, request: { user: { login: y } }, expect: { reject: LoginHeld } }\n",
    );
    let request = marked(r#"{"request":{"user":{"login":"z"}}}"#);
    let files = [
        ("gateway.yaml", marked("connections: { hr: { http: \"https://hr.example\" } }\n")),
        ("rules/a.yaml", rules),
        ("rules/a.test.yaml", tests),
        ("rules/taken.json", marked(r#"[{"login":"x"}]"#)),
        ("rules/held.yaml", marked("- { login: y }\n")),
        ("rules/f.rhai", marked("fn yes() { true }\n")),
        ("given.yaml", marked("hr: { z: { a: b } }\n")),
        ("request.json", request),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    let dir = folder(&files);
    let run = |words: &[&str]| Program::new(words.iter().copied()).within(dir.path()).run().expect(0);
    assert!(run(&["test"]).contains("2 passed"));
    let decided = run(&["dry-run", "validateUser", "request.json", "--given", "given.yaml"]);
    assert!(decided.contains("LoginAsked"), "{decided}");
    let changed = run(&["dry-run", "validateUser", "request.json", "--set", "user.login=x"]);
    assert!(changed.contains("LoginTaken"), "{changed}");
}
