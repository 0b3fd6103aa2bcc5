//! Secrets in files that are changed while the gateway runs, files that only hookgate's user may read, and what an operator sees of both.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::client::{ask, post_with};
use crate::support::post;
use crate::support::program::{Program, Served, folder};
use crate::support::receiver::{HttpReceiver, Reply};
use crate::support::wait::until;

const STOPS: &str = "hook: test\nrules: [{ name: a, stop: true }]\n";
const SENDS: &str = "hook: postCreateUser
lookups: { hr: { http: hr, get: \"/people/${key}\", on_error: absent } }
rules:
  - name: tell
    let: { person: { lookup: hr, key: \"${user.login}\" } }
    deliver: { to: itsm, body: { login: \"${user.login}\", known: '${person.login ?? \"no\"}' } }
";

/// Writes a secret as an agent does that is done with it: whole, and some time ago.
fn write(dir: &Path, name: &str, text: &str) {
    let new = dir.join(format!("{name}.new"));
    fs::write(&new, text).unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    fs::OpenOptions::new().append(true).open(&new).unwrap().set_modified(long_ago).unwrap();
    fs::rename(new, dir.join(name)).unwrap();
}

fn bearer(secret: &str) -> String {
    format!("authorization: Bearer {secret}\r\n")
}

/// Of a token in a file: the new one is known after a moment, the old one is not; what cannot be read changes nothing.
#[test]
fn who_may_come_in_and_who_may_ask_follow_their_files() {
    let settings = "listen: 127.0.0.1:0
auth: { bearer: { secrets: [\"${file:secret}\"] } }
admin: { token: \"${file:admin}\" }
";
    let (old, new) = ("first-secret-of-the-house", "second-secret-of-the-house");
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", STOPS), ("secret", old), ("admin", old)]);
    let served = Program::new(["serve"]).within(dir.path()).serve();
    let call = |secret: &str| post_with(served.address, "/test", &bearer(secret), b"{}").status;
    let rules = |secret: &str| ask(served.admin, "GET", "/rules", &bearer(secret)).status;
    assert_eq!((call(old), call(new), rules(old), rules(new)), (200, 401, 200, 401));
    write(dir.path(), "secret", new);
    write(dir.path(), "admin", &format!("{new}\n"));
    // A signal has it looked at, too; the look that finds it and the one that agrees are a moment apart.
    served.signal("HUP");
    until("the new secret lets in", || call(new) == 200);
    until("the new token is known", || rules(new) == 200);
    assert_eq!((call(old), rules(old)), (401, 401));
    for (name, broken) in [("secret", ""), ("admin", "")] {
        write(dir.path(), name, broken);
    }
    until("an empty secret is told", || served.log().matches("a secret cannot be read any more").count() >= 1);
    fs::remove_file(dir.path().join("secret")).unwrap();
    served.signal("HUP");
    until("an empty token is told", || {
        rules(new) == 200 && served.log().matches("a secret cannot be read any more").count() >= 2
    });
    assert_eq!((call(new), call(old), call("")), (200, 401, 401));
    let command = Program::new(["reload"]).within(dir.path()).env("HOOKGATE_ADMIN_LISTEN", &served.admin.to_string());
    write(dir.path(), "admin", old);
    until("the token is there again", || rules(old) == 200);
    command.run().expect(0);
    let (code, log) = served.stop();
    assert_eq!(code, Some(0));
    for secret in [old, new] {
        assert!(!log.contains(secret), "no secret is shown: {log}");
    }
}

/// Calls that hookgate makes carry what stands in the file then.
#[test]
fn calls_carry_the_credential_of_now() {
    let (itsm, hr) = (HttpReceiver::start(|_| Reply::Status(200, "")), HttpReceiver::start(|_| Reply::Status(404, "")));
    let settings = format!(
        "listen: 127.0.0.1:0
outbox: {{ window_ms: 0 }}
destinations: {{ itsm: {{ http: \"http://{}/\", allow: [127.0.0.1], bearer: \"${{file:itsm}}\", signature: \"${{file:key}}\" }} }}
connections: {{ hr: {{ http: \"http://{}\", allow: [127.0.0.1], user: hookgate, password: \"${{file:hr}}\" }} }}
",
        itsm.address, hr.address
    );
    let dir = folder(&[
        ("gateway.yaml", &settings),
        ("rules/a.yaml", SENDS),
        ("itsm", "itsm-one"),
        ("hr", "hr-one"),
        ("key", "c2lnbmF0dXJlLWtleS1vbmU="),
    ]);
    let served = Program::new(["serve"]).within(dir.path()).serve();
    let mut number = 0;
    let mut event = || {
        number += 1;
        let body = json!({ "request": { "user": { "login": format!("asha{number}") } } });
        assert_eq!(post(served.address, "/postCreateUser", body.to_string().as_bytes()).status, 200);
    };
    let header = |receiver: &HttpReceiver, name: &str| {
        receiver
            .got
            .lock()
            .unwrap()
            .last()
            .map(|got| got.headers.get(name).cloned().unwrap_or_default())
            .unwrap_or_default()
    };
    event();
    until("it arrives", || header(&itsm, "authorization") == "Bearer itsm-one");
    assert_eq!(header(&hr, "authorization"), "Basic aG9va2dhdGU6aHItb25l");
    assert!(header(&itsm, "webhook-signature").starts_with("v1,"));
    write(dir.path(), "itsm", "itsm-two");
    write(dir.path(), "hr", "hr-two");
    until("the new ones are sent", || {
        event();
        header(&itsm, "authorization") == "Bearer itsm-two"
            && header(&hr, "authorization") == "Basic aG9va2dhdGU6aHItdHdv"
    });
    fs::remove_file(dir.path().join("itsm")).unwrap();
    until("that it is gone is told", || {
        event();
        served.log().contains("a secret cannot be read any more")
    });
    let before = itsm.count();
    event();
    until("it is sent all the same", || itsm.count() > before);
    assert_eq!(header(&itsm, "authorization"), "Bearer itsm-two");
    served.stop();
}

/// What keeps `serve` from starting is what `doctor` fails of, in the same words.
#[test]
fn doctor_fails_where_serve_would_not_start() {
    for (settings, wrong) in [
        (
            "auth: { bearer: { secrets: [\"${file:gone}\"] } }",
            "a secret of `auth.bearer` is not there: the file `gone` cannot be read",
        ),
        ("auth: { header: { name: X-Key, secrets: [\"${file:empty}\"] } }", "a secret of `auth.header` is empty"),
        ("auth: { jwt: { secrets: [\"${env:HOOKGATE_TEST_NO_SUCH_VARIABLE}\"] } }", "HOOKGATE_TEST_NO_SUCH_VARIABLE"),
        ("auth: { jwt: { keys: [gone.pem] } }", "the key `gone.pem` cannot be used"),
        ("listen: 0.0.0.0:0", "other machines reach it, and nothing keeps anybody out"),
        ("tls: { certificate: gone.crt, key: gone.key }", "cannot encrypt: `gone.crt` cannot be read"),
        ("admin: { token: \"${file:gone}\" }", "`admin.token` cannot be used: the file `gone`"),
        ("admin: { token: \"${file:empty}\" }", "`admin.token` cannot be used: it is empty"),
        ("admin: { listen: \"0.0.0.0:0\" }", "the admin listener may not be on `0.0.0.0:0`"),
        ("journal: { file: j.jsonl, key: \"${file:gone}\" }", "the file `gone` cannot be read"),
        ("journal: { file: j.jsonl, key: \"${file:empty}\" }", "the key of the journal is not 32 bytes long"),
    ] {
        let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", STOPS), ("empty", "")]);
        let run = |command: &str| {
            let program = Program::new([command, "--log-format", "text"]).within(dir.path());
            let program = if settings.contains("journal") { program.env("HOOKGATE_JOURNAL_FILE", "") } else { program };
            // The test's own address of the admin listener would hide what these settings say of it.
            if settings.contains("admin: { listen") { program.env("HOOKGATE_ADMIN_LISTEN", "") } else { program }.run()
        };
        let serve = run("serve");
        assert!(serve.code == Some(78) && serve.stderr.contains(wrong), "{settings}: {serve:?}");
        let doctor = run("doctor");
        assert!(doctor.code == Some(1) && doctor.stdout.contains("`hookgate serve` would not start"), "{doctor:?}");
        assert!(doctor.stdout.contains(wrong), "{settings}: {doctor:?}");
    }
    let dir = folder(&[("gateway.yaml", "auth: { bearer: { secrets: [\"${file:gone}\"] } }"), ("rules/a.yaml", STOPS)]);
    let told = Program::new(["doctor", "--format", "json"]).within(dir.path()).run().expect(1);
    let last: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(last["would_start"], false);
}

#[test]
fn doctor_fails_where_serve_would_not_listen_or_record() {
    let of = |settings: &str, command: &str| {
        let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", STOPS)]);
        Program::new([command, "--log-format", "text"]).within(dir.path()).env("HOOKGATE_JOURNAL_FILE", "").run()
    };
    // An address that documentation has (RFC 5737), and nobody's machine.
    let elsewhere = "listen: 203.0.113.5:8080\nauth: { address: { allow: [10.0.0.0/16] } }\njournal: { file: null }\n";
    assert_eq!(of(elsewhere, "serve").code, Some(2));
    let told = of(elsewhere, "doctor");
    assert!(
        told.code == Some(1) && told.stdout.contains("would not start: cannot listen on `203.0.113.5:8080`"),
        "{told:?}"
    );
    let durable = "journal: { file: away/j.jsonl, durable: true }\n";
    assert_eq!(of(durable, "serve").code, Some(78));
    let told = of(durable, "doctor");
    assert!(told.code == Some(1) && told.stdout.contains("`hookgate serve` would not start: the journal"), "{told:?}");
    let told = of("journal: { file: away/j.jsonl }\n", "doctor");
    assert!(told.code == Some(1) && told.stdout.contains("would record no decision: the journal"), "{told:?}");
    assert!(told.stdout.contains("help: make the folder `away`"), "{told:?}");
}

/// Whatever becomes of gateway.yaml, the gateway that runs is alive.
#[test]
fn a_healthcheck_does_not_mind_edited_settings() {
    let settings = "listen: 127.0.0.1:0\nreload: { state: state }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", STOPS), ("state/.keep", "")]);
    let program =
        |words: &[&str]| Program::new(words.iter().copied()).within(dir.path()).env("HOOKGATE_RELOAD_STATE", "");
    let served = program(&["serve"]).serve();
    let listens = served.admin.to_string();
    for edited in [
        settings,
        "listen: 127.0.0.1:0\nreload: { state: state }\nlimit: {}\n",
        "listen: nowhere\nreload: { state: state, keep: many }\n",
        "admin: { listen: \"127.0.0.1:1\" }\nreload: { state: state }\n",
    ] {
        fs::write(dir.path().join("gateway.yaml"), edited).unwrap();
        for words in [&["healthcheck"][..], &["healthcheck", "--ready"], &["--config", "gateway.yaml", "healthcheck"]] {
            let told = program(words).run().expect(0);
            assert!(told.contains(&listens), "{edited}: {told}");
        }
    }
    // Where nothing is written down, what can be read of the settings says where.
    for broken in ["admin: { listen: \"ADDRESS\" }\nlimits: { body_bytes: many }\n", "auth: [\nadmin: }"] {
        fs::write(dir.path().join("gateway.yaml"), broken.replace("ADDRESS", &listens)).unwrap();
        let program = Program::new(["healthcheck"]).within(dir.path());
        let named = if broken.contains("ADDRESS") { "" } else { &*listens };
        program.env("HOOKGATE_ADMIN_LISTEN", named).run().expect(0);
    }
    fs::write(dir.path().join("gateway.yaml"), settings).unwrap();
    assert_eq!(served.stop().0, Some(0));
    let told = program(&["healthcheck"]).run();
    assert!(told.code != Some(0), "it has stopped: {told:?}");
    let left: Vec<_> =
        fs::read_dir(dir.path().join("state")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_str().unwrap().starts_with("hookgate-admin-")), "{left:?}");
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap_or_else(|error| panic!("{}: {error}", file.display())).permissions().mode() & 0o777
}

fn house(settings: &str) -> tempfile::TempDir {
    let settings = format!(
        "listen: 127.0.0.1:0\njournal: {{ rotate_bytes: 1024{settings} }}\noutbox: {{ file: outbox.db, window_ms: 0{settings} }}\ndestinations: {{ siem: {{ file: siem.jsonl, rotate_bytes: 1024{settings} }} }}\n"
    );
    let rules =
        "hook: postCreateUser\nrules: [{ name: tell, deliver: { to: siem, body: { login: \"${user.login}\" } } }]\n";
    folder(&[("gateway.yaml", &settings), ("rules/a.yaml", rules)])
}

/// With whatever mask the process was started, which takes rights away or none.
fn serve(dir: &Path, mask: &str) -> Served {
    let line = format!("umask {mask}; exec hookgate serve");
    Program::shell(&line).within(dir).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").serve()
}

fn sent(served: &Served, dir: &Path) {
    for number in 0..30 {
        let body = json!({ "request": { "user": { "login": format!("asha.rao.{number}.{}", "x".repeat(60)) } } });
        assert_eq!(post(served.address, "/postCreateUser", body.to_string().as_bytes()).status, 200);
    }
    until("files are set aside", || {
        let names = fs::read_dir(dir).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
        let names: Vec<String> = names.collect();
        ["journal.jsonl.2", "siem.jsonl.2"].iter().all(|begin| names.iter().any(|name| name.starts_with(begin)))
    });
}

/// Files with people in them, those that were set aside and what SQLite has beside its own.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let all = fs::read_dir(dir).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    let of_people = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        ["outbox.db", "journal.jsonl", "siem.jsonl"].iter().any(|begin| name.starts_with(begin))
            && ![".key", ".keys", ".lock"].iter().any(|end| name.ends_with(end))
    };
    all.filter(of_people).collect()
}

/// A file that was begun this moment is made with fewer rights, and given its own at once; one that was set aside or removed
/// after it was listed is no longer there.
fn each_has_mode(wanted: u32, files: &[std::path::PathBuf], of: &str) {
    for file in files {
        let what = format!("{} has mode {wanted:o}: {of}", file.display());
        until(&what, || !file.exists() || fs::metadata(file).is_ok_and(|of| of.permissions().mode() & 0o777 == wanted));
    }
}

#[test]
fn files_with_people_in_them_are_for_one_user_unless_a_setting_says_otherwise() {
    for (settings, wanted) in [("", 0o600), (", mode: \"640\"", 0o640), (", mode: \"0664\"", 0o664)] {
        for mask in ["000", "022", "077"] {
            let dir = house(settings);
            let served = serve(dir.path(), mask);
            sent(&served, dir.path());
            let found = files(dir.path());
            assert!(found.iter().any(|file| file.ends_with("outbox.db-wal")) && found.len() >= 7, "{found:?}");
            each_has_mode(wanted, &found, &format!("{settings:?} and mask {mask}"));
            // What holds nobody's data is for its user alone, whatever the setting says.
            for name in ["journal.jsonl.key", "journal.jsonl.keys", "journal.jsonl.lock", "outbox.db.lock"] {
                assert_eq!(mode(&dir.path().join(name)), 0o600, "{name}");
            }
            served.stop();
        }
    }
    // What an older version has left readable.
    let dir = house("");
    let served = serve(dir.path(), "022");
    sent(&served, dir.path());
    served.signal("KILL");
    drop(served);
    for file in files(dir.path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.contains(".jsonl.2") {
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
    let served = serve(dir.path(), "022");
    sent(&served, dir.path());
    each_has_mode(0o600, &files(dir.path()), "files of an older version");
    served.stop();
    for wrong in ["644a", "400", "\"44\"", "rw"] {
        let dir = house(&format!(", mode: {wrong}"));
        let told = Program::new(["serve"]).within(dir.path()).run();
        assert!(
            told.code == Some(78) && told.stderr.matches("three digits from 0 to 7").count() == 3,
            "{wrong}: {told:?}"
        );
    }
}

/// Of the key that an older version, or somebody who copied it, has left readable.
#[test]
fn a_key_of_the_journal_that_others_can_read_is_theirs_no_longer() {
    let dir = house("");
    let key = dir.path().join("journal.jsonl.key");
    serve(dir.path(), "022").stop();
    let text = fs::read_to_string(&key).unwrap();
    let told = "could be read by others";
    for open in [0o644, 0o660, 0o604, 0o700] {
        fs::set_permissions(&key, fs::Permissions::from_mode(open)).unwrap();
        let (code, log) = serve(dir.path(), "022").stop();
        assert_eq!((code, mode(&key), log.matches(told).count()), (Some(0), 0o600, 1), "{open:o}: {log}");
        assert!(!log.contains(text.trim()), "{log}");
    }
    let (_, log) = serve(dir.path(), "022").stop();
    assert!(!log.contains(told) && fs::read_to_string(&key).unwrap() == text, "{log}");
}

/// A key that is another one than that of the records is told at the start, for as long as that is the last one's.
#[test]
fn a_lost_key_of_the_journal_is_told() {
    const TOLD: &str = "a master key of the journal is lost";
    let dir = house("");
    let served = serve(dir.path(), "022");
    sent(&served, dir.path());
    served.stop();
    let served = serve(dir.path(), "022");
    assert!(!served.log().contains(TOLD), "{}", served.log());
    served.stop();
    fs::remove_file(dir.path().join("journal.jsonl.key")).unwrap();
    for _ in 0..2 {
        let served = serve(dir.path(), "022");
        until("it is told", || served.log().contains(TOLD));
        served.stop();
    }
    // As long as there are files that cannot be read without it, whatever is recorded since.
    let served = serve(dir.path(), "022");
    let body = br#"{"request":{"user":{"login":"asha.rao"}}}"#;
    assert_eq!(post(served.address, "/postCreateUser", body).status, 200);
    served.stop();
    let served = serve(dir.path(), "022");
    until("it is told", || served.log().contains(TOLD));
    // So many that the files of before are removed.
    sent(&served, dir.path());
    served.stop();
    let served = serve(dir.path(), "022");
    until("it runs", || served.logged("listening").is_some());
    assert!(!served.log().contains(TOLD), "{}", served.log());
    served.stop();
    // The file of wrapped keys is as needful as the master key.
    fs::remove_file(dir.path().join("journal.jsonl.keys")).unwrap();
    let served = serve(dir.path(), "022");
    until("it is told", || served.log().contains("keys of the journal are not in the file beside it"));
    served.stop();
}

/// A pipe that nobody writes into would be waited for without end, and so would a stop.
#[cfg(target_os = "linux")]
#[test]
fn what_is_no_ordinary_file_is_refused_at_the_start_and_changes_nothing_later() {
    let pipe = |file: &Path| {
        let _ = fs::remove_file(file);
        assert!(std::process::Command::new("mkfifo").arg(file).status().unwrap().success());
    };
    let to = "destinations: { itsm: { http: \"https://itsm.example\", ca: pipe } }";
    for settings in [
        "auth: { bearer: { secrets: [\"${file:pipe}\"] } }",
        "auth: { jwt: { keys: [pipe] } }",
        "tls: { certificate: pipe, key: pipe }",
        "admin: { token: \"${file:pipe}\" }",
        "journal: { file: j.jsonl, key: \"${file:pipe}\" }",
        "connections: { hr: { http: \"https://hr.example\", ca: pipe } }",
        to,
        "connections: { hr: { http: \"https://hr.example\", bearer: \"${file:pipe}\" } }",
    ] {
        let text = format!("listen: 127.0.0.1:0\n{settings}\n");
        let dir = folder(&[("gateway.yaml", &text), ("rules/a.yaml", STOPS)]);
        pipe(&dir.path().join("pipe"));
        // A program of the tests keeps no journal unless it is told to.
        let told = Program::new(["serve"]).within(dir.path()).env("HOOKGATE_JOURNAL_FILE", "j.jsonl").run();
        assert_ne!(told.code, Some(0), "{settings}");
        assert!(told.stderr.contains("it is not an ordinary file"), "{settings}: {}", told.stderr);
    }
    let settings = "listen: 127.0.0.1:0\nauth: { bearer: { secrets: [\"${file:secret}\"] } }\n";
    let old = "first-secret-of-the-house";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", STOPS), ("secret", old)]);
    let served = Program::new(["serve"]).within(dir.path()).serve();
    pipe(&dir.path().join("secret"));
    served.signal("HUP");
    until("it is told", || served.log().contains("it is not an ordinary file"));
    assert_eq!(post_with(served.address, "/test", &bearer(old), b"{}").status, 200);
    assert_eq!(served.stop().0, Some(0));
}
