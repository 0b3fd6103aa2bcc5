//! `setting.NAME`: read from gateway.yaml in every place of a rule, given by tests, remembered by records.

use hookgate::gateway::{Again, Replay, TableRows};

use super::{live, not_passed, said};
use crate::support::program::{Program, folder};

const SETTINGS: &str = "settings: { suffix: .test, offices: [India, Nepal], days: 30, strict: true, pin_letters: 4 }\n";
const RULES: &str = r#"codes: { NoOffice: x, TooShort: y }
rules:
  - name: office
    hook: validateUser
    when: { user.country: { not: { in: "${setting.offices}" } }, setting.strict: true }
    reject: NoOffice
  - name: first-office
    hook: validateUser
    when: { script: "setting.offices.len() > 1 && user.login == setting.suffix" }
    reject: TooShort
  - name: username
    hook: policyMap
    let: { days: "${setting.days}" }
    table:
      hit: first
      inputs: [setting.strict, days]
      outputs: [mappedValue]
      rows: [[true, "> 20", '${user.email}${setting.suffix} ${setting.offices[0]}'], ["-", "-", plain]]
tests:
  - { name: elsewhere, hook: validateUser, request: { user: { login: a, country: France } }, expect: { reject: NoOffice } }
  - { name: here, hook: validateUser, request: { user: { login: a, country: Nepal } }, expect: { accept: true } }
  - { name: in a script, hook: validateUser, request: { user: { login: .test, country: Nepal } }, expect: { reject: TooShort } }
  - { name: an office more, hook: validateUser, request: { user: { login: a, country: France } }, given: { settings: { offices: [France] } }, expect: { accept: true } }
  - { name: not strict, hook: validateUser, request: { user: { login: a, country: France } }, given: { settings: { strict: false } }, expect: { accept: true } }
  - { name: mapped, hook: policyMap, request: { user: { email: a@x.example } }, expect: { mappedValue: a@x.example.test India } }
  - { name: few days, hook: policyMap, request: { user: { email: a@x.example } }, given: { settings: { days: 7 } }, expect: { mappedValue: plain } }
"#;

#[test]
fn a_setting_stands_wherever_a_name_does() {
    assert_eq!(not_passed(&live(SETTINGS, &[("rules/a.yaml", RULES)])), Vec::<String>::new());
}

#[test]
fn what_is_no_setting_is_told_with_what_to_do() {
    let rule =
        |condition: &str| format!("hook: test\nrules:\n  - {{ name: r, when: {{ {condition} }}, stop: true }}\n");
    for (gateway, condition, told) in [
        (SETTINGS, "setting.sufix: a", "did you mean `setting.suffix`?"),
        (SETTINGS, "setting.nowhere: a", "more stand under `settings:` of gateway.yaml"),
        (SETTINGS, "user.login: \"${setting.ofices}\"", "did you mean `setting.offices`?"),
        (SETTINGS, "script: \"setting.dais > 3\"", "did you mean `setting.days`?"),
        (
            "",
            "setting.suffix: a",
            "write `settings: { suffix: … }` in gateway.yaml; where it has another name or stands elsewhere",
        ),
        (SETTINGS, "user.login: \"${setting}\"", "`setting` names no setting"),
    ] {
        let said = said(gateway, &[("rules/a.yaml", &rule(condition))]);
        assert!(said.contains(told), "{condition}: {said}");
    }
    let bound =
        "hook: test\nlet: { setting: a }\nrules: [{ name: r, when: { user.login: \"${setting}\" }, stop: true }]\n";
    assert!(said(SETTINGS, &[("rules/a.yaml", bound)]).contains("`setting` already means something in every rule"));
    let given = format!(
        "{RULES}  - {{ name: t, hook: validateUser, request: {{ user: {{}} }}, given: {{ settings: {{ daze: 3 }} }}, expect: {{ accept: true }} }}\n"
    );
    assert!(said(SETTINGS, &[("rules/a.yaml", &given)]).contains("there is no setting `daze`"));
}

/// Nothing that looks like a secret becomes a setting: rules, pages and records show them.
#[test]
fn no_secret_and_nothing_but_plain_values_is_a_setting() {
    for (settings, told) in [
        ("{ password: x }", "setting `password` has the name of a secret"),
        ("{ new_password: x }", "setting `new_password` has the name of a secret"),
        ("{ nationalId: x }\nsecrets: [nationalId]", "setting `nationalId` has the name of a secret"),
        ("{ token: \"${env:TOKEN}\" }", "never a credential"),
        ("{ a: { b: c } }", "setting `a` is a mapping"),
        ("{ a: [[b]] }", "write a text, a number, true or false, or a list of these"),
        ("{ a: ~ }", "setting `a` is nothing"),
        ("{ \"a-b\": c }", "`a-b` cannot be the name of a setting"),
        ("[a]", "`settings` is a mapping"),
        ("{ mobile: 9820012345 }", "without quotes"),
    ] {
        let dir = folder(&[
            ("gateway.yaml", &format!("settings: {settings}\n")),
            ("rules/a.yaml", "hook: test\nrules: [{ name: r, stop: true }]\n"),
        ]);
        let said = Program::new(["check"]).within(dir.path()).run().refused(2);
        assert!(said.contains(told), "{settings}: {said}");
    }
}

#[test]
fn every_command_reads_the_same_gateway_yaml_and_the_environment_wins() {
    let dir = folder(&[
        ("gateway.yaml", "journal: { file: null }\n"),
        ("house.yaml", &format!("journal: {{ file: null }}\n{SETTINGS}")),
        ("rules/a.yaml", RULES),
    ]);
    let run = |words: &[&str]| Program::new(words.iter().copied()).within(dir.path()).run();
    let settings = ["--config", "house.yaml"];
    for command in [&["check"][..], &["test"], &["docs"], &["dry-run", "policyMap"]] {
        let with: Vec<&str> = command.iter().copied().chain(settings).collect();
        run(&with).expect(0);
    }
    let without = run(&["check"]).expect(1);
    assert!(without.contains("--config FILE"), "{without}");
    let words = ["dry-run", "policyMap", "--config", "house.yaml", "--set", "user.email=a@x.example"];
    let other = Program::new(words).within(dir.path());
    let other =
        other.env("HOOKGATE_SETTINGS", "{ suffix: .house, offices: [Goa], days: 30, strict: true }").run().expect(0);
    assert!(other.contains("a@x.example.house Goa"), "{other}");
    let page = run(&["docs", "--config", "house.yaml"]).expect(0);
    assert!(page.contains("| `offices` | India, Nepal |"), "{page}");
}

/// A record has the settings that were read; a replay decides by them, or by those of today where it is told to.
#[test]
fn a_record_is_decided_again_by_the_settings_of_then() {
    use crate::journal::{decide, live_of, open, recording, records, settings};
    let folder = tempfile::tempdir().unwrap();
    let journal_settings = settings(folder.path());
    let journal = open(&journal_settings);
    let then = live_of(SETTINGS, RULES, &[]);
    let body = r#"{"request":{"user":{"login":"a","country":"France"}}}"#;
    let reply = decide(&recording(then, &journal), "validateUser", "id", body);
    assert!(reply.contains("NoOffice"), "{reply}");
    journal.stop();
    let record = records(&journal_settings).remove(0);
    let read: Vec<&str> = record.settings.keys().map(String::as_str).collect();
    assert_eq!(read, ["offices", "strict"], "what was not read is not recorded");
    let now = live_of(&SETTINGS.replace("Nepal", "France"), RULES, &[]);
    let by_then = Replay::new(&now, TableRows::Then).again(&record);
    assert!(matches!(by_then.again, Again::Same { .. }), "{by_then:?}");
    assert!(by_then.changed_tables.contains("setting.offices"), "{by_then:?}");
    let by_now = Replay::new(&now, TableRows::Now).again(&record);
    assert!(matches!(by_now.again, Again::Differs(_)), "{by_now:?}");
}
