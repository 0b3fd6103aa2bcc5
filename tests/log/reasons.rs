//! Reasons at debug: why each rule held or not, never a secret; and at info the one line that an event has.

use serde_json::Value;

use crate::support::post;
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
    let dir = folder(&[("rules/a.yaml", RULES)]);
    let words = ["serve", "--listen", "127.0.0.1:0", "--log-level", level];
    let served = Program::new(words).within(dir.path()).serve();
    let body = format!(
        r#"{{"request":{{"user":{{"login":"asha","firstName":"Asha","userType":"Employee","password":"{CANARY}"}}}}}}"#
    );
    let answer = post(served.address, "/validateUser", body.as_bytes());
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
    assert_eq!(
        keys,
        ["time", "level", "target", "message", "request_id", "hook", "person", "decision", "rule", "micros"]
    );
    assert_eq!(
        (&line["hook"], &line["person"], &line["decision"]),
        (&"validateUser".into(), &"asha".into(), &"changed".into())
    );
}
