//! What the console keeps from those who may only look, or from everybody: secrets in rules, and rows of tables.

use std::fs;

use serde_json::json;

use super::opened::{browser, gateway, read, send};
use crate::support::wait::until;

const PAGE: &str = "/console/playground";
const CHANGES: &str = "/console/changes";

/// A secret in each way to write one.
const RULES: &str = r#"hook: validateUser
codes: { NoWay: No. }
let: { first: "Canary-Bound-5" }
rules:
  - name: next-line
    when: { user.userType: A }
    set:
      user.password:
        "Canary-Next-1"
  - name: folded
    when: { user.userType: B }
    set:
      user.password: >-
        Canary-Folded
        Canary-Second
  - name: block
    when: { user.userType: C }
    set:
      user.password: |-
        Canary-Block-3
  - { name: no-space, when: { user.userType: D }, set: {"user.password":"Canary-Close-4"} }
  - { name: bound, when: { user.userType: E }, set: { user.password: "${first}" } }
  - { name: compared, when: { user.password: { is: "Canary-Is-6" } }, reject: NoWay }
  - { name: listed, when: { user.password: ["Canary-In-7", Canary-In-8] }, reject: NoWay }
  - { name: template, when: { user.userType: F }, set: { user.password: '${"Canary-Template-9"}' } }
  - { name: anchor, when: { user.userType: G }, set: { user.password: &p "Canary-Anchor-10" } }
  - { name: script, when: { user.userType: H }, script: 'set("user.password", "Canary-Script-11")' }
  - name: rows
    table:
      inputs: [user.userType]
      outputs: [set user.password]
      rows:
        - [I, Canary-Row-12]
  - { name: sheet, table: { inputs: [user.userType], outputs: [set user.password], rows: passwords.csv } }
"#;
const SHEET: &str = "user.userType,set user.password\nJ,Canary-Sheet-13\n";

/// The links to differences that a page has.
fn differences(page: &str) -> Vec<String> {
    let links = page.split("href=\"").filter(|link| link.starts_with("/console/changes/diff?"));
    links.map(|link| link.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

#[test]
fn a_secret_is_on_no_page_however_a_rule_has_written_it() {
    let (dir, served) = gateway(&[("rules/a.yaml", RULES), ("rules/passwords.csv", SHEET)]);
    fs::write(dir.path().join("rules/a.yaml"), RULES.replace("- [I,", "- [K, Canary-Row-14]\n        - [I,")).unwrap();
    let (mut asha, mut ravi) = (browser(&served, "asha"), browser(&served, "ravi"));
    let mut links = Vec::new();
    until("the second rules are in force", || {
        links = differences(&ravi.get(CHANGES).body);
        !links.is_empty()
    });
    fs::write(dir.path().join("rules/passwords.csv"), SHEET.replace("J,", "Z,")).unwrap();
    until("the third rules are in force", || {
        links = differences(&ravi.get(CHANGES).body);
        links.len() > 1
    });
    let mut paths = links;
    let names = RULES.split("name: ").skip(1).map(|rest| rest.split([',', '\n']).next().unwrap());
    paths.extend(names.map(|name| format!("/console/rules/rule?name={name}")));
    paths.extend(["rules/a.yaml", "rules/passwords.csv"].map(|file| format!("{PAGE}?file={file}")));
    paths.push(CHANGES.to_owned());
    for browser in [&mut asha, &mut ravi] {
        for path in &paths {
            let page = browser.get(path);
            assert!(page.status == 200 && !page.body.contains("Canary"), "{path}: {}", read(&page.body));
        }
        for kind in ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "Z"] {
            let body = json!({ "request": { "user": { "login": "x", "userType": kind, "password": "p" } } });
            let body = body.to_string();
            let tried = send(browser, PAGE, PAGE, &[("hook", "validateUser"), ("request", &body), ("do", "try")]);
            assert!(tried.status == 200 && !tried.body.contains("Canary"), "{kind}: {}", read(&tried.body));
        }
        let page = browser.get(&format!("{PAGE}?file=rules/a.yaml"));
        assert!(read(&page.body).contains("count as “(hidden)” here, for everybody"), "{}", read(&page.body));
    }
}

#[test]
fn a_hidden_secret_does_not_come_back_wherever_its_line_is_put() {
    let rules = "hook: validateUser\nrules:\n  - name: p\n    when: { user.userType: J }\n    set: { user.password: \"Canary-Welcome-7\" }\n";
    let other = "hook: validateUser\nrules:\n  - { name: other, when: { user.userType: J }, set: { user.title: x } }\n";
    let (_dir, served) = gateway(&[("rules/a.yaml", rules), ("rules/b.yaml", other)]);
    let line = "    set: { user.password: \"(hidden)\" }\n";
    let around = format!(
        "hook: validateUser\nrules:\n  - name: p\n    set:\n      user.firstName: |\n    {line}      user.title: |\n         {}",
        line.trim_start()
    );
    let same = format!(
        "hook: validateUser\nrules:\n  - name: p\n    set: {{ user.firstName: &a |\n{line}      , user.title: x }}\n"
    );
    // Another file looks at what the rule gives.
    let oracle = "hook: validateUser\ncodes: { Guessed: It is. }\nrules:\n  - { name: guess, when: { user.password: { starts_with: Canary } }, reject: Guessed }\n";
    for name in ["asha", "ravi"] {
        let mut browser = browser(&served, name);
        for (file, text) in [("rules/a.yaml", &*around), ("rules/a.yaml", &same), ("rules/b.yaml", oracle)] {
            let body = json!({ "request": { "user": { "login": "x", "userType": "J" } } }).to_string();
            let fields =
                [("hook", "validateUser"), ("request", body.as_str()), ("file", file), ("text", text), ("do", "try")];
            let tried = send(&mut browser, PAGE, PAGE, &fields);
            let words = read(&tried.body);
            assert!(tried.status == 200 && !tried.body.contains("Canary-W"), "{words}");
            assert!(!words.contains("rejected with Guessed"), "{words}");
        }
    }
}

const ASKING: &str = "hook: validateUser\ncodes: { Taken: It is. }\nlookups: { people: { table: people.yaml, key: mobile } }\nrules:\n  - { name: free, when: { user.mobile: { found_in: people } }, reject: Taken }\n";

/// Lists of people as YAML has them, each with another beginning.
const PEOPLE: [&str; 4] = [
    "- { mobile: \"9820012345\", name: Zzyzx }\n",
    "--- # people\n- { mobile: \"9820012345\", name: Zzyzx }\n",
    "&all\n- { mobile: \"9820012345\", name: Zzyzx }\n",
    "[\n  { mobile: \"9820012345\", name: Zzyzx }\n]\n",
];

#[test]
fn a_list_of_people_is_one_whatever_its_first_line_is() {
    for people in PEOPLE {
        let (dir, served) = gateway(&[("rules/a.yaml", ASKING), ("rules/people.yaml", people)]);
        fs::write(dir.path().join("rules/people.yaml"), people.replace("Zzyzx", "Zzyzx2")).unwrap();
        let (mut asha, mut ravi) = (browser(&served, "asha"), browser(&served, "ravi"));
        let mut links = Vec::new();
        until("the second rows are in force", || {
            links = differences(&ravi.get(CHANGES).body);
            !links.is_empty()
        });
        assert!(asha.get(&links[0]).body.contains("Zzyzx2"), "{people}");
        let personal = ravi.get(&links[0]);
        assert!(personal.body.contains("(personal)") && !personal.body.contains("Zzyzx"), "{people}");
        let rows = ravi.get(&format!("{PAGE}?file=rules/people.yaml"));
        assert!(rows.status == 422 && !rows.body.contains("Zzyzx"), "{people}");
        let body = json!({ "request": { "user": { "login": "x", "mobile": "9820012345" } } }).to_string();
        let tried = send(&mut ravi, PAGE, PAGE, &[("hook", "validateUser"), ("request", &body), ("do", "try")]);
        assert!(!tried.body.contains("Zzyzx") && !read(&tried.body).contains("rejected with"), "{people}");
    }
}

#[test]
fn a_finding_about_a_row_is_personal_whatever_kind_of_file_the_table_is() {
    let twice = "- { mobile: \"9999900001\", name: A }\n- { mobile: \"9999900001\", mobile: \"9999900001\" }\n";
    let (dir, served) = gateway(&[("rules/a.yaml", ASKING), ("rules/people.yaml", PEOPLE[0])]);
    fs::write(dir.path().join("rules/people.yaml"), twice).unwrap();
    let (mut asha, mut ravi) = (browser(&served, "asha"), browser(&served, "ravi"));
    until("the rows are refused", || read(&asha.get(CHANGES).body).contains("is not in force"));
    for path in ["/console", CHANGES] {
        let page = read(&ravi.get(path).body);
        assert!(page.contains("(personal)") && !page.contains("9999900001"), "{path}: {page}");
    }
}

#[test]
fn rules_that_are_tried_make_no_more_than_a_limit_and_a_long_request_is_refused() {
    let (_dir, served) = gateway(&[("rules/a.yaml", ASKING), ("rules/people.yaml", PEOPLE[0])]);
    let mut ravi = browser(&served, "ravi");
    let times = "${user.login}".repeat(4);
    let sets: String = (0..60).map(|n| format!("      user.x{n}: \"{times}\"\n")).collect();
    let in_one = format!("hook: validateUser\nrules:\n  - name: grows\n    set:\n{sets}");
    let bound: String = (0..30).map(|n| format!("  n{}: \"{}\"\n", n + 1, format!("${{n{n}}}").repeat(4))).collect();
    let in_names = format!(
        "hook: validateUser\nlet:\n  n0: \"${{user.login}}\"\n{bound}rules:\n  - {{ name: grows, set: {{ user.title: \"${{n30}}\" }} }}\n"
    );
    let body = json!({ "request": { "user": { "login": "x".repeat(200_000) } } }).to_string();
    for text in [&in_one, &in_names] {
        let fields = [
            ("hook", "validateUser"),
            ("request", body.as_str()),
            ("file", "rules/a.yaml"),
            ("text", text),
            ("do", "try"),
        ];
        let words = read(&send(&mut ravi, PAGE, PAGE, &fields).body);
        let result = words.rsplit(" Result ").next().unwrap();
        assert!(result.contains("the rules make values of more than 8 MiB"), "{}", &result[..result.len().min(3_000)]);
        let checked = read(&send(&mut ravi, PAGE, "/console/playground/check", &fields[..4]).body);
        assert!(checked.contains("0 mistakes"), "{checked}");
    }
    let body = json!({ "request": { "user": { "login": "x".repeat(300_000) } } }).to_string();
    let refused = send(&mut ravi, PAGE, PAGE, &[("hook", "validateUser"), ("request", &body), ("do", "try")]);
    assert!(refused.status == 422 && read(&refused.body).contains("longer than 256 KiB"), "{}", refused.status);
}
