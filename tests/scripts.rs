//! Scripts and functions from outside: what they answer, what they read, and that nothing they do gets out of the box.

use std::collections::HashMap;
use std::process::Command;
use std::sync::Arc;

use hookgate::diagnostic::{File, Report};
use hookgate::event::{Path, Value};
use hookgate::rule::{Answers, Clock, Form, Function, Inputs, Run, Script, Scripts, Verb, find_function};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

fn now() -> Timestamp {
    "2026-05-04T10:00:00Z".parse().unwrap()
}

fn clock() -> Clock {
    Clock { now: now(), zone: TimeZone::UTC }
}

fn engine() -> Scripts {
    let mut report = Report::default();
    let scripts = Scripts::new(&[], &mut report);
    assert!(!report.has_errors(), "{}", report.to_text(false));
    scripts
}

fn event() -> Value<'static> {
    Value::from(json!({
        "user": {
            "firstName": "Zoë", "login": "zoe", "mobile": "+91 98200-12345", "employeeId": 4711,
            "roles": ["admin", "sales"], "manager": null, "country": "India", "salary": 12.5, "big": 12_345_678_901_234_567_890_u64,
            "attributes": [{ "name": "PAN", "value": "ABCDE1234F" }],
        },
        "owner": { "login": "asha.rao" },
        "list": [{ "c": "India" }, { "c": "Nepal" }],
    }))
}

/// What stands at a path of the sample event.
fn read(path: &Path) -> Option<Value<'static>> {
    let event = event();
    let root = match path.root.name() {
        "attr" => {
            let user = event.view().field("user")?;
            let name = path.keys().next()?;
            return Some(hookgate::event::attribute::read(user, name)?.to_value().into_static());
        }
        name => event.view().field(name)?,
    };
    Some(root.walk(&path.segments)?.to_value().into_static())
}

fn run_with(scripts: &Scripts, script: &Script, answers: Answers) -> Run {
    let reads = script.reads().iter().map(read).collect();
    scripts.run(script, Inputs { reads, now: now(), zone: TimeZone::UTC, answers: Arc::new(answers) })
}

fn compile(scripts: &Scripts, text: &str) -> Script {
    scripts.compile(text, Form::Block).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
}

fn value(scripts: &Scripts, text: &str) -> String {
    let script = compile(scripts, text);
    match run_with(scripts, &script, Answers::default()) {
        Run::Done(outcome) => outcome.value.to_json(),
        other => panic!("{text}: {other:?}"),
    }
}

fn failure(scripts: &Scripts, text: &str) -> String {
    let script = compile(scripts, text);
    match run_with(scripts, &script, Answers::default()) {
        Run::Failed(failure) => failure.message,
        other => panic!("{text}: {other:?}"),
    }
}

fn mistakes(scripts: &Scripts, text: &str) -> String {
    let mistakes = scripts.compile(text, Form::Block).err().unwrap_or_default();
    let line = |mistake: &hookgate::rule::Mistake| {
        let help = mistake.help.as_deref().unwrap_or_default();
        format!("{} {:?} {} | {help}", mistake.code.id, mistake.at, mistake.message)
    };
    mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn expressions_come_to_values() {
    let scripts = engine();
    let table = [
        ("user.firstName.to_lower()", "\"zoë\""),
        ("user.firstName.ascii().lower() + \".\" + user.login", "\"zoe.zoe\""),
        ("digits(user.mobile)", "\"919820012345\""),
        ("mobile(user.mobile, \"IN\")", "\"9820012345\""),
        ("user.employeeId + 1", "4712"),
        ("user.salary * 2", "25.0"),
        ("user.big", "\"12345678901234567890\""),
        ("user.missing ?? \"none\"", "\"none\""),
        ("user.manager.name ?? \"nobody\"", "\"nobody\""),
        ("user.manager == null", "true"),
        ("user.roles[1]", "\"sales\""),
        ("user.roles[7] ?? \"no such role\"", "\"no such role\""),
        ("user.roles.len()", "2"),
        ("\"admin\" in user.roles", "true"),
        ("user.roles.filter(|r| r != \"admin\")", "[\"sales\"]"),
        ("let c = user.country; list.filter(|x| x.c == c).len()", "1"),
        ("list.filter(|x| x.c == user.country).len()", "1"),
        ("attr(\"PAN\")", "\"ABCDE1234F\""),
        ("attr.PAN", "\"ABCDE1234F\""),
        ("let n = \"PAN\"; attr(n)", "\"ABCDE1234F\""),
        ("let n = \"PAN\"; attr[n]", "\"ABCDE1234F\""),
        ("let n = \"login\"; user[n]", "\"zoe\""),
        ("request.user.login", "\"zoe\""),
        ("owner.login", "\"asha.rao\""),
        ("if user.country == \"India\" { 1 } else { 2 }", "1"),
        ("`${user.login}@example.com`", "\"zoe@example.com\""),
        ("\"  a b \".trim()", "\"a b\""),
        ("trim(\"  a b \")", "\"a b\""),
        ("#{ a: [1, 2.5, true, ()] }", "{\"a\":[1,2.5,true,null]}"),
        ("let a = #{ b: 1 }; a.to_json()", "\"{\\\"b\\\":1}\""),
        ("user.default ?? user.match ?? \"x\"", "\"x\""),
        ("coalesce((), (), 3)", "3"),
        ("switch user.country { \"India\" => 1, _ => 2 }", "1"),
        ("let s = 0; for x in [1, 2, 3] { s += x; } s", "6"),
        ("try { throw \"x\" } catch (e) { \"caught\" }", "null"),
    ];
    for (text, expected) in table {
        assert_eq!(value(&scripts, text), expected, "{text}");
    }
}

#[test]
fn readings_are_the_longest_that_are_certain() {
    let scripts = engine();
    let table = [
        ("user.firstName.to_lower()", "user.firstName"),
        ("user[login]", "user login"),
        ("user[\"a b\"].c + user.x[2].y", "user[\"a b\"].c user.x[2].y"),
        ("digits(user)", "user"),
        ("request.user.login + request.action", "user.login request.action"),
        ("attr(\"PAN\")", "attr.PAN"),
        ("attr(user.key)", "user.attributes user.key"),
        ("let user = 1; user + 1", ""),
        ("for x in user.roles { x.y }", "user.roles"),
        ("user.roles.filter(|r| r.a == owner)", "user.roles owner"),
        ("fn f(user) { user.x } f(owner.y)", "owner.y"),
        ("user.a?.b ?? now", "user.a.b now"),
        ("while true { break user.deep.down }", "user.deep.down"),
        ("try { user.a } catch (e) { e }", "user.a"),
        ("switch user.a { 1 if user.b => user.c, _ => user.d }", "user.a user.b user.c user.d"),
    ];
    for (text, expected) in table {
        let script = compile(&scripts, text);
        let mut found: Vec<String> = script.reads().iter().map(ToString::to_string).collect();
        let mut expected: Vec<&str> = expected.split(' ').filter(|path| !path.is_empty()).collect();
        if text.contains("a b") {
            expected = vec!["user[\"a b\"].c", "user.x[2].y"];
        }
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn mistakes_are_told_before_the_first_run() {
    let scripts = engine();
    let table = [
        ("digts(user.mobile)", "H403 Some((1, 1)) there is no function `digts` | did you mean `digits`?"),
        ("user.mobile.digts()", "there is no function `digts` | did you mean `digits`?"),
        ("last(user.mobile)", "H403 Some((1, 1)) `last` takes 2 values, not 1"),
        ("1 +\n  user.", "H402 Some((2, "),
        ("matches(user.login, \"(\")", "H404"),
        ("user.login.matches(\"((a{100}){100}){100}\")", "it repeats too much"),
        ("set(\"user..x\", 1)", "H301"),
        ("user.login = \"x\"", "`user` cannot be changed by assignment | write `set("),
        ("let n = 0; user.roles.for_each(|r| n += 1)", "`n` is used in a closure and cannot be changed"),
        ("let a = []; let f = || a; a.push(f)", "`a` is used in a closure and cannot be changed"),
        ("fn f() { user.login } f()", "a function does not see `user`"),
        ("eval(\"1\")", "H402"),
        ("sleep(10)", "there is no function `sleep`"),
        ("let f = |x| x; f.curry(f)", "H402"),
        ("Fn(\"sleep\")", "H402"),
    ];
    for (text, expected) in table {
        let found = mistakes(&scripts, text);
        assert!(found.contains(expected), "{text}: `{found}` does not say `{expected}`");
    }
    let verbs = scripts.compile("reject(\"X\")", Form::Expression).unwrap_err();
    assert!(verbs[0].message.contains("can only be called by a rule's `script`"));
    let large = format!("1 {}", " ".repeat(64 << 10));
    assert!(mistakes(&scripts, &large).contains("H406"));
}

#[test]
fn verbs_are_collected_in_order() {
    let scripts = engine();
    let text = "reject(\"A\"); reject(\"B\", \"mobile\"); set(\"user.email\", `${user.login}@x`); set_default(\"user.a\", 1);\n\
                default(\"user.b\", [1]); remove(\"user.c\"); add(\"user.roles\", \"x\"); mappedValue(3); deprovision(true); stop(); 7";
    let script = compile(&scripts, text);
    let expected = ["add", "default", "deprovision", "mappedValue", "reject", "remove", "set", "stop"];
    assert_eq!(script.verbs(), expected);
    assert_eq!(script.writes().len(), 5);
    let Run::Done(outcome) = run_with(&scripts, &script, Answers::default()) else { panic!("not done") };
    assert_eq!(outcome.value.to_json(), "7");
    assert_eq!(outcome.verbs.len(), 10);
    assert!(matches!(&outcome.verbs[1], Verb::Reject { code, attribute: Some(a) } if code == "B" && a == "mobile"));
    assert!(matches!(&outcome.verbs[2], Verb::Set { value, .. } if value.to_json() == "\"zoe@x\""));
    assert!(matches!(&outcome.verbs[4], Verb::Default { value, .. } if value.to_json() == "[1]"));
    assert!(matches!(outcome.verbs[9], Verb::Stop));
}

#[test]
fn a_lookup_is_asked_past_every_catch_and_then_answered() {
    let scripts = engine();
    let text = "try { lookup(\"owner\", user.login).name } catch { \"swallowed\" }; lookup(\"owner\", user.login).name";
    let script = compile(&scripts, text);
    assert_eq!(script.lookups(), ["owner", "owner"]);
    let Run::Asks(questions) = run_with(&scripts, &script, Answers::default()) else { panic!("did not ask") };
    assert_eq!(
        (questions.len(), &*questions[0].lookup, questions[0].key.to_json()),
        (1, "owner", "\"zoe\"".to_owned())
    );
    let key = ("owner".to_owned(), "\"zoe\"".to_owned());
    let answers: Answers = HashMap::from([(key.clone(), Value::from(json!({ "name": "Asha" })))]);
    let Run::Done(outcome) = run_with(&scripts, &script, answers) else { panic!("not done") };
    assert_eq!(outcome.value.to_json(), "\"Asha\"");
    let nothing: Answers = HashMap::from([(key, Value::Null)]);
    let Run::Done(outcome) = run_with(&scripts, &script, nothing) else { panic!("not done") };
    assert_eq!(outcome.value.to_json(), "null");
}

#[test]
fn failures_say_why_and_never_quote_values() {
    let scripts = engine();
    let table = [
        ("digits(user.missing)", "`digits` was given an absent value"),
        ("user.login - 1", "`-` does not take text with a whole number"),
        ("user.missing - 1", "an absent value"),
        ("1 / (user.employeeId - 4711)", "a calculation is impossible"),
        ("throw \"not today\"", "the script threw `not today`"),
        ("fn f(x) { f(x) } f(1)", "deeper than 24 levels"),
        ("|x| x", "a closure is no value"),
    ];
    for (text, expected) in table {
        let found = failure(&scripts, text);
        assert!(found.contains(expected), "{text}: {found}");
    }
    for text in [
        "throw user.login",
        "throw `x ${user.login}`",
        "let a = [1]; a[user.login]",
        "parse_int(user.login)",
        "days_until(user.login)",
    ] {
        let found = failure(&scripts, text);
        assert!(!found.contains("zoe"), "{text}: {found}");
    }
    // Which of the two limits is met first depends on the machine.
    let endless = failure(&scripts, "loop {}");
    assert!(endless.contains("more than 50000 operations") || endless.contains("takes too long"), "{endless}");
    let script = compile(&scripts, "let a = 1;\nlet b = 2;\n  a / (b - 2)");
    let Run::Failed(failure) = run_with(&scripts, &script, Answers::default()) else { panic!("not failed") };
    assert_eq!(failure.line_column.map(|(line, _)| line), Some(3));
}

#[test]
fn functions_of_rhai_files_are_everyones() {
    let file = |name: &str, text: &str| Arc::new(File { name: name.to_owned(), text: text.to_owned() });
    let mut report = Report::default();
    let good = [
        file("a.rhai", "fn login_of(first, last) { lower(ascii(first)) + dot() + lower(last) }"),
        file("b.rhai", "fn dot() { \".\" }\nfn among(list, c) { list.filter(|x| x.c == c).len() }"),
    ];
    let scripts = Scripts::new(&good, &mut report);
    assert!(!report.has_errors(), "{}", report.to_text(false));
    assert_eq!(value(&scripts, "login_of(user.firstName, \"Rao\")"), "\"zoe.rao\"");
    assert_eq!(value(&scripts, "among(list, user.country)"), "1");
    let bad = [
        file("c.rhai", "fn a(x) {\n    digts(x) + user.login\n}"),
        file("d.rhai", "fn digits(x) { x }"),
        file("e.rhai", "fn b( { }"),
        file("f.rhai", "let x = 1;"),
        file("g.rhai", "fn g(x) { lookup(\"a\", x) }"),
    ];
    let scripts = Scripts::new(&bad, &mut report);
    let text = report.to_text(false);
    for expected in
        ["c.rhai:2:5", "digts", "does not see `user`", "d.rhai:1:4", "e.rhai:1", "f.rhai:1", "`lookup` or `attr`"]
    {
        assert!(text.contains(expected), "`{expected}` is not in\n{text}");
    }
    assert_eq!(value(&scripts, "1 + 1"), "2");
}

#[test]
fn functions_answer_as_the_table_says() {
    let call = |name: &str, values: serde_json::Value| {
        let Value::List(values) = Value::from(values) else { panic!("no list") };
        find_function(name).unwrap().call(&values, &clock()).map(|value| value.to_json())
    };
    let table = [
        ("present", json!([null]), "false"),
        ("present", json!([""]), "true"),
        ("matches", json!(["9820012345", "^[6-9]\\d{9}$"]), "true"),
        ("matches", json!([null, "x"]), "false"),
        ("last", json!(["9820012345", 4]), "\"2345\""),
        ("cut", json!(["Zoë", 3]), "\"Zoë\""),
        ("squash", json!(["  a \t b\n"]), "\"a b\""),
        ("name_case", json!(["o'brien-SMITH DE LA"]), "\"O'Brien-Smith De La\""),
        ("ascii", json!(["Łukasz Straße Ñandú Þór 李"]), "\"Lukasz Strasse Nandu Thor \""),
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
        ("date", json!(["now-7d"]), "\"2026-04-27\""),
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
        let why = call(name, json!([null])).unwrap_err();
        assert!(why.contains("absent") && why.contains("??"), "{name}: {why}");
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

#[test]
fn a_panic_fails_its_run_and_no_other() {
    static BROKEN: [Function; 1] =
        [Function::new("broken(x)", "broken", (1, 1), "panics", |_, _| panic!("on purpose"))];
    let scripts = Scripts::with_functions(&BROKEN, &[], &mut Report::default());
    let script = compile(&scripts, "try { broken(1) } catch { 2 } 3");
    let Run::Failed(failure) = run_with(&scripts, &script, Answers::default()) else { panic!("not failed") };
    assert_eq!(failure.message, "a function of the script broke down");
    assert_eq!(value(&scripts, "digits(user.mobile)"), "\"919820012345\"");
}

#[test]
fn an_engine_serves_many_threads() {
    let scripts = engine();
    let script = compile(&scripts, "let s = 0; for n in 0..100 { s += n; } set(\"user.x\", s); s");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let Run::Done(outcome) = run_with(&scripts, &script, Answers::default()) else {
                        panic!("not done")
                    };
                    assert_eq!((outcome.value.to_json(), outcome.verbs.len()), ("4950".to_owned(), 1));
                }
            });
        }
    });
}

// --- The native tree and the script engine agree.

/// Values that mean the same to both: the script engine keeps doubles, not digits.
fn scalar() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|yes| json!(yes)),
        any::<i64>().prop_map(|number| json!(number)),
        (-1000_i32..1000).prop_map(|number| json!(f64::from(number) + 0.5)),
        "[ -~é]{0,12}".prop_map(|text| json!(text)),
        Just(json!("2026-01-10")),
        Just(json!("+91 98200-12345")),
        Just(json!("zoe@example.com")),
    ]
}

fn sample() -> impl Strategy<Value = serde_json::Value> {
    let list = prop::collection::vec(scalar(), 0..4).prop_map(|items| json!(items));
    let map = prop::collection::btree_map("[ab]", scalar(), 0..3).prop_map(|fields| json!(fields));
    prop_oneof![3 => scalar(), 1 => list, 1 => map]
}

/// Functions of one value, and of two.
const ONE: &[&str] = &[
    "digits",
    "upper",
    "lower",
    "trim",
    "squash",
    "ascii",
    "name_case",
    "present",
    "is_email",
    "domain",
    "mobile",
    "date",
    "age",
    "sha256",
];
const TWO: &[&str] = &["last", "cut", "join", "coalesce", "strip_chars", "days_between", "matches", "mobile"];

/// Texts of scripts that are simple enough for the native tree.
fn simple() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("user.a".to_owned()),
        Just("user.b.c".to_owned()),
        Just("user.d[1]".to_owned()),
        Just("attr(\"P\")".to_owned()),
        Just("owner".to_owned()),
        Just("()".to_owned()),
        Just("true".to_owned()),
        Just("3".to_owned()),
        Just("-0.5".to_owned()),
        Just("\"x y\"".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let one = (prop::sample::select(ONE), inner.clone()).prop_map(|(name, value)| format!("{name}({value})"));
        let two = (prop::sample::select(TWO), inner.clone(), inner.clone());
        let two = two.prop_map(|(name, a, b)| format!("{name}({a}, {b})"));
        let either = (inner.clone(), inner).prop_map(|(a, b)| format!("({a} ?? {b})"));
        prop_oneof![one, two, either]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn native_and_script_agree(text in simple(), values in prop::collection::vec(prop::option::of(sample()), 5)) {
        let scripts = engine();
        let Ok(script) = scripts.compile(&text, Form::Expression) else {
            // A generated pattern can be none.
            prop_assert!(text.contains("matches("), "{text}");
            return Ok(());
        };
        let lowered = script.lowered().unwrap_or_else(|| panic!("`{text}` is not lowered"));
        let names = ["user.a", "user.b.c", "user.d[1]", "attr.P", "owner"];
        let read = |path: &Path| {
            let place = names.iter().position(|name| *name == path.to_string())?;
            values[place].clone().map(Value::from)
        };
        let native = lowered.evaluate(&read, &clock());
        let reads = script.reads().iter().map(read).collect();
        let run = scripts.run(&script, Inputs { reads, now: now(), zone: TimeZone::UTC, answers: Arc::default() });
        match (native, run) {
            (Ok(native), Run::Done(outcome)) => prop_assert!(
                native.view().same(outcome.value.view()), "{text}: {} and {}", native.to_json(), outcome.value.to_json()
            ),
            (Err(why), Run::Failed(failure)) => prop_assert_eq!(why, failure.message),
            (native, run) => prop_assert!(false, "{}: {:?} and {:?}", text, native, run),
        }
    }
}

// --- Hostile scripts, in a process of their own: an abort would end this one.

const CHILD: &str = "HOOKGATE_TEST_HOSTILE_SCRIPTS";
/// Most memory the whole corpus may take, in KiB.
const MEMORY_LIMIT_KIB: u64 = 256 << 10;

fn hostile() -> Vec<String> {
    let mut scripts: Vec<String> = include_str!("hostile.txt").split("\n---\n").map(str::to_owned).collect();
    for depth in [10, 100, 1_000, 30_000] {
        scripts.push(format!("{}1{}", "(".repeat(depth), ")".repeat(depth)));
        scripts.push(format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
        scripts.push(format!("{}1{}", "#{a:".repeat(depth), "}".repeat(depth)));
        scripts.push(format!("{}1{}", "{".repeat(depth), "}".repeat(depth)));
        scripts.push(format!("{}1", "-".repeat(depth)));
        scripts.push(format!("{}true", "!".repeat(depth)));
        scripts.push(format!("1{}", "+1".repeat(depth)));
        scripts.push(format!("user{}", ".a".repeat(depth)));
        scripts.push(format!("user{}", "[0]".repeat(depth)));
        scripts.push(format!("1{}", " ?? 1".repeat(depth.min(10_000))));
        scripts.push(format!("{}1{}", "if true {".repeat(depth.min(6_000)), "}".repeat(depth.min(6_000))));
        scripts.push(format!("{}1", "|x| ".repeat(depth.min(15_000))));
        scripts.push(format!("{}1", "let a = 1; ".repeat(depth.min(5_000))));
        scripts.push(format!("user{}", ".trim()".repeat(depth.min(9_000))));
        scripts.push(format!("`{}1{}`", "${`".repeat(depth.min(10_000)), "`}".repeat(depth.min(10_000))));
    }
    scripts
}

#[test]
fn hostile_scripts_end_their_run_and_nothing_else() {
    if std::env::var_os(CHILD).is_some() {
        run_hostile();
        return;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["hostile_scripts_end_their_run_and_nothing_else", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{}\n{text}\n{}", child.status, String::from_utf8_lossy(&child.stderr));
    let number = |name: &str| -> u64 {
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
        line.trim().parse().unwrap()
    };
    assert_eq!(number("ended: "), hostile().len() as u64);
    assert!(hostile().len() >= 60);
    assert!(number("peak KiB: ") < MEMORY_LIMIT_KIB, "{text}");
}

fn run_hostile() {
    let scripts = Arc::new(engine());
    let mut ended = 0;
    for text in hostile() {
        let shown: String = text.chars().take(70).collect();
        let scripts = Arc::clone(&scripts);
        let begun = std::time::Instant::now();
        let thread =
            std::thread::Builder::new().stack_size(2 << 20).spawn(move || match scripts.compile(&text, Form::Block) {
                Ok(script) => {
                    let reads = script.reads().iter().map(read).collect();
                    let run = scripts
                        .run(&script, Inputs { reads, now: now(), zone: TimeZone::UTC, answers: Arc::default() });
                    match run {
                        Run::Done(_) => "done".to_owned(),
                        Run::Asks(_) => "asks".to_owned(),
                        Run::Failed(failure) => failure.message,
                    }
                }
                Err(mistakes) => format!("refused: {}", mistakes[0].message),
            });
        let outcome = thread.unwrap().join().unwrap();
        println!("{:>5} ms  {outcome:<60} {shown:?}", begun.elapsed().as_millis());
        ended += 1;
    }
    println!("\nended: {ended}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    println!("peak KiB: {}", peak.trim().trim_end_matches(" kB"));
}
