//! `hookgate serve`: how it starts, how it takes over changes, how it ends.

use std::fs;

use crate::support::post;
use crate::support::program::{Program, folder};
use crate::support::wait::until;

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const USER: &[u8] = br#"{"request":{"user":{"login":"asha.rao","userType":"Vendor"}}}"#;
const REFUSED: &str = r#"{"response":{"error":true,"message":"NoVendors"}}"#;
const ACCEPTED: &str = r#"{"response":{"data":{"login":"asha.rao","userType":"Vendor"}}}"#;

fn rules(what: &str) -> String {
    format!(
        "hook: validateUser\ncodes: {{ NoVendors: Not here. }}\nrules:\n  - {{ name: a, when: {{ user.userType: {what} }}, reject: NoVendors }}\n"
    )
}

#[test]
fn it_listens_on_a_free_port_says_which_and_ends_with_0() {
    let served = Program::new(SERVE).serve();
    assert_ne!(served.address.port(), 0);
    let line = served.logged("listening").unwrap();
    assert_eq!((&line["level"], &line["rules"], &line["folder"]), (&"info".into(), &21.into(), &"rules".into()));
    assert_eq!(post(served.address, "/webhook/test", b"").body, r#"{"response":{}}"#);
    let (code, log) = served.stop();
    assert_eq!(code, Some(0), "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["time"].is_string() && line["message"].is_string(), "{line}");
    }
    assert!(log.contains("\"message\":\"stopped\""), "{log}");
}

/// What the build script tells the compiler, `cargo run` tells the program: it must not be taken for a setting.
#[test]
fn it_starts_with_what_cargo_hands_on() {
    let served = Program::new(SERVE).by_cargo().serve();
    assert_eq!(post(served.address, "/webhook/test", b"").body, r#"{"response":{}}"#);
    assert_eq!(served.stop().0, Some(0));
    let is_told = std::env::var_os("BUILT_FROM_COMMIT").is_some();
    assert!(is_told || std::env::var_os("CARGO").is_none(), "cargo hands on nothing of the build script");
}

/// R7: never an empty set, never an old one of which nobody knows.
#[test]
fn it_does_not_start_on_a_bad_set_and_says_why() {
    let wrong = rules("Vendor").replace("when", "wen");
    for (files, reason) in [
        (&[("rules/a.yaml", &*wrong)][..], "error[H201]"),
        (&[("rules/a.yaml", "")], "rules/a.yaml"),
        (&[("rules/a.yaml", "hook: [validateUser\n")], " --> rules/a.yaml:"),
        (&[("rules/notes.txt", "no rules")], "`rules`"),
        (&[("gateway.yaml", "rules: elsewhere\n")], "`elsewhere`"),
        (&[("gateway.yaml", "listen: everywhere\n"), ("rules/a.yaml", &rules("Vendor"))], " --> gateway.yaml:1:9"),
        (
            &[("gateway.yaml", "on_failure: { notify: { reject: No } }\n"), ("rules/a.yaml", &rules("Vendor"))],
            "gateway.yaml:1:",
        ),
    ] {
        let dir = folder(files);
        let ended = Program::new(["serve"]).env("HOOKGATE_LISTEN", "").within(dir.path()).run();
        let stderr = ended.refused(78);
        assert!(stderr.contains(reason), "{reason} is not in\n{stderr}");
        assert!(!stderr.contains("listening"), "{stderr}");
    }
}

#[test]
fn an_address_that_is_taken_is_told() {
    let first = Program::new(SERVE).serve();
    let address = first.address.to_string();
    let ended = Program::new(["serve", "--listen", &address]).run();
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("cannot listen on `{address}`: another program does")), "{}", ended.stderr);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let dir = folder(&[
        ("gateway.yaml", "listen: 192.0.2.1:1\nrules: no-rules\naccepted: empty\n"),
        ("by-variable/a.yaml", &rules("Employee")),
        ("by-flag/a.yaml", &rules("Vendor")),
    ]);
    let serve = |words: &[&str]| {
        let variables = Program::new(words.iter().copied()).within(dir.path()).env("HOOKGATE_RULES", "by-variable");
        variables.env("HOOKGATE_LISTEN", "127.0.0.1:0").serve()
    };
    let by_variable = serve(&["serve"]);
    assert_eq!(post(by_variable.address, "/validateUser", USER).body, r#"{"response":{}}"#);
    let by_flag = serve(&["serve", "--rules", "by-flag"]);
    assert_eq!(post(by_flag.address, "/validateUser", USER).body, REFUSED);
}

#[test]
fn a_variable_that_overrides_a_setting_is_told_once_at_the_start() {
    let dir = folder(&[("gateway.yaml", "rules: rules\nworkers: 1\n"), ("rules/a.yaml", &rules("Vendor"))]);
    let served = Program::new(SERVE).within(dir.path()).env("HOOKGATE_WORKERS", "2").serve();
    let (_, log) = served.stop();
    let told: Vec<&str> = log.lines().filter(|line| line.contains(" overrides ")).collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(told[0].contains("HOOKGATE_WORKERS of the environment overrides `workers` of gateway.yaml:2"), "{log}");
}

#[test]
fn a_save_and_a_hangup_are_taken_over_and_a_mistake_is_not() {
    let settings = "listen: 127.0.0.1:0\nreload: { quiet_ms: 20, poll_ms: 3600000 }\n";
    let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", &rules("Vendor"))]);
    let file = dir.path().join("rules/a.yaml");
    let served = Program::new(["serve"]).within(dir.path()).serve();
    let ask = || post(served.address, "/webhook/validateUser", USER).body;
    assert_eq!(ask(), REFUSED);
    fs::write(&file, rules("Employee")).unwrap();
    until("the save is live", || ask() == ACCEPTED);
    fs::write(&file, rules("Vendor").replace("when", "wen")).unwrap();
    until("the mistake is told", || served.log().contains("did you mean `when`?"));
    assert_eq!(ask(), ACCEPTED, "what ran before runs on");
    served.signal("HUP");
    until("the signal is noted", || served.log().contains("SIGHUP"));
    fs::write(&file, rules("Vendor")).unwrap();
    served.signal("HUP");
    until("the mended rules are live", || ask() == REFUSED);
    assert_eq!(served.stop().0, Some(0));
}

/// The deployments give 256 MiB, of which the program, its rules and tables need some.
#[test]
fn it_says_what_callers_can_make_it_hold_and_by_default_that_fits_the_deployments() {
    let dir = folder(&[("rules/a.yaml", &rules("Vendor"))]);
    let told = |served: &crate::support::program::Served| {
        let mut line = None;
        until("it is told", || {
            line = served.logged("memory that callers can make hookgate hold");
            line.is_some()
        });
        let line = line.unwrap();
        let part = |name: &str| line[format!("{name}_mib")].as_u64().unwrap();
        let parts = ["heads", "bodies", "connections", "records", "log"].map(part);
        let sum = parts.iter().sum::<u64>() + part("forms");
        assert!(part("sum") <= sum && part("sum") + 5 > sum, "{line}");
        (part("sum"), parts, part("forms"))
    };
    let recording = || Program::new(SERVE).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl").within(dir.path());
    let (sum, parts, forms) = told(&recording().serve());
    assert_eq!(forms, 16);
    assert_eq!(told(&recording().env("HOOKGATE_ADMIN_CONSOLE", "false").serve()).2, 0, "nobody sends any");
    assert!(sum <= 205 && parts.iter().all(|part| *part > 0), "{sum} {parts:?}");
    let more = recording()
        .env("HOOKGATE_LIMITS_HEADS_BYTES", "20971520")
        .env("HOOKGATE_LIMITS_BODIES_BYTES", "104857600")
        .env("HOOKGATE_LIMITS_CONNECTIONS", "20000")
        .env("HOOKGATE_JOURNAL_QUEUE_BYTES", "33554432")
        .env("HOOKGATE_LOG_BUFFER_BYTES", "16777216");
    let (_, more, _) = told(&more.serve());
    assert_eq!((more[0], more[1], more[4]), (20, 100, 20));
    assert!(more.iter().zip(&parts).all(|(more, part)| more > part), "{more:?} {parts:?}");
}

/// A person who types the secret elsewhere leaves out what is not seen.
#[test]
fn white_space_at_an_end_of_a_secret_is_told_at_the_start() {
    let jwt = "listen: 127.0.0.1:0\nauth: { jwt: { secrets: [\"${env:A_SECRET}\"], claims: { tenantId: a } } }\n";
    let header = "listen: 127.0.0.1:0\nauth: { header: { name: X-Key, secrets: [\"${file:key}\"] } }\n";
    let rules = "hook: test\nrules: [{ name: a, stop: true }]\n";
    let secret = "0123456789abcdef0123456789abcdef";
    for (settings, ends, is_told) in
        [(jwt, ("", " "), true), (jwt, ("\t", ""), true), (jwt, ("", "\n"), false), (header, ("", "\r\n"), false)]
    {
        let secret = format!("{}{secret}{}", ends.0, ends.1);
        let dir = folder(&[("gateway.yaml", settings), ("rules/a.yaml", rules), ("key", &secret)]);
        let served = Program::new(["serve"]).within(dir.path()).env("A_SECRET", &secret).serve();
        let log = served.log();
        assert_eq!(log.contains("begins or ends with white space"), is_told, "{settings}{ends:?}{log}");
        assert!(!log.contains(secret.trim()), "{log}");
    }
}
