//! Reasons at debug: why each rule held or not, never a secret; and at info the one line that an event has.

use serde_json::Value;

use super::written;
use crate::support::client::post_with;
use crate::support::program::{Program, folder};

const RULES: &str = r#"hook: validateUser
codes: { NotAllowed: Not here. }
rules:
  - name: vendors
    when: { user.userType: Vendor }
    reject: NotAllowed
  - name: weak-passwords
    when: { user.password: { length: { lt: 8 } } }
    reject: NotAllowed
  - name: greets
    when: { user.firstName: { present: true } }
    set: { user.displayName: "${user.firstName}" }
  - name: password-like-login
    when: { user.password: "${user.login}" }
    reject: NotAllowed
  - name: switched-off
    mode: "off"
    reject: NotAllowed
"#;
const CANARY: &str = "Canary7Secret";

fn logged(level: &str) -> Vec<Value> {
    logged_with(level, "", "/validateUser", "")
}

/// The lines of one call to this path, with these settings and headers.
fn logged_with(level: &str, settings: &str, path: &str, headers: &str) -> Vec<Value> {
    let dir = folder(&[
        ("rules/a.yaml", RULES),
        ("gateway.yaml", if settings.is_empty() { "workers: 1\n" } else { settings }),
    ]);
    let words = ["serve", "--listen", "127.0.0.1:0", "--log-level", level];
    let served = Program::new(words).within(dir.path()).serve();
    let body = format!(
        r#"{{"request":{{"user":{{"login":"asha","firstName":"Asha","userType":"Employee","password":"{CANARY}"}}}}}}"#
    );
    let answer = post_with(served.address, path, headers, body.as_bytes());
    let id = answer.header("x-request-id").unwrap();
    let (_, log) = served.stop();
    assert!(!log.contains(CANARY), "{log}");
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["request_id"] == id).collect()
}

#[test]
fn at_debug_each_rule_that_was_looked_at_says_why() {
    let lines = logged("debug");
    let told: Vec<_> = lines
        .iter()
        .map(|line| [&line["level"], &line["message"], &line["rule"]].map(|text| text.as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            ["debug", "rule did not hold", "vendors"],
            ["debug", "rule did not hold", "weak-passwords"],
            ["debug", "rule held", "greets"],
            ["debug", "rule did not hold", "password-like-login"],
            ["info", "decided", "greets"],
        ]
    );
    let (condition, at) = (&lines[0]["condition"], &lines[0]["at"]);
    assert_eq!((condition, at), (&"user.userType: Vendor".into(), &"rules/a.yaml:5".into()));
    assert!(lines[1]["condition"].as_str().unwrap().starts_with("user.password"), "{}", lines[1]);
    let text = format!("{lines:?}");
    assert!(!text.contains("Employee") && !text.contains("Asha"), "no field of a body: {text}");
}

#[test]
fn at_info_an_event_is_one_line_with_its_decision() {
    let lines = logged("info");
    assert_eq!(lines.len(), 1, "{lines:?}");
    let line = lines[0].as_object().unwrap();
    let keys: Vec<_> = line.keys().map(String::as_str).collect();
    let expected =
        ["time", "level", "target", "message", "request_id", "hook", "person", "decision", "rule", "ms", "instance"];
    assert_eq!(keys, expected);
    assert_eq!((&line["hook"], &line["decision"]), (&"validateUser".into(), &"changed".into()));
    let digest = line["person"].as_str().unwrap();
    assert!(digest.len() == 16 && digest.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')), "{digest}");
    assert!(line["ms"].as_f64().is_some_and(|ms| ms < 60_000.0), "{line:?}");
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert_eq!(line["instance"], host.trim(), "by default it is the machine's name");
}

/// As it is written, and not as some reader of JSON shows it.
#[test]
fn milliseconds_have_three_decimals() {
    let act = || tracing::info!(ms = 41_u64, other = 41_u64, "done");
    assert!(written("info", true, false, act).ends_with(",\"message\":\"done\",\"ms\":0.041,\"other\":41}\n"));
    let act = || tracing::info!(ms = 1_234_500_u64, "done");
    assert!(written("info", false, false, act).ends_with(" done ms=1234.500\n"));
}

#[test]
fn an_event_tells_its_application_its_callers_trace_and_this_gateway() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let traced = format!("traceparent: 00-{TRACE}-b7ad6b7169203331-01\r\n");
    let settings = "instance: \"eu-${host}-1\"\n";
    let lines = logged_with("info", settings, "/validateUser/620231fee789224ec1cec3dd", &traced);
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert_eq!(
        (&lines[0]["app"], &lines[0]["trace_id"], &lines[0]["instance"]),
        (&"620231fee789224ec1cec3dd".into(), &TRACE.into(), &format!("eu-{}-1", host.trim()).into())
    );
    let none = logged_with("info", "instance: null\n", "/validateUser", "traceparent: 00-zz\r\n");
    for key in ["app", "trace_id", "instance"] {
        assert_eq!(none[0].get(key), None, "{none:?}");
    }
}

/// In every line of every part, so that none can forget it.
#[test]
fn the_log_names_people_as_the_setting_says() {
    let person = |settings: &str| logged_with("info", settings, "/validateUser", "")[0].get("person").cloned();
    assert_eq!(person("log: { person: plain }\n"), Some("asha".into()));
    assert_eq!(person("log: { person: off }\n"), None);
    let (digest, again) = (person("").unwrap(), person("log: { person: digest }\n").unwrap());
    assert_eq!((digest.as_str().unwrap().len(), again.as_str().unwrap().len()), (16, 16));
    assert_ne!(digest, again, "another process has another key");
    let act = || {
        tracing::info!(person = "Asha.Rao", "first");
        tracing::warn!(target: "elsewhere", person = %" asha.rao ", "second");
        tracing::info!(person = "vikram", "third");
        tracing::info!(person = " ", "nobody");
    };
    let lines = written("info", true, false, act);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["person"], lines[1]["person"], "one person is one digest: {lines:?}");
    assert_ne!(lines[0]["person"], lines[2]["person"]);
    assert_eq!(lines[3]["person"], " ");
    assert!(!format!("{lines:?}").to_lowercase().contains("asha"), "{lines:?}");
    let text = written("info", false, false, act);
    assert!(!text.contains("asha") && !text.contains("Asha") && text.contains(" first person="), "{text}");
}
