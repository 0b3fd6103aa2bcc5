//! Decision tables: every form of a cell, both places rows may stand in, the hit policies, and what a person reads of them.

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::engine::{Decision, Outcome, Verdict, decide, explain};
use hookgate::event::{Context, Event};
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant};
use serde_json::{Value, json};

pub fn folder(files: &[(&str, &str)]) -> Live {
    let read = |(name, text): &(&str, &str)| (Role::of(name).unwrap(), Arc::new(File::new(*name, *text)));
    let sources = Sources::from_files(Path::new("rules"), files.iter().map(read).collect());
    match Live::build(&sources, &Tenant::standard()) {
        Ok((live, report)) if report.findings.is_empty() => live,
        Ok((_, report)) | Err(report) => panic!("{}", report.to_text(false)),
    }
}

fn event(live: &Live, hook: &str, request: &Value) -> Event {
    let hook = live.rules.hooks.position(hook).unwrap();
    let body = json!({ "request": request }).to_string().into_bytes();
    let context = Context {
        id: "id".to_owned(),
        now: jiff::Timestamp::UNIX_EPOCH,
        calendar: hookgate::event::Calendar::utc(),
        app: None,
        token: hookgate::event::Value::Null,
        caller: hookgate::event::Value::Null,
        bearer: None,
        trace: None,
    };
    Event::read(&live.rules.hooks, hook, body, 64, context).unwrap()
}

/// The decision in a word, and what the rules made of the user.
fn told(decision: &Decision<'_>) -> String {
    match &decision.verdict {
        Verdict::Mapped(value) => value.view().as_text().into_owned(),
        Verdict::Rejected { code, .. } => format!("refused {code}"),
        Verdict::Deprovision(value) => format!("deprovision {value}"),
        Verdict::Failed(failure) => format!("failed: {}", failure.message),
        Verdict::Undecided => decision.user.as_ref().map_or_else(String::new, hookgate::event::Value::to_json),
    }
}

/// What a folder makes of a request; the index and the plain run through every rule must agree.
pub fn made(live: &Live, hook: &str, request: &Value) -> String {
    let event = event(live, hook, request);
    let decided = told(&decide(&live.rules, &event, &live.tables).unwrap());
    assert_eq!(decided, told(&explain(&live.rules, &event, &live.tables).unwrap()), "by the index and without it");
    decided
}

/// What the first of `rows` whose one cell holds of `user.x` maps to; `-` where none does.
fn mapped(row: &str, user: &Value) -> bool {
    let rule = format!(
        "hook: policyMap\nrules:\n  - name: t\n    table:\n      inputs: [user.x]\n      outputs: [mappedValue]\n      rows: [[{row}, hit]]\n"
    );
    made(&folder(&[("t.yaml", &rule)]), "policyMap", &json!({ "user": user })) == "hit"
}

fn mapped_by_csv(cell: &str, user: &Value) -> bool {
    let rule =
        "hook: policyMap\nrules:\n  - name: t\n    table: { inputs: [user.x], outputs: [mappedValue], rows: t.csv }\n";
    let csv = format!("mappedValue,user.x\nhit,\"{}\"\n", cell.replace('"', "\"\""));
    made(&folder(&[("t.yaml", rule), ("t.csv", &csv)]), "policyMap", &json!({ "user": user })) == "hit"
}

/// Cells as they stand in a rule file, values that hold, values that do not.
#[test]
fn cells_in_a_rule_file_say_what_must_hold() {
    let table = [
        ("India", json!(["India"]), json!(["india", null, 7])),
        ("7", json!([7, 7.0]), json!(["7", 8])),
        ("\"7\"", json!(["7"]), json!([7])),
        ("true", json!([true]), json!(["true", false])),
        ("[India, 7]", json!(["India", 7]), json!(["7", "France"])),
        ("\"-\"", json!(["India", 7, null]), json!([])),
        ("null", json!(["India", 7, null]), json!([])),
        ("\"\"", json!(["", null, "x"]), json!([])),
        ("\"> 7\"", json!([8, 7.5, "8", " 7.5 "]), json!([7, "7", "8x", "1e9", null])),
        ("\">=7\"", json!([7]), json!([6])),
        ("\"< ${user.y}\"", json!([2]), json!([3])),
        ("\"<= -1.5\"", json!([-1.5, -2]), json!([-1])),
        ("\"!= India\"", json!(["France", 7]), json!(["India", null])),
        ("\"!= 7\"", json!([8, "7"]), json!([7])),
        ("'!= \"7\"'", json!([8, 7]), json!(["7"])),
        ("~ ^In", json!(["India"]), json!(["Asia In"])),
        (r"'~ ^\d{2}$'", json!(["12"]), json!([12, "123"])),
        ("\"in [India, 7]\"", json!(["India", 7]), json!(["7"])),
        ("\"not in [India, France]\"", json!(["Spain", 7]), json!(["India", null])),
        ("in progress", json!(["in progress"]), json!(["progress"])),
        ("{ starts_with: in, ignore_case: true }", json!(["India"]), json!(["Asia"])),
        ("{ present: false }", json!([null]), json!(["x"])),
        ("{ is: \"-\" }", json!(["-"]), json!(["x"])),
        ("'\"-\"'", json!(["-"]), json!(["x"])),
        ("'\"> 7\"'", json!(["> 7"]), json!([8])),
        ("4..7", json!([4, 5.5, 7, "7", " 4 "]), json!([3.9, 8, "x", "4..7", true, null])),
        ("\"-1..\"", json!([-1, 9]), json!([-2, "", null])),
        ("..0.5", json!([0, -3, "0.5"]), json!([1])),
        ("\"in 4..7\"", json!([4]), json!([8])),
        ("\"!= 4..7\"", json!([3, "x", true]), json!([4, "7", null])),
        ("\"not in 4..7\"", json!([3]), json!([5])),
        ("'\"4..7\"'", json!(["4..7"]), json!([5])),
        ("{ in: 4..7 }", json!([4]), json!([8])),
        ("{ within: 10.20.0.0/14 }", json!(["10.21.0.1", "::ffff:10.23.1.2"]), json!(["10.24.0.1", "x", 10, null])),
        ("\"${user.z}\"", json!(["same"]), json!(["other"])),
    ];
    for (cell, holding, others) in table {
        for (values, wanted) in [(holding, true), (others, false)] {
            for value in values.as_array().unwrap() {
                let user = json!({ "x": value, "y": 3, "z": "same" });
                assert_eq!(mapped(cell, &user), wanted, "{cell} of {value}");
            }
        }
    }
}

/// Cells as a spreadsheet shows them.
#[test]
fn cells_in_csv_say_what_must_hold() {
    let table = [
        ("4..7", json!([4, "7"]), json!([8, "4..7", null])),
        ("!= 4..7", json!([8]), json!([4, null])),
        ("\"4..7\"", json!(["4..7"]), json!([5])),
        ("{ any: { .k: a } }", json!([[{ "k": "a" }]]), json!([[{ "k": "b" }], "a"])),
        ("India", json!(["India"]), json!(["india", null])),
        ("7", json!(["7", 7]), json!(["8", "7.0"])),
        ("007", json!(["007"]), json!([7])),
        ("true", json!([true, "true"]), json!([false])),
        // As spreadsheets write true when they save.
        ("TRUE", json!([true, "true"]), json!([false])),
        ("!= FALSE", json!([true, "x"]), json!([false, "false", null])),
        ("\"TRUE\"", json!(["TRUE"]), json!([true, "true"])),
        ("NO", json!(["NO"]), json!([false])),
        ("", json!(["India", null]), json!([])),
        ("-", json!(["India", null]), json!([])),
        ("> 7", json!([8, "8"]), json!([7, "x"])),
        ("!= 7", json!([8, "8"]), json!([7, "7", null])),
        ("~ ^a,b$", json!(["a,b"]), json!(["a"])),
        ("[India, 7, NO]", json!(["India", 7, "7", "NO"]), json!([false])),
        ("in [\"7\", NO]", json!(["7", 7, "NO"]), json!(["x"])),
        ("not in [7]", json!([8]), json!([7, "7"])),
        ("{ length: { gt: 3 } }", json!(["India"]), json!(["IN"])),
        ("\"-\"", json!(["-"]), json!(["x"])),
        ("\"[a]\"", json!(["[a]"]), json!(["a"])),
        ("[External] Asha", json!(["[External] Asha"]), json!(["External"])),
        ("${user.z}", json!(["same"]), json!(["other"])),
    ];
    for (cell, holding, others) in table {
        for (values, wanted) in [(holding, true), (others, false)] {
            for value in values.as_array().unwrap() {
                assert_eq!(mapped_by_csv(cell, &json!({ "x": value, "z": "same" })), wanted, "{cell} of {value}");
            }
        }
    }
}

/// Cells of a table that does not tell `A` from `a`, and of the same table that does.
#[test]
fn a_table_may_ignore_case_in_all_its_cells_or_in_some() {
    let table = [
        ("vendor", "VENDOR", true),
        ("[nepal, INDIA]", "India", true),
        ("!= INDIA", "India", false),
        ("not in [INDIA]", "India", false),
        ("~ ^IN", "India", true),
        ("{ starts_with: IN }", "India", true),
        ("{ not: { is: INDIA } }", "India", false),
        ("{ is: INDIA, ignore_case: false }", "India", false),
        ("${user.z}", "same", true),
        ("-", "India", true),
        ("TRUE", "true", true),
    ];
    for (cell, value, wanted) in table {
        for (ignore_case, inputs) in [(", ignore_case: true", "user.x"), (", ignore_case: user.x", "user.x, user.q")] {
            let rule = format!(
                "hook: policyMap\nrules:\n  - name: t\n    table: {{ inputs: [{inputs}], outputs: [mappedValue], rows: t.csv{ignore_case} }}\n"
            );
            let csv = format!("mappedValue,{inputs}\nhit,\"{cell}\"{}\n", if inputs.contains(',') { ",Q" } else { "" });
            let live = folder(&[("t.yaml", &rule), ("t.csv", &csv)]);
            let hits = |q: &str| {
                let user = json!({ "x": value, "z": "SAME", "q": q });
                made(&live, "policyMap", &json!({ "user": user })) == "hit"
            };
            assert_eq!(hits("Q"), wanted, "{cell} of {value}{ignore_case}");
            assert!(!inputs.contains(',') || !hits("q"), "{cell}: the other input tells case");
        }
    }
}

const THREE_ROWS: &str = "
hook: preCreateUser
rules:
  - name: groups
    when: { user.userType: Employee }
    table:
      hit: POLICY
      inputs: [user.country, user.department]
      outputs: [add user.assignedGroups, set user.city]
      rows:
        - [India, '-', in, '']
        - ['-', Sales, sales, Pune]
        - [India, Sales, in-sales, '-']
    set: { user.displayName: done }
";

#[test]
fn the_hit_policy_says_how_many_rows_count() {
    let with = |policy: &str, country: &str, department: &str| {
        let live = folder(&[("t.yaml", &THREE_ROWS.replace("POLICY", policy))]);
        let user = json!({ "userType": "Employee", "country": country, "department": department });
        made(&live, "preCreateUser", &json!({ "user": user }))
    };
    let ends = |text: &str, end: &str| assert!(text.ends_with(end), "{text} does not end with {end}");
    ends(&with("first", "India", "Sales"), r#""assignedGroups":["in"],"displayName":"done"}"#);
    ends(
        &with("collect", "India", "Sales"),
        r#""assignedGroups":["in","sales","in-sales"],"city":"Pune","displayName":"done"}"#,
    );
    ends(&with("unique", "France", "Sales"), r#""assignedGroups":["sales"],"city":"Pune","displayName":"done"}"#);
    ends(&with("collect", "France", "IT"), r#""department":"IT"}"#);
    let both = with("unique", "India", "Sales");
    assert_eq!(both, "failed: rows 1 and 2 of its table both hold (t.yaml:11 and t.yaml:12)");
}

#[test]
fn every_verb_may_be_a_column() {
    let rule = "
rules:
  - name: refuse
    hook: validateUser
    table: { inputs: [user.country], outputs: [reject], rows: [[Atlantis, { code: CountryUnknown, attribute: country }]] }
  - name: leave
    hook: runDeprovision
    table: { inputs: [user.userType], outputs: [deprovision], rows: [[Vendor, true], [Employee, false]] }
  - name: shape
    hook: preUpdateUser
    table:
      hit: first
      inputs: [user.userType]
      outputs: [remove, default attr.desk, script, stop]
      rows:
        - [Vendor, [user.city, user.country], none, 'set(\"user.email\", lower(user.login))', true]
        - ['-', '-', '1', '-', false]
  - name: after
    hook: preUpdateUser
    set: { user.displayName: reached }
codes: { CountryUnknown: No such country. }
";
    let live = folder(&[("t.yaml", rule)]);
    let made = |hook: &str, user: Value| made(&live, hook, &json!({ "user": user }));
    assert_eq!(made("validateUser", json!({ "country": "Atlantis" })), "refused CountryUnknown");
    assert_eq!(made("runDeprovision", json!({ "userType": "Vendor" })), "deprovision true");
    assert_eq!(made("runDeprovision", json!({ "userType": "Employee" })), "deprovision false");
    let vendor = made("preUpdateUser", json!({ "login": "V1", "userType": "Vendor", "city": "Pune" }));
    assert_eq!(vendor, r#"{"login":"V1","userType":"Vendor","attributes":{"desk":"none"},"email":"v1"}"#);
    let employee = made("preUpdateUser", json!({ "userType": "Employee" }));
    assert_eq!(employee, r#"{"userType":"Employee","attributes":{"desk":"1"},"displayName":"reached"}"#);
}

#[test]
fn rows_stand_in_a_csv_file_with_its_columns_in_any_order() {
    let rule = "
hook: preCreateUser
lookups: { desks: { table: tables/desks.csv, key: country } }
rules:
  - name: place
    let: { desk: { lookup: desks, key: '${user.country}' } }
    table:
      hit: first
      inputs: [user.country, desk.floor]
      outputs: [set user.city, set attr.tags, stop]
      rows: tables/place.csv
";
    let place = "\u{feff}#note;set user.city;user.country;desk.floor;set attr.tags;stop\r\n\
                 the head office;\"Pune; west\";IN, India;-;;\r\n\r\n\
                 ; Paris ;France;\"> 1\";\"[a, \"\"b\"\"]\";true\r\n\
                 ;${user.country} ${desk.floor};;3;7;\r\n";
    let desks = "country,floor\nFrance,2\nSpain,3\n";
    let live = folder(&[("t.yaml", rule), ("tables/place.csv", place), ("tables/desks.csv", desks)]);
    let made = |country: &str| made(&live, "preCreateUser", &json!({ "user": { "country": country } }));
    assert_eq!(made("IN, India"), r#"{"country":"IN, India","city":"Pune; west"}"#);
    assert_eq!(made("France"), r#"{"country":"France","city":"Paris","attributes":{"tags":["a","b"]}}"#);
    assert_eq!(made("Spain"), r#"{"country":"Spain","city":"Spain 3","attributes":{"tags":"7"}}"#);
}

#[test]
fn a_spreadsheet_may_write_true_and_false_in_capitals() {
    let rule = "
rules:
  - name: leave
    hook: runDeprovision
    table: { inputs: [user.userType], outputs: [deprovision], rows: leave.csv }
  - name: hide
    hook: policyMap
    table: { inputs: [user.userType], outputs: [mappedValue], rows: hide.csv }
";
    let leave = "user.userType,deprovision\nVendor,TRUE\nEmployee,FALSE\n";
    let hide = "user.userType,mappedValue\nVendor,TRUE\n";
    let live = folder(&[("t.yaml", rule), ("leave.csv", leave), ("hide.csv", hide)]);
    let made = |hook: &str, kind: &str| made(&live, hook, &json!({ "user": { "userType": kind } }));
    assert_eq!(made("runDeprovision", "Vendor"), "deprovision true");
    assert_eq!(made("runDeprovision", "Employee"), "deprovision false");
    assert_eq!(made("policyMap", "Vendor"), "TRUE", "where a text is wanted it is one");
}

#[test]
fn a_row_that_fails_is_told_by_its_line() {
    let rule = "hook: policyMap\nrules:\n  - name: t\n    table: { inputs: [user.country], outputs: [mappedValue], rows: t.csv }\n";
    let csv = "user.country,mappedValue\nIndia,x\nFrance,\"${user.middleName}\"\n";
    let live = folder(&[("t.yaml", rule), ("t.csv", csv)]);
    let event = event(&live, "policyMap", &json!({ "user": { "country": "France" } }));
    let decision = explain(&live.rules, &event, &live.tables).unwrap();
    assert_eq!(told(&decision), "failed: `user.middleName` is absent");
    assert_eq!(decision.trace[0].rows, [1]);
    let Verdict::Failed(failure) = &decision.verdict else { panic!() };
    assert_eq!(failure.place.file_line(), "t.csv:3");
}

#[test]
fn the_trace_says_which_row_held_or_what_the_inputs_were() {
    let live = folder(&[("t.yaml", &THREE_ROWS.replace("POLICY", "collect"))]);
    let trace = |country: &str, department: &str| {
        let user = json!({ "userType": "Employee", "country": country, "department": department });
        let event = event(&live, "preCreateUser", &json!({ "user": user }));
        explain(&live.rules, &event, &live.tables).unwrap().trace.remove(0)
    };
    assert_eq!(trace("India", "Sales").rows, [0, 1, 2]);
    let none = trace("France", "IT");
    let Outcome::NotHeld(Some(why)) = &none.outcome else { panic!("{none:?}") };
    assert_eq!(why.condition, "no row of the table holds");
    assert_eq!(why.saw, "`user.country` is \"France\", `user.department` is \"IT\"");
}
