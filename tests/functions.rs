//! The functions for identities, each by what it answers.

mod answers;
mod date;
mod list;
mod name;
mod phone;
mod piece;
mod search;

use hookgate::event::Value;
use hookgate::rule::{FUNCTIONS, Form, find_function, functions_to_markdown};
use serde_json::json;

use crate::support::generated::is_written;
use crate::support::script::{clock, engine, read, value};

#[test]
fn functions_answer_as_the_table_says() {
    let call = |name: &str, values: serde_json::Value| {
        let Value::List(values) = Value::from(values) else { panic!("no list") };
        find_function(name).unwrap().call(&values, &clock()).map(|value| value.to_json())
    };
    let table = [
        ("present", json!([null]), "false"),
        ("present", json!([""]), "true"),
        ("coalesce", json!([null, "", "a"]), "\"\""),
        ("first_filled", json!([null, "", " \u{a0}", "\u{200b}", [], {}, "a", "b"]), "\"a\""),
        ("first_filled", json!([null, 0]), "0"),
        ("first_filled", json!([null, " "]), "null"),
        ("trim", json!([" \u{a0}Asha Rao\u{3000}"]), "\"Asha Rao\""),
        ("trim", json!([" \u{200b} "]), "\"\""),
        ("trim", json!(["ramakrishnan-venkat.", "."]), "\"ramakrishnan-venkat\""),
        ("trim", json!([". .a.b. .-", ".-"]), "\"a.b\""),
        ("trim", json!([" .. ", "."]), "\"\""),
        ("matches", json!(["9820012345", "^[6-9]\\d{9}$"]), "true"),
        ("matches", json!([null, "x"]), "false"),
        ("last", json!(["9820012345", 4]), "\"2345\""),
        ("cut", json!(["Zoë", 3]), "\"Zoë\""),
        ("squash", json!(["  a \t b\n"]), "\"a b\""),
        ("squash", json!([" \u{200b} \u{feff}"]), "\"\""),
        ("name_case", json!(["o'brien-SMITH DE LA"]), "\"O'Brien-Smith De La\""),
        ("ascii", json!(["Łukasz Straße Ñandú Þór 李"]), "\"Lukasz Strasse Nandu Thor Li\""),
        ("strip_chars", json!(["a.b-c", ".-"]), "\"abc\""),
        ("domain", json!(["A@Example.COM"]), "\"example.com\""),
        ("domain", json!(["nobody"]), "null"),
        ("mobile", json!([9_820_012_345_u64, "IN"]), "\"9820012345\""),
        ("mobile", json!(["098200 12345", "IN"]), "\"9820012345\""),
        ("mobile", json!(["1234567890", "IN"]), "null"),
        ("mobile", json!(["98200123456", "IN"]), "null"),
        ("mobile", json!(["+44 7700 900123"]), "\"447700900123\""),
        ("mobile", json!(["call me", "IN"]), "null"),
        ("date", json!(["10/01/2026"]), "\"2026-01-10\""),
        ("date", json!([[2026, 1, 10, 0, 0]]), "\"2026-01-10\""),
        // What a rule writes is replaced by its date before the call; of a field the same letters are no date.
        ("date", json!(["now-7d"]), "null"),
        ("date", json!(["soon"]), "null"),
        ("days_between", json!(["2026-02-27", "2026-03-01"]), "2"),
        ("days_until", json!(["2026-05-01"]), "-3"),
        ("age", json!(["2000-05-05"]), "25"),
        ("age", json!(["2000-05-04"]), "26"),
        ("join", json!([["a", null, "", 7], " "]), "\"a 7\""),
        ("is_email", json!(["zoe@example.com"]), "true"),
        ("is_email", json!(["Zoe <zoe@example.com>"]), "false"),
        ("is_email", json!(["zoe@localhost"]), "false"),
        ("is_email", json!([null]), "false"),
        ("sha256", json!(["abc"]), "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""),
        ("upper", json!(["straße"]), "\"STRASSE\""),
    ];
    for (name, values, expected) in table {
        assert_eq!(call(name, values.clone()).as_deref(), Ok(expected), "{name}{values}");
    }
    for name in ["digits", "upper", "ascii", "squash", "age", "days_until"] {
        assert_eq!(call(name, json!([null])).as_deref(), Ok("null"), "{name} of nothing is nothing");
    }
    assert!(call("upper", json!([["a"]])).unwrap_err().contains("`upper` takes text, not a list"));
}

#[test]
fn patterns_are_bounded() {
    let matches = |text: &str, pattern: &str| {
        find_function("matches").unwrap().call(&[Value::text(text), Value::text(pattern)], &clock())
    };
    for pattern in [
        "((a{100}){100}){100}",
        &"(".repeat(5000),
        &format!("{}a{}", "(".repeat(100), ")".repeat(100)),
        "a{1000000}",
        "(",
    ] {
        assert!(matches("a", pattern).is_err(), "{}", &pattern[..pattern.len().min(30)]);
    }
    let long = "a".repeat(1 << 20) + "!";
    for pattern in ["^(a+)+$", "^(a|aa)*$", "^(a|a?)+$", "(x+x+)+y"] {
        assert!(matches!(matches(&long, pattern), Ok(Value::Bool(false))), "{pattern}");
    }
    // More patterns than a thread keeps.
    for n in 0..300 {
        assert!(matches!(matches(&n.to_string(), &format!("^{n}$")), Ok(Value::Bool(true))));
    }
}

/// Both engines answer as the docs say.
#[test]
fn every_example_answers_what_it_shows() {
    let scripts = engine();
    for function in &*FUNCTIONS {
        assert!(function.examples.iter().any(|(_, answer)| !answer.is_empty()), "{} shows no answer", function.name);
    }
    for (call, answer) in FUNCTIONS.iter().flat_map(|function| function.examples).copied() {
        let script = scripts.compile(call, Form::Expression).unwrap_or_else(|mistakes| panic!("{call}: {mistakes:?}"));
        if answer.is_empty() {
            continue;
        }
        let as_text = |json: String| match serde_json::from_str(&json).unwrap() {
            serde_json::Value::String(text) => text,
            _ => json,
        };
        assert_eq!(as_text(value(&scripts, call)), answer, "{call}");
        if let Some(lowered) = script.lowered() {
            assert_eq!(as_text(lowered.evaluate(&read, &clock()).unwrap().to_json()), answer, "{call}");
        }
    }
}

#[test]
fn the_table_of_functions_is_fresh() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/language/functions.md");
    let page = std::fs::read_to_string(&file).unwrap();
    let start = page.find("| function | answers |").unwrap();
    let end = start + page[start..].find("\n\n").unwrap() + 1;
    let fresh = functions_to_markdown();
    if is_written() {
        std::fs::write(&file, format!("{}{fresh}{}", &page[..start], &page[end..])).unwrap();
        return;
    }
    let stale = "stale: run `HOOKGATE_WRITE_DOCS=1 cargo test --locked --test main is_fresh`";
    assert!(page[start..end] == fresh, "{stale}");
}
