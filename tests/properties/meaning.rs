//! Whatever finds the rules and rows that hold: an event is decided as the plainest reading of the rules decides it.

use hookgate::engine::{Decision, Outcome, Verdict, decide, explain, refusals};
use hookgate::event::Value;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value as Json, json};

use super::decision::{event, live};
use super::naive::{self, Checks, Condition, Operand, Rule, Table, Verb};
use super::tries;

const FIELDS: [&str; 7] = ["user.a", "user.b", "user.n", "user.m", "user.list", "user.d.e", "attr.x"];
const WRITTEN: [&str; 6] = ["user.a", "user.b", "user.n", "user.list", "user.d.e", "attr.x"];
const PATTERNS: [&str; 6] = ["p", "^p$", "^q", "p$", "[0-9]", "^.$"];

fn field() -> impl Strategy<Value = &'static str> {
    select(&FIELDS[..])
}

fn number() -> impl Strategy<Value = Json> {
    select(vec![json!(-1), json!(0), json!(1), json!(1.5), json!(2), json!(3), json!(1.0)])
}

/// Few values, so that rules and users meet.
fn scalar() -> impl Strategy<Value = Json> {
    let texts = select(&["p", "q", "P", "pq", "qp", "1", "true", "10.1.2.3"][..]).prop_map(Json::from);
    prop_oneof![6 => texts, 3 => number(), 1 => any::<bool>().prop_map(Json::from)]
}

/// An operator that compares with a constant.
fn plain() -> impl Strategy<Value = (&'static str, Json)> {
    let texts = || select(&["p", "q", "P", "pq", "qp"][..]).prop_map(Json::from);
    let with = |words: &'static [&'static str], operand: BoxedStrategy<Json>| (select(words), operand);
    prop_oneof![
        6 => with(&["is"], scalar().boxed()),
        3 => with(&["in"], vec(scalar(), 1..4).prop_map(Json::from).boxed()),
        1 => with(&["is_not"], scalar().boxed()),
        1 => with(&["not_in"], vec(scalar(), 1..3).prop_map(Json::from).boxed()),
        2 => with(&["starts_with", "ends_with"], texts().boxed()),
        2 => with(&["contains"], scalar().boxed()),
        2 => with(&["matches"], select(&PATTERNS[..]).prop_map(Json::from).boxed()),
        3 => with(&["gt", "gte", "lt", "lte"], number().boxed()),
        2 => with(&["present", "empty"], any::<bool>().prop_map(Json::from).boxed()),
        1 => with(&["length"], (0..3).prop_map(Json::from).boxed()),
    ]
}

fn plain_checks(most: usize) -> impl Strategy<Value = Checks> {
    (vec(plain(), 1..=most), weighted(0.15, Just(()))).prop_map(|(mut operators, folded)| {
        operators.sort_by_key(|(word, _)| *word);
        operators.dedup_by_key(|(word, _)| *word);
        // Of patterns the naive reading knows no case.
        let ignore_case = folded.is_some() && operators.iter().all(|(word, _)| *word != "matches");
        let operators = operators.into_iter().map(|(word, operand)| (word, Operand::Value(operand))).collect();
        Checks { operators, ignore_case }
    })
}

/// What may hold of an element: of itself, or of its fields.
fn of_element() -> impl Strategy<Value = Checks> {
    let fields = subsequence(&[".k", ".t"][..], 1..3);
    let of_fields = (fields, plain_checks(1), plain_checks(1)).prop_map(|(fields, first, second)| Checks {
        operators: fields.into_iter().zip([first, second]).map(|(field, of)| (field, Operand::Checks(of))).collect(),
        ignore_case: false,
    });
    let of_fields = of_fields.boxed();
    let not = |inner| Checks { operators: vec![("not", Operand::Checks(inner))], ignore_case: false };
    prop_oneof![3 => of_fields.clone(), 1 => of_fields.prop_map(not), 1 => plain_checks(1)]
}

/// An element of a list.
fn element() -> impl Strategy<Value = Json> {
    let object = (weighted(0.8, scalar()), weighted(0.6, scalar())).prop_map(|(k, t)| {
        let fields = [("k", k), ("t", t)].into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Json::from(fields.collect::<Map<String, Json>>())
    });
    prop_oneof![5 => scalar(), 4 => object, 1 => Just(Json::Null)]
}

pub fn checks() -> impl Strategy<Value = Checks> {
    let one = |word, operand| Checks { operators: vec![(word, operand)], ignore_case: false };
    let end = || proptest::option::of(-1..3);
    let range = (end(), end()).prop_filter("a range has an end", |(low, high)| low.is_some() || high.is_some());
    let ordered = |(low, high): (Option<i32>, Option<i32>)| match (low, high) {
        (Some(low), Some(high)) if low > high => Operand::Range(Some(high), Some(low)),
        _ => Operand::Range(low, high),
    };
    let networks = subsequence(&["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "0.0.0.0/0"][..], 1..3);
    prop_oneof![
        1 => (select(&["in", "not_in"][..]), range).prop_map(move |(word, range)| one(word, ordered(range))),
        1 => (select(&["within", "not_within"][..]), networks)
            .prop_map(move |(word, networks)| one(word, Operand::Value(json!(networks)))),
        1 => (select(&["any", "every"][..]), of_element())
            .prop_map(move |(word, inner)| one(word, Operand::Checks(inner))),
        1 => (weighted(0.8, of_element()), select(&["is", "gt", "lte"][..]), 0..3_usize)
            .prop_map(move |(of, comparison, number)| one("count", Operand::Count(of, comparison, number))),
        9 => plain_checks(2),
        1 => plain_checks(1).prop_map(move |inner| one("not", Operand::Checks(inner))),
        1 => (select(&["any", "every"][..]), plain_checks(1))
            .prop_map(move |(word, inner)| one(word, Operand::Checks(inner))),
        // Fails where the other field is absent.
        1 => field().prop_map(move |field| one("is", Operand::Field(field))),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let test = (field(), checks()).prop_map(|(field, checks)| Condition::Test(field, checks)).boxed();
    let all = vec(test.clone(), 1..4).prop_map(Condition::All).boxed();
    let any = vec(prop_oneof![test.clone(), all.clone()], 1..4).prop_map(Condition::Any).boxed();
    let not = prop_oneof![test.clone(), all.clone(), any.clone()].prop_map(|inner| Condition::Not(Box::new(inner)));
    let part = prop_oneof![6 => test, 1 => any, 1 => not];
    vec(part, 1..4).prop_map(Condition::All)
}

fn verb() -> impl Strategy<Value = (&'static str, Verb)> {
    let operand =
        prop_oneof![4 => scalar().prop_map(Operand::Value), 1 => select(&WRITTEN[..]).prop_map(Operand::Field)];
    prop_oneof![
        6 => (select(&["set", "default"][..]), select(&WRITTEN[..]), operand)
            .prop_map(|(word, field, operand)| (word, Verb::Write(field, operand))),
        1 => (select(&["set", "default"][..]), select(&["p", "q"][..]), scalar())
            .prop_map(|(word, known, value)| (word, Verb::WriteElement("user.list", ("k", known, "t"), value))),
        1 => prop_oneof![
            scalar().prop_map(Operand::Value),
            vec(scalar(), 1..3).prop_map(|values| Operand::Value(values.into())),
            of_element().prop_map(Operand::Checks),
        ].prop_map(|what| ("take", Verb::Write("user.list", what))),
        2 => scalar().prop_map(|value| ("add", Verb::Write("user.list", Operand::Value(value)))),
        2 => select(&WRITTEN[..]).prop_map(|field| ("remove", Verb::Remove(field))),
        1 => select(&["First", "Second"][..]).prop_map(|code| ("reject", Verb::Reject(code))),
        1 => Just(("stop", Verb::Stop)),
    ]
}

fn table() -> impl Strategy<Value = Table> {
    let inputs = subsequence(&FIELDS[..], 1..4);
    let outputs =
        subsequence(&[("set", "user.a"), ("set", "user.b"), ("default", "attr.x"), ("add", "user.list")][..], 1..3);
    (select(&["unique", "first", "collect"][..]), inputs, outputs).prop_flat_map(|(hit, inputs, outputs)| {
        let cells = vec(weighted(0.8, checks()), inputs.len());
        let values = vec(weighted(0.8, scalar()), outputs.len());
        vec((cells, values), 1..10).prop_map(move |rows| {
            let (inputs, outputs) = (inputs.clone(), outputs.clone());
            Table { hit, inputs, outputs, rows }
        })
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    let mode = prop_oneof![
        8 => Just("enforce"),
        1 => Just("audit"),
        1 => Just("auditing"),
        1 => Just("audited"),
        1 => Just("off"),
    ];
    (mode, any::<bool>(), weighted(0.9, condition()), weighted(0.3, table()), vec(verb(), 0..3)).prop_map(
        |(mode, may_skip, when, table, mut verbs)| {
            verbs.sort_by_key(|(word, _)| *word);
            verbs.dedup_by_key(|(word, _)| *word);
            if verbs.is_empty() && table.is_none() {
                verbs.push(("set", Verb::Write("user.b", Operand::Value(json!("p")))));
            }
            let skips = may_skip && !verbs.iter().any(|(word, _)| *word == "reject");
            Rule { name: String::new(), mode, skips, when, table, verbs }
        },
    )
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    vec(rule(), 1..16).prop_map(|rules| {
        let named = |(n, rule)| Rule { name: format!("rule-{n}"), ..rule };
        rules.into_iter().enumerate().map(named).collect()
    })
}

pub fn value() -> impl Strategy<Value = Json> {
    prop_oneof![
        5 => scalar(),
        1 => Just(Json::Null),
        1 => Just(json!("")),
        2 => vec(scalar(), 0..3).prop_map(Json::from),
    ]
}

fn user() -> impl Strategy<Value = Json> {
    let some = || weighted(0.8, value());
    let list = weighted(0.7, vec(element(), 0..4));
    (some(), some(), weighted(0.8, number()), some(), list, some(), some()).prop_map(|(a, b, n, m, list, e, x)| {
        let parts = [
            ("a", a),
            ("b", b),
            ("n", n),
            ("m", m),
            ("list", list.map(Json::from)),
            ("d", e.map(|e| json!({ "e": e }))),
            ("attributes", x.map(|x| json!({ "x": x }))),
        ];
        let there = parts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        there.collect::<Map<String, Json>>().into()
    })
}

/// What both readings tell of a decision.
fn told(decision: &Decision<'_>) -> (String, Option<String>, Json) {
    let verdict = match &decision.verdict {
        Verdict::Failed(_) => "failed".to_owned(),
        Verdict::Rejected { code, .. } => code.clone(),
        Verdict::Undecided => "undecided".to_owned(),
        other => panic!("{other:?} on a validate hook"),
    };
    let user = decision.user.as_ref().map(Value::to_json).unwrap();
    (verdict, decision.decided_by.map(|rule| rule.name.clone()), serde_json::from_str(&user).unwrap())
}

pub fn trace(decision: &Decision<'_>) -> Vec<(&'static str, Vec<usize>)> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Held => "held",
        Outcome::NotHeld(_) => "not held",
        Outcome::Failed(_) => "failed",
        Outcome::Skipped(_) => "skipped",
        Outcome::NotReached => "not reached",
        Outcome::Off => "off",
    };
    decision.trace.iter().map(|rule| (word(&rule.outcome), rule.rows.clone())).collect()
}

proptest! {
    #![proptest_config(tries(150))]

    #[test]
    fn an_event_is_decided_as_the_rules_are_written(rules in rules(), users in vec(user(), 12)) {
        let written = naive::written(&rules);
        let live = live(&written);
        for user in users {
            let body = json!({ "request": { "user": user } }).to_string();
            let event = event(&live, "validateUser", &body).unwrap();
            let plainly = naive::decide(&rules, &user);
            let explained = explain(&live.rules, &event, &live.tables).unwrap();
            prop_assert_eq!(&trace(&explained), &plainly.trace, "{}\n{}", body, written);
            let plainly = (plainly.verdict, plainly.decided_by, plainly.user);
            prop_assert_eq!(&told(&explained), &plainly, "explained: {}\n{}", body, written);
            let decided = decide(&live.rules, &event, &live.tables).unwrap();
            prop_assert_eq!(&told(&decided), &plainly, "decided: {}\n{}", body, written);
        }
    }

    /// Asking all rules where one refuses changes nothing in what is answered, and the index finds the same refusals.
    #[test]
    fn collected_refusals_begin_with_the_one_that_is_answered(rules in rules(), users in vec(user(), 12)) {
        let written = naive::written(&rules);
        let (live, mut collecting) = (live(&written), live(&written));
        collecting.rules.hooks.rows.iter_mut().for_each(|hook| hook.collects_refusals = true);
        for user in users {
            let body = json!({ "request": { "user": user } }).to_string();
            let event = event(&live, "validateUser", &body).unwrap();
            let one = decide(&live.rules, &event, &live.tables).unwrap();
            let all = decide(&collecting.rules, &event, &collecting.tables).unwrap();
            let explained = explain(&collecting.rules, &event, &collecting.tables).unwrap();
            prop_assert_eq!(refusals(&all), refusals(&explained), "{}\n{}", body, written);
            prop_assert_eq!(&told(&one).0, &told(&all).0, "{}\n{}", body, written);
            prop_assert_eq!(refusals(&one).first().cloned(), refusals(&all).first().cloned(), "{}\n{}", body, written);
            let is_refused = matches!(one.verdict, Verdict::Rejected { .. });
            prop_assert_eq!(refusals(&one).len(), usize::from(is_refused));
            // Each that refuses held, and was asked after the one before.
            let held = explained.trace.iter().filter(|rule| matches!(rule.outcome, Outcome::Held));
            let held: Vec<&str> = held.map(|rule| rule.rule.as_str()).collect();
            let mut places = refusals(&all).into_iter().map(|(_, rule)| held.iter().position(|name| *name == rule));
            prop_assert!(places.all(|place| place.is_some()), "{}\n{}", body, written);
        }
    }
}
