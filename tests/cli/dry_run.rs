//! `hookgate dry-run`: the reply, what decided, what changed, and why; in words and as JSON.

use serde_json::{Value, json};

use crate::support::program::{Program, folder};

/// What `hookgate dry-run WORDS…` prints as JSON.
fn as_json(words: &[&str]) -> Value {
    let stdout = Program::new(["dry-run", "--format", "json"].into_iter().chain(words.iter().copied())).run().expect(0);
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    serde_json::from_str(&stdout).unwrap()
}

#[test]
fn json_has_the_reply_the_deciding_rule_the_changes_and_the_trace() {
    let shown = as_json(&["validateUser", "--set", "user.login=new.hire", "--set", "user.mobile=+91 98200 12345"]);
    let keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["reply", "decided_by", "refusals", "changes", "deliveries", "trace"]);
    assert_eq!(shown["reply"], json!({ "response": { "error": true, "message": "MobileAlreadyExist" } }));
    assert_eq!(shown["decided_by"], "mobile-is-free");
    assert_eq!(shown["changes"], json!([]), "a refused user is not changed");
    let asha = r#"{"login":"asha.rao","mobile":"9820012345","email":"asha.rao@corp.example"}"#;
    assert_eq!(
        shown["trace"],
        json!([
            {
                "rule": "email-is-well-formed",
                "at": "rules/validate.yaml:21",
                "outcome": "not held",
                "why": {
                    "condition": "user.email: empty: false",
                    "saw": "`user.email` is absent",
                    "at": "rules/validate.yaml:23",
                },
            },
            {
                "rule": "mobile-is-a-number",
                "at": "rules/validate.yaml:26",
                "outcome": "not held",
                "why": {
                    "condition": "number: present: false",
                    "saw": "`number` is \"9820012345\"",
                    "at": "rules/validate.yaml:32",
                },
            },
            {
                "rule": "mobile-is-free",
                "at": "rules/validate.yaml:35",
                "outcome": "held",
                "lookups": [{ "lookup": "people_by_mobile", "key": "\"9820012345\"", "count": 1, "rows": [asha] }],
                "did": ["reject MobileAlreadyExist"],
            },
            { "rule": "email-is-free", "at": "rules/validate.yaml:45", "outcome": "not reached" },
            { "rule": "start-date-is-readable", "at": "rules/validate.yaml:53", "outcome": "not reached" },
            { "rule": "end-date-is-readable", "at": "rules/validate.yaml:57", "outcome": "not reached" },
            { "rule": "date-of-birth-is-readable", "at": "rules/validate.yaml:61", "outcome": "not reached" },
        ])
    );
}

#[test]
fn changes_name_the_place_what_was_there_and_what_is_there_now() {
    let shown = as_json(&["preCreateUser", "--set", "user.email=Asha.Rao@Corp.Example", "--set", "user.displayName=A"]);
    assert_eq!(
        shown["changes"],
        json!([
            { "path": "user.email", "before": "\"Asha.Rao@Corp.Example\"", "after": "\"asha.rao@corp.example\"" },
            { "path": "user.countryCode", "before": null, "after": "\"+91\"" },
        ])
    );
    assert_eq!(shown["reply"]["response"]["data"]["email"], "asha.rao@corp.example");
}

#[test]
fn text_shows_the_decision_first_and_the_trace_when_it_is_asked_for() {
    let refused = ["dry-run", "validateUser", "--set", "user.login=x", "--set", "user.email=meera.iyer@corp.example"];
    let short = Program::new(refused).run().expect(0);
    assert_eq!(
        short,
        "validateUser: rejected with EmailAlreadyExist by email-is-free (rules/validate.yaml:45)\n\nreply\n  \
         {\"response\":{\"error\":true,\"message\":\"EmailAlreadyExist\"}}\n"
    );
    let long = Program::new(refused.into_iter().chain(["--explain"])).run().expect(0);
    assert!(long.starts_with(&short), "{long}");
    let trace = &long[short.len()..];
    assert!(trace.contains("  - mobile-is-free did not hold  rules/validate.yaml:35\n"), "{trace}");
    assert!(
        trace.contains("  + email-is-free held  rules/validate.yaml:45\n      lookup `people_by_email` has 1 row for \"meera.iyer@corp.example\"\n"),
        "{trace}"
    );
    let changed = Program::new(["dry-run", "preCreateUser"]).run().expect(0);
    assert!(changed.contains("\nchanges\n  user.displayName: (absent) -> \"Asha Rao\"\n"), "{changed}");
}

#[test]
fn the_request_is_a_file_standard_input_or_the_sample() {
    let dir = folder(&[("request.json", r#"{ "request": { "user" : {"login":"from.file"} } }"#)]);
    let file = dir.path().join("request.json");
    let words = |from| ["dry-run", "validateUser", from];
    let by_file = Program::new(words(file.to_str().unwrap())).run().expect(0);
    assert!(by_file.contains(r#"{"response":{"data":{"login":"from.file"}}}"#), "{by_file}");
    let by_input = Program::new(words("-")).input(r#"{"user":{"login":"piped", "n":1.50}}"#).run().expect(0);
    assert!(by_input.contains(r#"{"response":{"data":{"login":"piped", "n":1.50}}}"#), "{by_input}");
    let sample = Program::new(["dry-run", "validateUser"]).run().expect(0);
    assert!(sample.contains(r#""login": "asha.rao""#), "{sample}");
    let changed = words("-").into_iter().chain(["--set", "user.a.b=deep", "--set", "user.n:=[1,null]"]);
    let changed = Program::new(changed).input(r#"{"user":{"login":"piped"}}"#).run().expect(0);
    assert!(changed.contains(r#"{"response":{"data":{"login":"piped","a":{"b":"deep"},"n":[1,null]}}}"#), "{changed}");
}

#[test]
fn a_request_that_is_too_large_is_refused_and_not_cut() {
    let event = r#"{"user":{"login":"whole"}}"#;
    let largest = format!("{event}{}", " ".repeat((64 << 20) - event.len()));
    // Cut behind the limit it would be an event.
    let larger = format!("{largest} ");
    let dir = folder(&[("larger", &larger)]);
    let told = Program::new(["dry-run", "validateUser", "-"]).input(largest).run().expect(0);
    assert!(told.contains(r#"{"response":{"data":{"login":"whole"}}}"#), "{told}");
    let file = dir.path().join("larger");
    let by_file = Program::new(["dry-run", "validateUser", file.to_str().unwrap()]).run().refused(2);
    let by_input = Program::new(["dry-run", "validateUser", "-"]).input(larger).run().refused(2);
    for told in [by_file, by_input] {
        assert!(told.contains("the request is larger than 64 MiB") && told.contains("leave out"), "{told}");
    }
}

#[test]
fn numbers_keep_every_digit() {
    let long = "123456789012345678901234567890";
    let body = format!(r#"{{"user":{{"employeeId":{long},"score":1.50e2}}}}"#);
    for format in ["text", "json"] {
        let stdout = Program::new(["dry-run", "validateUser", "-", "--format", format]).input(&*body).run().expect(0);
        assert!(stdout.contains(&format!(r#""employeeId":{long},"score":1.50e2"#)), "{stdout}");
        let set = format!("user.n:={long}");
        let stdout = Program::new(["dry-run", "validateUser", "--format", format, "--set", &set]).run().expect(0);
        assert!(stdout.contains(&format!(r#""n":{long}"#)), "{stdout}");
    }
}

#[test]
fn the_clock_is_the_one_that_is_named() {
    let leaver = ["runDeprovision", "--set", "user.status=INACTIVE", "--set", "user.endDate=2026-01-10T00:00", "--now"];
    for (now, goes) in [("2026-01-10T23:59:59Z", false), ("2026-01-11T00:00:00Z", true), ("11-Jan-2026", true)] {
        let shown = as_json(&[&leaver[..], &[now]].concat());
        assert_eq!(shown["reply"], json!({ "response": { "data": goes } }), "{now}");
    }
}

#[test]
fn the_application_id_is_what_rules_read_as_app() {
    let rules = "hook: policyMap\nrules:\n  - { name: by-app, when: { app: \"5f1e\" }, mappedValue: here }\n";
    let dir = folder(&[("rules/a.yaml", rules)]);
    let words = ["dry-run", "policyMap", "--format", "json", "--app", "5f1e"];
    let shown: Value = serde_json::from_str(&Program::new(words).within(dir.path()).run().expect(0)).unwrap();
    assert_eq!((&shown["reply"]["response"]["mappedValue"], &shown["decided_by"]), (&json!("here"), &json!("by-app")));
}

#[test]
fn a_test_is_run_by_its_name() {
    let shown = as_json(&["--case", "somebody else's mobile is refused, however it is written"]);
    assert_eq!(shown["decided_by"], "mobile-is-free");
    assert_eq!(shown["reply"]["response"]["message"], "MobileAlreadyExist");
}

#[test]
fn the_explanation_shows_what_each_rule_asked_and_what_was_found() {
    let rules = "hook: validateUser
lookups:
  owners: { table: owners.csv, key: mobile }
  vaults: { table: vaults.csv, key: code }
let: { owner: { lookup: owners, key: \"${user.mobile}\" } }
rules:
  - { name: first, when: { owner.login: nobody }, reject: MobileAlreadyExist }
  - { name: again, when: { owner.login: nobody, user.login: x }, reject: MobileAlreadyExist }
  - { name: none, when: { user.login: { found_in: owners } }, reject: MobileAlreadyExist }
  - { name: blank, when: { user.email: { found_in: owners } }, reject: MobileAlreadyExist }
  - { name: secret, when: { user.password: { found_in: vaults } }, set: { user.seen: \"yes\" } }
";
    let owners = "mobile,login\n1,a\n1,b\n1,c\n1,d\n1,e\n";
    let vaults = "code,owner\nhunter2,z\n";
    let body = r#"{"user":{"mobile":"1","login":"a","email":" ","password":"hunter2"}}"#;
    let tables = [("rules/owners.csv", owners), ("rules/vaults.csv", vaults)];
    let dir = folder(&[&[("rules/a.yaml", rules), ("body.json", body)], &tables[..]].concat());
    let run = |words: &[&str]| {
        let words = ["dry-run", "validateUser", "body.json", "--explain"].iter().chain(words);
        Program::new(words.copied()).within(dir.path()).run().expect(0)
    };
    let text = run(&[]);
    let told = r#"
      lookup `owners` has 5 rows for "1"
        {"mobile":"1","login":"a"}
        {"mobile":"1","login":"b"}
        {"mobile":"1","login":"c"}
        and 2 more
"#;
    assert_eq!(text.matches(told).count(), 2, "each rule that reads the name says so: {text}");
    assert!(text.contains("\n      lookup `owners` has no row for \"a\"\n"), "{text}");
    assert!(text.contains("\n      lookup `owners` was not asked: its key is absent or blank"), "{text}");
    assert!(text.contains("lookup `vaults` has 1 row for (hidden)\n        (hidden)\n"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let json: Value = serde_json::from_str(&run(&["--format", "json"])).unwrap();
    let asked = |rule: usize| &json["trace"][rule]["lookups"][0];
    assert_eq!((&asked(0)["count"], &asked(2)["count"]), (&json!(5), &json!(0)));
    assert_eq!(asked(0)["key"], "\"1\"");
    assert_eq!(asked(3)["not_asked"], "the key is absent or blank");
}

#[test]
fn a_failing_rule_is_told_with_its_cause_and_the_answer_it_leads_to() {
    let rules =
        "hook: validateUser\nrules:\n  - { name: greets, set: { user.greeting: \"hello ${user.nickname}\" } }\n";
    let dir = folder(&[("rules/a.yaml", rules)]);
    let stdout = Program::new(["dry-run", "validateUser", "--explain"]).within(dir.path()).run().expect(0);
    assert!(stdout.starts_with("validateUser: a rule failed, `on_failure` answers: "), "{stdout}");
    assert!(stdout.contains("user.nickname"), "{stdout}");
    assert!(stdout.contains(" by greets (rules/a.yaml:3)"), "{stdout}");
    assert!(stdout.contains(r#"{"response":{"error":true,"message":"ValidationUnavailable"}}"#), "{stdout}");
    assert!(stdout.contains("  ! greets failed  rules/a.yaml:3"), "{stdout}");
}

#[test]
fn an_unavailable_hook_shows_the_problem_that_is_answered() {
    let rules = "hook: validateUser\nrules: [{ name: greets, set: { user.greeting: \"${user.nickname}\" } }]\n\
                 tests: [{ name: nobody, sample: validateUser, expect: { failed: true } }]\n";
    let dir = folder(&[("rules/a.yaml", rules), ("gateway.yaml", "on_failure: { validate: unavailable }\n")]);
    for (words, id) in [(&["validateUser"][..], "dry-run"), (&["--case", "nobody"], "test")] {
        let words = ["dry-run", "--format", "json"].into_iter().chain(words.iter().copied());
        let shown: Value = serde_json::from_str(&Program::new(words).within(dir.path()).run().expect(0)).unwrap();
        assert_eq!(shown["reply"], json!({ "code": "RulesFailed", "requestId": id }));
        assert_eq!(shown["decided_by"], "greets");
    }
}

#[test]
fn what_cannot_be_run_ends_with_2_and_a_reason() {
    let empty = folder(&[]);
    for (words, input, reason) in [
        (&["dry-run", "validateUsr"][..], "", "there is no hook `validateUsr`\n  help: did you mean `validateUser`?"),
        (&["dry-run", "validateUser", "nowhere.json"], "", "cannot read `nowhere.json`"),
        (&["dry-run", "validateUser", "-"], "{", "standard input is JSON that ends too early"),
        (&["dry-run", "validateUser", "-"], "{}", "the body has neither `request` nor `user`"),
        (&["dry-run", "validateUser", "--now", "soon"], "", "`--now soon` is not a date"),
        (&["dry-run", "validateUser", "--set", "login"], "", "write `user.FIELD=text` or `user.FIELD:=json`"),
        (&["dry-run", "validateUser", "--set", "user.a:={"], "", "what stands behind `:=` is not JSON"),
        (&["dry-run", "validateUser", "--set", "user.login.x=1"], "", "through something that has no fields"),
        (&["dry-run", "--case", "nobody"], "", "there is no test `nobody`"),
        (&["dry-run"], "", "required arguments were not provided"),
        (&["dry-run", "validateUser", "--rules", "nowhere"], "", "nowhere"),
    ] {
        let stderr = Program::new(words.iter().copied()).input(input).run().refused(2);
        assert!(stderr.contains(reason), "{words:?}: {stderr}");
    }
    let stderr = Program::new(["dry-run", "validateUser"]).within(empty.path()).run().refused(2);
    assert!(stderr.contains("`rules`"), "{stderr}");
}

#[test]
fn a_file_of_answers_or_with_a_bearer_that_is_too_large_is_refused_and_not_cut() {
    let (largest, larger) = (" ".repeat(1 << 20), " ".repeat((1 << 20) + 1));
    let rules = "hook: validateUser\nrules: [{ name: a, stop: true }]\n";
    let dir = folder(&[("rules/a.yaml", rules), ("largest", &largest), ("larger", &larger)]);
    for flags in [&["--given"][..], &["--live", "--bearer"]] {
        let words = |file| ["dry-run", "validateUser"].into_iter().chain(flags.iter().copied()).chain([file]);
        let run = |file| Program::new(words(file)).within(dir.path()).run();
        let told = run("larger").refused(2);
        assert!(told.contains("cannot read `larger`: it has more than 1048576 bytes"), "{told}");
        assert!(!run("largest").stderr.contains("bytes"));
    }
}

#[test]
fn a_field_of_set_that_is_almost_a_known_one_is_told_beside_the_answer() {
    let dir = folder(&[
        ("gateway.yaml", "fields: { badgeNo: text }\n"),
        ("rules/a.yaml", "hook: validateUser\nrules: [{ name: a, when: { user.city: X }, stop: true }]\n"),
        ("request.json", "{\"request\":{\"user\":{\"login\":\"a\",\"endDatum\":\"x\",\"enddate\":\"y\"}}}"),
    ]);
    let run = |words: &[&str]| {
        let words = ["dry-run", "validateUser"].iter().chain(words).copied();
        let ended = Program::new(words).within(dir.path()).run();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(!ended.stdout.contains("did you mean"), "{}", ended.stdout);
        ended.stderr
    };
    for (set, meant) in [
        ("user.enddate=2026-01-01", "user.endDate"),
        ("user.EndDate=2026-01-01", "user.endDate"),
        ("user.usrType=Vendor", "user.userType"),
        ("user.badgeno=7", "user.badgeNo"),
    ] {
        let said = run(&["--set", set]);
        let path = set.split_once('=').unwrap().0;
        assert!(
            said.contains(&format!("note: `--set {path}=…`")) && said.contains(&format!("did you mean `{meant}`?")),
            "{set}: {said}"
        );
        assert!(!said.contains("2026") && !said.contains("Vendor"), "{said}");
    }
    for fine in ["user.endDate=2026-01-01", "user.badgeNo=7", "user.shoeSize=44", "user.password=x", "request.form=x"] {
        assert_eq!(run(&["--set", fine]), "", "{fine}");
    }
    // What the request has itself is right, however odd.
    assert_eq!(run(&["request.json", "--set", "user.enddate=z"]), "");
}
