//! Property: an event that has to ask comes to the same decision as one to which everything was known from the start.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hookgate::engine::{Decision, GivenFacts, explain};
use hookgate::gateway::{Allowance, settle};
use hookgate::lookup::{Connections, Source};
use hookgate::rule::{GivenAnswer, GivenLookup};
use hookgate::telemetry::traces::Span;
use proptest::prelude::*;

use crate::support::source::{Does, Played, event, live};

/// What the source knows: a short word under some keys.
fn known(key: &str) -> Option<&'static str> {
    let known = BTreeMap::from([("a", "b"), ("b", "c"), ("c", "a"), ("ab", "a"), ("x", "yes")]);
    known.get(key).copied()
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "ab", "x"])
}

/// A value: a word, a field, or what a lookup has under it.
fn value() -> impl Strategy<Value = String> {
    let field = prop::sample::select(vec!["user.p", "user.q", "user.r"]);
    let bound = prop::sample::select(vec!["one.value", "two.value", "three.value"]);
    prop_oneof![
        word().prop_map(str::to_owned),
        field.prop_map(|field| format!("\"${{{field} ?? \\\"x\\\"}}\"")),
        bound.prop_map(|name| format!("\"${{{name} ?? \\\"x\\\"}}\"")),
    ]
}

fn test() -> impl Strategy<Value = String> {
    let subject = prop::sample::select(vec!["user.p", "user.q", "one.value", "two.value", "three.value"]);
    let simple = (subject, value()).prop_map(|(subject, value)| format!("{subject}: {value}"));
    let found =
        prop::sample::select(vec!["user.p: { found_in: l }", "user.q: { found_in: m }"]).prop_map(str::to_owned);
    let leaf = prop_oneof![simple, found];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let list = prop::collection::vec(inner, 1..3);
        (prop::sample::select(vec!["all", "any", "not"]), list).prop_map(|(word, list)| match word {
            "not" => format!("not: {{ {} }}", list[0]),
            word => {
                let branches: Vec<String> = list.iter().map(|test| format!("{{ {test} }}")).collect();
                format!("{word}: [{}]", branches.join(", "))
            }
        })
    })
}

fn verb() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("reject: Refused".to_owned()),
        Just("stop: true".to_owned()),
        (prop::sample::select(vec!["user.p", "user.q", "user.r"]), value())
            .prop_map(|(field, value)| format!("set: {{ {field}: {value} }}")),
        value().prop_map(|value| format!("default: {{ user.r: {value} }}")),
        value().prop_map(|value| format!(
            "script: 'if lookup(\"l\", user.q) != () {{ set(\"user.r\", \"{}\") }}'",
            value.len()
        )),
    ]
}

fn rules() -> impl Strategy<Value = String> {
    prop::collection::vec((value(), value(), test(), verb()), 1..6).prop_map(|rules| {
        let mut text = "hook: validateUser\ncodes: { Refused: refused }\nlookups:\n  l: { http: api, get: \"/${key}\", on_error: fail }\n  \
                        m: { http: api, get: \"/m/${key}\", on_error: absent }\nrules:\n"
            .to_owned();
        for (n, (first, second, test, verb)) in rules.iter().enumerate() {
            // A `let` reads what is bound above it.
            let (first, second) = (only_fields(first), second.replace("two.", "one.").replace("three.", "one."));
            text += &format!(
                "  - name: rule-{n}\n    let:\n      one: {{ lookup: l, key: {first} }}\n      two: {{ lookup: m, key: {second} }}\n      \
                 three: {{ lookup: l, key: \"${{two.value ?? \\\"a\\\"}}\" }}\n    when: {{ {test} }}\n    {verb}\n"
            );
        }
        text
    })
}

fn only_fields(value: &str) -> String {
    ["one.value", "two.value", "three.value"].iter().fold(value.to_owned(), |text, name| text.replace(name, "user.r"))
}

/// All that counts of a decision.
fn seen(decision: &Decision<'_>) -> String {
    let rule = decision.decided_by.map(|rule| rule.name.as_str());
    let user = decision.user.as_ref().map(hookgate::event::Value::to_json);
    let did: Vec<_> =
        decision.trace.iter().map(|trace| format!("{}: {:?} {:?}", trace.rule, trace.outcome, trace.did)).collect();
    format!("{} {rule:?} {user:?} {did:#?}", decision.word())
}

proptest! {
    #![proptest_config(crate::properties::tries(400))]

    #[test]
    fn asking_in_rounds_decides_as_knowing_from_the_start(rules in rules(), p in word(), q in word()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let source: Arc<dyn Source> = Arc::new(Played::new(|key| Does::Answers(5, known(key))));
        let connections = Connections::of([("api".to_owned(), source)], runtime.handle().clone());
        let live = live(&rules).connect(&connections);
        let hook = live.rules.hooks.position("validateUser").unwrap();
        let event = event(hook, &format!(r#"{{"p":"{p}","q":"{q}"}}"#), None);

        let answers = ["a", "b", "c", "ab", "x", "yes", "1", "2", "3"].map(|key| {
            let row = known(key).map(|value| hookgate::event::Value::Map(vec![("value".into(), hookgate::event::Value::text(value))]));
            (key.to_owned(), GivenAnswer::Rows(row.into_iter().collect()))
        });
        let given = ["l", "m"].map(|lookup| GivenLookup { lookup: lookup.to_owned(), answers: answers.to_vec() });
        let facts = GivenFacts::new(&live.rules, &given, &live.tables);
        let Ok(at_once) = explain(&live.rules, &event, &facts) else { return Err(TestCaseError::reject("a key nobody knows")) };
        let wanted = seen(&at_once);

        let got = match explain(&live.rules, &event, &live.tables) {
            Ok(decision) => seen(&decision),
            Err(asks) => {
                let allowance = Allowance { budget: Duration::from_mins(1), rounds: 100 };
                let facts = (&live.rules, &live.tables, &live.remotes);
                runtime.block_on(settle(facts, &event, explain, (asks, &Span::default()), allowance, |decision, _, _| seen(&decision)))
            }
        };
        prop_assert_eq!(wanted, got, "{}", rules);
    }
}
