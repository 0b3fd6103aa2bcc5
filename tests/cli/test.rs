//! `hookgate test`: passed, failed, could not be run; what was expected, what came, and how to see it again.

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::{Program, folder};

const RULES: &str = r"hook: validateUser
codes: { NoVendors: Vendors are kept elsewhere. }
rules:
  - name: no-vendors
    when: { user.userType: Vendor }
    reject: NoVendors
  - name: never-fired
    when: { user.country: Nowhere }
    reject: NoVendors
tests:
  - name: an employee is welcome
    sample: validateUser
    expect: { accept: true }
";

const WRONG: &str = r#"tests:
  - name: it's a "vendor" & more
    sample: validateUser
    with: { user.userType: Vendor }
    expect: { reject: SomethingElse, by: no-vendors, user: { grade: 7 } }
  - name: no user at all
    sample: validateUser
    with: { user: 7 }
    expect: { accept: true }
"#;

fn good() -> TempDir {
    folder(&[("rules/a.yaml", RULES)])
}

/// One test that passes, one that fails, one that cannot be run.
fn mixed() -> TempDir {
    folder(&[("rules/a.yaml", RULES), ("rules/b.test.yaml", WRONG)])
}

fn run(dir: &TempDir, words: &[&str]) -> crate::support::program::Ended {
    Program::new(["test"].into_iter().chain(words.iter().copied())).within(dir.path()).run()
}

#[test]
fn tests_that_pass_end_with_0() {
    let stdout = run(&good(), &[]).expect(0);
    assert!(stdout.starts_with("1 passed, 0 failed, 0 could not be run · "), "{stdout}");
    assert!(stdout.ends_with(" ms\n"), "{stdout}");
}

#[test]
fn a_failed_test_shows_expected_and_got_and_the_deciding_rule() {
    let stdout = run(&mixed(), &[]).expect(1);
    for part in [
        "failed: it's a \"vendor\" & more  rules/b.test.yaml:2\n",
        "  outcome\n    expected: rejected with SomethingElse\n    got:      rejected with NoVendors\n",
        "  user\n    expected: an answer with the user\n    got:      {\"response\":{\"error\":true,\"message\":\"NoVendors\"}}, which has none\n",
        "  + no-vendors held  rules/a.yaml:4\n      reject NoVendors\n",
        "error: no user at all  rules/b.test.yaml:6\n  the request is not an event of `validateUser`",
        "\n1 passed, 1 failed, 1 could not be run · ",
    ] {
        assert!(stdout.contains(part), "{part}\nis not in\n{stdout}");
    }
    assert!(!stdout.contains("an employee is welcome"), "what passed is not told: {stdout}");
    assert!(!stdout.contains("never-fired"), "only the deciding rule is told: {stdout}");
}

/// A rule that fails on such a hook leaves the user as they came, which is what many a test expects of a rule that does not hold.
const FAILING: &str = r#"hook: preUpdateUser
rules:
  - name: greets
    set: { user.displayName: "${user.firstName}" }
  - name: watches
    mode: audit
    when: { user.lastName: { is: "${user.middleName}" } }
    stop: true
tests:
  - name: nobody is greeted
    request: { user: { lastName: Rao } }
    expect: { user: { displayName: null } }
  - name: nobody is watched
    request: { user: { firstName: Asha, lastName: Rao } }
    expect: { user: { displayName: Asha } }
  - name: a failure that is meant
    request: { user: { login: a } }
    expect: { failed: true }
  - name: nobody fails
    request: { user: { firstName: Asha } }
    expect: { user: { displayName: Asha } }
"#;

#[test]
fn a_rule_fails_in_no_test_that_does_not_say_so() {
    let stdout = run(&folder(&[("rules/a.yaml", FAILING)]), &[]).expect(1);
    for part in [
        "failed: nobody is greeted  rules/a.yaml:10\n  outcome\n    expected: no rule fails\n    got:      greets failed: `user.firstName` is absent",
        "failed: nobody is watched  rules/a.yaml:13\n  outcome\n    expected: no rule fails\n    got:      watches failed: `user.middleName` is absent",
        "\n2 passed, 2 failed, 0 could not be run · ",
    ] {
        assert!(stdout.contains(part), "{part}\nis not in\n{stdout}");
    }
}

/// The commands that a run prints for seeing a test again.
fn again(stdout: &str) -> Vec<&str> {
    stdout.lines().filter_map(|line| line.strip_prefix("  again: ")).collect()
}

#[test]
fn the_command_that_is_printed_shows_the_same_again() {
    let dir = mixed();
    let stdout = run(&dir, &[]).expect(1);
    let commands = again(&stdout);
    assert_eq!(commands.len(), 2, "{stdout}");
    let failed = Program::shell(commands[0]).within(dir.path()).run().expect(0);
    assert!(failed.contains(r#"{"response":{"error":true,"message":"NoVendors"}}"#), "{failed}");
    assert!(failed.contains("  + no-vendors held  rules/a.yaml:4\n      reject NoVendors\n"), "{failed}");
    let error = Program::shell(commands[1]).within(dir.path()).run().refused(2);
    assert!(error.contains("the request is not an event of `validateUser`"), "{error}");
}

#[test]
fn the_command_that_is_printed_works_for_any_folder() {
    let name = "rules of $HOME; it's `id`";
    let dir = folder(&[(&format!("{name}/a.yaml"), RULES), (&format!("{name}/b.test.yaml"), WRONG)]);
    let stdout = run(&dir, &[name]).expect(1);
    let failed = Program::shell(again(&stdout)[0]).within(dir.path()).run().expect(0);
    assert!(failed.contains("  + no-vendors held"), "{failed}");
}

#[test]
fn the_command_that_is_printed_has_the_settings_file_that_was_given() {
    let settings = "hooks: { validateVendor: { kind: validate } }\n";
    let rules = "hook: validateVendor\nrules: [{ name: a, stop: true }]\ntests:\n  - { name: never, request: { user: {} }, expect: { user: { grade: 7 } } }\n";
    let dir = folder(&[("the settings.yaml", settings), ("rules/a.yaml", rules)]);
    let given = ["test", "--config", "the settings.yaml", "--format"];
    let tested = |format| Program::new(given.into_iter().chain([format])).within(dir.path()).run().expect(1);
    let (text, json) = (tested("text"), serde_json::from_str::<Value>(&tested("json")).unwrap());
    assert_eq!(json["tests"][0]["again"], again(&text)[0]);
    let shown = Program::shell(again(&text)[0]).within(dir.path()).run().expect(0);
    assert!(shown.starts_with("test `never`"), "{shown}");
}

#[test]
fn a_filter_and_a_file_choose_tests() {
    let dir = mixed();
    assert!(run(&dir, &["--filter", "welcome"]).expect(0).starts_with("1 passed, 0 failed, 0 could"));
    assert!(run(&dir, &["rules/a.yaml"]).expect(0).starts_with("1 passed, 0 failed, 0 could"));
    assert!(run(&dir, &["rules/b.test.yaml"]).expect(1).contains("\n0 passed, 1 failed, 1 could"));
    assert!(run(&dir, &["rules"]).expect(1).contains("\n1 passed, 1 failed, 1 could"));
    assert!(run(&dir, &["--filter", "vendor", "rules"]).expect(1).contains("\n0 passed, 1 failed, 0 could"));
}

#[test]
fn no_test_is_an_error_and_so_is_a_folder_with_a_mistake() {
    let without = folder(&[("rules/a.yaml", "hook: test\nrules: [{ name: a, stop: true }]\n")]);
    assert!(run(&without, &[]).refused(2).contains("there is no test to run"));
    assert!(run(&good(), &["--filter", "nobody"]).refused(2).contains("no test has `nobody` in its name"));
    let wrong = folder(&[("rules/a.yaml", "hook: test\nrules: [{ name: a, stp: true }]\n")]);
    let stderr = run(&wrong, &[]).refused(2);
    assert!(stderr.contains("error[H201]") && stderr.contains("did you mean `stop`?"), "{stderr}");
    assert!(run(&good(), &["nowhere"]).refused(2).contains("nowhere"));
}

#[test]
fn json_has_every_test() {
    let json: Value = serde_json::from_str(&run(&mixed(), &["--format", "json", "--coverage"]).expect(1)).unwrap();
    let tests = json["tests"].as_array().unwrap();
    let told: Vec<_> =
        tests.iter().map(|test| (test["status"].as_str().unwrap(), test["at"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [("passed", "rules/a.yaml:11"), ("failed", "rules/b.test.yaml:2"), ("error", "rules/b.test.yaml:6")]
    );
    assert_eq!(tests[0]["again"], Value::Null);
    assert_eq!(
        tests[1]["differences"][0],
        serde_json::json!({ "what": "outcome", "expected": "rejected with SomethingElse", "got": "rejected with NoVendors" })
    );
    assert_eq!(tests[1]["decided_by"], "no-vendors");
    assert!(tests[2]["error"].as_str().unwrap().starts_with("the request is not an event"));
    assert_eq!(json["coverage"]["rules"], serde_json::json!({ "reached": 1, "total": 2, "percent": 50 }));
}

#[test]
fn junit_is_xml_with_a_suite_and_its_cases() {
    let stdout = run(&mixed(), &["--format", "junit"]).expect(1);
    assert!(stdout.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), "{stdout}");
    let elements = elements(&stdout);
    let told: Vec<_> = elements.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        told,
        [
            "testsuite",
            "testsuite/testcase",
            "testsuite/testcase",
            "testsuite/testcase/failure",
            "testsuite/testcase",
            "testsuite/testcase/error"
        ]
    );
    assert!(elements[0].1.contains(r#"tests="3" failures="1" errors="1" time=""#), "{}", elements[0].1);
    assert!(elements[2].1.contains(r#"name="it's a &quot;vendor&quot; &amp; more" classname="rules/b.test.yaml""#));
}

/// Path and attributes of each element, in their order. Panics over what is not well-formed XML of the plain kind.
fn elements(xml: &str) -> Vec<(String, String)> {
    let (mut found, mut open): (Vec<_>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = xml.split_once("?>").unwrap().1;
    while let Some((text, tag)) = rest.split_once('<') {
        assert!(!text.contains('>'), "{text}");
        text.match_indices('&').for_each(|(at, _)| {
            let is_entity = ["&amp;", "&lt;", "&gt;", "&quot;"].iter().any(|entity| text[at..].starts_with(entity));
            assert!(is_entity, "{text}");
        });
        let (tag, after) = tag.split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let is_closed = tag.ends_with('/');
        let (name, attributes) = tag.trim_end_matches('/').split_once(' ').unwrap_or((tag, ""));
        assert!(attributes.matches('"').count() % 2 == 0, "{tag}");
        open.push(name.to_owned());
        found.push((open.join("/"), attributes.to_owned()));
        if is_closed {
            open.pop();
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    found
}

/// What is sent where a rule failed or refused is not what earlier rules made of the user.
#[test]
fn a_user_is_expected_of_the_answer_and_not_of_the_draft() {
    const RULES: &str = r#"codes: { Refused: Nobody is accepted here. }
rules:
  - { name: login, hook: [preCreateUser, validateUser], set: { user.login: changed } }
  - { name: fails, hook: preCreateUser, when: { user.grade: 7 }, set: { user.city: "${user.town}" } }
  - { name: refuses, hook: validateUser, when: { user.grade: 7 }, reject: Refused }
"#;
    let case = |hook: &str, grade: u8, expect: &str| {
        let tests = format!(
            "tests:\n  - {{ name: t, hook: {hook}, request: {{ user: {{ login: came, grade: {grade} }} }}, expect: {expect} }}\n"
        );
        let dir = folder(&[("rules/a.yaml", RULES), ("rules/b.test.yaml", &tests)]);
        let ran = Program::new(["test"]).within(dir.path()).run();
        (ran.code, ran.stdout)
    };
    for (hook, grade, expect, passes) in [
        ("preCreateUser", 1, "{ user: { login: changed } }", true),
        ("preCreateUser", 7, "{ failed: true, user: { login: changed } }", false),
        ("preCreateUser", 7, "{ failed: true, user: { login: came } }", true),
        ("validateUser", 1, "{ user: { login: changed } }", true),
        ("validateUser", 7, "{ reject: Refused, user: { login: changed } }", false),
        ("validateUser", 7, "{ reject: Refused, user: { login: came } }", false),
        ("validateUser", 7, "{ reject: Refused }", true),
    ] {
        let (code, stdout) = case(hook, grade, expect);
        assert_eq!(code, Some(i32::from(!passes)), "{hook} {grade} {expect}\n{stdout}");
        assert!(passes || stdout.contains("got:"), "{stdout}");
    }
}

#[test]
fn what_a_test_does_not_give_is_told_as_it_is_to_be_written() {
    let run = |given: &str| {
        let rules = r#"hook: preCreateUser
lookups:
  account: { http: idp, get: "/accounts/${key}", on_error: fail }
  badge: { http: idp, get: "/badges/${key}", on_error: fail }
rules:
  - name: a
    let: { known: { lookup: account, key: "${user.login}" }, worn: { lookup: badge, key: "${user.employeeId}" } }
    set: { user.description: '${known.id ?? ""}${worn.id ?? ""}' }
tests:
  - name: t
    request: { user: { login: jo, employeeId: 7 } }
    GIVEN
    expect: { user: { description: "" } }
"#;
        let settings = "connections: { idp: { http: \"https://idp.example\" } }\n";
        let dir = folder(&[("rules/a.yaml", &rules.replace("GIVEN", given)), ("gateway.yaml", settings)]);
        Program::new(["test"]).within(dir.path()).run()
    };
    let told = run("").expect(1);
    let wanted = r#"given: { lookups: { account: { "jo": … }, badge: { "7": … } } }"#;
    assert!(told.contains(&format!("write `{wanted}`")), "{told}");
    run(&wanted.replace('…', "null")).expect(0);
}

/// What a test expects of each kind of answer, and whether it passes.
#[test]
fn a_test_passes_where_all_that_it_expects_has_come() {
    const RULES: &str = r#"codes: { NoVendors: Vendors are kept elsewhere. }
rules:
  - { name: refuses, hook: validateUser, when: { user.userType: Vendor }, reject: NoVendors }
  - { name: breaks, hook: validateUser, when: { user.userType: Broken }, set: { user.city: "${user.town}" } }
  - { name: maps, hook: policyMap, when: { user.userType: Vendor }, mappedValue: outside }
  - { name: stays, hook: runDeprovision, when: { user.userType: Vendor }, deprovision: false }
"#;
    let cases = [
        ("validateUser", "Vendor", "reject: NoVendors", true),
        ("validateUser", "Vendor", "reject: Others", false),
        ("validateUser", "Vendor", "accept: true", false),
        ("validateUser", "Vendor", "accept: false", true),
        ("validateUser", "Vendor", "by: refuses", true),
        ("validateUser", "Vendor", "by: breaks", false),
        ("validateUser", "Vendor", "failed: true", false),
        ("validateUser", "Vendor", "failed: false", true),
        ("validateUser", "Vendor", "reject: NoVendors, by: breaks", false),
        ("validateUser", "Employee", "accept: true", true),
        ("validateUser", "Employee", "accept: false", false),
        ("validateUser", "Employee", "reject: NoVendors", false),
        ("validateUser", "Employee", "by: refuses", false),
        ("validateUser", "Broken", "failed: true, by: breaks", true),
        ("validateUser", "Broken", "failed: true, accept: false", true),
        ("validateUser", "Broken", "failed: true, accept: true", false),
        ("validateUser", "Broken", "accept: false", false),
        ("policyMap", "Vendor", "mappedValue: outside", true),
        ("policyMap", "Vendor", "mappedValue: inside", false),
        ("policyMap", "Employee", "mappedValue: outside", false),
        ("runDeprovision", "Vendor", "deprovision: false", true),
        ("runDeprovision", "Vendor", "deprovision: true", false),
    ];
    let case = |(n, (hook, kind, expect, _)): (usize, &(&str, &str, &str, bool))| {
        let request = format!("{{ user: {{ login: came, userType: {kind} }} }}");
        format!("  - {{ name: t{n}, hook: {hook}, request: {request}, expect: {{ {expect} }} }}\n")
    };
    let tests = format!("tests:\n{}", cases.iter().enumerate().map(case).collect::<String>());
    let dir = folder(&[("rules/a.yaml", RULES), ("rules/b.test.yaml", &tests)]);
    let told: Value = serde_json::from_str(&run(&dir, &["--format", "json"]).expect(1)).unwrap();
    let tests = told["tests"].as_array().unwrap();
    assert_eq!(tests.len(), cases.len());
    for ((hook, kind, expect, passes), told) in cases.iter().zip(tests) {
        let status = if *passes { "passed" } else { "failed" };
        assert_eq!(told["status"], status, "{hook} of {kind}: {expect}: {told}");
    }
}

/// What an event may not ask in service it may not ask in a test.
#[test]
fn a_test_asks_in_no_more_rounds_than_the_gateway() {
    const RULES: &str = r#"hook: preCreateUser
lookups: { account: { http: idp, get: "/accounts/${key}", on_error: fail } }
rules:
  - name: a-free-login
    script: |
      for n in 1..100 {
        if lookup("account", "jo" + n.to_string()) == () { set("user.login", "jo" + n.to_string()); break; }
      }
tests:
  - name: the third is free
    request: { user: { firstName: Jo } }
    given: { lookups: { account: { jo1: { id: 1 }, jo2: { id: 2 }, jo3: null } } }
    expect: { user: { login: jo3 } }
"#;
    let test = |rounds: u8| {
        let settings =
            format!("connections: {{ idp: {{ http: \"https://idp.example\" }} }}\nlookups: {{ rounds: {rounds} }}\n");
        let dir = folder(&[("rules/a.yaml", RULES), ("gateway.yaml", &settings)]);
        Program::new(["test"]).within(dir.path()).run()
    };
    assert!(test(3).expect(0).starts_with("1 passed"));
    let refused = test(2).expect(1);
    assert!(
        refused.contains("the event asks more often than 2 times in a row (`lookups.rounds` of gateway.yaml)"),
        "{refused}"
    );
}
