//! What a record has of secrets: that there was one, and what came of looking at it; of all else what it was.

use hookgate::event::secret::WITHHELD;
use hookgate::journal::Record;
use serde_json::{Value, json};

use super::{decide, live, open, recording, records, settings, text};

/// The record of an event on a hook, by these rules.
fn recorded(hook: &str, rules: &str, tables: &[(&str, &str)], body: &str) -> Record {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    decide(&recording(live(rules, tables), &journal), hook, "id", body);
    journal.stop();
    records(&settings).remove(0)
}

const NOTHING: &str = "hook: [postCreateUser, policyMap, changePassword]\nrules: [{ name: a, stop: true }]\n";

#[test]
fn a_body_without_secrets_is_recorded_as_it_came() {
    let body = "{ \"request\" : {\"user\":{\"login\":\"asha.rao\", \"n\":7.00, \"x\":\"\\u0041\"}},\"more\":[1]}";
    let record = recorded("postCreateUser", NOTHING, &[], body);
    assert_eq!(record.body.get(), body);
    // A line of the journal has no line breaks in it, whatever its body had.
    let broken = "{\n\"request\":\r\n{\"user\":{\"login\":\"a\\nb\"}}}\n";
    let record = recorded("postCreateUser", NOTHING, &[], broken);
    let body: Value = serde_json::from_str(record.body.get()).unwrap();
    assert_eq!(body["request"]["user"]["login"], "a\nb");
}

#[test]
fn a_mark_stands_in_the_place_of_each_secret_and_blank_ones_stay() {
    let user = json!({
        "login": "asha.rao", "password": "Canary#1", "newPassword": "", "oldPassword": " ", "pwd": null,
        "securityQuestion": { "q": "Canary#2", "a": ["Canary#3"] }, "otp": 123_987, "n": 123,
        "attributes": [{ "name": "PAN", "value": "ABCDE1234F" }, { "name": "passcode", "value": "Canary#4" }],
    });
    let form = json!({ "fields": [{ "name": "userPassword", "value": "Canary#5" }] }).to_string();
    let request = json!({ "request": { "user": user, "passwordText": "Canary#6", "form": form, "action": "x" } });
    let record = recorded("changePassword", NOTHING, &[], &request.to_string());
    assert!(!text(&record).contains("Canary") && !text(&record).contains("123987"), "{}", text(&record));
    let mut expected = request;
    for at in
        ["/user/password", "/user/securityQuestion", "/user/otp", "/user/attributes/1/value", "/passwordText", "/form"]
    {
        *expected.pointer_mut(&format!("/request{at}")).unwrap() = WITHHELD.into();
    }
    assert_eq!(serde_json::from_str::<Value>(record.body.get()).unwrap(), expected);
    let body = json!({ "request": { "user": { "login": "a" }, "targetAttribute": "__PASSWORD__", "defaultValue": "Canary#7" } });
    let record = recorded("policyMap", NOTHING, &[], &body.to_string());
    assert!(!text(&record).contains("Canary"), "{}", text(&record));
    assert_eq!(record.decision.mapped, None);
}

#[test]
fn what_rules_make_of_secrets_has_marks_too() {
    let rules = "hook: preCreateUser\nlookups: { people: { table: people.csv, key: login } }\nrules:\n  - name: a\n    let: { row: { lookup: people, \
                 key: \"${user.login}\" } }\n    when: { row.grade: G7 }\n    set: { user.newPassword: \"${user.password}-x\", user.grade: \"${row.grade}\" }\n";
    let record = recorded(
        "preCreateUser",
        rules,
        &[("people.csv", "login,grade,password\nasha.rao,G7,Canary#2\n")],
        r#"{"request":{"user":{"login":"asha.rao","password":"Canary#1"}}}"#,
    );
    assert!(!text(&record).contains("Canary"), "{}", text(&record));
    let user: Value = serde_json::from_str(record.decision.user.as_ref().unwrap().get()).unwrap();
    let expected = json!({ "login": "asha.rao", "password": WITHHELD, "newPassword": WITHHELD, "grade": "G7" });
    assert_eq!(user, expected);
    let rows: Value = serde_json::from_str(record.facts[0].rows.get()).unwrap();
    assert_eq!(rows, json!([{ "login": "asha.rao", "grade": "G7", "password": WITHHELD }]));
}

/// A condition can name the secret itself: neither its text nor the key of a table is recorded.
#[test]
fn what_came_of_a_condition_is_recorded_without_what_was_compared() {
    let rules = "hook: validateUser\nlookups: { worst: { table: worst.csv, key: word } }\nrules:\n  - { name: same, when: { user.password: \
                 Canary#1 }, set: { user.grade: G7 } }\n  - { name: worst, when: { user.password: { found_in: worst }, user.login: \
                 { found_in: worst } }, reject: BadPassword }\n";
    let body = r#"{"request":{"user":{"login":"asha.rao","password":"Canary#1"}}}"#;
    let record = recorded("validateUser", rules, &[("worst.csv", "word\nCanary#1\nasha.rao\n")], body);
    assert_eq!(record.decision.code.as_deref(), Some("BadPassword"));
    assert!(!text(&record).contains("Canary"), "{}", text(&record));
    let asked: Vec<_> = record.facts.iter().map(|fact| fact.key.get()).collect();
    assert_eq!(asked, ["\"asha.rao\""], "the login alone");
    assert_eq!(record.on_secrets.len(), 2);
    assert!(record.on_secrets.keys().all(|asked| asked.starts_with("user.password ")), "{:?}", record.on_secrets);
}

#[test]
fn nothing_is_noted_of_events_without_secrets() {
    let rules =
        "hook: validateUser\nrules: [{ name: a, when: { user.password: { length: { lt: 12 } } }, reject: Short }]\n";
    let record = recorded("validateUser", rules, &[], r#"{"request":{"user":{"login":"asha.rao"}}}"#);
    assert!(record.on_secrets.is_empty());
    assert!(!text(&record).contains("on_secrets") && !text(&record).contains("\"facts\""), "{}", text(&record));
}
