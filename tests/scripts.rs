//! Scripts and functions from outside: what they answer, what they read, and that nothing they do gets out of the box.

use std::collections::HashMap;
use std::sync::Arc;

use hookgate::diagnostic::{File, Report};
use hookgate::event::{Event, Value};
use hookgate::gateway::Answered;
use hookgate::rule::{Answers, Form, Function, Mistake, Run, Scripts, Verb};
use serde_json::json;

use crate::support::script::{compile, engine, run_with, value};
use crate::support::server::{gateway_with, tenant_of};

fn failure(scripts: &Scripts, text: &str) -> String {
    let script = compile(scripts, text);
    match run_with(scripts, &script, Answers::default()) {
        Run::Failed(failure) => failure.message,
        other => panic!("{text}: {other:?}"),
    }
}

fn mistakes(scripts: &Scripts, text: &str) -> String {
    let mistakes = scripts.compile(text, Form::Block).err().unwrap_or_default();
    let line = |mistake: &Mistake| {
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
        (
            "let seen = []; for r in user.roles { seen.push(r); } [\"x\", \"sales\"].filter(|r| r in seen)",
            "[\"sales\"]",
        ),
        ("print(user.login); debug(user.login); 1", "1"),
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

/// What only the run shows ends the rule, as the verbs in YAML would: nothing of it is answered.
#[test]
fn a_script_writes_where_rules_may_write_and_refuses_by_codes() {
    let rules = |script: &str, hook: &str| {
        let verbs = "codes: { Known: It is known. }";
        format!("hook: {hook}\n{verbs}\nrules:\n  - {{ name: r, script: {} }}\n", serde_json::json!(script))
    };
    let answered = |gateway_yaml: &str, hook: &str, script: &str| {
        let gateway = Arc::new(gateway_with(&tenant_of(gateway_yaml), &rules(script, hook)));
        let place = gateway.hooks().position(hook).unwrap();
        let context = crate::support::source::event(place, "{}", None).context;
        let body = r#"{"request":{"user":{"login":"a","email":"A@B.C"},"targetAttribute":"x","defaultValue":"d"}}"#;
        let event = Event::read(gateway.hooks(), place, body.as_bytes().to_vec(), 64, context).unwrap();
        match gateway.handle(event) {
            Answered::Now(reply) => reply.body,
            Answered::Later(_) => panic!("nothing is asked"),
        }
    };
    let unavailable = r#"{"response":{"error":true,"message":"ValidationUnavailable"}}"#;
    let came = r#"{"response":{"data":{"login":"a","email":"A@B.C"}}}"#;
    for path in ["email", "user", "request.login", "token.login", "app", "hook", "now", "caller.address"] {
        let script = format!("let p = \"\"; set(p + \"{path}\", \"x\");");
        assert_eq!(answered("{}", "preCreateUser", &script), came, "{path}");
        let script = format!("let p = \"\"; remove(p + \"{path}\");");
        assert_eq!(answered("{}", "validateUser", &script), unavailable, "{path}");
    }
    for code in ["", "Mobile + 98200 exists", "Ab", "1abc", "Grüße"] {
        let script = format!("let p = \"\"; reject(p + \"{code}\");");
        assert_eq!(answered("{}", "validateUser", &script), unavailable, "{code}");
        let refusable = "hooks: { preCreateUser: { refusable: true } }";
        assert_eq!(answered(refusable, "preCreateUser", &script), unavailable, "{code}");
    }
    let known = r#"{"response":{"error":true,"message":"Known"}}"#;
    assert_eq!(answered("{}", "validateUser", "reject(\"Kno\" + \"wn\")"), known);
    let mapped = r#"{"response":{"mappedValue":"d"}}"#;
    assert_eq!(answered("{}", "policyMap", "mappedValue(user.displayName)"), mapped);
    assert_eq!(answered("{}", "preCreateUser", "add(\"user.groups\", user.group)"), came);
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
        ("set(\"email\", 1)", "H214 Some((1, 1)) `email` can be read but not changed | write `set(\"user.email\", …)`"),
        ("set(\"user\", 1)", "H214"),
        ("set(\"request\", 1)", "H214"),
        ("default(\"app\", 1)", "H214"),
        ("add(\"token.roles\", 1)", "H214"),
        ("remove(\"request.login\")", "H214"),
        ("set_default(\"hook\", 1)", "H214"),
        ("set(\"now\", 1)", "H214"),
        ("reject(\"\")", "H209"),
        ("reject(\"Mobile 98200 exists\")", "H209"),
        ("reject(\"No\")", "H209"),
        ("user.login = \"x\"", "`user` cannot be changed by assignment | write `==`"),
        ("let n = 0; user.roles.for_each(|r| n += 1)", "`n` is used in a closure and cannot be changed"),
        ("let a = []; let f = || a; a.push(f)", "`a` is used in a closure and cannot be changed"),
        ("let a = []; for n in 0..3 { list.map(|x| a); a.push(n); }", "`a` is used in a closure"),
        ("let a = #{}; let f = || a; let g = |b| { a.x = b; }; g.call(f)", "`a` is used in a closure"),
        ("let a = #{}; let f = || { let g = || a; a = g; }; f.call()", "`a` is used in a closure"),
        ("let f = 1; f = || f; f.to_string()", "`f` is used in a closure"),
        ("let a = []; a.push(|| a); a", "`a` is used in a closure"),
        ("let a = #{}; a += #{ x: || a }; a", "`a` is used in a closure"),
        ("let a = [1]; a[(|| a).call().len()] = 1;", "`a` is used in a closure"),
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
    let verbs = scripts.compile("reject(\"Known\")", Form::Expression).unwrap_err();
    assert!(verbs[0].message.contains("can only be called by a rule's `script`"));
    let large = format!("1 {}", " ".repeat(64 << 10));
    assert!(mistakes(&scripts, &large).contains("H406"));
}

#[test]
fn verbs_are_collected_in_order() {
    let scripts = engine();
    let text = "reject(\"Aaa\"); reject(\"Bbb\", \"mobile\"); set(\"user.email\", `${user.login}@x`); set_default(\"user.a\", 1);\n\
                default(\"user.b\", [1]); remove(\"user.c\"); add(\"user.roles\", \"x\"); take(\"user.roles\", \"y\"); mappedValue(3); deprovision(true); stop(); 7";
    let script = compile(&scripts, text);
    let expected = ["add", "default", "deprovision", "mappedValue", "reject", "remove", "set", "stop", "take"];
    assert_eq!(script.verbs(), expected);
    assert_eq!(script.writes().len(), 6);
    let Run::Done(outcome) = run_with(&scripts, &script, Answers::default()) else { panic!("not done") };
    assert_eq!(outcome.value.to_json(), "7");
    assert_eq!(outcome.verbs.len(), 11);
    assert!(matches!(&outcome.verbs[1], Verb::Reject { code, attribute: Some(a) } if code == "Bbb" && a == "mobile"));
    assert!(matches!(&outcome.verbs[2], Verb::Set { value, .. } if value.to_json() == "\"zoe@x\""));
    assert!(matches!(&outcome.verbs[4], Verb::Default { value, .. } if value.to_json() == "[1]"));
    assert!(matches!(outcome.verbs[10], Verb::Stop));
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
    let key = ("owner".to_owned(), "\"zoe\"".to_owned(), false);
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
        ("user.login - 1", "`-` does not take text with a whole number"),
        ("user.missing - 1", "an absent value"),
        ("1 / (user.employeeId - 4711)", "a calculation is impossible"),
        ("throw \"not today\"", "the script threw `not today`"),
        ("fn f(x) { f(x) } f(1)", "deeper than 24 levels"),
        ("|x| x", "a closure is not a value"),
    ];
    for (text, expected) in table {
        let found = failure(&scripts, text);
        assert!(found.contains(expected), "{text}: {found}");
    }
    for text in ["throw user.login", "throw `x ${user.login}`", "let a = [1]; a[user.login]", "parse_int(user.login)"] {
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
    let file = |name: &str, text: &str| Arc::new(File::new(name.to_owned(), text.to_owned()));
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

#[test]
fn budgets_of_scripts_are_settings() {
    let run = |yaml: &str, text: &str| {
        let mut report = Report::default();
        let scripts = Scripts::within(tenant_of(yaml).script_budget, &[], &mut report);
        let script = compile(&scripts, text);
        run_with(&scripts, &script, Answers::default())
    };
    let failure = |run: Run| match run {
        Run::Failed(failure) => failure.message,
        other => panic!("{other:?}"),
    };
    let counts = "let n = 0; while n < 300 { n += 1; } n";
    assert!(matches!(run("limits: { script_ms: 1000 }\n", counts), Run::Done(_)));
    let message = failure(run("limits: { script_operations: 200 }\n", counts));
    assert_eq!(message, "the script takes more than 200 operations");
    // Some of these operations take long: one millisecond is over before the operations are.
    let slow = "let list = []; for n in 0..900 { list.push(n); let copy = list + list; } 1";
    let message = failure(run("limits: { script_ms: 1 }\n", slow));
    assert_eq!(message, "the script takes too long (more than 1 ms)");
}

/// A closure may read whatever it stands among, the event too, while a method of the same value runs.
#[test]
fn a_closure_reads_its_surroundings() {
    let scripts = engine();
    for (text, expected) in [
        ("user.roles.some(|role| role == user.login)", "false"),
        ("user.roles.some(|role| role + \"x\" == \"admin\" + \"x\" && user.login == \"zoe\")", "true"),
        ("user.roles.filter(|role| role != user.roles[0]).len()", "1"),
        ("list.map(|row| row.c + user.country)", "[\"IndiaIndia\",\"NepalIndia\"]"),
        ("let wanted = user.roles; user.roles.all(|role| role in wanted)", "true"),
        ("let a = [1, 2]; a.map(|n| a.len() + n)", "[3,4]"),
        ("user.roles.map(|role| user.roles.filter(|other| other != role).len())", "[1,1]"),
    ] {
        assert_eq!(value(&scripts, text), expected, "{text}");
    }
}

#[test]
fn a_number_and_a_text_that_is_one_are_not_joined() {
    let scripts = engine();
    for (text, expected) in [
        ("\"a\" + 1", "\"a1\""),
        ("1 + \"a\"", "\"1a\""),
        ("\"a\" + 1.5", "\"a1.5\""),
        ("\"5\" + \"1\"", "\"51\""),
        ("let a = \"x\"; a += 7; a", "\"x7\""),
    ] {
        assert_eq!(value(&scripts, text), expected, "{text}");
    }
    for text in ["\"5\" + 1", "1 + \"5\"", "\" 5.5 \" + 1", "2.5 + \"-3\"", "let a = \"5\"; a += 1; a"] {
        assert!(failure(&scripts, text).contains("write `number(x)` to count"), "{text}");
    }
}
