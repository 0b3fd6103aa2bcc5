//! What is found of people by one rules folder: what becomes of them, what is not decidable, and that no secret is shown.

use std::net::TcpListener;

use super::{groups, notes, scan, told};
use crate::support::program::folder;

const RULES: &str = r#"codes: { Nope: x }
rules:
  - { name: no, hook: validateUser, when: { user.login: nope }, reject: Nope }
  - { name: fails, hook: validateUser, when: { user.login: fails }, set: { user.displayName: "${user.firstName}" } }
  - { name: tidy, hook: preCreateUser, when: { user.login: { in: [a, b] } }, set: { user.email: "${user.login}@x" } }
  - { name: leave, hook: runDeprovision, when: { user.endDate: { over: true } }, deprovision: true }
  - { name: late, hook: preCreateUser, when: { user.endDate: { over: true } }, set: { user.grade: old } }
  - { name: watches, hook: validateUser, mode: audit, when: { user.login: b }, reject: Nope }
  - { name: tells, hook: postCreateUser, when: { user.login: b }, deliver: { to: siem, body: "${user.login}" } }
  - { name: maps, hook: policyMap, when: { request.targetAttribute: mail, user.login: { is_not: a } }, mappedValue: m }
"#;
const PEOPLE: &str = "login,endDate\na,2026-01-10\nb,2026-01-30\nnope,\nfails,9999-12-31\nz,31/12/30\n";
const SETTINGS: &str = "destinations: { siem: { file: siem.jsonl } }\n";

#[test]
fn who_is_refused_changed_deprovisioned_or_passed_over_is_listed() {
    let dir = folder(&[("rules/a.yaml", RULES), ("p.csv", PEOPLE), ("gateway.yaml", SETTINGS)]);
    let hooks = ["validateUser", "PRECREATEUSER", "runDeprovision", "postCreateUser", "validateUser"];
    let hooks: Vec<&str> = hooks.into_iter().flat_map(|hook| ["--hook", hook]).collect();
    let words = [&["--people", "p.csv", "--now", "2026-01-11T09:00:00Z"][..], &hooks].concat();
    let all = told(&dir, &words, 1);
    assert_eq!(
        groups(&all),
        [
            "validateUser: refused with Nope by no: nope",
            "validateUser: a rule fails, refused with ValidationUnavailable by fails: fails",
            "validateUser: an audit rule holds by watches: b",
            "preCreateUser: changed: user.email by tidy: b",
            "preCreateUser: changed: user.email, user.grade by late: a",
            "preCreateUser: a rule is passed over by late: z",
            "runDeprovision: a rule fails, answered as if none decided by leave: z",
            "runDeprovision: deprovisioned by leave: a",
            "postCreateUser: would be sent to siem by tells: b",
        ]
    );
    let detail = |hook: usize, group: usize| all["hooks"][hook]["groups"][group]["people"][0]["detail"].clone();
    assert_eq!(detail(0, 2), "reject Nope");
    assert_eq!(detail(1, 0), r#"user.email: (absent) -> "b@x""#);
    assert!(detail(0, 1).as_str().unwrap().contains("`user.firstName` is absent"), "{}", detail(0, 1));
    assert_eq!(all["hooks"][3]["others"], serde_json::json!({ "told": 5 }));
    assert!(!dir.path().join("siem.jsonl").exists() && !dir.path().join("hookgate-outbox.db").exists());

    // Audit rules change nothing, and what is sent is nobody's trouble: neither is why a scan ends with 1.
    scan(&dir, &["--people", "p.csv", "--hook", "postCreateUser"]).run().expect(0);
    let set = ["--people", "p.csv", "--hook", "policyMap", "--set", "request.targetAttribute=mail"];
    let mapped = told(&dir, &set, 0);
    assert_eq!(mapped["hooks"][0]["others"], serde_json::json!({ "mapped": 4, "mapped by no rule": 1 }));
    for (words, told) in [
        (["--hook", "validteUser"], "did you mean `validateUser`?"),
        (["--hook", "test"], "`test` is a probe"),
        (["--set", "user"], "write `user.FIELD=text`"),
        (["--now", "yesterday"], "is not a date"),
    ] {
        let error = scan(&dir, &[&["--people", "p.csv"], &words[..]].concat()).run().refused(2);
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn nothing_is_asked_outside_and_who_needs_an_answer_is_told_with_the_lookups() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let settings = format!(
        "connections: {{ hr: {{ http: \"http://{}\", allow: [127.0.0.1] }} }}\n",
        listener.local_addr().unwrap()
    );
    let rules = r#"hook: validateUser
codes: { Taken: x, Gone: x }
lookups:
  by_mobile: { http: hr, get: "/m/${key}", rows: data, on_error: fail }
  managers: { http: hr, get: "/u/${key}", rows: data, on_error: fail }
rules:
  - name: free
    let: { owner: { lookup: by_mobile, key: "${user.mobile}" } }
    when: { user.mobile: { empty: false }, owner.login: { present: true, is_not: "${user.login}" } }
    reject: Taken
  - name: manager
    let: { boss: { lookup: managers, key: "${user.managerId}" } }
    when: { user.managerId: { empty: false }, boss.status: { is_not: ACTIVE } }
    reject: Gone
"#;
    let people = "login,mobile,managerId\na,,\nb,1,\nc,1,m\nd,2,m\n";
    let facts = "by_mobile: { \"1\": { login: b }, \"2\": null }\nmanagers: { m: { status: INACTIVE } }\n";
    let files = [("rules/a.yaml", rules), ("p.csv", people), ("gateway.yaml", &settings), ("facts.yaml", facts)];
    let dir = folder(&files);
    let asked = told(&dir, &["--people", "p.csv"], 1);
    assert_eq!(
        groups(&asked),
        [
            "validateUser: not decidable: asks lookups `by_mobile`, `managers`: c, d",
            "validateUser: not decidable: asks lookup `by_mobile`: b",
        ]
    );
    assert_eq!(asked["hooks"][0]["others"]["accepted"], 1);
    for flag in ["--given", "--facts"] {
        let given = told(&dir, &["--people", "p.csv", flag, "facts.yaml"], 1);
        let wanted = ["validateUser: refused with Gone by manager: d", "validateUser: refused with Taken by free: c"];
        assert_eq!(groups(&given), wanted);
    }
    // The folder to compare with asks one lookup of its own.
    let other = rules.replace("by_mobile", "mobiles");
    std::fs::create_dir(dir.path().join("old")).unwrap();
    std::fs::write(dir.path().join("old/a.yaml"), other).unwrap();
    let both = told(&dir, &["--people", "p.csv", "--against", "old", "--given", "facts.yaml"], 1);
    assert_eq!(groups(&both), ["validateUser: not decidable: asks lookup `mobiles`: b, c, d"]);
    let unknown = std::fs::write(dir.path().join("facts.yaml"), "nobody: { a: null }\n");
    unknown.unwrap();
    let error = scan(&dir, &["--people", "p.csv", "--given", "facts.yaml"]).run().refused(2);
    assert!(error.contains("there is no lookup `nobody`"), "{error}");
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "somebody was asked");
}

const CANARY: &str = "Zq7canary9Xw";

/// Passwords are looked at and changed by rules, and stand in rows that cannot be read: nothing of them is shown.
#[test]
fn no_secret_of_an_export_is_shown() {
    let rules = r#"codes: { Same: x }
rules:
  - { name: same, hook: validateUser, when: { user.password: { is: Zq7canary9Xw } }, reject: Same }
  - { name: fails, hook: preCreateUser, when: { user.password: { before: "today" } }, set: { user.grade: x } }
  - { name: sets, hook: preUpdateUser, set: { user.password: "${upper(user.password)}" } }
"#;
    let settings = "secrets: [PAN]\n";
    let csv = format!(
        "login,Password,PAN,passwordText\na,{CANARY},{CANARY},{CANARY}\nb,{CANARY}\nc,\"{CANARY}\",x,y,{CANARY}\n"
    );
    let jsonl = format!(
        "{{\"login\":\"a\",\"password\":\"{CANARY}\",\"PAN\":\"{CANARY}\"}}\n{{\"password\":\"{CANARY}\n{{\"user\":{{\"password\":\"{CANARY}\\q\"}}}}\n"
    );
    let broken = format!("login,password\na,\"{CANARY}\nb,c\n");
    let behind = format!("login,password\na,\"{CANARY}\" {CANARY}\n");
    let list = format!("[{{\"password\":\"{CANARY}\"}}, {CANARY}]");
    let latin = [format!("login,password\na,{CANARY}").into_bytes(), b"\xfc\n".to_vec()].concat();
    let old = rules.replace("upper(user.password)", "user.password");
    let dir = folder(&[
        ("rules/a.yaml", rules),
        ("old/a.yaml", &old),
        ("gateway.yaml", settings),
        ("p.csv", &csv),
        ("p.jsonl", &jsonl),
        ("broken.csv", &broken),
        ("behind.csv", &behind),
        ("list.json", &list),
    ]);
    std::fs::write(dir.path().join("latin.csv"), latin).unwrap();
    let hooks = ["--hook", "validateUser", "--hook", "preCreateUser", "--hook", "preUpdateUser"];
    let mut shown = 0;
    for file in ["p.csv", "p.jsonl", "broken.csv", "behind.csv", "list.json", "latin.csv"] {
        for more in [&[][..], &["--format", "json"], &["--against", "old"], &["--set", "user.city=Pune"]] {
            let ended = scan(&dir, &[&["--people", file], &hooks[..], more].concat()).run();
            let all = format!("{}{}", ended.stdout, ended.stderr).to_lowercase();
            assert!(!all.contains(&CANARY.to_lowercase()), "{file} {more:?}: {all}");
            shown += usize::from(all.contains("(hidden)"));
        }
    }
    assert!(shown >= 4, "{shown}");
    let told = told(&dir, &["--people", "p.csv", "--hook", "validateUser"], 1);
    assert_eq!(groups(&told), ["validateUser: refused with Same by same: a"], "the rules see it");
    assert_eq!(notes(&told).len(), 2, "{told}");
}
