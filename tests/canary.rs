//! The canary: a password and a token that go through everything, and are found in nothing that is written.
//!
//! The built program is run with every hook's sample, each with a canary wherever secrets stand and another as its bearer,
//! at every level of the log, with rules that try all they can to give them away. Then every byte that was written (both
//! streams, answers that are no reply, every file in the folder) is searched for both: as they are, in capitals, in Base64
//! at each alignment, in hexadecimal, percent-encoded, with JSON's escapes, and as the SHA-256 of it.
//!
//! # Where further parts go
//!
//! What writes something new is run in [`everything_is_tried`], in the folder that is searched. A new kind of secret gets a
//! canary of its own in [`CANARIES`].
//!
//! # Sabotage
//!
//! Each of these was taken away by hand, and a test of this file failed:
//!
//! | guard | taken away in |
//! |---|---|
//! | secrets are written as `(hidden)` | `event/json/write.rs`, `write_node` |
//! | `password` is a secret's name | `event/secret/secret.rs`, `SECRET_KEYS` |
//! | values of a `__PASSWORD__` mapping are secrets | `event/request.rs`, `hide` |
//! | what a function makes of a secret is one | `rule/function/table.rs`, `Function::call` |
//! | what `+` makes of a secret is one | `rule/script/secret.rs`, `register` |
//! | no secret goes to who takes none | `engine/perform.rs`, `accepts.secrets` |
//! | no secret is a delivery's key | `engine/perform.rs`, `plain` of the key |
//! | bodies with secrets are sealed | `outbox/outbox.rs`, `prepare` |
//!
//! That no secret goes into a plain field of the user (`engine/secrecy.rs`, `kept`) is held by tests/cli/secret.rs: here the
//! answer is for who sent the secret, and is not searched.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use hookgate::event::sample;
use hookgate::journal::{Archive, Found, Query};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::client::{post_with, request};
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

/// Letters and digits alone look the same in every syntax.
const PASSWORD: &str = "Zq7passw0rdCanary9Xw";
const BEARER: &str = "Zq7bearerCanary4Kd";
const CANARIES: [&str; 2] = [PASSWORD, BEARER];

const HOOKS: [&str; 12] = [
    "test",
    "preCreateUser",
    "preUpdateUser",
    "validateUser",
    "validateUpdateUser",
    "postCreateUser",
    "postUpdateUser",
    "changePassword",
    "preProvision",
    "postProvision",
    "policyMap",
    "runDeprovision",
];

/// The HTTP library's own words included, which the plain levels leave out.
const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "trace,actix_http=trace,actix_server=trace"];

/// `vault` may have secrets and is never there, so that what is sent to it ends as a dead letter.
const SETTINGS: &str = r#"
secrets: [attr.PAN, user.cards.number, pin]
outbox:
  file: data/outbox.db
  encryption_key: "${env:CANARY_KEY}"
  stop_ms: 2000
destinations:
  siem: { file: siem.jsonl }
  vault:
    http: "http://127.0.0.1:1/"
    tls: off
    allow: [127.0.0.0/8]
    accepts: secrets
    retry: { first_ms: 100, most_ms: 200, age_ms: 1000 }
"#;

/// Names that are secrets' beside `password` and `passwordText`, as one or the other system writes them.
const NAMES: [&str; 13] = [
    "newPassword",
    "old_password",
    "CONFIRM-PASSWORD",
    "userPassword",
    "passwords",
    "pwd",
    "passcode",
    "securityQuestions",
    "securityAnswer",
    "OTP",
    "passwd",
    "passphrase",
    "Current Password",
];

/// A table with columns of secrets, for the people of the samples.
const PEOPLE: (&str, &str) = (
    "rules/people.csv",
    "login,password,new_password\nasha.rao,Zq7passw0rdCanary9Xw,Zq7passw0rdCanary9Xw\nshreyash2,Zq7passw0rdCanary9Xw,Zq7passw0rdCanary9Xw\n",
);

/// What scripts on any hook try; `p` is a secret.
const TRIES: [&str; 32] = [
    r#"deliver("siem", p)"#,
    r#"deliver("siem", #{ a: [p] })"#,
    r#"deliver("siem", p + "x")"#,
    r#"deliver("siem", "x" + p)"#,
    r#"let t = "x"; t += p; deliver("siem", t)"#,
    r#"deliver("siem", `it is ${p}`)"#,
    r#"deliver("siem", [p].to_string())"#,
    r#"deliver("siem", #{ a: p }.to_json())"#,
    r#"deliver("siem", upper(p))"#,
    r#"deliver("siem", p.last(50))"#,
    r#"deliver("siem", sha256(p))"#,
    r#"deliver("siem", "x", p)"#,
    r#"deliver("siem", "x", lower(p))"#,
    r#"deliver("siem", user)"#,
    r#"deliver("siem", user.to_json())"#,
    r#"deliver("siem", request.defaultValue ?? p)"#,
    r#"deliver("siem", attr("PAN") ?? p)"#,
    r#"deliver("siem", user.pin ?? p)"#,
    r#"deliver("siem", attr("PIN") ?? attr("otp") ?? p)"#,
    r#"deliver("siem", user.attributes)"#,
    r#"deliver("siem", request.form ?? user.cards)"#,
    r#"deliver("siem", request.formVariable ?? user.newPassword)"#,
    r#"deliver("siem", lookup("people", user.login).password)"#,
    r#"deliver("siem", lookup("people", user.login))"#,
    r#"deliver("siem", #{ card: lookup("people", user.login).new_password ?? p })"#,
    "throw p",
    r#"throw "it is " + p"#,
    "throw `it is ${p}`",
    "print(p); debug(p); let n = p - 1;",
    "let a = #{}; a[p] = 1;",
    "loop { let q = p + p; }",
    r#"deliver("vault", #{ new: p, pan: attr("PAN"), shouted: upper(p) })"#,
];

/// What scripts on hooks that answer the user try besides.
const CHANGES: [&str; 7] = [
    "set(p, 1)",
    r#"set("user.hint", p)"#,
    r#"set("user.hint", "x" + p)"#,
    r#"set("user.hint", sha256(p))"#,
    r#"add("user.hints", upper(p))"#,
    r#"set("user.password", p + "x")"#,
    r#"set("user.login", user)"#,
];

fn rules() -> String {
    let mut out = String::from("lookups: { people: { table: people.csv, key: login } }\nrules:\n");
    let mut rule = |hooks: &str, name: &str, script: &str, mode: &str| {
        let secret = match name.starts_with("try") {
            true => "let p = request.passwordText ?? user.password ?? request.defaultValue ?? \"none\";",
            false => "let p = user.password;",
        };
        let _ =
            writeln!(out, "  - name: {name}-{mode}\n    hook: {hooks}\n    mode: {mode}\n    when: {{ app: {name} }}");
        let _ = writeln!(out, "    script: |\n      {secret}\n      {script}");
    };
    let others = HOOKS[1..].join(", ");
    for mode in ["audit", "enforce"] {
        for (n, script) in TRIES.iter().enumerate() {
            rule(&format!("[{others}]"), &format!("try{n}"), script, mode);
        }
        for (n, script) in CHANGES.iter().enumerate() {
            rule(
                "[preCreateUser, preUpdateUser, validateUser, validateUpdateUser]",
                &format!("change{n}"),
                script,
                mode,
            );
        }
    }
    out += "  - { name: maps, hook: policyMap, when: { app: map }, script: 'mappedValue(user.password)' }\n";
    out += "  - { name: rows, hook: postUpdateUser, when: { app: rows }, let: { row: { lookup: people, key: '${user.login}' } }, script: 'deliver(\"siem\", row)' }\n";
    out += "  - { name: dates, hook: changePassword, when: { app: date, request.passwordText: { before: \"${request.passwordText}\" } }, stop: true }\n";
    out += "  - { name: looks, hook: changePassword, when: { app: date, request.passwordText: { is: x, length: { gt: 3 } } }, stop: true }\n";
    out
}

/// The hook's sample with a canary wherever a secret stands.
fn body(hook: &str) -> String {
    let mut body: Value = serde_json::from_str(sample::named(hook).unwrap()).unwrap_or_else(|_| json!({}));
    let Some(request) = body.get_mut("request").and_then(Value::as_object_mut) else { return body.to_string() };
    request.insert("passwordText".to_owned(), json!(PASSWORD));
    let named: Vec<Value> = NAMES.iter().map(|name| json!({ "name": name, "value": PASSWORD })).collect();
    let named = json!({ "Pin": PASSWORD, "deep": [{ "pin": [PASSWORD] }], "fields": named });
    request.insert("form".to_owned(), named);
    if hook == "policyMap" {
        request.insert("targetAttribute".to_owned(), json!(" __Password__ "));
        request.insert("defaultValue".to_owned(), json!(PASSWORD));
        request.insert("formVeriable".to_owned(), json!(PASSWORD));
        request.insert("formVariable".to_owned(), json!(PASSWORD));
    }
    if let Some(user) = request.get_mut("user").and_then(Value::as_object_mut) {
        user.insert("password".to_owned(), json!(PASSWORD));
        user.insert("pin".to_owned(), json!(PASSWORD));
        user.insert("securityQuestion".to_owned(), json!([{ "question": "pet", "answer": PASSWORD }]));
        user.insert("cards".to_owned(), json!([{ "number": 1 }, { "number": PASSWORD }]));
        user.extend(NAMES.iter().map(|name| ((*name).to_owned(), json!(PASSWORD))));
        let pair = |name: &str, value: &str| json!({ "name": name, "value": value });
        let mut list = vec![pair("PAN", PASSWORD), pair("x", "y"), pair("PAN", PASSWORD), pair("PIN", PASSWORD)];
        list.extend(NAMES.iter().map(|name| pair(name, PASSWORD)));
        let is_list = hook.len().is_multiple_of(2);
        user.insert("attributes".to_owned(), if is_list { json!(list) } else { json!({ "PAN": PASSWORD }) });
    }
    body.to_string()
}

/// The canary in each form in which it could stand somewhere. Those in lower case are searched in any case.
struct Needles {
    exact: Vec<String>,
    lower: Vec<String>,
}

impl Needles {
    fn new() -> Self {
        let (mut exact, mut lower) = (Vec::new(), Vec::new());
        for canary in
            CANARIES.iter().flat_map(|canary| [(*canary).to_owned(), canary.to_uppercase(), canary.to_lowercase()])
        {
            let bytes = canary.as_bytes();
            let each = |form: fn(u8) -> String| bytes.iter().map(|byte| form(*byte)).collect::<String>();
            lower.push(canary.to_lowercase());
            lower.push(each(|byte| format!("{byte:02x}")));
            lower.push(each(|byte| format!("%{byte:02x}")));
            lower.push(each(|byte| format!("\\u{byte:04x}")));
            lower.push(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect());
            for before in 0..3 {
                // Only the letters that nothing but the canary decides.
                let padded = [&vec![0; before][..], bytes].concat();
                for base64 in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
                    let end = padded.len() * 8 / 6;
                    exact.push(base64[(before * 8).div_ceil(6)..end].to_owned());
                }
            }
        }
        Self { exact, lower }
    }

    fn found(&self, bytes: &[u8]) -> Option<&str> {
        let text = String::from_utf8_lossy(bytes);
        let folded = text.to_lowercase();
        let exact = self.exact.iter().find(|needle| text.contains(&***needle));
        exact.or_else(|| self.lower.iter().find(|needle| folded.contains(&***needle))).map(String::as_str)
    }
}

#[test]
fn the_search_finds_every_form() {
    let needles = Needles::new();
    for canary in CANARIES {
        let bytes = canary.as_bytes();
        for before in ["", "a", "ab", "abc"] {
            let text = format!("{before}{canary}z");
            for form in [STANDARD.encode(&text), URL_SAFE.encode(&text), text.clone(), text.to_uppercase()] {
                assert!(needles.found(form.as_bytes()).is_some(), "{form}");
            }
        }
        for form in [
            bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>(),
            bytes.iter().map(|byte| format!("%{byte:02X}")).collect(),
            bytes.iter().map(|byte| format!("\\u{byte:04x}")).collect(),
        ] {
            assert!(needles.found(form.as_bytes()).is_some(), "{form}");
        }
    }
    assert_eq!(needles.found(b"nothing of it"), None);
}

fn search(needles: &Needles, what: &str, bytes: &[u8]) {
    if let Some(needle) = needles.found(bytes) {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        let line = text.lines().find(|line| line.contains(&needle.to_lowercase())).unwrap_or_default();
        panic!("a canary is in {what}, as {needle}: {}", line.chars().take(600).collect::<String>());
    }
}

/// Every file below a folder; what somebody wrote there for the test has no canary.
fn search_files(needles: &Needles, folder: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with(PEOPLE.0) {
            continue;
        }
        if path.is_dir() {
            count += search_files(needles, &path);
        } else {
            search(needles, &path.display().to_string(), &fs::read(&path).unwrap());
            count += 1;
        }
    }
    count
}

fn program<'w>(words: impl IntoIterator<Item = &'w str>, folder: &Path) -> Program {
    let program = Program::new(words).within(folder).env("CANARY_KEY", &STANDARD.encode([7; 32]));
    program.env("HOOKGATE_JOURNAL_FILE", "data/journal.jsonl").env("CANARY_SECRET", BEARER)
}

fn serve(folder: &Path, level: &str) -> Served {
    // Where it listens is told at `info`; no event passes through that part.
    let level = format!("{level},hookgate::cli=info");
    program(["serve", "--listen", "127.0.0.1:0", "--log-level", &level], folder).serve()
}

/// Calls that get no reply but an error: their answers are searched too.
fn error_pages(needles: &Needles, served: &Served) {
    let whole = body("changePassword");
    let deep = format!("{}\"{PASSWORD}\"{}", "[".repeat(300), "]".repeat(300));
    let large = format!("{{\"request\":{{\"passwordText\":\"{PASSWORD}\",\"x\":\"{}\"}}}}", "x".repeat(20 << 20));
    let bodies = [
        ("broken", whole[..whole.len() - 2].to_owned()),
        ("broken in the secret", format!("{{\"request\":{{\"passwordText\":\"{PASSWORD}\\q\"}}}}")),
        ("a key twice", whole.replacen("{\"", &format!("{{\"request\":\"{PASSWORD}\",\""), 1)),
        ("too deep", deep),
        ("no request", format!("{{\"passwordText\":\"{PASSWORD}\"}}")),
        ("not JSON", format!("password={PASSWORD}")),
        ("too large", large),
    ];
    let headers = format!("Authorization: Bearer {BEARER}\r\n");
    for (what, body) in bodies {
        let answer = post_with(served.address, "/webhook/changePassword", &headers, body.as_bytes());
        assert!(answer.status >= 400, "{what}: {answer:?}");
        search(needles, what, format!("{answer:?}").as_bytes());
    }
    let mut latin = whole.clone().into_bytes();
    latin.push(0xff);
    search(
        needles,
        "not UTF-8",
        format!("{:?}", post_with(served.address, "/webhook/changePassword", &headers, &latin)).as_bytes(),
    );
    for path in ["/webhook/nothing", "/"] {
        let answer = post_with(served.address, path, &headers, whole.as_bytes());
        search(needles, path, format!("{answer:?}").as_bytes());
    }
    assert!(!request("PUT", "/webhook/changePassword", &headers, whole.as_bytes()).is_empty());
}

/// Every hook with everything that rules try on it.
fn all_hooks(served: &Served) {
    let headers = format!("Authorization: Bearer {BEARER}\r\n");
    let tries = (0..TRIES.len()).map(|n| format!("try{n}")).chain((0..CHANGES.len()).map(|n| format!("change{n}")));
    let apps: Vec<String> = tries.chain(["map", "date", "rows", "none"].map(str::to_owned)).collect();
    for hook in HOOKS {
        for app in &apps {
            let answer =
                post_with(served.address, &format!("/webhook/{hook}?appId={app}"), &headers, body(hook).as_bytes());
            assert!([200, 503].contains(&answer.status), "{hook} {app}: {answer:?}");
        }
    }
}

#[test]
fn everything_is_tried() {
    let needles = Needles::new();
    let folder = folder(&[("rules/tries.yaml", &rules()), PEOPLE, ("gateway.yaml", SETTINGS), ("data/note.txt", "")]);
    let dir = folder.path();
    for level in LEVELS {
        let served = serve(dir, level);
        all_hooks(&served);
        error_pages(&needles, &served);
        let (code, log) = served.stop();
        assert_eq!(code, Some(0), "{log}");
        search(&needles, &format!("the log at {level}"), log.as_bytes());
        if level == "info" {
            assert!(log.contains("rule failed") && log.contains("audit rule held") && log.contains("decided"), "{log}");
        }
    }
    outbox_tells_nothing(&needles, dir);
    journal_tells_nothing(&needles, dir);
    for hook in HOOKS {
        for more in [&["--explain"][..], &["--format", "json", "--explain"]] {
            for app in ["try0", "try31", "change5", "map", "date"] {
                let words = ["dry-run", hook, "-", "--app", app].into_iter().chain(more.iter().copied());
                let ended = program(words, dir).input(body(hook)).run();
                search(&needles, &format!("dry-run {hook} {app}"), format!("{ended:?}").as_bytes());
                assert!(hook == "test" || ended.stdout.contains("rules"), "{ended:?}");
            }
        }
    }
    for hook in HOOKS.iter().filter(|hook| **hook != "test") {
        for app in ["try0", "try31", "change5", "map", "date"] {
            // The table is an export too: its people have passwords.
            let words = ["scan", "--people", PEOPLE.0, "--hook", hook, "--app", app, "--format", "json"];
            let ended = program(words, dir).run();
            search(&needles, &format!("scan {hook} {app}"), format!("{ended:?}").as_bytes());
            assert!(ended.stdout.contains("\"people\":2"), "{ended:?}");
        }
    }
    for words in [&["check"][..], &["doctor"], &["docs"], &["explain", "H227"]] {
        let ended = program(words.iter().copied(), dir).run();
        search(&needles, &words.join(" "), format!("{ended:?}").as_bytes());
    }
    assert!(search_files(&needles, dir) >= 4, "the outbox and the file of a destination are among the files");
}

/// What went to who may have it has become a dead letter.
fn outbox_tells_nothing(needles: &Needles, dir: &Path) {
    let list = || program(["outbox", "list", "--format", "json"], dir).run().expect(0);
    let served = serve(dir, "info");
    #[cfg(target_os = "linux")]
    {
        let limits = fs::read_to_string(format!("/proc/{}/limits", served.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
        // What cannot be dumped belongs to root below /proc; as root, that it is there says nothing.
        let status = fs::metadata(format!("/proc/{}/environ", served.id())).unwrap();
        assert_eq!(std::os::unix::fs::MetadataExt::uid(&status), 0);
    }
    until("deliveries to who is not there are dead", || list().contains("\"dead"));
    let (_, log) = served.stop();
    search(needles, "the log of trying again", log.as_bytes());
    let listed = list();
    search(needles, "outbox list", listed.as_bytes());
    let rows: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.iter().any(|row| row["to"] == "vault"), "{listed}");
    for row in rows.iter().filter(|row| row["to"] == "vault").take(3) {
        let shown = program(["outbox", "show", row["key"].as_str().unwrap()], dir).run().expect(0);
        assert!(shown.contains("(hidden)"), "{shown}");
        search(needles, "outbox show", shown.as_bytes());
    }
}

/// What was decided, explained by its id and decided again.
fn journal_tells_nothing(needles: &Needles, dir: &Path) {
    let served = serve(dir, "info");
    let headers = format!("Authorization: Bearer {BEARER}\r\n");
    let ids: Vec<String> = ["changePassword", "preCreateUser", "policyMap"]
        .into_iter()
        .flat_map(|hook| ["try31", "change5", "map", "none"].map(|app| (hook, app)))
        .map(|(hook, app)| {
            let path = format!("/webhook/{hook}?appId={app}");
            let answer = post_with(served.address, &path, &headers, body(hook).as_bytes());
            answer.header("x-request-id").unwrap().to_owned()
        })
        .collect();
    assert_eq!(served.stop().0, Some(0));
    for id in &ids {
        for format in ["text", "json"] {
            let told = program(["why", id, "--format", format], dir).run().expect(0);
            assert!(told.contains(&**id), "{told}");
            search(needles, "why", told.as_bytes());
        }
    }
    for format in ["text", "json"] {
        let ended = program(["replay", "--format", format], dir).run();
        assert!(ended.code.is_some_and(|code| code < 2), "{ended:?}");
        search(needles, "replay", format!("{ended:?}").as_bytes());
        let listed = program(["decisions", "--limit", "0", "--format", format], dir).run().expect(0);
        search(needles, "decisions", listed.as_bytes());
    }
    // With all keys at hand, the sealed part included.
    let archive = Archive::of(&dir.join("data/journal.jsonl"), &[]).unwrap();
    let places = archive.places(&Query::default()).unwrap();
    assert!(places.lines.len() >= ids.len());
    for place in &places.lines {
        let Found::Line { record, .. } = archive.open(place) else { panic!("a record") };
        search(needles, "a record", serde_json::to_string(&record.unwrap()).unwrap().as_bytes());
    }
}

/// Who may come in, and who may not: neither tokens nor the secret that signs them are told, nor the password they bring.
#[test]
fn callers_tell_nothing() {
    let needles = Needles::new();
    let settings = format!(
        "{SETTINGS}auth: {{ jwt: {{ secrets: [\"${{env:CANARY_SECRET}}\"], claims: {{ tenantId: as100 }} }} }}\n"
    );
    let folder = folder(&[
        ("rules/tries.yaml", &rules()),
        PEOPLE,
        ("gateway.yaml", &settings),
        ("data/note.txt", ""),
        ("callers/bearer.txt", BEARER),
    ]);
    let dir = folder.path();
    for level in LEVELS {
        let served = serve(dir, level);
        let to = format!("http://{}/webhook", served.address);
        let password = format!("request.passwordText={PASSWORD}");
        let call = |more: &[&str], code: i32| {
            let words =
                ["send", "changePassword", "--to", &to, "--set", &password].into_iter().chain(more.iter().copied());
            let ended = program(words, dir).run();
            assert_eq!(ended.code, Some(code), "{more:?}: {ended:?}");
            search(&needles, &format!("send {more:?}"), format!("{ended:?}").as_bytes());
        };
        let signed = ["--secret-env", "CANARY_SECRET"];
        call(&[&signed[..], &["--claim", "tenantId=as100"]].concat(), 0);
        call(&[&signed[..], &["--claim", "tenantId=other"]].concat(), 1);
        call(&[&signed[..], &["--claim", "tenantId=as100", "--expires", "-5m"]].concat(), 1);
        call(&["--bearer", "callers/bearer.txt"], 1);
        call(&["--secret-env", "CANARY_KEY", "--claim", "tenantId=as100"], 1);
        let headers = format!("Authorization: Bearer {BEARER}.{BEARER}.{BEARER}\r\nX-{BEARER}: 1\r\n");
        let refused = post_with(served.address, "/webhook/changePassword", &headers, body("changePassword").as_bytes());
        assert_eq!(refused.status, 401);
        search(&needles, "a refusal", format!("{refused:?}").as_bytes());
        let (code, log) = served.stop();
        assert_eq!(code, Some(0), "{log}");
        search(&needles, &format!("the log at {level}"), log.as_bytes());
    }
    fs::remove_file(dir.join("callers/bearer.txt")).unwrap();
    assert!(search_files(&needles, dir) >= 3);
}

/// Cases with a canary in them: what is printed of those that fail.
#[test]
fn failing_tests_tell_nothing() {
    let needles = Needles::new();
    let mut cases = String::from("tests:\n");
    for hook in &HOOKS[1..] {
        let request: Value = serde_json::from_str(&body(hook)).unwrap();
        let expect = "{ by: looks, failed: false, reply: { response: { x: 1 } } }";
        for n in [0, 3, 5, 8, 11, 18, 20, 22, 24, 27, 30, 31] {
            let given = format!("{{ app: try{n} }}");
            let _ = writeln!(
                cases,
                "  - {{ name: {hook}{n}, hook: {hook}, given: {given}, expect: {expect}, request: {} }}",
                request["request"]
            );
        }
    }
    let folder =
        folder(&[("rules/tries.yaml", &rules()), PEOPLE, ("rules/a.test.yaml", &cases), ("gateway.yaml", SETTINGS)]);
    for format in ["text", "json", "junit"] {
        let ended = program(["test", "--format", format], folder.path()).run();
        assert_eq!(ended.code, Some(1), "{}", ended.stderr);
        search(&needles, &format!("test --format {format}"), format!("{}{}", ended.stdout, ended.stderr).as_bytes());
    }
}
