//! What people type in their first hour and do not mean: each is told in their words, with what to type.

use std::fs;

use crate::support::program::{Program, folder};
use crate::support::receiver::{HttpReceiver, Reply};

/// A page of gateway.yaml, and what is told of it.
const PAGES: &[(&str, &str)] = &[
    ("auth: { jwt: { jwks: \"https://h/k.json\" } }\n", "write `jwks: { address: https://h/k.json }`"),
    ("auth: https://h\n", "its keys are `"),
    ("listen 127.0.0.1:80\n", "write `listen: 127.0.0.1:80`"),
    ("listen:127.0.0.1:80\n", "write `listen: 127.0.0.1:80`"),
    ("journal: off\n", "write `journal: { file: null }`"),
    ("tls: off\n", "leave `tls` out"),
    ("log: debug\n", "write `log: { level: debug }`"),
    ("log: json\n", "write `log: { format: json }`"),
    ("tls: { key: \"C:\\certs\\a.key\" }\n", "is written twice"),
];

#[test]
fn a_text_where_a_mapping_belongs_is_told_with_the_mapping() {
    for (text, told) in PAGES {
        let dir = folder(&[("gateway.yaml", text)]);
        let said = Program::new(["settings"]).within(dir.path()).run().refused(2);
        assert!(said.contains(told), "{text}: {said}");
    }
}

/// What the messages of settings say to write can be read.
#[test]
fn what_is_said_of_settings_can_be_read() {
    for text in
        ["journal: { file: null }\n", "log: { level: debug }\n", "log: { format: json }\n", "listen: 127.0.0.1:80\n"]
    {
        let dir = folder(&[("gateway.yaml", text)]);
        Program::new(["settings"]).within(dir.path()).run().expect(0);
    }
}

#[test]
fn settings_are_read_in_utf_16_as_rules_are() {
    let dir = folder(&[]);
    let text = "listen: 127.0.0.1:8088\n";
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(dir.path().join("gateway.yaml"), &little).unwrap();
    let said = Program::new(["settings", "listen"]).within(dir.path()).run().expect(0);
    assert!(said.contains("127.0.0.1:8088"), "{said}");
    fs::write(dir.path().join("gateway.yaml"), &little[..little.len() - 1]).unwrap();
    let said = Program::new(["settings"]).within(dir.path()).run().refused(2);
    assert!(said.contains("it begins as UTF-16, but is cut off or not valid"), "{said}");
}

#[test]
fn words_for_settings_and_variables_that_hold_several_are_told() {
    let said = Program::new(["settings", "https"]).run().refused(2);
    assert!(said.contains("`hookgate settings tls` prints"), "{said}");
    for (word, meant) in [("ssl", "tls"), ("port", "listen"), ("audit", "journal")] {
        let said = Program::new(["settings", word]).run();
        // Where a sentence has the word itself, that is what is meant.
        if said.code != Some(0) {
            assert!(said.refused(2).contains(&format!("hookgate settings {meant}")), "{word}");
        }
        Program::new(["settings", meant]).run().expect(0);
    }
    let said = Program::new(["settings"]).env("HOOKGATE_TLS", "").run().refused(2);
    assert!(said.contains("each with a variable: `HOOKGATE_TLS_"), "{said}");
}

#[test]
fn another_program_that_answers_is_told_as_such() {
    let receiver = HttpReceiver::start(|_| Reply::Status(200, "Content-Type: text/html\r\n"));
    let to = format!("http://{}/webhook", receiver.address);
    let said = Program::new(["send", "test", "--to", &to]).run().expect(1);
    assert!(said.contains("another program answered"), "{said}");
}

#[test]
fn the_path_of_the_hook_is_not_sent_twice() {
    for (to, shorter) in [
        ("http://127.0.0.1:1/webhook/test", "http://127.0.0.1:1/webhook"),
        ("http://127.0.0.1:1/a/webhook/test/", "http://127.0.0.1:1/a/webhook"),
    ] {
        let said = Program::new(["send", "test", "--to", to]).run().refused(2);
        assert!(said.contains(&format!("write `--to {shorter}`")), "{said}");
    }
    // A server for tests.
    let said = Program::new(["send", "test", "--to", "http://127.0.0.1:1/test"]).run().refused(2);
    assert!(said.contains("no connection"), "{said}");
}

#[test]
fn a_request_that_cannot_be_read_is_named() {
    let dir = folder(&[
        ("empty.json", " \n"),
        ("cut.json", "{\"request\": {\"user\": "),
        ("odd.json", "{'request': {}}"),
        ("right.json", "\u{feff}{\"request\":{\"user\":{\"login\":\"a\"}}}"),
        ("list.json", "[]"),
        ("below/any", ""),
    ]);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    fs::write(dir.path().join("wide.json"), wide).unwrap();
    for (file, told) in [
        ("below", "`below` is a folder"),
        ("empty.json", "`empty.json` is empty"),
        ("cut.json", "`cut.json` is JSON that ends too early"),
        ("odd.json", "`odd.json` is not JSON: see line 1, column 2"),
        ("wide.json", "`wide.json` is not in UTF-8"),
        ("list.json", "is not an event of `validateUser`"),
    ] {
        let words = ["send", "validateUser", file, "--to", "http://127.0.0.1:1"];
        let said = Program::new(words).within(dir.path()).run().refused(2);
        assert!(said.contains(told) && said.contains("help: "), "{file}: {said}");
    }
    let words = ["send", "validateUser", "right.json", "--to", "http://127.0.0.1:1"];
    let said = Program::new(words).within(dir.path()).run().refused(2);
    assert!(said.contains("no connection"), "{said}");
}

#[test]
fn words_that_are_no_time_and_no_json_are_told_with_the_form() {
    let send = |words: &[&str]| {
        let words = ["send", "test", "--to", "http://127.0.0.1:1"].into_iter().chain(words.iter().copied());
        Program::new(words).run().refused(2)
    };
    let said = send(&["--secret", "x", "--expires", "tomorrow"]);
    assert!(said.contains("write how long, not until when: 90s, 1m, 2h"), "{said}");
    let said = send(&["--set", "user.grade:=abc"]);
    assert!(said.contains("what stands behind `:=` is not JSON") && said.contains("`user.grade=TEXT`"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_begun_is_told_and_nothing_is_left() {
    let dir = folder(&[("file", "mine\n"), ("half/rules", "mine\n")]);
    let said = Program::new(["init", "file"]).within(dir.path()).run().refused(2);
    assert!(said.contains("`file` is a file, and no folder can be made there"), "{said}");
    let said = Program::new(["init", "half"]).within(dir.path()).run().refused(2);
    assert!(said.contains("`half/rules` is a file, and a folder of this name is to be written"), "{said}");
    assert_eq!(fs::read_dir(dir.path().join("half")).unwrap().count(), 1);
    let said = Program::new(["init", "with space"]).within(dir.path()).run().expect(0);
    assert!(said.contains("  cd 'with space'\n"), "{said}");
}

#[test]
fn one_address_for_both_listeners_is_told_before_and_at_the_start() {
    let dir = folder(&[
        ("gateway.yaml", "listen: 127.0.0.1:1\nadmin: { listen: 127.0.0.1:1 }\n"),
        ("rules/any.yaml", "hook: test\nrules: [{ name: any, stop: true }]\n"),
    ]);
    for words in [&["doctor"][..], &["serve"]] {
        let ended =
            Program::new(words.iter().copied()).env("HOOKGATE_ADMIN_LISTEN", "127.0.0.1:1").within(dir.path()).run();
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains("`listen` and `admin.listen` both name it"), "{said}");
        assert!(said.contains("a port each, such as 8080 and 8081"), "{said}");
    }
}

#[test]
fn a_connection_over_http_that_fails_has_help() {
    let dir = folder(&[
        ("gateway.yaml", "connections: { api: { http: \"http://127.0.0.1:1\", allow: [127.0.0.1] } }\n"),
        ("rules/any.yaml", "hook: test\nrules: [{ name: any, stop: true }]\n"),
    ]);
    let said = Program::new(["doctor"]).within(dir.path()).run().expect(1);
    assert!(said.contains("failed  api") && said.contains("check host, port and certificate"), "{said}");
}
