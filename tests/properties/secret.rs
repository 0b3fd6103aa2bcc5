//! What is secret stays it, whatever functions and scripts make of it; and a condition says of it what it says of the same
//! value in plain.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::decision::{event, live};
use super::naive::{Checks, Condition, Operand, Rule, Verb};
use super::{meaning, naive, tries};
use crate::support::script::{clock, compile, engine, now};
use hookgate::engine::explain;
use hookgate::event::secret::SecretNames;
use hookgate::event::{Calendar, Document, Value};
use hookgate::rule::{Answers, FUNCTIONS, Function, Inputs, Run, Script, Scripts};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

const HIDDEN: &str = "(hidden)";
/// Stands in texts that nothing else here says.
const CANARY: &str = "zq7";

/// A name under which a secret stands, in any case of letters; the last is a tenant's own.
fn name() -> impl Strategy<Value = String> {
    let names = select(&["password", "passwordText", "securityQuestion", "otp", "new_password", "pin"][..]);
    (names, any::<u32>()).prop_map(|(name, capitals)| {
        let cased = |(n, c): (usize, char)| if capitals >> n & 1 == 1 { c.to_ascii_uppercase() } else { c };
        name.chars().enumerate().map(cased).collect()
    })
}

/// What functions can do something with, and what they cannot.
fn value() -> impl Strategy<Value = Json> {
    let known =
        select(&["Zq7 O'Brien", "zq7@corp.example", "1990-02-28", "+91 98200 12345", "IN", "[Zq7", ".", ""][..]);
    let text = prop_oneof![4 => known.prop_map(str::to_owned), 2 => "Zq7\\PC{0,6}", 1 => "\\PC{0,4}"];
    let one = prop_oneof![
        8 => text.prop_map(Json::from),
        3 => select(vec![json!(0), json!(2), json!(-1), json!(1.5), json!(9_820_012_345_u64), json!(true)]),
        1 => Just(Json::Null),
    ];
    prop_oneof![
        6 => one.clone(),
        1 => vec(one.clone(), 0..4).prop_map(Json::from),
        1 => one.prop_map(|value| json!({ "answer": value })),
    ]
}

/// The value as an event or a lookup brings it under a secret's name.
fn secret(name: &str, value: &Json) -> Value<'static> {
    let body = json!({ name: value });
    let names = SecretNames::new(vec!["pin".to_owned()], Vec::new());
    let whole = match names.keys().iter().any(|key| key.eq_ignore_ascii_case(name)) {
        true => names.hide(Value::from(body)),
        false => Value::Source(Document::read(body.to_string().into_bytes(), 64).unwrap().root()).into_static(),
    };
    let value = whole.view().field(name).unwrap().to_value().into_static();
    assert!(value.view().is_secret() || value.view().is_empty(), "`{name}` is none: {value:?}");
    value
}

/// What is empty is no secret: that there is nothing may be seen.
fn has_secret(values: &[Value<'static>]) -> bool {
    values.iter().any(|value| value.view().is_secret())
}

/// What stands between the brackets of a call: which of them are secrets, each with its value.
fn arguments() -> impl Strategy<Value = Vec<(bool, Json)>> {
    vec((any::<bool>(), value()), 8)
}

/// The first `count` of them as secrets and plain, one of them a secret in any case; and all of them in plain.
fn given(name: &str, arguments: &[(bool, Json)], count: usize) -> (Vec<Value<'static>>, Vec<Value<'static>>) {
    let arguments = &arguments[..count];
    let is_one = arguments.iter().any(|(is_secret, _)| *is_secret);
    let hidden = |(n, (is_secret, value)): (usize, &(bool, Json))| match *is_secret || (n == 0 && !is_one) {
        true => secret(name, value),
        false => Value::from(value.clone()),
    };
    let plain = arguments.iter().map(|(_, value)| Value::from(value.clone())).collect();
    (arguments.iter().enumerate().map(hidden).collect(), plain)
}

/// Why what comes out is none that may be shown; `is_plain` where it may be because it tells nothing.
fn leak(answer: &Value<'_>, is_plain: bool) -> Option<String> {
    let view = answer.view();
    let shown = [view.to_json(), view.as_text().into_owned(), view.shown(), format!("{answer:?}")];
    let is_hidden = view.is_null()
        || is_plain && matches!(&*shown[0], "true" | "false")
        || view.is_secret() && shown[0] == format!("\"{HIDDEN}\"") && shown[1] == HIDDEN && shown[2] == HIDDEN;
    let tells = shown.iter().any(|text| text.to_lowercase().contains(CANARY));
    (!is_hidden || tells).then(|| shown.join(" | "))
}

/// A script, what it says, how many values it is given, and whether its answer tells nothing of them.
struct Worked {
    script: Script,
    text: String,
    count: usize,
    is_silent: bool,
}

static ENGINE: LazyLock<Scripts> = LazyLock::new(engine);

/// A script for each function and number of values, in both ways to call it, and for what `+` makes of secrets.
static SCRIPTS: LazyLock<Vec<Worked>> = LazyLock::new(|| {
    let worked = |text: String, count, is_silent| Worked { script: compile(&ENGINE, &text), text, count, is_silent };
    let mut all = Vec::new();
    for function in &*FUNCTIONS {
        for count in function.least..=function.most {
            let values: Vec<String> = (0..count).map(|n| format!("user.v{n}")).collect();
            let (name, is_silent) = (function.name, function.is_silent());
            all.push(worked(format!("{name}({})", values.join(", ")), count, is_silent));
            all.push(worked(format!("user.v0.{name}({})", values[1..].join(", ")), count, is_silent));
        }
    }
    for text in ["user.v0 + \"x\"", "\"x\" + user.v0", "user.v0 + user.v0", "let l = [user.v0]; l[0]"] {
        all.push(worked(text.to_owned(), 1, false));
    }
    all
});

fn run(script: &Script, values: &[Value<'static>]) -> Run {
    let named: BTreeMap<String, &Value<'static>> =
        values.iter().enumerate().map(|(n, value)| (format!("v{n}"), value)).collect();
    let read = |path: &hookgate::event::Path| Some((*named.get(path.keys().next()?)?).clone());
    let reads = script.reads().iter().map(read).collect();
    ENGINE.run(script, Inputs { reads, now: now(), calendar: Calendar::utc(), answers: Arc::new(Answers::default()) })
}

fn called(function: &Function, values: &[Value<'static>]) -> Result<Value<'static>, String> {
    function.call(values, &clock())
}

/// The same checks of a secret and of a field that has the same value in plain.
fn rules(checks: &Checks) -> String {
    let rule = |(name, field): (&str, &'static str)| Rule {
        name: name.to_owned(),
        mode: "audit",
        skips: false,
        when: Some(Condition::Test(field, checks.clone())),
        table: None,
        verbs: vec![("stop", Verb::Stop)],
    };
    naive::written(&[("secret", "user.password"), ("plain", "user.a")].map(rule))
}

/// Checks with dates among them.
fn checks() -> impl Strategy<Value = Checks> {
    let operand = select(vec![json!("2000-01-01"), json!("now-7d")]);
    let dates = (select(&["before", "after"][..]), operand)
        .prop_map(|(word, date)| Checks { operators: vec![(word, Operand::Value(date))], ignore_case: false });
    prop_oneof![4 => meaning::checks(), 1 => dates]
}

proptest! {
    #![proptest_config(tries(100))]

    #[test]
    fn what_a_function_makes_of_a_secret_is_one(name in name(), arguments in arguments()) {
        for function in &*FUNCTIONS {
            for count in function.least..=function.most {
                let (values, plain) = given(&name, &arguments, count);
                if !has_secret(&values) {
                    continue;
                }
                match (called(function, &values), called(function, &plain)) {
                    (Ok(answer), Ok(in_plain)) => {
                        let leak = leak(&answer, function.is_silent());
                        prop_assert!(leak.is_none(), "{} of {:?}: {:?}", function.name, &arguments[..count], leak);
                        prop_assert_eq!(answer.written(), in_plain.written(), "{}", function.name);
                    }
                    (Err(why), Err(in_plain)) => {
                        prop_assert!(!why.to_lowercase().contains(CANARY), "{}: {}", function.name, why);
                        prop_assert_eq!(why, in_plain);
                    }
                    (answer, in_plain) => prop_assert!(false, "{}: {answer:?}, {in_plain:?}", function.name),
                }
            }
        }
    }

    #[test]
    fn what_a_script_makes_of_a_secret_is_one(name in name(), arguments in arguments()) {
        for Worked { script, text, count, is_silent } in SCRIPTS.iter() {
            let (values, _) = given(&name, &arguments, *count);
            if !has_secret(&values) {
                continue;
            }
            match run(script, &values) {
                Run::Done(outcome) => {
                    let leak = leak(&outcome.value, *is_silent);
                    prop_assert!(leak.is_none(), "`{}` of {:?}: {:?}", text, &arguments[..*count], leak);
                }
                Run::Failed(failure) => {
                    prop_assert!(!failure.message.to_lowercase().contains(CANARY), "`{}`: {}", text, failure.message);
                }
                asks @ Run::Asks(_) => prop_assert!(false, "`{text}`: {asks:?}"),
            }
        }
    }

    #[test]
    fn a_condition_holds_of_a_secret_as_of_the_same_value_in_plain(
        checks in checks(),
        values in vec(prop_oneof![4 => meaning::value(), 1 => select(vec![json!("1999-12-31"), json!("2026-01-31")])], 8),
    ) {
        let written = rules(&checks);
        let live = live(&written);
        for value in values {
            let body = json!({ "request": { "user": { "password": value, "a": value, "b": "p", "n": 1 } } }).to_string();
            let event = event(&live, "validateUser", &body).unwrap();
            let outcomes = meaning::trace(&explain(&live.rules, &event, &live.tables).unwrap());
            prop_assert_eq!(&outcomes[0], &outcomes[1], "{}\n{}", body, written);
        }
    }
}
