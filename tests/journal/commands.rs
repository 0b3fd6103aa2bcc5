//! `hookgate why` and `hookgate replay` as people run them.

use std::fs;
use std::path::Path;

use hookgate::gateway::Live;
use hookgate::journal::Settings;
use hookgate::rule::Tenant;

use super::{decide, open, recording, settings};
use crate::support::client::post;
use crate::support::program::{Program, folder};

const RULES: &str = "hook: validateUser\nlookups:\n  by_mobile: { table: people.csv, key: mobile }\nrules:\n  - name: mobile-is-free\n    \
                     let: { owner: { lookup: by_mobile, key: \"${user.mobile}\" } }\n    when:\n      user.city: { is_not: Atlantis }\n      owner.login: { present: true, \
                     is_not: \"${user.login}\" }\n    reject: MobileAlreadyExist\n";
const EVENTS: usize = 10_000;

/// A table in which a hundred people have a number.
fn people(count: usize) -> String {
    (0..count).fold("login,mobile\n".to_owned(), |all, n| all + &format!("p{n},98200{n:05}\n"))
}

fn command(folder: &Path, words: &[&str]) -> Program {
    Program::new(words.iter().copied()).within(folder).env("HOOKGATE_JOURNAL_FILE", "journal.jsonl")
}

/// Ten thousand decisions: each of a hundred numbers is asked for a hundred times.
fn recorded(folder: &Path) -> Settings {
    let settings = settings(folder);
    let journal = open(&settings);
    let (live, _) = Live::read(&folder.join("rules"), &Tenant::standard()).unwrap();
    let gateway = recording(live, &journal);
    for n in 0..EVENTS {
        let body =
            format!(r#"{{"request":{{"user":{{"login":"new{n}","city":"Pune","mobile":"98200{:05}"}}}}}}"#, n % 100);
        decide(&gateway, "validateUser", &format!("id-{n}"), &body);
    }
    journal.stop();
    assert_eq!(journal.counts().written, EVENTS as u64, "{:?}", journal.counts());
    settings
}

#[test]
fn ten_thousand_decisions_come_out_the_same_and_an_edit_that_flips_three_percent_is_told_so() {
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(50))]);
    recorded(folder.path());
    let same = command(folder.path(), &["replay", "journal.jsonl"]).run().expect(0);
    assert!(same.contains("10000 records of 1 files") && same.contains("10000 come out the same"), "{same}");
    assert!(same.contains("0 differ (0.00 %)"), "{same}");

    // Three of the fifty who have a number lose it: three in a hundred events are accepted now.
    fs::create_dir(folder.path().join("new")).unwrap();
    fs::write(folder.path().join("new/validate.yaml"), RULES).unwrap();
    fs::write(folder.path().join("new/people.csv"), people(47)).unwrap();
    let new = ["replay", "journal.jsonl", "--rules", "new"];
    let told = command(folder.path(), &new).run().expect(1);
    assert!(told.contains("300 differ (3.00 %)"), "{told}");
    assert!(told.contains("9700 come out the same"), "{told}");
    let line =
        "300 validateUser  mobile-is-free -> no rule: rejected MobileAlreadyExist -> undecided  (id-47, id-48, id-49)";
    assert!(told.contains(line), "{told}");
    command(folder.path(), &[&new[..], &["--allow", "3%"]].concat()).run().expect(0);
    command(folder.path(), &[&new[..], &["--allow", "2.9%"]].concat()).run().expect(1);
    let json = command(folder.path(), &[&new[..], &["--format", "json"]].concat()).run().expect(1);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["same"], &json["differ"], &json["cannot"]), (&9700.into(), &300.into(), &0.into()));
    assert_eq!(json["differences"][0]["rule_then"], "mobile-is-free");

    // A rule that needs more than tokens tell: each record is counted, none is guessed.
    let needs = RULES.replace("{ is_not: Atlantis }", "{ starts_with: Pu }");
    fs::write(folder.path().join("new/validate.yaml"), needs).unwrap();
    let told = command(folder.path(), &new).run().expect(1);
    assert!(told.contains("10000 cannot be replayed"), "{told}");
    assert!(told.contains("mobile-is-free (new/validate.yaml:5) needs the plain value of `user.city`"), "{told}");

    // Without the key, or with another, nothing can be compared, and that is said.
    fs::rename(folder.path().join("journal.jsonl.key"), folder.path().join("key")).unwrap();
    let refused = command(folder.path(), &["replay", "journal.jsonl"]).run().refused(2);
    assert!(refused.contains("journal.jsonl.key") && refused.contains("journal.key"), "{refused}");
    let other = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let refused =
        command(folder.path(), &["replay", "journal.jsonl"]).env("HOOKGATE_JOURNAL_KEY", other).run().refused(2);
    assert!(refused.contains("another key"), "{refused}");
}

#[test]
fn why_explains_a_past_decision_by_its_id_without_saying_who_it_was() {
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(50))]);
    let serve = command(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let served = serve.env("HOOKGATE_JOURNAL_DURABLE", "true").serve();
    let body = br#"{"request":{"user":{"login":"new.hire","city":"Pune","mobile":"9820000007"}}}"#;
    let answer = post(served.address, "/webhook/validateUser", body);
    assert!(answer.body.contains("MobileAlreadyExist"), "{answer:?}");
    let id = answer.header("x-request-id").unwrap();
    let told = command(folder.path(), &["why", id]).run().expect(0);
    for part in [
        "validateUser 20",
        id,
        "rejected MobileAlreadyExist",
        "mobile-is-free  rules/validate.yaml:5",
        "the same as now",
        "(user.login)",
        "HTTP 200",
        "by_mobile of \"tok:t:",
        "1 found: [{\"login\":\"tok:t:",
        "+ mobile-is-free held",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    assert!(!told.contains("new.hire") && !told.contains("9820000007") && !told.contains("p7"), "{told}");
    let json = command(folder.path(), &["why", id, "--format", "json"]).run().expect(0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["record"]["id"], &json["rules"][0]["outcome"]), (&id.into(), &"held".into()));

    let unknown = command(folder.path(), &["why", "0000"]).run().expect(1);
    assert!(unknown.contains("no decision with the id `0000`") && unknown.contains("x-request-id"), "{unknown}");
    fs::write(folder.path().join("rules/people.csv"), people(3)).unwrap();
    let told = command(folder.path(), &["why", id]).run().expect(0);
    assert!(told.contains("are others now") && told.contains("mobile-is-free  rules/validate.yaml:5"), "{told}");
    served.stop();
    let nothing = command(folder.path(), &["why", id]).env("HOOKGATE_JOURNAL_FILE", "other.jsonl").run().refused(2);
    assert!(nothing.contains("there is no journal `other.jsonl`"), "{nothing}");
}

#[test]
fn a_journal_that_cannot_be_begun_keeps_no_answer_back_unless_it_must_be_durable() {
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(1))]);
    let serve =
        || command(folder.path(), &["serve", "--listen", "127.0.0.1:0"]).env("HOOKGATE_JOURNAL_FILE", "no/j.jsonl");
    let served = serve().serve();
    let answer = post(served.address, "/validateUser", br#"{"request":{"user":{"login":"a"}}}"#);
    assert_eq!(answer.status, 200);
    assert!(served.log().contains("decisions are not recorded"), "{}", served.log());
    served.stop();
    let refused = serve().env("HOOKGATE_JOURNAL_DURABLE", "true").run().refused(78);
    assert!(refused.contains("no/j.jsonl"), "{refused}");
}
