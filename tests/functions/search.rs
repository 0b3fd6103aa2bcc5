//! Patterns in texts, and texts in other alphabets.

use std::time::{Duration, Instant};

use hookgate::event::Value;
use hookgate::rule::{Form, find_function};
use serde_json::{Value as Json, json};

use crate::support::script::{clock, engine};

fn call(name: &str, values: Json) -> Result<String, String> {
    let Value::List(values) = Value::from(values) else { panic!("no list") };
    find_function(name).unwrap().call(&values, &clock()).map(|value| value.to_json())
}

#[test]
fn patterns_find_and_replace() {
    let table = [
        ("capture", json!(["+1 206 291-8163 x8125", "x([0-9]+)$"]), r#""8125""#),
        ("capture", json!(["ab", "(a)(b)", 2]), r#""b""#),
        ("capture", json!(["ab", "a|b", 0]), r#""a""#),
        ("capture", json!(["b", "(a)?b"]), "null"),
        ("capture", json!(["c", "(a)"]), "null"),
        ("capture", json!([4711, "(.)$"]), r#""1""#),
        ("capture", json!(["Zoe\u{308}", "(ë)"]), r#""ë""#),
        ("replace_all", json!(["00012345", "^0+", ""]), r#""12345""#),
        ("replace_all", json!(["JPM", "(.)", "$1."]), r#""J.P.M.""#),
        ("replace_all", json!(["Rao, Asha", "^(.+), (.+)$", "$2 $1"]), r#""Asha Rao""#),
        ("replace_all", json!(["ab", "(a)|(b)", "[$1$2]"]), r#""[a][b]""#),
        ("replace_all", json!(["5", "5", "$$5 $x $"]), r#""$5 $x $""#),
        ("replace_all", json!(["a", "(a)", "$1x1"]), r#""ax1""#),
        ("replace_all", json!(["a", "a", "$0$0"]), r#""aa""#),
        ("replace_all", json!(["abc", "x*", "-"]), r#""-a-b-c-""#),
        ("replace_all", json!(["Zoe\u{308}", "ë", "e"]), r#""Zoe""#),
        ("replace_all", json!(["e", "$", "\u{301}"]), r#""é""#),
        ("slug", json!(["Forschung & Entwicklung (Köln)"]), r#""forschung-entwicklung-koln""#),
        ("slug", json!(["O’Brien-Łukasz__2"]), r#""obrien-lukasz-2""#),
        ("slug", json!(["--"]), "null"),
        ("base64", json!(["Zoe\u{308}"]), r#""Wm/Dqw==""#),
        ("base64", json!([""]), "\"\""),
        ("base64_decode", json!(["Wm/Dqw=="]), r#""Zoë""#),
        ("base64_decode", json!([" Wm_D\nqw "]), r#""Zoë""#),
        ("base64_decode", json!(["Wm/Dq"]), "null"),
        ("base64_decode", json!(["/w=="]), "null"),
        ("base64_decode", json!(["asha.rao"]), "null"),
        ("hex", json!(["Zoë"]), r#""5a6fc3ab""#),
        ("guid_base64", json!(["{620231FE-E789-224E-C1CE-C3DD00112233}"]), r#""/jECYonnTiLBzsPdABEiMw==""#),
        ("guid_base64", json!(["620231fee789224ec1cec3dd00112233"]), r#""/jECYonnTiLBzsPdABEiMw==""#),
        ("guid_base64", json!(["620231fee789224ec1cec3dd"]), "null"),
        // The example of RFC 9562, appendix B.2.
        ("uuid", json!(["www.example.com"]), r#""5c146b14-3c52-8afd-938a-375d0df1fbf6""#),
    ];
    for (name, values, expected) in table {
        assert_eq!(call(name, values.clone()).as_deref(), Ok(expected), "{name}{values}");
    }
    for (name, further) in
        [("capture", json!(["(a)"])), ("replace_all", json!(["a", "b"])), ("slug", json!([])), ("uuid", json!([]))]
    {
        let values: Vec<Json> = std::iter::once(json!(null)).chain(further.as_array().unwrap().clone()).collect();
        assert_eq!(call(name, json!(values)).as_deref(), Ok("null"), "{name} of nothing is nothing");
    }
}

#[test]
fn patterns_that_can_never_work_are_mistakes() {
    let scripts = engine();
    for (text, words) in [
        (r#"capture(user.login, "(")"#, "the pattern `(` cannot be used"),
        (r#"user.login.replace_all("[", "")"#, "the pattern `[` cannot be used"),
        (r#"capture(user.login, "a")"#, "a pattern without brackets"),
        (r#"capture(user.login, "(a)", 2)"#, "fewer brackets than it is asked for"),
        (r#"capture(user.login, "(a)", -1)"#, "fewer brackets than it is asked for"),
        (r#"replace_all(user.login, "a", "$1")"#, "that the pattern does not have"),
    ] {
        let told = format!("{:?}", scripts.compile(text, Form::Expression).map(|_| ()));
        assert!(told.contains(words), "{text}: {told}");
    }
    for text in [r#"capture(user.login, "a", 0)"#, r#"replace_all(user.login, "(a)", "$1$$9")"#] {
        assert!(scripts.compile(text, Form::Expression).is_ok(), "{text}");
    }
    for (name, values) in [
        ("capture", json!(["a", "("])),
        ("capture", json!(["a", "(a)", 2])),
        ("capture", json!(["a", 1])),
        ("replace_all", json!(["a", "((a{100}){100}){100}", ""])),
        ("replace_all", json!(["a", "a", "$3"])),
    ] {
        assert!(call(name, values.clone()).is_err(), "{name}{values}");
    }
}

/// For each place some patterns look at the text to its end: that is bounded, whoever sends the text.
#[test]
fn no_text_makes_replacing_quadratic() {
    let begun = Instant::now();
    let hostile = "A".repeat(1 << 20);
    assert!(call("replace_all", json!([hostile, ".*[^A-Z]|[A-Z]", "x"])).is_err());
    assert!(call("replace_all", json!(["a".repeat(4_000), "a", "b"])).is_ok());
    assert!(call("replace_all", json!([format!("{hostile}b"), "b", ""])).is_ok());
    assert!(call("replace_all", json!(["a".repeat(2_000), "a", "b".repeat(1_000)])).is_err());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
