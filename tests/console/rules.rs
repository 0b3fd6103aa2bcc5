//! The screen of rules: sentences, source, counts, tables as grids.

use serde_json::json;

use super::opened::{browser, gateway, read};
use crate::support::client::Client;
use crate::support::wait::until;

const RULES: &str = "hook: policyMap\nowner: HR <team>\nticket: IAM-7\nrules:\n  - name: ou-of-a-department\n    about: Where somebody stands in the directory.\n    when: { request.targetAttribute: ou }\n    table:\n      hit: first\n      inputs: [user.department]\n      outputs: [mappedValue]\n      rows:\n        - [IT, OU=IT]\n        - [HR, OU=HR]\n  - name: never\n    when: { request.targetAttribute: nothing }\n    mappedValue: x\ntests:\n  - name: it\n    sample: policyMap\n    with: { request.targetAttribute: ou, user.department: IT }\n    expect: { mappedValue: OU=IT }\n";

#[test]
fn a_rule_is_told_in_sentences_beside_its_source_with_the_row_that_held_marked() {
    let (_dir, served) = gateway(&[("rules/map.yaml", RULES)]);
    let mut ravi = browser(&served, "ravi");
    let mut page = String::new();
    until("tests are run", || {
        page = ravi.get("/console/rules/rule?name=ou-of-a-department&row=2").body;
        !page.contains("Its tests are being run")
    });
    let words = read(&page);
    for said in [
        "Where somebody stands in the directory.",
        "Owner: HR <team>. Ticket: IAM-7.",
        "On policyMap, when request.targetAttribute is \"ou\", the table below says what is done.",
        "2 ◂ holds HR OU=HR none",
        "✓ passed: it",
        "5 - name: ou-of-a-department",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(page.contains("id=\"row-2\" aria-current=\"true\"") && !page.contains("<team>"), "{page}");
    let part = ravi.get("/console/rules/rule?name=never&part=1").body;
    assert!(!part.contains("<html") && read(&part).contains("No test proves it."), "{part}");
    let gone = ravi.get("/console/rules/rule?name=%3Cb%3E");
    assert!(gone.status == 404 && read(&gone.body).contains("No rule in force is called <b>"));
}

#[test]
fn rules_that_never_decided_come_first_and_decisions_are_counted() {
    let (dir, served) = gateway(&[("rules/map.yaml", RULES)]);
    let body =
        json!({ "request": { "targetAttribute": "ou", "user": { "login": "x", "department": "HR" } } }).to_string();
    for _ in 0..3 {
        let mut client = Client::connect(served.address);
        client.send(
            format!("POST /policyMap HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        );
        assert!(client.answer().unwrap().body.contains("OU=HR"));
    }
    let mut ravi = browser(&served, "ravi");
    // Before anything is counted, so that the first count has all of it.
    until("the calls are recorded", || {
        let index = dir.path().join("journal.jsonl.index");
        std::fs::metadata(index).is_ok_and(|index| index.len() >= 16 + 3 * 96)
    });
    let mut words = String::new();
    until("decisions are counted", || {
        words = read(&ravi.get("/console/rules").body);
        words.contains("policyMap 3 0 s ago") || words.contains("policyMap 3 1 s ago")
    });
    let place = |rule: &str| words.find(&format!(" {rule} policyMap")).unwrap_or_else(|| panic!("{rule}: {words}"));
    assert!(place("never") < place("ou-of-a-department"), "{words}");
    assert!(words.contains("policyMap 0 never none HR <team> IAM-7 rules/map.yaml:15"), "{words}");
    let chosen = read(&ravi.get("/console/rules?q=DEPARTMENT&order=file").body);
    assert!(chosen.contains("1 rule, page 1 of 1"), "{chosen}");
}

#[test]
fn ten_thousand_rules_are_shown_a_page_at_a_time() {
    let rule = |n: usize| format!("  - {{ name: rule-{n}, when: {{ user.department: D{n} }}, reject: Code }}\n");
    let rules: String = (0..10_000).map(rule).collect();
    let (_dir, served) =
        gateway(&[("rules/many.yaml", &format!("hook: validateUser\ncodes: {{ Code: No. }}\nrules:\n{rules}"))]);
    let mut ravi = browser(&served, "ravi");
    for path in
        ["/console/rules", "/console/rules?page=100", "/console/rules?page=9999", "/console/rules/rule?name=rule-77"]
    {
        let page = ravi.get(path);
        assert!(page.status == 200 && page.body.len() < 200_000, "{path}: {}", page.body.len());
    }
    assert!(read(&ravi.get("/console/rules").body).contains("10000 rules, page 1 of 100"));
}
