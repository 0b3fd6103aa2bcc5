//! Two rules folders: for whom they differ.

use super::{groups, scan, told};
use crate::support::program::folder;

const BEFORE: &str = r#"codes: { MobileAlreadyExist: x, Vendors: x }
rules:
  - { name: vendors, hook: validateUser, when: { user.userType: Vendor }, reject: Vendors }
  - { name: mail, hook: preCreateUser, default: { user.email: "${user.login}@old.example" } }
  - { name: leave, hook: runDeprovision, when: { user.status: INACTIVE }, deprovision: true }
  - { name: maps, hook: policyMap, mappedValue: "${user.login}" }
"#;
const NOW: &str = r#"codes: { MobileAlreadyExist: x, Vendors: x }
rules:
  - { name: mobile-is-free, hook: validateUser, when: { user.mobile: "9820012345" }, reject: MobileAlreadyExist }
  - { name: no-vendors, hook: validateUser, when: { user.userType: Vendor, user.login: { is_not: v2 } }, reject: Vendors }
  - { name: mail, hook: preCreateUser, when: { user.login: { is_not: c } }, default: { user.email: "${user.login}@new.example" } }
  - { name: leave, hook: runDeprovision, when: { user.status: INACTIVE, user.login: { is_not: a } }, deprovision: true }
  - { name: maps, hook: policyMap, mappedValue: "${upper(user.login)}" }
"#;
const PEOPLE: &str = "login,mobile,userType,email,status\na,9820012345,,a@x,INACTIVE\nb,9820012345,,,INACTIVE\nc,1,,,\n\
                      v1,2,Vendor,v@x,\nv2,3,Vendor,v@x,\n";

#[test]
fn only_those_are_listed_for_whom_the_folders_differ() {
    let dir = folder(&[("rules/a.yaml", NOW), ("old/a.yaml", BEFORE), ("p.csv", PEOPLE)]);
    let words = ["--people", "p.csv", "--against", "old"];
    let hooks = ["--hook", "validateUser", "--hook", "preCreateUser", "--hook", "runDeprovision"];
    let all = told(&dir, &[&words[..], &hooks, &["--hook", "policyMap"]].concat(), 1);
    assert_eq!(
        groups(&all),
        [
            "validateUser: accepted -> MobileAlreadyExist by mobile-is-free: a, b",
            "validateUser: Vendors -> accepted by vendors: v2",
            "preCreateUser: changed -> unchanged by mail: c",
            "preCreateUser: changed as before, with other values by mail: b",
            "runDeprovision: deprovisioned -> keep their access by leave: a",
            "policyMap: mapped as before, with other mapped value by maps: a, b, c, v1, v2",
        ]
    );
    assert_eq!(
        all["hooks"][1]["groups"][1]["people"][0]["detail"],
        r#"user.email: "b@old.example" -> "b@new.example""#
    );
    assert_eq!(all["hooks"][3]["groups"][0]["people"][0]["detail"], r#""a" -> "A""#);
    // Refused by another rule with the same code is no difference to anybody.
    assert_eq!(all["hooks"][0]["others"], serde_json::json!({ "Vendors": 1, "accepted": 1 }));

    let text = scan(&dir, &words).run().expect(1);
    assert!(text.starts_with("p.csv: 5 people, decided by old (") && text.contains(") and then by rules ("), "{text}");
    assert!(
        text.contains(
            "       2 accepted -> MobileAlreadyExist, by mobile-is-free (rules/a.yaml:3)\n           a\n           b\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("       1 Vendors -> accepted, no longer by vendors (old/a.yaml:3)\n           v2\n"),
        "{text}"
    );
    assert!(text.contains("       1 accepted, as before\n"), "{text}");

    let same = scan(&dir, &["--people", "p.csv", "--against", "rules"]).run().expect(0);
    assert!(same.contains("both folders have the same rules\n"), "{same}");
    let broken = scan(&dir, &["--people", "p.csv", "--against", "nowhere"]).run().refused(2);
    assert!(broken.contains("cannot read folder `nowhere`"), "{broken}");
}

/// What is sent, what audit rules see and which rules are passed over differ too, where the answer is the same.
#[test]
fn what_is_sent_and_seen_is_compared_where_the_answers_are_the_same() {
    let settings = "destinations: { siem: { file: siem.jsonl } }\n";
    let rules = |body: &str, audit: &str, date: &str| {
        format!(
            "hook: postUpdateUser\nrules:\n  - {{ name: tells, when: {{ user.login: a }}, deliver: {{ to: siem, body: {body} }} }}\n  \
             - {{ name: watches, mode: audit, when: {{ user.login: {audit} }}, deliver: {{ to: siem, body: x }} }}\n  \
             - {{ name: late, when: {{ user.endDate: {{ {date} }} }}, on_failure: skip, deliver: {{ to: siem, body: z }} }}\n"
        )
    };
    let people = "login,endDate\na,\nb,\nc,31/31/2020\n";
    let (now, before) = (rules("one", "b", "over: true"), rules("two", "nobody", "present: false, empty: false"));
    let dir = folder(&[("rules/a.yaml", &now), ("old/a.yaml", &before), ("p.csv", people), ("gateway.yaml", settings)]);
    let words = ["--people", "p.csv", "--hook", "postUpdateUser", "--against", "old"];
    let mut found = groups(&told(&dir, &words, 1));
    found.sort();
    assert_eq!(
        found,
        [
            "postUpdateUser: told as before, with other audit rules: b",
            "postUpdateUser: told as before, with other deliveries: a",
            "postUpdateUser: told as before, with other rules that are passed over: c",
        ]
    );
    assert!(!dir.path().join("siem.jsonl").exists() && !dir.path().join("hookgate-outbox.db").exists());
}
