//! What a person is told of a rule that does not hold or fails: the condition, the value it saw, the line.

use hookgate::engine::{Outcome, Verdict, explain};
use serde_json::{Value, json};

use crate::properties::decision::{event, live};

/// What the first rule of these did with the user.
fn outcome(rules: &str, user: &Value) -> Outcome {
    let live = live(rules);
    let event = event(&live, "validateUser", &json!({ "request": { "user": user } }).to_string()).unwrap();
    explain(&live.rules, &event, &live.tables).unwrap().trace.remove(0).outcome
}

/// Conditions on `user.x`, a value for which each does not hold, and what is said of the value behind it.
#[test]
fn a_condition_that_does_not_hold_is_told_with_the_value_and_its_kind_where_that_is_why() {
    for (operator, value, because) in [
        ("is: 7", json!("7"), ", which is text, not a number"),
        ("is: a", json!(7), ", which is a number, not text"),
        ("is: a", json!(true), ", which is true/false, not text"),
        ("is: a", json!("b"), ""),
        ("is: '${user.y}'", json!(["y"]), ", which is a list, not text"),
        ("is_not: a", json!("a"), ""),
        ("in: [7, 8]", json!("7"), ", which is text, not a number"),
        ("in: [a, 8]", json!(7), ""),
        ("not_in: [7, 8]", json!(7), ""),
        ("contains: a", json!(7), ""),
        ("starts_with: a", json!(7), ", which is a number, not text"),
        ("ends_with: a", json!("b"), ""),
        ("gt: 5", json!("x"), ", which is text, not a number"),
        ("gt: 5", json!("3"), ""),
        ("lt: 5", json!(7), ""),
        ("in: 4..7", json!("x"), ", which is text, not a number"),
        ("in: 4..7", json!(" 9 "), ""),
        ("matches: '^a'", json!(7), ", which is a number, not text"),
        ("matches: '^a'", json!("b"), ""),
        ("within: 10.0.0.0/8", json!("x"), ", which is text, not an address"),
        ("within: 10.0.0.0/8", json!(7), ", which is a number, not an address"),
        ("within: 10.0.0.0/8", json!("192.0.2.1"), ""),
        ("before: now", json!(" "), ", which is text, not a date"),
        ("before: now", json!("2999-01-01"), ""),
        ("over: true", json!(" "), ", which is text, not a date"),
        ("over: true", json!("2999-01-01"), ""),
        ("is_date: true", json!(" "), ", which is text, not a date"),
        ("is_date: false", json!("2999-01-01"), ""),
        ("any: { is: a }", json!("a"), ", which is text, not a list"),
        ("any: { is: a }", json!(["b"]), ""),
        ("count: 2", json!({ "a": 1, "b": 2 }), ", which is an object, not a list"),
        ("present: false", json!(7), ""),
        ("empty: true", json!(7), ""),
        ("length: 3", json!(7), ""),
        ("not: { is: 7 }", json!(7), ""),
    ] {
        let rules = format!(
            "hook: validateUser\ncodes: {{ Held: x }}\nrules:\n  - name: r\n    when:\n      user.x:\n        {operator}\n    reject: Held\n"
        );
        let Outcome::NotHeld(Some(why)) = outcome(&rules, &json!({ "x": value, "y": "y" })) else {
            panic!("{operator} of {value}")
        };
        assert_eq!(why.condition, format!("user.x: {operator}"));
        assert_eq!(why.saw, format!("`user.x` is {value}{because}"), "{operator}");
        assert_eq!(why.at, "rules.yaml:7");
    }
}

#[test]
fn of_what_is_absent_or_secret_nothing_more_is_told() {
    for (field, value, saw) in [
        ("user.x", json!(null), "`user.x` is absent"),
        ("user.password", json!("s3cret"), "`user.password` is (hidden)"),
    ] {
        let rules = format!(
            "hook: validateUser\ncodes: {{ Held: x }}\nrules: [{{ name: r, when: {{ {field}: {{ is: 7 }} }}, reject: Held }}]\n"
        );
        let Outcome::NotHeld(Some(why)) = outcome(&rules, &json!({ "x": value, "password": value })) else {
            panic!("{field}")
        };
        assert_eq!((why.condition, why.saw), (format!("{field}: is: 7"), saw.to_owned()));
    }
}

#[test]
fn a_script_that_does_not_hold_is_told_as_one() {
    let rules = |wanted: u8| {
        format!(
            "hook: validateUser\ncodes: {{ Held: x }}\nrules:\n  - name: r\n    when:\n      script: let n = user.x; n == {wanted}\n    reject: Held\n"
        )
    };
    let user = json!({ "x": 7 });
    let Outcome::NotHeld(Some(why)) = outcome(&rules(8), &user) else { panic!("it holds") };
    assert_eq!((&*why.saw, &*why.at), ("the script gave false", "rules.yaml:6"));
    assert!(why.condition.contains("n == 8"), "{}", why.condition);
    assert!(matches!(outcome(&rules(7), &user), Outcome::Held));
}

#[test]
fn a_script_that_fails_is_told_by_its_own_line() {
    const LINES: usize = 4;
    for place in ["script: |", "set: { user.x: \"${v}\" }\n    let:\n      v:\n        script: |"] {
        for failing in 0..LINES {
            let line = |n| if n == failing { "          throw \"no\";\n" } else { "          let a = 1;\n" };
            let script: String = (0..LINES).map(line).collect();
            let head = format!("hook: validateUser\nrules:\n  - name: r\n    {place}\n");
            let rules = format!("{head}{script}");
            let live = live(&rules);
            let event = event(&live, "validateUser", r#"{"request":{"user":{}}}"#).unwrap();
            let decision = explain(&live.rules, &event, &live.tables).unwrap();
            let Verdict::Failed(failure) = &decision.verdict else { panic!("{rules}{:?}", decision.verdict) };
            let expected = format!("rules.yaml:{}", head.lines().count() + 1 + failing);
            assert_eq!(failure.place.file_line(), expected, "{rules}");
        }
    }
}
