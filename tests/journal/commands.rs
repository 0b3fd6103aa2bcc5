//! `hookgate why` and `hookgate replay` as people run them.

use std::fs;
use std::path::{Path, PathBuf};

use hookgate::gateway::Live;
use hookgate::journal::{Settings, files};
use hookgate::rule::Tenant;

use super::{decide, open, recording, settings};
use crate::support::client::post;
use crate::support::program::{Program, Served, folder};
use crate::support::wait::until;

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
fn ten_thousand_decisions_come_out_the_same_and_an_edit_that_flips_three_percent_names_those_people() {
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(50))]);
    recorded(folder.path());
    let same = command(folder.path(), &["replay", "journal.jsonl"]).run().expect(0);
    assert!(same.contains("10000 records of 1 files") && same.contains("10000 come out the same"), "{same}");
    assert!(same.contains("0 differ (0.00 %)") && same.contains("0 are not decidable"), "{same}");

    // Of a hundred numbers three end so: they are let through by a pattern that was edited.
    let edited = RULES
        .replace("{ is_not: Atlantis }", "{ is_not: Atlantis }\n      user.mobile: { not: { matches: '0[123]$' } }");
    fs::create_dir(folder.path().join("new")).unwrap();
    fs::write(folder.path().join("new/validate.yaml"), &edited).unwrap();
    fs::write(folder.path().join("new/people.csv"), people(50)).unwrap();
    let new = ["replay", "journal.jsonl", "--rules", "new"];
    let told = command(folder.path(), &new).run().expect(1);
    assert!(told.contains("300 differ (3.00 %)") && told.contains("9700 come out the same"), "{told}");
    let group = "\nvalidateUser\n  MobileAlreadyExist → accepted: 300, no longer by mobile-is-free\n    new1, new2, new3 and 297 more\n";
    assert!(told.contains(group), "{told}");
    command(folder.path(), &[&new[..], &["--allow", "3%"]].concat()).run().expect(0);
    command(folder.path(), &[&new[..], &["--allow", "2.9%"]].concat()).run().expect(1);
    let json = command(folder.path(), &[&new[..], &["--format", "json"]].concat()).run().expect(1);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["same"], &json["differ"], &json["not_decidable"]), (&9700.into(), &300.into(), &0.into()));
    let [group] = &json["differences"].as_array().unwrap()[..] else { panic!("{json}") };
    assert_eq!((&group["rule_then"], &group["rule_now"]), (&"mobile-is-free".into(), &serde_json::Value::Null));
    let flipped: Vec<String> =
        (0..EVENTS).filter(|n| [1, 2, 3].contains(&(n % 100))).map(|n| format!("new{n}")).collect();
    assert_eq!(group["people"], serde_json::json!(flipped));
    // The other way round the group is one of refusals.
    let told = under_edited(folder.path(), &edited);
    assert!(told.contains("  accepted → MobileAlreadyExist: 1, by mobile-is-free\n    late.joiner\n"), "{told}");
}

/// Records one event by the edited rules, in a journal of its own, and decides it by those from before.
fn under_edited(folder: &Path, edited: &str) -> String {
    let other = super::tempdir_with(edited, &people(50));
    let settings = settings(other.path());
    let journal = open(&settings);
    let (live, _) = Live::read(&other.path().join("rules"), &Tenant::standard()).unwrap();
    let body = r#"{"request":{"user":{"login":"late.joiner","city":"Pune","mobile":"9820000002"}}}"#;
    decide(&recording(live, &journal), "validateUser", "id", body);
    journal.stop();
    let file = settings.file.unwrap().display().to_string();
    command(folder, &["replay", &file]).run().expect(1)
}

#[test]
fn records_are_chosen_by_hook_person_and_time() {
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(50))]);
    let settings = settings(folder.path());
    let journal = open(&settings);
    let (live, _) = Live::read(&folder.path().join("rules"), &Tenant::standard()).unwrap();
    let gateway = recording(live, &journal);
    for (id, login, hook) in
        [("1", "asha", "validateUser"), ("2", "vik", "validateUser"), ("3", "asha", "postCreateUser")]
    {
        decide(
            &gateway,
            hook,
            id,
            &format!(r#"{{"request":{{"user":{{"login":"{login}","email":"{login}@corp.example"}}}}}}"#),
        );
    }
    journal.stop();
    let told = |words: &[&str]| {
        let words = [&["replay", "journal.jsonl", "--format", "json"][..], words].concat();
        let json: serde_json::Value = serde_json::from_str(&command(folder.path(), &words).run().stdout).unwrap();
        json["same"].as_u64().unwrap()
    };
    assert_eq!(told(&[]), 3);
    assert_eq!(told(&["--hook", "VALIDATEUSER"]), 2);
    assert_eq!(told(&["--person", "asha"]), 2);
    assert_eq!(told(&["--person", "asha@corp.example", "--hook", "validateUser"]), 1);
    assert_eq!(told(&["--person", "ash"]), 0);
    // They are of noon of the 31st of January, UTC.
    assert_eq!(told(&["--since", "2026-01-31", "--until", "2026-01-31"]), 3);
    assert_eq!(told(&["--until", "2026-01-30"]), 0);
    assert_eq!(told(&["--since", "2026-01-31T12:00:01Z"]), 0);
    assert_eq!(told(&["--since", "2026-01-31T17:30:00+05:30"]), 3);
    command(folder.path(), &["replay", "journal.jsonl", "--person", "nobody"]).run().expect(1);
    let refused = command(folder.path(), &["replay", "journal.jsonl", "--since", "last week"]).run().refused(2);
    assert!(refused.contains("`last week` is not a moment") && refused.contains("yesterday"), "{refused}");
}

#[test]
fn a_table_that_answers_otherwise_now_is_told_and_decides_where_it_is_wanted() {
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(50))]);
    let settings = settings(folder.path());
    let journal = open(&settings);
    let (live, _) = Live::read(&folder.path().join("rules"), &Tenant::standard()).unwrap();
    let gateway = recording(live, &journal);
    for n in 0..60 {
        let body = format!(r#"{{"request":{{"user":{{"login":"new{n}","mobile":"98200{n:05}","city":"Pune"}}}}}}"#);
        decide(&gateway, "validateUser", &format!("id-{n}"), &body);
    }
    journal.stop();
    fs::write(folder.path().join("rules/people.csv"), people(47)).unwrap();
    let told = command(folder.path(), &["replay", "journal.jsonl"]).run().expect(0);
    assert!(told.contains("60 come out the same"), "{told}");
    let line = "table people.csv answers otherwise now in 3 records; decided with what it said then; --tables now decides \
                with today's rows";
    assert!(told.contains(line), "{told}");
    let told = command(folder.path(), &["replay", "journal.jsonl", "--tables", "now"]).run().expect(1);
    assert!(told.contains("MobileAlreadyExist → accepted: 3") && told.contains("new47, new48, new49\n"), "{told}");
    assert!(told.contains("in 3 records; decided with today's rows"), "{told}");
}

/// One record as hookgate wrote it before records were plain, and one of now that asks a secret another question.
#[test]
fn what_is_not_decidable_is_counted_with_its_reason_and_records_of_the_old_form_are_shown() {
    let folder = folder(&[(
        "rules/a.yaml",
        "hook: changePassword\nrules: [{ name: short, mode: audit, when: { request.passwordText: { length: { lt: 12 } } }, stop: true }]\n",
    )]);
    let settings = settings(folder.path());
    let journal = open(&settings);
    let (live, _) = Live::read(&folder.path().join("rules"), &Tenant::standard()).unwrap();
    let body = r#"{"request":{"user":{"login":"asha.rao"},"passwordText":"Canary#1"}}"#;
    decide(&recording(live, &journal), "changePassword", "id-new", body);
    journal.stop();
    let file = settings.file.unwrap();
    let old = concat!(
        r#"{"v":1,"id":"id-old","time":"2026-01-30T12:00:00Z","zone":"UTC","hook":"changePassword","status":200,"micros":41,"#,
        r#""program":"0.1.0","rules":"abc","key":"k","decision":{"word":"undecided"},"facts":[],"#,
        r#""body":{"request":{"user":{"login":"tok:t:Rk3"},"passwordText":"(secret)"}},"token":null,"caller":null}"#
    );
    fs::write(&file, format!("{old}\n{}", fs::read_to_string(&file).unwrap())).unwrap();
    let told = command(folder.path(), &["replay", "journal.jsonl"]).run().expect(0);
    assert!(told.contains("1 come out the same") && told.contains("1 are not decidable"), "{told}");
    assert!(
        told.contains("changePassword: 1, of the old form, with tokens in place of values\n    request id-old"),
        "{told}"
    );
    let shown = command(folder.path(), &["why", "id-old"]).run().expect(0);
    assert!(shown.contains("tok:t:Rk3  (user.login)") && shown.contains("of the old form"), "{shown}");
    let rules = "hook: changePassword\nrules: [{ name: short, mode: audit, when: { request.passwordText: { length: { lt: 13 } } }, stop: true }]\n";
    fs::write(folder.path().join("rules/a.yaml"), rules).unwrap();
    let told = command(folder.path(), &["replay", "journal.jsonl"]).run().expect(1);
    assert!(told.contains("2 are not decidable"), "{told}");
    assert!(
        told.contains("short (rules/a.yaml:2): 1, needs the secret `request.passwordText`")
            && told.contains("asha.rao"),
        "{told}"
    );
    let shown = command(folder.path(), &["why", "id-new", "--format", "json"]).run().expect(0);
    assert!(shown.contains("(hidden)") && !shown.contains("Canary"), "{shown}");
}

#[test]
fn why_explains_a_past_decision_by_its_id() {
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
        "new.hire  (user.login)",
        "HTTP 200",
        "by_mobile of \"9820000007\"",
        "1 found: [{\"login\":\"p7\"",
        "+ mobile-is-free held",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    assert!(!told.contains("tok:"), "{told}");
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
    until("the log tells it", || served.log().contains("decisions are not recorded"));
    served.stop();
    let refused = serve().env("HOOKGATE_JOURNAL_DURABLE", "true").run().refused(78);
    assert!(refused.contains("no/j.jsonl"), "{refused}");
}

/// A gateway whose answers need records, with this in gateway.yaml, and how it answers a call.
fn durable(folder: &Path, journal: &str) -> Served {
    let serve = command(folder, &["serve", "--listen", "127.0.0.1:0"]).env("HOOKGATE_JOURNAL_FILE", journal);
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    serve.env("HOOKGATE_JOURNAL_DURABLE", "true").env("HOOKGATE_JOURNAL_KEY", key).serve()
}

fn status(served: &Served) -> u16 {
    post(served.address, "/validateUser", br#"{"request":{"user":{"login":"a"}}}"#).status
}

#[test]
fn the_log_says_once_that_records_cannot_be_written_and_once_that_they_can_again() {
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(1)), ("data/.keep", "")]);
    let served = durable(folder.path(), "data/j.jsonl");
    let (data, away) = (folder.path().join("data"), folder.path().join("away"));
    for _ in 0..2 {
        assert_eq!([status(&served), status(&served)], [200; 2]);
        fs::rename(&data, &away).unwrap();
        assert_eq!([status(&served), status(&served), status(&served)], [503; 3]);
        fs::rename(&away, &data).unwrap();
        assert_eq!([status(&served), status(&served)], [200; 2]);
    }
    let log = served.stop().1;
    for said in ["decisions are not recorded", "decisions are recorded again"] {
        assert_eq!(log.matches(said).count(), 2, "{said}: {log}");
    }
}

/// No disk has so much room as is to be left to the outbox here.
#[test]
#[cfg(target_os = "linux")]
fn where_the_outbox_needs_the_room_the_files_of_the_journal_go_and_the_log_says_so() {
    let old = "j.jsonl.20260101T000000.000000";
    let folder = folder(&[("rules/validate.yaml", RULES), ("rules/people.csv", &people(1)), (old, "")]);
    let spare = |bytes: u64| {
        let settings = format!("journal: {{ spare_bytes: {bytes} }}\noutbox: {{ file: outbox.db }}\n");
        fs::write(folder.path().join("gateway.yaml"), settings).unwrap();
        durable(folder.path(), "j.jsonl")
    };
    let served = spare(0);
    assert_eq!(status(&served), 200);
    served.stop();
    let served = spare(1 << 50);
    assert_eq!([status(&served), status(&served)], [503; 2]);
    assert_eq!(files(&folder.path().join("j.jsonl")).unwrap(), Vec::<PathBuf>::new());
    let log = served.stop().1;
    let removed = log.matches("the disk is nearly full: the oldest files of the journal were removed").count();
    assert_eq!(removed, 2, "what was set aside, then what was written; the second time there was none: {log}");
}
