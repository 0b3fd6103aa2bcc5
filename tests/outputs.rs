//! Whatever stands in rules and calls, no output has a character in it that is not seen, steers a terminal or turns the reading
//! direction, and no value begins a line of its own.

use std::fmt::Write as _;
use std::path::Path;

use hookgate::diagnostic::is_unseen;
use serde_json::{Value, json};

use crate::support::client::post_with;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

/// What a value would begin a line with if it could.
const FORGED: &str = "FORGED";

/// Every such character; of the tags, which are thousands, a few.
fn unseen() -> Vec<char> {
    let is_wanted = |c: &char| is_unseen(*c) && (u32::from(*c) < 0xe0000 || u32::from(*c).is_multiple_of(0x111));
    ('\0'..=char::MAX).filter(is_wanted).collect()
}

/// A text with all of them, a line break among them.
fn text() -> String {
    unseen().iter().map(|c| format!("a{c}{FORGED}")).collect()
}

/// In double quotes of YAML.
fn yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_unseen(c) => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// Without line breaks, which a name may not have.
fn name(what: &str) -> String {
    what.to_owned() + &unseen().iter().filter(|c| !matches!(c, '\n' | '\r')).collect::<String>()
}

fn rules() -> String {
    let [held, fails, sends] = ["held", "fails", "sends"].map(|what| yaml(&name(what)));
    let text = yaml(&text());
    format!(
        "codes: {{ Taken: {text} }}
rules:
  - name: {held}
    hook: preCreateUser
    when: {{ user.firstName: {{ is_not: {text} }} }}
    set: {{ user.displayName: {text} }}
  - name: {fails}
    hook: validateUser
    mode: audit
    when: {{ user.firstName: {{ empty: false }} }}
    script: 'set(\"user.nothing.there\", user.firstName); let a = user.absent - 1;'
  - name: {sends}
    hook: postCreateUser
    deliver:
      - {{ to: vault, body: {{ text: \"${{user.firstName}}\" }}, key: \"${{user.login}}\" }}
      - {{ to: siem, body: \"${{user.firstName}}\" }}
  - {{ name: refuses, hook: validateUpdateUser, when: {{ user.firstName: {{ is_not: x }} }}, reject: Taken }}
  - {{ name: never, hook: validateUpdateUser, when: {{ user.firstName: {{ is: a, is_not: a }} }}, reject: Taken }}
"
    )
}

fn cases() -> String {
    let (name, text) = (yaml(&name("case")), yaml(&text()));
    format!(
        "tests:
  - {{ name: {name}, hook: preCreateUser, request: {{ user: {{ firstName: {text} }} }}, expect: {{ user: {{ displayName: {text}, lastName: {text} }} }} }}
"
    )
}

const SETTINGS: &str = "
outbox: { file: data/outbox.db, stop_ms: 100 }
destinations:
  siem: { file: data/siem.jsonl }
  vault: { http: \"http://127.0.0.1:1/\", tls: off, allow: [127.0.0.0/8], retry: { first_ms: 50, most_ms: 50, age_ms: 60000 } }
";

fn request() -> String {
    let text = text();
    let mut user = json!({ "login": text, "firstName": text, "lastName": text });
    user[&text] = json!({ &text: [text] });
    json!({ "request": { "user": user } }).to_string()
}

fn looked_at(what: &str, output: &str) {
    let is_wrong = |c: &char| is_unseen(*c) && !matches!(c, '\n' | '\t');
    if let Some(c) = output.chars().find(is_wrong) {
        let line = output.lines().find(|line| line.contains(c)).unwrap_or_default();
        panic!("{what} has U+{:04X} in it: {}", u32::from(c), line.escape_debug().take(400).collect::<String>());
    }
    let forged = output.lines().find(|line| line.trim_start().starts_with(FORGED));
    assert!(forged.is_none(), "{what} has a line that a value began: {forged:?}");
}

fn program<'w>(words: impl IntoIterator<Item = &'w str>, dir: &Path) -> Program {
    Program::new(words).within(dir).env("HOOKGATE_JOURNAL_FILE", "data/journal.jsonl")
}

/// Calls each hook; the ids of the answers.
fn calls(served: &Served) -> Vec<String> {
    ["preCreateUser", "validateUser", "postCreateUser", "validateUpdateUser"]
        .map(|hook| {
            let answer = post_with(served.address, &format!("/webhook/{hook}"), "", request().as_bytes());
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.header("x-request-id").unwrap().to_owned()
        })
        .to_vec()
}

#[test]
fn no_output_has_what_is_not_seen_and_no_value_begins_a_line() {
    let (rules, cases) = (rules(), cases());
    let dir = folder(&[
        ("rules/a.yaml", &rules),
        ("rules/a.test.yaml", &cases),
        ("gateway.yaml", SETTINGS),
        ("data/note.txt", ""),
    ]);
    let dir = dir.path();
    let mut ids = Vec::new();
    for format in ["text", "json"] {
        let words = ["serve", "--listen", "127.0.0.1:0", "--log-level", "debug"];
        // The helper reads lines of JSON; those of text are told apart by the file.
        let served = program(words, dir).serve();
        ids.extend(calls(&served));
        for page in ["/metrics", "/rules", "/ready"] {
            looked_at(page, &served.ask("GET", page, "").body);
        }
        let list = || program(["outbox", "list", "--format", format], dir).run().expect(0);
        until("a delivery waits", || list().contains("vault"));
        looked_at("outbox list", &list());
        let rows = program(["outbox", "list", "--format", "json"], dir).run().expect(0);
        let row: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
        looked_at("outbox show", &program(["outbox", "show", row["key"].as_str().unwrap()], dir).run().expect(0));
        let (code, log) = served.stop();
        assert_eq!(code, Some(0), "{log}");
        looked_at("the log", &log);
        assert!(log.contains("rule failed") || log.contains("audit"), "{log}");
    }
    for words in [
        &["check"][..],
        &["check", "--format", "json"],
        &["check", "--format", "github"],
        &["test"],
        &["test", "--format", "json"],
        &["test", "--format", "junit"],
        &["docs"],
        &["docs", "--format", "html"],
        &["replay"],
        &["replay", "--format", "json"],
    ] {
        let ended = program(words.iter().copied(), dir).run();
        looked_at(&words.join(" "), &(ended.stdout + &ended.stderr));
    }
    for id in &ids {
        for format in ["text", "json"] {
            let told = program(["why", id, "--format", format], dir).run().expect(0);
            assert!(told.contains(&**id), "{told}");
            looked_at("why", &told);
        }
    }
    for hook in ["preCreateUser", "validateUser", "postCreateUser", "validateUpdateUser"] {
        for more in [&["--explain"][..], &["--explain", "--format", "json"]] {
            let words = ["dry-run", hook, "-"].into_iter().chain(more.iter().copied());
            let ended = program(words, dir).input(request()).run();
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
            looked_at("dry-run", &ended.stdout);
        }
    }
    // The system hands no argument on that has U+0000 in it.
    let wrong = program(["dry-run", &name("hook").replace('\0', "")], dir).run();
    looked_at("a hook that is none", &wrong.stderr);
}

/// Characters that a rule file has in it as they are: shown where a mistake is, and counted as one column each.
#[test]
fn a_line_of_a_rule_file_is_shown_with_its_unseen_characters_and_their_columns() {
    let rules = "hook: validateUser\r\nrules:\r\n  - { name: a\u{202e}\u{200b}b, stp: true }\r\n";
    let dir = folder(&[("rules/a.yaml", rules)]);
    let ended = Program::new(["check"]).within(dir.path()).run();
    looked_at("check", &ended.stdout);
    assert!(ended.stdout.contains("a\\u202e\\u200bb, stp: true"), "{}", ended.stdout);
    assert!(ended.stdout.contains("rules/a.yaml:3:19"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("\\r"), "{}", ended.stdout);
}
