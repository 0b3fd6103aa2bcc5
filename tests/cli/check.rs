//! `hookgate check`, `hookgate explain` and mistakes in the settings.

use hookgate::rule::Sources;
use serde_json::{Value, json};

use crate::support::program::{Program, folder, root};

const WRONG: &str =
    "hook: validateUser\nrules:\n  - name: a\n    wen: { user.country: India }\n    reject: NoSuchThing\n";

#[test]
fn the_starter_rules_are_without_a_finding() {
    let stdout = Program::new(["check"]).run().expect(0);
    assert!(stdout.starts_with("0 errors, 0 warnings · 21 rules in 6 files · "), "{stdout}");
    assert_eq!(Program::new(["check", "--format", "github"]).run().expect(0), "");
    let json = Program::new(["check", "--format", "json"]).run().expect(0);
    let hash = Sources::read(&root().join("rules")).unwrap().hash;
    assert_eq!(
        serde_json::from_str::<Value>(&json).unwrap(),
        json!({ "errors": 0, "warnings": 0, "allowed": 0, "complete": true, "hash": hash, "rules": 21, "files": 6 })
    );
}

#[test]
fn a_mistake_is_shown_in_its_line_and_ends_with_1() {
    let dir = folder(&[("rules/a.yaml", WRONG)]);
    let check = |format: &str| Program::new(["check", "--format", format]).within(dir.path()).run().expect(1);
    let text = check("text");
    for part in [
        "error[H201]: ",
        " --> rules/a.yaml:4:5\n",
        "4 |     wen: {",
        "    ^^^\n",
        "did you mean `when`?",
        "warning[H210]",
        "1 error, 1 warning · ",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "colours are for terminals");
    let json = check("json");
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{json}");
    assert_eq!((&lines[0]["code"], &lines[0]["severity"]), (&json!("H201"), &json!("error")));
    assert_eq!(lines[0]["place"], json!({ "file": "rules/a.yaml", "line": 4, "column": 5 }));
    let hash = Sources::read(&dir.path().join("rules")).unwrap().hash;
    let sum =
        json!({ "errors": 1, "warnings": 1, "allowed": 0, "complete": true, "hash": hash, "rules": 0, "files": 1 });
    assert_eq!(lines[2], sum);
    let github = check("github");
    assert!(github.starts_with("::error file=rules/a.yaml,line=4,col=5,title=H201::"), "{github}");
    assert_eq!(github.lines().count(), 2, "{github}");
}

#[test]
fn warnings_alone_are_no_failure() {
    let dir = folder(&[("rules/a.yaml", &WRONG.replace("wen:", "when:"))]);
    let stdout = Program::new(["check"]).within(dir.path()).run().expect(0);
    assert!(
        stdout.contains("warning[H210]") && stdout.contains("0 errors, 1 warning · 1 rule in 1 file · "),
        "{stdout}"
    );
}

#[test]
fn a_folder_that_is_not_there_is_a_finding() {
    let stdout = Program::new(["check", "--rules", "nowhere"]).run().expect(1);
    assert!(stdout.contains("nowhere") && stdout.contains("1 error, "), "{stdout}");
}

#[test]
fn rules_that_change_their_own_output_are_found_on_their_tests() {
    let rules = "hook: preCreateUser\nrules:\n  - name: grows\n    set: { user.login: \"${user.login}x\" }\n\
                 tests:\n  - { name: grows, sample: preCreateUser, expect: { user: { login: asha.raox } } }\n";
    let dir = folder(&[("rules/a.yaml", rules)]);
    let stdout = Program::new(["check"]).within(dir.path()).run().expect(0);
    assert!(stdout.contains("run on their own output, the rules change `user.login` once more"), "{stdout}");
}

#[test]
fn a_code_is_explained_in_any_case_and_an_unknown_one_is_not() {
    let one = Program::new(["explain", "h201"]).run().expect(0);
    assert!(one.starts_with("H201: an unknown key\n"), "{one}");
    let all = Program::new(["explain"]).run().expect(0);
    let page = Program::new(["explain", "--all"]).run().expect(0);
    for line in all.lines() {
        let (code, title) = line.split_once("  ").unwrap();
        assert!(page.contains(&format!("\n## {code}: {title}\n")), "{line}");
    }
    assert!(all.lines().count() > 40, "{all}");
    let stderr = Program::new(["explain", "H2O1"]).run().refused(2);
    assert!(stderr.contains("there is no code `H2O1`") && stderr.contains("did you mean `H201`?"), "{stderr}");
}

#[test]
fn a_mistake_in_the_settings_is_shown_like_one_in_the_rules() {
    let dir = folder(&[("gateway.yaml", "listne: 127.0.0.1:0\n"), ("rules/a.yaml", "hook: test\nrules: []\n")]);
    for command in [&["check"][..], &["test"], &["dry-run", "test"]] {
        let stderr = Program::new(command.iter().copied()).within(dir.path()).run().refused(2);
        for part in [" --> gateway.yaml:1:1\n", "1 | listne: 127.0.0.1:0\n", "  | ^^^^^^\n", "did you mean `listen`?"] {
            assert!(stderr.contains(part), "{part} is not in\n{stderr}");
        }
    }
    let stderr = Program::new(["check"]).env("HOOKGATE_LISTN", "s3cret").run().refused(2);
    for part in ["`HOOKGATE_LISTN`", " --> environment:1:1\n", "^^^^^^^^^^^^^^\n", "did you mean `HOOKGATE_LISTEN`?"] {
        assert!(stderr.contains(part), "{part} is not in\n{stderr}");
    }
    assert!(!stderr.contains("s3cret"), "the value of an unknown variable may be a secret: {stderr}");
    let stderr = Program::new(["check"]).env("HOOKGATE_LIMITS_BODY_BYTES", "much").run().refused(2);
    assert!(
        stderr.contains(" --> environment HOOKGATE_LIMITS_BODY_BYTES:1:1\n1 | much\n") || stderr.contains("1 | much"),
        "{stderr}"
    );
    let stderr = Program::new(["check", "--log-level", "loud"]).run().refused(2);
    assert!(stderr.contains(" --> flag --log-level:1:1\n") && stderr.contains("`loud` is not a level"), "{stderr}");
}

const OVERLAP: &str = "hook: policyMap\nrules:\n  # REMARK\n  - name: ou\n    table:\n      inputs: [user.userType, user.country]\n      \
                       outputs: [mappedValue]\n      rows:\n        - [Vendor, '-', OU=Vendors]\n        - ['-', \"O'Hara & Sons\", OU=IN]\n        \
                       - [{ is_not: Vendor, empty: false }, { not: { is: \"O'Hara & Sons\" } }, OU=Rest]\n        - [{ empty: true }, { not: { is: \"O'Hara & Sons\" } }, OU=None]\n";

#[test]
fn an_example_is_a_command_that_shows_the_finding() {
    let dir = folder(&[("rules/a.yaml", OVERLAP)]);
    let json = Program::new(["check", "--format", "json"]).within(dir.path()).run().expect(0);
    let finding: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(finding["code"], "H801", "{json}");
    let example = &finding["example"];
    let words: Vec<&str> = ["dry-run", example["hook"].as_str().unwrap(), "--explain"]
        .into_iter()
        .chain(example["set"].as_array().unwrap().iter().flat_map(|set| ["--set", set.as_str().unwrap()]))
        .collect();
    let shown = Program::new(words).within(dir.path()).run().expect(0);
    assert!(shown.contains("rows 1 and 2 of its table both hold"), "{shown}");
    // The body is the one that the command makes.
    std::fs::write(dir.path().join("body.json"), example["body"].to_string()).unwrap();
    let again = Program::new(["dry-run", "policyMap", "body.json", "--explain"]).within(dir.path()).run().expect(0);
    assert_eq!(shown, again);
    assert!(example["command"].as_str().unwrap().ends_with(r"--set 'user.country=O'\''Hara & Sons'"), "{example}");
}

#[test]
fn strict_fails_on_a_warning_that_nobody_allows() {
    let dir = folder(&[("rules/a.yaml", OVERLAP)]);
    Program::new(["check", "--strict"]).within(dir.path()).run().expect(1);
    let allowed = OVERLAP.replace("REMARK", "hookgate: allow H801 because the vendor rule is temporary");
    let dir = folder(&[("rules/a.yaml", &allowed)]);
    let stdout = Program::new(["check", "--strict"]).within(dir.path()).run().expect(0);
    assert!(stdout.starts_with("0 errors, 0 warnings, 1 allowed · "), "{stdout}");
}
