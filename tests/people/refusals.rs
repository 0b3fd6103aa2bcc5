//! `collect_refusals`: every rule is asked, the first code is answered, and every code is found again.

use serde_json::{Value, json};

use super::{live, not_passed, said};
use crate::support::client::post;
use crate::support::program::{Program, folder};

const GATEWAY: &str =
    "hooks: { validateUser: { collect_refusals: true } }\ndestinations: { desk: { file: desk.jsonl } }\n";
const RULES: &str = r#"hook: [validateUser, validateUpdateUser]
codes: { NoMobile: a, NoMail: b, NoCity: c }
rules:
  - { name: mobile, when: { user.mobile: { empty: true } }, reject: { code: NoMobile, attribute: mobile } }
  - { name: tidy, set: { user.email: "${lower(user.email)}" } }
  - { name: tells, when: { user.login: told }, deliver: { to: desk, body: hello } }
  - { name: mail, when: { user.email: { not: { ends_with: "@x.example" } } }, reject: NoMail, deliver: { to: desk, body: bad mail } }
  - { name: ends, when: { user.login: last }, stop: true }
  - { name: city, when: { user.city: { empty: true } }, reject: NoCity }
"#;
const TESTS: &str = r#"tests:
  - name: all are said, and what changed before is seen by later ones
    hook: validateUser
    request: { user: { login: a, email: A@Y.example } }
    expect: { reject: [NoMobile, NoMail, NoCity], by: mobile, deliveries: [{ to: desk, body: bad mail }] }
  - name: the code on the wire is the first
    hook: validateUser
    request: { user: { login: a, email: A@Y.example } }
    expect: { reject: NoMobile, reply: { response: { error: true, message: NoMobile } } }
  - name: of a refused event a rule that does not refuse tells nobody
    hook: validateUser
    request: { user: { login: told, email: A@X.example, city: Pune } }
    expect: { reject: [NoMobile], deliveries: [] }
  - name: what is accepted is told
    hook: validateUser
    request: { user: { login: told, email: A@X.example, city: Pune, mobile: "1" } }
    expect: { accept: true, deliveries: [{ to: desk, body: hello }], user: { email: a@x.example } }
  - name: stop ends it
    hook: validateUser
    request: { user: { login: last, email: A@Y.example } }
    expect: { reject: [NoMobile, NoMail] }
  - name: a rule that fails behind a refusal is skipped
    hook: validateUser
    request: { user: { login: a } }
    expect: { reject: [NoMobile, NoMail, NoCity], skipped: tidy, failed: false }
  - name: a rule that fails before all ends the event
    hook: validateUser
    request: { user: { login: a, mobile: "1" } }
    expect: { failed: true, by: tidy }
  - name: another hook refuses with one
    hook: validateUpdateUser
    request: { user: { login: a, email: A@Y.example } }
    expect: { reject: [NoMobile] }
"#;

#[test]
fn all_rules_are_asked_and_the_first_answers() {
    // An absent e-mail address ends in no host: the rule about it holds.
    let live = live(GATEWAY, &[("rules/a.yaml", &format!("{RULES}{TESTS}"))]);
    assert_eq!(not_passed(&live), Vec::<String>::new());
}

#[test]
fn what_cannot_be_collected_is_told() {
    let case = "tests:\n  - name: t\n    hook: validateUpdateUser\n    request: { user: { login: a } }\n    expect: { reject: [NoMobile, NoMail] }\n";
    let told = said(GATEWAY, &[("rules/a.yaml", &format!("{RULES}{case}"))]);
    assert!(told.contains("`validateUpdateUser` refuses with one code"), "{told}");
    assert!(told.contains("hooks: { validateUpdateUser: { collect_refusals: true } }"), "{told}");
    let dir =
        folder(&[("gateway.yaml", "hooks: { postCreateUser: { collect_refusals: true } }\n"), ("rules/a.yaml", RULES)]);
    let told = Program::new(["check"]).within(dir.path()).run().refused(2);
    assert!(told.contains("no rule may refuse on `postCreateUser`"), "{told}");
}

/// The log, the record, `decisions --code`, `why` and `replay` know every code.
#[test]
fn every_code_is_found_again() {
    let gateway = format!("{GATEWAY}journal: {{ file: journal.jsonl }}\noutbox: {{ file: outbox.db }}\n");
    let dir = folder(&[("gateway.yaml", &gateway), ("rules/a.yaml", RULES)]);
    let command = |words: &[&str]| {
        Program::new(words.iter().copied()).within(dir.path()).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl")
    };
    let served = command(&["serve", "--listen", "127.0.0.1:0"]).serve();
    let call = |user: Value| {
        let answer = post(
            served.address,
            "/webhook/validateUser",
            json!({ "request": { "user": user } }).to_string().as_bytes(),
        );
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.header("x-request-id").unwrap().to_owned()
    };
    let several = call(json!({ "login": "several", "email": "a@y.example" }));
    let one = call(json!({ "login": "one", "email": "a@x.example", "mobile": "1" }));
    let log = served.stop().1;
    assert!(log.contains("\"codes\":\"NoMobile,NoMail,NoCity\""), "{log}");
    for (code, ids) in [("NoMobile", vec![&several]), ("nomail", vec![&several]), ("NoCity", vec![&several, &one])] {
        let found = command(&["decisions", "--code", code]).run().expect(0);
        for id in [&several, &one] {
            assert_eq!(found.contains(id.as_str()), ids.contains(&id), "{code}: {found}");
        }
    }
    command(&["decisions", "--code", "NoSuch"]).run().expect(1);
    let why = command(&["why", &several]).run().expect(0);
    assert!(why.contains("  and       NoMail by mail\n  and       NoCity by city\n"), "{why}");
    let same = command(&["replay"]).run().expect(0);
    assert!(same.contains("2 come out the same"), "{same}");
    // Without the second rule the same code is answered, and a reason less is known.
    std::fs::write(dir.path().join("rules/a.yaml"), RULES.replace("name: city, when", "name: city, mode: off, when"))
        .unwrap();
    let differs = command(&["replay"]).run().expect(1);
    assert!(differs.contains("NoMobile with other refusals: 1"), "{differs}");
    let plain = gateway.replace("collect_refusals: true", "collect_refusals: false");
    std::fs::write(dir.path().join("gateway.yaml"), plain).unwrap();
    std::fs::write(dir.path().join("rules/a.yaml"), RULES).unwrap();
    let plain = command(&["replay"]).run().expect(1);
    assert!(plain.contains("NoMobile with other deliveries: 1") && plain.contains("1 come out the same"), "{plain}");
}
