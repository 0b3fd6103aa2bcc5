//! What rules send: decided with the rest, shown by a dry run, expected by tests.

use std::path::Path;
use std::sync::Arc;

use crate::support::server::tenant_of;
use hookgate::diagnostic::File;
use hookgate::engine::testing::case;
use hookgate::engine::testing::case::{CaseResult, CaseVerdict, Surroundings};
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources};

const TENANT: &str = "outbox: { memory_for_secrets: true }\ndestinations:\n  itsm: { http: \"https://itsm.example/events\" }\n  vault: { http: \"https://vault.example\", accepts: secrets }\n  \
                      siem: { file: siem.jsonl }\nhooks: { changePassword: { refusable: true }, preProvision: { refusable: true } }\n";

fn build(rules: &str) -> Result<Live, String> {
    let file = Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned()));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    Live::build(&sources, &tenant_of(TENANT)).map(|(live, _)| live).map_err(|report| report.to_text(false))
}

/// The same where gateway.yaml does not say how a secret waits.
fn build_without_a_key(rules: &str) -> Result<Live, String> {
    let file = Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned()));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    let tenant = tenant_of(&TENANT.replace("memory_for_secrets: true", "memory_for_secrets: false"));
    Live::build(&sources, &tenant).map(|(live, _)| live).map_err(|report| report.to_text(false))
}

/// Every way in which a rule can send a secret, and some in which it sends none.
#[test]
fn a_secret_is_sent_only_where_gateway_yaml_says_how_it_waits() {
    let secret = [
        "deliver: { to: vault, body: \"${request.passwordText}\" }",
        "deliver: { to: vault, body: { a: [{ b: \"${upper(request.passwordText)}\" }] } }",
        "deliver: [{ to: siem, body: x }, { to: vault, body: \"${request.passwordText ?? \\\"none\\\"}\" }]",
        "let: { word: \"it is ${request.passwordText}\" }\n    deliver: { to: vault, body: \"${word}\" }",
        "table: { inputs: [user.grade], outputs: [deliver vault], rows: [[7, { new: \"${request.passwordText}\" }]] }",
        "script: 'deliver(\"vault\", request.passwordText)'",
        "script: 'if user.grade == 7 { let to = request; deliver(\"vault\", #{ a: request.passwordText }, \"k\") }'",
        "mode: audit\n    deliver: { to: vault, body: \"${request.passwordText}\" }",
    ];
    let rule = |verb: &str| format!("hook: changePassword\nrules:\n  - name: tell\n    {verb}\n");
    for verb in secret {
        let rules = rule(verb);
        let told = build_without_a_key(&rules).err().unwrap_or_else(|| panic!("{rules} is not wrong"));
        assert!(told.contains("H711") && told.contains("`request.passwordText` is sent to `vault`"), "{rules}\n{told}");
        assert!(told.contains("encryption_key: ") && told.contains("memory_for_secrets: true"), "{told}");
        assert!(build(&rules).is_ok(), "{rules}: {:?}", build(&rules).err());
    }
    for verb in [
        "deliver: { to: vault, body: \"${user.login}\" }",
        "when: { request.passwordText: { present: true } }\n    deliver: { to: vault, body: changed }",
        "deliver: { to: vault, body: \"${present(request.passwordText)}\" }",
        "script: 'deliver(\"vault\", user.login)'",
    ] {
        let rules = rule(verb);
        assert!(build_without_a_key(&rules).is_ok(), "{rules}: {:?}", build_without_a_key(&rules).err());
    }
}

/// What cannot be seen when rules are loaded is seen when the rule runs: the password lies deep in what is sent.
#[test]
fn a_secret_that_is_only_seen_at_run_time_fails_its_rule_where_it_could_not_wait() {
    let rules = "hook: postCreateUser
rules: [{ name: sync, deliver: { to: vault, body: \"${user.provisionedApps}\" } }]
tests:
  - name: a
    request: { user: { login: a, provisionedApps: { crm: { login: { password: Welcome@123 } } } } }
    expect: { deliveries: [{ to: vault }] }
";
    let surroundings =
        Surroundings { now: jiff::Timestamp::UNIX_EPOCH, calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    let ran = |live: Live| case::run(&live.rules, &live.rules.cases[0], &live.tables, &surroundings);
    let kept = ran(build(rules).unwrap());
    assert_eq!(kept.deliveries.len(), 1, "{:?}", kept.trace);
    let failed = ran(build_without_a_key(rules).unwrap());
    let trace = format!("{:?}", failed.trace);
    assert!(failed.deliveries.is_empty() && trace.contains("outbox.encryption_key"), "{trace}");
}

/// The same for places that no secret may go to: neither the key of a delivery nor a mapped value is given one that lies in an
/// object of the event, or in a row of a table, whatever was seen when the rules were loaded.
#[test]
fn a_secret_that_is_only_seen_at_run_time_goes_into_no_plain_place() {
    let files = [
        (Role::Csv, "people.csv", "login,name,password\na,Asha,Welcome@123\n"),
        (
            Role::Yaml,
            "rules.yaml",
            "lookups: { people: { table: people.csv, key: login } }
rules:
  - { name: apps, hook: postCreateUser, deliver: { to: siem, body: x, key: \"${user.provisionedApps}\" } }
  - { name: app, hook: policyMap, when: { user.login: b }, mappedValue: \"${user.provisionedApps}\" }
  - name: row
    hook: postUpdateUser
    let: { row: { lookup: people, key: \"${user.login}\" } }
    deliver: { to: siem, body: x, key: \"${row}\" }
  - { name: mapped-row, hook: policyMap, let: { row: { lookup: people, key: \"${user.login}\" } }, mappedValue: \"${row}\" }
tests:
  - { name: apps, hook: postCreateUser, request: { user: { login: a, provisionedApps: { crm: { login: { password: Welcome@123 } } } } }, expect: { failed: true } }
  - { name: app, hook: policyMap, request: { user: { login: b, provisionedApps: { crm: { login: { password: Welcome@123 } } } } }, expect: { failed: true } }
  - { name: row, hook: postUpdateUser, request: { user: { login: a } }, expect: { failed: true } }
  - { name: mapped-row, hook: policyMap, request: { user: { login: a } }, expect: { failed: true } }
",
        ),
    ];
    let files = files.map(|(role, name, text)| (role, Arc::new(File::new(name.to_owned(), text.to_owned()))));
    let sources = Sources::from_files(Path::new(""), files.to_vec());
    let (live, _) =
        Live::build(&sources, &tenant_of(TENANT)).unwrap_or_else(|report| panic!("{}", report.to_text(false)));
    let surroundings =
        Surroundings { now: jiff::Timestamp::UNIX_EPOCH, calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    assert_eq!(live.rules.cases.len(), 4);
    for case in &live.rules.cases {
        let ran = case::run(&live.rules, case, &live.tables, &surroundings);
        assert!(matches!(ran.verdict, CaseVerdict::Passed), "{}: {:?}", case.name, ran.verdict);
        assert!(ran.deliveries.is_empty(), "{}: {:?}", case.name, ran.deliveries);
        assert!(format!("{:?}", ran.trace).contains("a secret, or what is computed from one"), "{:?}", ran.trace);
    }
}

/// The results of all cases of these rules.
fn run(rules: &str) -> Vec<CaseResult> {
    let live = build(rules).unwrap_or_else(|report| panic!("{report}\n{rules}"));
    let surroundings =
        Surroundings { now: jiff::Timestamp::UNIX_EPOCH, calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    live.rules.cases.iter().map(|case| case::run(&live.rules, case, &live.tables, &surroundings)).collect()
}

fn all_pass(rules: &str) -> Vec<CaseResult> {
    let results = run(rules);
    assert!(!results.is_empty());
    for result in &results {
        assert!(matches!(result.verdict, CaseVerdict::Passed), "{:?}\n{rules}", result.verdict);
    }
    results
}

#[test]
fn a_rule_sends_one_thing_or_several_and_a_test_expects_all_of_it() {
    all_pass(
        "hook: postCreateUser
rules:
  - name: tell
    when: { user.userType: Employee }
    deliver:
      - { to: itsm, body: { event: joiner, login: \"${user.login}\", groups: \"${user.assignedGroups}\" } }
      - { to: siem, body: \"a joiner: ${user.login}\", key: hr }
tests:
  - name: both
    request: { user: { login: asha, userType: Employee, assignedGroups: [a, b] } }
    expect:
      deliveries:
        - { to: itsm, key: asha, body: { login: asha, event: joiner, groups: [a, b] } }
        - { to: siem, key: hr, body: \"a joiner: asha\" }
      reply: '{\"response\":{}}'
  - name: nobody else
    request: { user: { login: v, userType: Vendor } }
    expect: { deliveries: [] }
",
    );
}

#[test]
fn a_rule_that_refuses_still_tells_in_whatever_order_it_is_written() {
    all_pass(
        "hook: preProvision
codes: { SodViolation: two roles that do not go together }
rules:
  - name: toxic
    reject: SodViolation
    deliver: { to: itsm, body: review, key: \"${user.login}/${request.applicationId}\" }
tests:
  - name: refused and told
    request: { applicationId: app, user: { login: a } }
    expect: { reject: SodViolation, by: toxic, deliveries: [{ to: itsm, key: a/app, body: review }] }
",
    );
}

#[test]
fn a_rule_that_fails_keeps_nothing_of_earlier_rules_from_going_out() {
    all_pass(
        "hook: postCreateUser
rules:
  - { name: first, deliver: { to: itsm, body: one } }
  - { name: second, deliver: { to: siem, body: \"${user.nickname}\" } }
tests:
  - name: the first goes out
    request: { user: { login: a } }
    expect: { failed: true, deliveries: [{ to: itsm }] }
",
    );
}

#[test]
fn a_table_that_refuses_still_tells() {
    all_pass(
        "hook: preProvision
codes: { SodViolation: two roles that do not go together }
rules:
  - name: toxic
    table:
      hit: first
      inputs: [user.department]
      outputs: [reject, deliver siem]
      rows: [[Finance, SodViolation, \"refused ${user.login}\"], [Sales, \"-\", \"seen ${user.login}\"]]
    deliver: { to: itsm, body: looked at }
tests:
  - name: refused and told by both
    request: { user: { login: a, department: Finance } }
    expect: { reject: SodViolation, deliveries: [{ to: siem, body: refused a }, { to: itsm, body: looked at }] }
  - name: seen and told by both
    request: { user: { login: a, department: Sales } }
    expect: { accept: true, deliveries: [{ to: siem, body: seen a }, { to: itsm, body: looked at }] }
",
    );
}

#[test]
fn a_rule_that_fails_half_way_sends_nothing() {
    for deliver in [
        "deliver: [{ to: itsm, body: one }, { to: siem, body: \"${user.nickname}\" }]",
        "script: 'deliver(\"itsm\", 1); throw \"no\"'",
        "script: 'deliver(\"itsm\", 1); set(\"user.login.x\", 1)'",
    ] {
        let rules = "hook: [preCreateUser]\nrules:\n  - { name: first, deliver: { to: siem, body: first } }\n  - { name: second, RULE }
tests: [{ name: half, hook: preCreateUser, request: { user: { login: a } }, expect: { failed: true, deliveries: [{ to: siem, body: first }] } }]\n";
        all_pass(&rules.replace("RULE", deliver));
    }
}

#[test]
fn scripts_and_tables_send_too_and_audit_rules_do_not() {
    let results = all_pass(
        "hook: postUpdateUser
rules:
  - name: by-table
    table:
      inputs: [user.department]
      outputs: [deliver itsm, deliver siem]
      rows: [[Finance, \"mover ${user.login}\", \"-\"], [Sales, \"-\", { kind: sales }]]
  - { name: by-script, when: { user.grade: { gte: 7 } }, script: 'deliver(\"itsm\", #{ who: user.login, grade: user.grade }, \"board\")' }
  - { name: by-audit, mode: audit, deliver: { to: siem, body: never } }
tests:
  - name: a table
    request: { user: { login: a, department: Finance } }
    expect: { deliveries: [{ to: itsm, body: mover a }] }
  - name: a script
    request: { user: { login: a, grade: 9 } }
    expect: { deliveries: [{ to: itsm, key: board, body: { who: a, grade: 9 } }] }
",
    );
    assert!(results[0].trace[2].did[0].starts_with("deliver \"never\" to siem"), "{:?}", results[0].trace[2].did);
}

#[test]
fn what_is_wrong_with_a_delivery_is_told_where_it_is_written() {
    let told = |deliver: &str| {
        let rules = format!("hook: changePassword\nrules:\n  - name: tell\n    deliver: {deliver}\n");
        build(&rules).err().unwrap_or_else(|| panic!("{deliver} is not wrong"))
    };
    let told_of = |deliver: &str, wanted: &[&str]| {
        let told = told(deliver);
        assert!(wanted.iter().all(|part| told.contains(part)), "{told}");
    };
    told_of("{ to: itms, body: x }", &["H219", "`itms`", "did you mean `itsm`?"]);
    told_of("{ to: itsm }", &["H203", "needs `body`"]);
    told_of("{ to: itsm, body: x, subject: y }", &["H201", "`subject`"]);
    told_of(
        "{ to: itsm, body: \"it is ${request.passwordText}\" }",
        &["H220", "request.passwordText", "accepts: secrets"],
    );
    told_of("{ to: itsm, body: { a: [\"${upper(request.passwordText)}\"] } }", &["H220"]);
    told_of("{ to: vault, body: \"${request.passwordTxt}\" }", &["request.passwordTxt"]);
    let through_let = build(
        "hook: changePassword\nrules:\n  - name: tell\n    let: { word: \"${request.passwordText}\" }\n    deliver: { to: itsm, body: \"${word}\" }\n",
    );
    assert!(through_let.unwrap_err().contains("H220"));
    let by_script = build("hook: changePassword\nrules:\n  - { name: tell, script: 'deliver(\"itms\", 1)' }\n");
    assert!(by_script.unwrap_err().contains("H219"));
}

#[test]
fn a_secret_goes_to_whoever_takes_it_and_is_shown_to_nobody() {
    let results = all_pass(
        "hook: changePassword
rules:
  - { name: sync, deliver: { to: vault, body: { password: \"${request.passwordText}\" } } }
tests:
  - name: the vault has it
    request: { passwordText: Welcome@123, user: { login: a } }
    expect: { deliveries: [{ to: vault }] }
",
    );
    let delivery = &results[0].deliveries[0];
    assert!(delivery.is_secret && delivery.body.contains("Welcome@123"));
    let shown = format!("{} {} {delivery:?} {:?}", delivery.shown(), delivery.to_json(), results[0].trace);
    assert!(!shown.contains("Welcome"), "{shown}");
}

#[test]
fn a_secret_that_a_script_computes_fails_its_rule() {
    all_pass(
        "hook: changePassword
rules:
  - { name: sync, script: 'let word = request.passwordText; deliver(\"itsm\", `it is ${word}`)' }
tests:
  - name: not told
    request: { passwordText: Welcome@123, user: { login: a } }
    expect: { failed: true, deliveries: [] }
",
    );
}

#[test]
fn what_came_out_otherwise_is_told() {
    let results = run("hook: postCreateUser
rules: [{ name: tell, deliver: { to: itsm, body: { a: 1 } } }]
tests:
  - { name: other place, request: { user: { login: a } }, expect: { deliveries: [{ to: siem }] } }
  - { name: other body, request: { user: { login: a } }, expect: { deliveries: [{ to: itsm, body: { a: 2 } }] } }
  - { name: other key, request: { user: { login: a } }, expect: { deliveries: [{ to: itsm, key: b }] } }
  - { name: nothing, request: { user: { login: a } }, expect: { deliveries: [] } }
");
    for (result, wanted) in results.iter().zip(["deliveries", "deliveries[0].body", "deliveries[0].key", "deliveries"])
    {
        let CaseVerdict::Failed(mismatches) = &result.verdict else { panic!("{:?}", result.verdict) };
        assert_eq!(mismatches[0].what, wanted, "{mismatches:?}");
    }
}
