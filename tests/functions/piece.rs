//! Parts of texts, and numbers in them.

use hookgate::diagnostic::Code;
use hookgate::event::Value;
use hookgate::rule::{Form, find_function};
use serde_json::{Value as Json, json};

use crate::support::script::{clock, engine, read, value};

fn call(name: &str, values: Json) -> Result<String, String> {
    let Value::List(values) = Value::from(values) else { panic!("no list") };
    find_function(name).unwrap().call(&values, &clock()).map(|value| value.to_json())
}

#[test]
fn parts_of_texts_are_found() {
    let table = [
        ("replace", json!(["a-b-c", "-", ""]), r#""abc""#),
        ("replace", json!(["aaa", "aa", "b"]), r#""ba""#),
        ("replace", json!(["Asha", "x", "y"]), r#""Asha""#),
        ("replace", json!(["Mu\u{308}ller", "ü", "ue"]), r#""Mueller""#),
        ("replace", json!([1.5, ".", 7]), r#""175""#),
        ("before", json!(["a@b@c", "@"]), r#""a""#),
        ("before", json!(["@b", "@"]), r#""""#),
        ("before", json!(["asha", "@"]), "null"),
        ("after", json!(["a@b@c", "@"]), r#""b@c""#),
        ("after", json!(["asha", "@"]), "null"),
        ("after", json!(["CN=Zoe\u{308},OU=x", "ë"]), r#"",OU=x""#),
        ("split", json!(["a,b,,c", ","]), r#"["a","b","","c"]"#),
        ("split", json!(["", ","]), r#"[""]"#),
        ("split", json!([" a  b "]), r#"["a","b"]"#),
        ("part", json!(["a/b/c", "/", 1]), r#""a""#),
        ("part", json!(["a/b/c", "/", 3]), r#""c""#),
        ("part", json!(["a/b/c", "/", 4]), "null"),
        ("part", json!(["a/b/c", "/", -1]), r#""c""#),
        ("part", json!(["a/b/c", "/", -3]), r#""a""#),
        ("part", json!(["a/b/c", "/", -4]), "null"),
        ("part", json!(["a/b/c", "/", i64::MIN]), "null"),
        ("part", json!(["a", "/", 1]), r#""a""#),
        ("middle", json!(["abcdef", 2, 3]), r#""bcd""#),
        ("middle", json!(["abc", 3, 9]), r#""c""#),
        ("middle", json!(["abc", 4, 1]), r#""""#),
        ("middle", json!(["Zoe\u{308}x", 3, 1]), r#""ë""#),
        ("pad", json!(["42", 6, "0"]), r#""000042""#),
        ("pad", json!([42, 6, 0]), r#""000042""#),
        ("pad", json!(["1234567", 6, "0"]), r#""1234567""#),
    ];
    for (name, values, expected) in table {
        assert_eq!(call(name, values.clone()).as_deref(), Ok(expected), "{name}{values}");
    }
}

#[test]
fn texts_that_are_numbers_are_read() {
    let table = [
        ("number", json!(["5"]), "5"),
        ("number", json!(["0042"]), "42"),
        ("number", json!(["000"]), "0"),
        ("number", json!(["-007"]), "-7"),
        ("number", json!(["+7"]), "7"),
        ("number", json!([" 12.50 "]), "12.50"),
        ("number", json!([".5"]), "0.5"),
        ("number", json!(["12345678901234567890123"]), "12345678901234567890123"),
        ("number", json!(["४२"]), "42"),
        ("number", json!([7.25]), "7.25"),
        ("number", json!([true]), "null"),
        ("number", json!(["1e999"]), "null"),
        ("length", json!(["Zoe\u{308}"]), "3"),
        ("length", json!([""]), "0"),
        ("length", json!([["a", "b"]]), "2"),
        ("length", json!([4711]), "4"),
    ];
    for (name, values, expected) in table {
        assert_eq!(call(name, values.clone()).as_deref(), Ok(expected), "{name}{values}");
    }
    for none in [
        "", " ", "-", "+", ".", "x", "1,5", "1 000", "5.", "0x1F", "1_000", "NaN", "inf", "--1", "+-1", "1e3", "61e9",
        "1e", "①",
    ] {
        assert_eq!(call("number", json!([none])).as_deref(), Ok("null"), "{none}");
    }
}

#[test]
fn what_parts_cannot_be_is_said() {
    for (name, values) in [
        ("replace", json!(["a", "", "b"])),
        ("split", json!(["a", 1])),
        ("part", json!(["a", "/", 0])),
        ("part", json!(["a", "/", 1.5])),
        ("middle", json!(["a", 0, 1])),
        ("middle", json!(["a", -1, 1])),
        ("pad", json!(["a", 3, ""])),
        ("pad", json!(["a", 3, "ab"])),
        ("pad", json!(["a", 2_000_000, "0"])),
        ("replace", json!(["a".repeat(2_000), "a", "b".repeat(1_000)])),
        ("length", json!([true])),
    ] {
        assert!(call(name, values.clone()).is_err(), "{name}{values}");
    }
    for (name, values) in [
        ("before", json!([null, "x"])),
        ("after", json!([null, "x"])),
        ("split", json!([null])),
        ("number", json!([null])),
        ("length", json!([null])),
    ] {
        assert_eq!(call(name, values).as_deref(), Ok("null"), "{name} of nothing is nothing");
    }
}

#[test]
fn the_script_engine_answers_the_same_and_changes_nothing() {
    let scripts = engine();
    for (text, expected) in [
        (r#"let s = "a-b"; let t = s.replace("-", "+"); s + t"#, r#""a-ba+b""#),
        (r#"let s = "a-b"; s.replace('-', '+')"#, r#""a+b""#),
        (r#"let s = "a-b"; replace(s, '-', "+")"#, r#""a+b""#),
        (r#"let s = "7"; s.pad(3, "0") + s"#, r#""0077""#),
        (r#"let s = "7"; s.pad(3, '0')"#, r#""007""#),
        (r#"user.login.replace("z", "s")"#, r#""soe""#),
        (r#"let n = 0; for x in user.login.split("o") { n += x.len(); } n"#, "2"),
        (r#"if number("7") > 6 { "more" } else { "less" }"#, r#""more""#),
        (r#"part("a/b", "/", -1) + length("abc")"#, r#""b3""#),
    ] {
        assert_eq!(value(&scripts, text), expected, "{text}");
    }
    // Where a path is enough, no script engine runs.
    let script = scripts.compile(r#"user.login.replace("z", "s")"#, Form::Expression).unwrap();
    assert_eq!(script.lowered().unwrap().evaluate(&read, &clock()).unwrap().to_json(), r#""soe""#);
}

fn mistakes(text: &str) -> Vec<(&'static Code, String)> {
    let told = engine().compile(text, Form::Block).err().unwrap_or_default();
    told.into_iter()
        .map(|mistake| (mistake.code, format!("{} {}", mistake.message, mistake.help.unwrap_or_default())))
        .collect()
}

#[test]
fn what_can_never_work_is_a_mistake_before_it_runs() {
    for (text, code, words) in [
        (r#"phone(user.mobile, "Indien")"#, "H408", "write its code (\"IN\")"),
        (r#"mobile(user.mobile, "XX")"#, "H408", "the country `XX`"),
        (r#"user.mobile.mobile("+999")"#, "H408", "the country `+999`"),
        ("mobile(user.mobile, 999)", "H408", "the country `999`"),
        (r#"ascii(user.login, "xx")"#, "H408", "\"de\""),
        (r#"name_case(user.login, "all")"#, "H408", "\"particles\""),
        (r#"replace(user.login, "", "x")"#, "H408", "an empty text"),
        ("split(user.login, 3)", "H408", "into quotes"),
        (r#"part(user.login, "/", 0)"#, "H408", "counts from 1"),
        ("middle(user.login, 0, 2)", "H408", "counts from 1"),
        (r#"pad(user.login, 8, "00")"#, "H408", "one character"),
        (r#"let s = user.login; s.replace("a", "b"); set("user.x", s);"#, "H409", "let changed = s.replace(…)"),
        ("let l = [1, 2]; l.pad(5, 0); l.len()", "H409", "nobody takes its answer"),
        ("lower(user.login); stop();", "H409", "nobody takes its answer"),
        ("for x in user.roles { x.trim(); }", "H409", "nobody takes its answer"),
        (r#"if user.login == "a" { user.login.upper(); } stop();"#, "H409", "nobody takes its answer"),
    ] {
        let told = mistakes(text);
        let is_it = |(told, words_told): &(&Code, String)| told.id == code && words_told.contains(words);
        assert!(told.iter().any(is_it), "{text}: {told:?}");
    }
    for text in [
        r#"mobile(user.mobile, "91")"#,
        "mobile(user.mobile, 91)",
        "mobile(user.mobile, user.country)",
        r#"ascii(user.login, "DE")"#,
        r#"let s = user.login; s.replace("a", "b")"#,
        r#"let s = if user.login == "a" { user.login.upper() } else { "b" }; set("user.x", s);"#,
        r#"part(user.login, "/", -1)"#,
        "split(user.login)",
    ] {
        assert_eq!(mistakes(text), [], "{text}");
    }
}
