//! Ten thousand made-up events through the rules that come with hookgate: each is recorded, and decided again the same.

use std::path::Path;

use hookgate::gateway::{Again, Live, Replay, TableRows};
use hookgate::rule::Tenant;
use serde_json::{Map, Value, json};

use super::{decide, open, recording, records, settings, text};
use crate::support::program::root;

const EVENTS: usize = 5_000;

/// Numbers that are the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.roll(of.len())]
    }
}

const LOGINS: [&str; 6] = ["asha.rao", "v.shah", "Meera.Iyer ", "x", "ext.k.das", "r.nair"];
const PASSWORDS: [&str; 9] = [
    "Welcome@123",
    "Secret#asha.rao#9",
    "  ",
    "seven secret green boats",
    "short#Secret",
    "Ünï-Secret-ø",
    "\"Secret\\quoted",
    "2026-01-31 Secret",
    "Asha-Secret",
];
const FIELDS: [(&str, &[&str]); 22] = [
    ("login", &LOGINS),
    ("id", &["u-1", "u-2"]),
    ("employeeId", &["E1001", "e1002 ", "7"]),
    ("firstName", &["Asha", " MEERA", "véra", "O'Neil", ""]),
    ("lastName", &["Rao", "de la Cruz", "IYER", " "]),
    ("email", &["asha.rao@corp.example", "ASHA@CORP.EXAMPLE", "no address", "m@x"]),
    ("mobile", &["9820012345", "+91 98200 12345", "98200-54321", "12", "9820054321"]),
    ("userType", &["Employee", "Vendor", "Contractor", "Intern", "employee"]),
    ("status", &["ACTIVE", "INACTIVE", "active", "LEFT"]),
    ("country", &["India", "Germany", "United States", "india"]),
    ("countryCode", &["IN", "+91", "DE"]),
    ("department", &["Finance", "Sales", "IT", "finance"]),
    ("designation", &["Manager", "Engineer"]),
    ("grade", &["G7", "G1", "M2"]),
    ("manager", &["v.shah", "nobody"]),
    ("managerId", &["u-2", "u-9", "E1001"]),
    ("reportingManager", &["v.shah", ""]),
    ("startDate", &["2026-01-31", "31/01/2026", "soon", "2025-06-01T00:00:00Z"]),
    ("endDate", &["2026-01-30", "2026-12-31", "1769904000000", "never"]),
    ("dateOfBirth", &["1990-01-31", "31-01-2015", "x"]),
    ("city", &["Pune", "pune", "Goa"]),
    ("displayName", &["Asha Rao", ""]),
];
const FOLDERS: [&str; 2] = ["rules", "examples/joiner-leaver/rules"];

fn user(dice: &mut Dice) -> Value {
    let mut user = Map::new();
    for (name, values) in FIELDS {
        match dice.roll(10) {
            0..=6 => drop(user.insert(name.to_owned(), dice.one(values).into())),
            7 => drop(user.insert(name.to_owned(), Value::Null)),
            _ => {}
        }
    }
    if dice.roll(3) == 0 {
        user.insert("password".to_owned(), dice.one(&PASSWORDS).into());
    }
    if dice.roll(4) == 0 {
        user.insert("securityQuestion".to_owned(), json!({ "question": "Secret?", "answer": [dice.one(&PASSWORDS)] }));
    }
    if dice.roll(3) == 0 {
        let pair = json!({ "name": "userPassword", "value": dice.one(&PASSWORDS) });
        user.insert("attributes".to_owned(), json!([{ "name": "costCentre", "value": "4711" }, pair]));
    } else if dice.roll(2) == 0 {
        user.insert("attributes".to_owned(), json!({ "costCentre": "4711", "passcode": dice.one(&PASSWORDS) }));
    }
    if dice.roll(2) == 0 {
        let groups: Vec<&str> = (0..dice.roll(3)).map(|_| dice.one(&["g1", "finance", "payments-approve"])).collect();
        user.insert("assignedGroups".to_owned(), json!(groups));
        user.insert("rbacRoles".to_owned(), json!(groups));
    }
    user.into()
}

/// A body of a call; some are examples with another user.
fn body(dice: &mut Dice, hook: &str) -> String {
    let mut body: Value =
        hookgate::event::sample::named(hook).map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
    let Some(request) = body.get_mut("request").and_then(Value::as_object_mut) else { return body.to_string() };
    if dice.roll(8) > 0 {
        let made = user(dice);
        let before = request.entry("user").or_insert_with(|| json!({}));
        match (dice.roll(2), before.as_object_mut(), made) {
            (0, Some(before), Value::Object(made)) => before.extend(made),
            (_, _, made) => *before = made,
        }
    }
    if hook == "changePassword" || dice.roll(6) == 0 {
        match dice.roll(8) {
            0 => drop(request.remove("passwordText")),
            1 => drop(request.insert("passwordText".to_owned(), json!(12_345_678))),
            _ => drop(request.insert("passwordText".to_owned(), dice.one(&PASSWORDS).into())),
        }
    }
    if dice.roll(5) == 0 {
        let fields = json!({ "fields": [{ "name": "newPassword", "value": dice.one(&PASSWORDS) }, { "name": "a", "value": "b" }] });
        request.insert("form".to_owned(), if dice.roll(2) == 0 { fields.to_string().into() } else { fields });
    }
    if hook == "policyMap" && dice.roll(2) == 0 {
        let target = dice.one(&["__PASSWORD__", "email", "badge", "displayName", "login", "sAMAccountName", "cn"]);
        request.insert("targetAttribute".to_owned(), target.into());
        request.insert("defaultValue".to_owned(), dice.one(&PASSWORDS).into());
        request.insert(
            "cymmetrifield".to_owned(),
            dice.one(&["email", "password", "attr.passcode", "displayName"]).into(),
        );
        if target != "__PASSWORD__" {
            request.insert("defaultValue".to_owned(), "plain".into());
        }
    }
    body.to_string()
}

/// Events of this folder's rules, recorded; all that is answered otherwise than with an empty object is counted by its hook.
fn decided_again(rules: &Path, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let journal = open(&settings);
    let build = || Live::read(rules, &Tenant::standard()).unwrap().0;
    let gateway = recording(build(), &journal);
    let hooks: Vec<String> = gateway.hooks().names().map(str::to_owned).collect();
    assert_eq!(hooks.len(), 12, "those of the platform");
    let mut dice = Dice(seed);
    for n in 0..EVENTS {
        let hook = hooks[n % hooks.len()].as_str();
        decide(&gateway, hook, &format!("id-{n}"), &body(&mut dice, hook));
    }
    journal.stop();
    let live = build();
    let replay = Replay::new(&live, TableRows::Then);
    let records = records(&settings);
    assert_eq!(records.len(), EVENTS);
    let mut held = std::collections::BTreeSet::new();
    for record in &records {
        let decided = replay.again(record);
        assert!(matches!(decided.again, Again::Same { is_by_same: true }), "{}: {decided:?}", text(record));
        assert!(decided.changed_tables.is_empty());
        assert!(!text(record).contains("Secret"), "{}", text(record));
        held.extend(record.decision.rule.clone());
        held.extend(record.decision.audits.iter().cloned());
    }
    let noted = records.iter().filter(|record| !record.on_secrets.is_empty()).count();
    let with_facts = records.iter().filter(|record| !record.facts.is_empty()).count();
    println!(
        "{}: {} rules held, {noted} records have outcomes on secrets, {with_facts} have facts",
        rules.display(),
        held.len()
    );
    assert!(held.len() >= 10 && noted >= 100 && with_facts >= 100, "{held:?} {noted} {with_facts}");
}

#[test]
fn every_event_of_the_starter_rules_is_decided_again_the_same() {
    decided_again(&root().join(FOLDERS[0]), 7);
}

#[test]
fn every_event_of_joiner_leaver_is_decided_again_the_same() {
    decided_again(&root().join(FOLDERS[1]), 11);
}
