//! What else lies in a rules folder: of mounted volumes, of network storage, of archives, of editors.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use hookgate::rule::{Role, Sources};

use crate::support::program::{Program, folder};
use crate::support::wait::until;

const RULES: &str = "hook: test\nrules: [{ name: a, stop: true }]\n";
const OTHER: &str = "hook: test\nrules: [{ name: b, stop: true }]\n";
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

/// What hookgate's user may read and nobody who writes rules should.
const CANARY: &str = "canary-4711";

/// A house with a file of each kind outside of the rules folder.
fn beside() -> tempfile::TempDir {
    let dir = folder(&[
        ("rules/a.yaml", RULES),
        ("rules/team/b.yaml", RULES),
        ("rules-2/x.csv", "login\n"),
        ("out/deep/x.csv", CANARY),
    ]);
    for kind in ["yaml", "yml", "test.yaml", "csv", "json", "xlsx", "rhai"] {
        fs::write(dir.path().join(format!("out/secret.{kind}")), format!("{CANARY}: {CANARY}\n")).unwrap();
    }
    dir
}

/// Every way in which a link can lead out: each is named with where it leads, and nothing of what is there is shown.
#[test]
fn a_link_that_leads_out_of_the_folder_is_a_mistake() {
    let kinds = ["yaml", "yml", "test.yaml", "csv", "json", "xlsx", "rhai"];
    let mut links: Vec<(String, String)> =
        kinds.iter().map(|kind| (format!("l.{kind}"), format!("../out/secret.{kind}"))).collect();
    links.extend(kinds.iter().map(|kind| (format!("team/l.{kind}"), "ABSOLUTE/out/secret.csv".to_owned())));
    let more = [
        ("l.csv", "ABSOLUTE/out/secret.csv"),
        ("l.yaml", "/etc/passwd"),
        ("l.yaml", "/proc/1/environ"),
        ("l.csv", "hop.txt"),
        ("folder", "../out"),
        ("team/folder", "../../out/deep"),
        ("up", ".."),
        ("whole", "/etc"),
        // Its name begins as that of the rules folder does.
        ("l.csv", "../rules-2/x.csv"),
    ];
    links.extend(more.map(|(link, to)| (link.to_owned(), to.to_owned())));
    for (link, to) in links {
        let dir = beside();
        let to = to.replace("ABSOLUTE", dir.path().to_str().unwrap());
        symlink("../out/secret.csv", dir.path().join("rules/hop.txt")).unwrap();
        symlink(&to, dir.path().join("rules").join(&link)).unwrap();
        let ended = Program::new(["check"]).within(dir.path()).run();
        let told = ended.stdout + &ended.stderr;
        let target = fs::canonicalize(dir.path().join("rules").join(&link)).unwrap();
        let message = format!(
            "error[H522]: `rules/{link}` is a link that leads out of the rules folder, to `{}`",
            target.display()
        );
        assert!(ended.code == Some(1) && told.contains(&message), "{link} to {to}: {told}");
        assert!(told.contains("`reload.follow` in gateway.yaml"), "{told}");
        for secret in [CANARY, "root:", "PATH="] {
            assert!(!told.contains(secret), "{link} to {to}: {told}");
        }
        for words in [&["dry-run", "test"][..], &["docs"], &["test"]] {
            let ended = Program::new(words.iter().copied()).within(dir.path()).input("{}").run();
            assert!(ended.code != Some(0) && !(ended.stdout + &ended.stderr).contains(CANARY), "{words:?}");
        }
    }
}

/// A `ConfigMap`, and whatever else stays within; a rules folder that is a link itself; folders that gateway.yaml names.
#[test]
fn a_link_that_stays_within_is_followed_and_so_is_one_that_may_lead_out() {
    let dir = beside();
    let rules = dir.path().join("rules");
    fs::create_dir(rules.join("..2026")).unwrap();
    fs::write(rules.join("..2026/c.yaml"), RULES.replace("name: a", "name: c")).unwrap();
    symlink("..2026", rules.join("..data")).unwrap();
    symlink("..data/c.yaml", rules.join("c.yaml")).unwrap();
    symlink("../team/b.yaml", rules.join("team/d.yaml")).unwrap();
    symlink(dir.path().join("rules/a.yaml"), rules.join("e.yaml")).unwrap();
    // What is not read is not judged.
    symlink("/etc/passwd", rules.join("README")).unwrap();
    symlink("/etc", rules.join(".hidden")).unwrap();
    symlink("../out", rules.join("lost+found")).unwrap();
    symlink("rules", dir.path().join("link")).unwrap();
    for name in ["rules", "link", "link/", "link/../rules"] {
        let sources = Sources::read(&dir.path().join(name)).unwrap();
        assert_eq!(names(&sources), ["a.yaml", "c.yaml", "e.yaml", "b.yaml", "d.yaml"], "{name}");
    }
    symlink("../out/deep", rules.join("table")).unwrap();
    symlink("../rules-2/x.csv", rules.join("x.csv")).unwrap();
    let check = |follow: &str| {
        fs::write(dir.path().join("gateway.yaml"), format!("reload: {{ follow: {follow} }}\n")).unwrap();
        Program::new(["check"]).within(dir.path()).run().stdout
    };
    let absolute = format!("[{}, ./rules-2]", dir.path().join("out").display());
    for follow in ["[out, rules-2]", "[out/deep, rules-2/]", "[.]", &absolute] {
        let told = check(follow);
        assert!(!told.contains("H522") && told.contains(" in 7 files"), "{follow}: {told}");
    }
    for (follow, missing) in
        [("[out]", "rules/x.csv"), ("[rules-2]", "rules/table"), ("[nowhere, rules-2]", "rules/table")]
    {
        let told = check(follow);
        assert!(
            told.matches("H522").count() == 1 && told.contains(&format!("`{missing}` is a link")),
            "{follow}: {told}"
        );
    }
    let told = Program::new(["check"]).within(dir.path()).env("HOOKGATE_RELOAD_FOLLOW", "[\"\"]").run();
    assert!(told.code == Some(2) && told.stderr.contains("`reload.follow` names no folder"), "{told:?}");
}

/// A table is named beside the rule file, never above the folder.
#[test]
fn a_rule_file_names_nothing_outside_of_the_folder() {
    let absolute = |dir: &Path| dir.join("out/secret.csv").display().to_string();
    for table in
        ["../out/secret.csv", "./../out/secret.csv", "team/../../out/secret.csv", "ABSOLUTE", "~/x.csv", "/etc/passwd"]
    {
        let dir = beside();
        let table = table.replace("ABSOLUTE", &absolute(dir.path()));
        let text = format!(
            "hook: test\nlookups: {{ l: {{ table: {table}, key: login }} }}\nrules: [{{ name: a, stop: true }}]\n"
        );
        fs::write(dir.path().join("rules/a.yaml"), text).unwrap();
        let told = Program::new(["check"]).within(dir.path()).run().stdout;
        assert!(told.contains("error[H502]") && !told.contains(CANARY), "{table}: {told}");
    }
}

#[test]
fn a_file_that_is_not_read_because_of_its_name_is_told_unless_it_is_a_copy_or_switched_off() {
    let dir =
        folder(&[("rules/a.yaml", RULES), ("rules/teams/b.yml.txt", RULES), ("rules/people.csv.bak", "login\na\n")]);
    let said = Program::new(["check"]).within(dir.path()).run().expect(0);
    for part in [
        "warning[H129]: the file `rules/teams/b.yml.txt` is not read because of its name",
        "rename it to `b.yml`",
        "warning[H129]: the file `rules/people.csv.bak` is not read because of its name",
        "0 errors, 2 warnings",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    for copy in ["a.yaml~", "a.yaml.bak", "A.YAML (1)", "c.yaml.off", "README.md", "notes.txt"] {
        fs::write(dir.path().join("rules").join(copy), RULES).unwrap();
    }
    let said = Program::new(["check"]).within(dir.path()).run().expect(0);
    assert!(said.contains("0 errors, 2 warnings"), "{said}");
    // Where it was the only rule file, that is why there are no rules.
    fs::remove_file(dir.path().join("rules/a.yaml")).unwrap();
    fs::rename(dir.path().join("rules/teams/b.yml.txt"), dir.path().join("rules/b.yaml.txt")).unwrap();
    let said = Program::new(["check"]).within(dir.path()).run().expect(1);
    assert!(said.contains("error[H110]") && said.contains("rename it to `b.yaml`"), "{said}");
}

#[test]
fn tests_are_tests_whatever_the_case_of_their_ending() {
    for name in ["a.test.yaml", "A.TEST.YAML", "a.Test.yml"] {
        assert_eq!(Role::of(name), Some(Role::Tests), "{name}");
    }
}

#[test]
fn a_rule_file_that_is_renamed_while_the_gateway_runs_is_told_for_as_long_as_it_is_missed() {
    let settings = "listen: 127.0.0.1:0\nreload: { quiet_ms: 20, poll_ms: 3600000 }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", RULES), ("rules/leavers.yaml", OTHER)]);
    let served = Program::new(["serve"]).within(dir.path()).serve();
    let warnings = || served.ask("GET", "/rules", "").json()["warnings"].clone();
    assert_eq!(warnings()["count"], 0);
    let rename = |from: &str, to: &str| fs::rename(dir.path().join(from), dir.path().join(to)).unwrap();
    rename("rules/leavers.yaml", "rules/leavers.yaml.txt");
    until("it is told", || warnings()["findings"][0]["code"] == "H129");
    let line = "warning[H129]: the file `rules/leavers.yaml.txt` is not read because of its name";
    until("the log tells it", || served.log().contains(line));
    rename("rules/leavers.yaml.txt", "rules/leavers.yaml");
    until("it is mended", || warnings()["count"] == 0);
}
