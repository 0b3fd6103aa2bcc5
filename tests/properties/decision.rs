//! The index only saves time: with it and without it an event is decided alike.

use std::path::Path;
use std::sync::Arc;

use hookgate::diagnostic::File;
use hookgate::engine::{Decision, Verdict, decide, explain};
use hookgate::event::{Context, Event, Value, View};
use hookgate::gateway::Live;
use hookgate::rule::{Role, Sources, Tenant, Values};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use super::naive::plain;
use super::tries;

const FIELDS: [&str; 5] = ["user.a", "user.b", "user.c", "user.d.e", "attr.x"];

fn field() -> impl Strategy<Value = &'static str> {
    select(&FIELDS[..])
}

/// Few values, so that rules and users meet.
fn operand() -> impl Strategy<Value = Json> {
    prop_oneof![
        6 => select(&["p", "q", "P", "1", "true"][..]).prop_map(Json::from),
        2 => select(vec![json!(1), json!(2), json!(1.5), json!(1.0), json!(true), json!(false)]),
    ]
}

fn operators() -> impl Strategy<Value = Json> {
    prop_oneof![
        6 => operand(),
        3 => vec(operand(), 1..4).prop_map(Json::from),
        1 => operand().prop_map(|value| json!({ "is": value, "ignore_case": true })),
        1 => vec(operand(), 1..3).prop_map(|list| json!({ "in": list, "ignore_case": true })),
        1 => operand().prop_map(|value| json!({ "is_not": value })),
        1 => operand().prop_map(|value| json!({ "not": { "is": value } })),
        1 => vec(operand(), 1..3).prop_map(|list| json!({ "not_in": list })),
        1 => any::<bool>().prop_map(|is| json!({ "present": is })),
        1 => any::<bool>().prop_map(|is| json!({ "empty": is })),
        1 => (operand(), any::<bool>()).prop_map(|(value, is)| json!({ "is": value, "present": is })),
        1 => operand().prop_map(|value| json!({ "any": { "is": value } })),
        1 => (operand(), operand()).prop_map(|(k, t)| json!({ "any": { ".k": k, ".t": { "is_not": t } } })),
        1 => vec(operand(), 1..3).prop_map(|list| json!({ "any": { ".k.e": { "in": list, "ignore_case": true } } })),
        1 => (operand(), 0..2_u8).prop_map(|(k, least)| json!({ "count": { "of": { ".k": k }, "gt": least } })),
        1 => (operand(), 1..3_u8).prop_map(|(value, most)| json!({ "count": { "of": { "is": value }, "lt": most } })),
        1 => Just(json!({ "count": 2 })),
        1 => select(&["§1..2§", "§..1§", "§2..§"][..]).prop_map(|range| json!({ "in": range })),
        1 => select(&["10.0.0.0/8", "10.1.2.3", "2001:db8::/32", "::ffff:10.0.0.0/104"][..])
            .prop_map(|network| json!({ "within": network })),
        // Fails where the other field is absent.
        2 => field().prop_map(|field| json!({ "is": format!("${{{field}}}") })),
        1 => field().prop_map(|field| json!({ "is_not": format!("${{{field} ?? \"p\"}}") })),
        1 => select(&["p", "^p$", "."][..]).prop_map(|regex| json!({ "matches": regex })),
        // Of a text that is no date nobody knows.
        1 => select(&["before", "after"][..]).prop_map(|word| json!({ word: "2020-01-01" })),
        1 => field().prop_map(|field| json!({ "before": format!("{field}+1mo") })),
        1 => any::<bool>().prop_map(|is| json!({ "over": is })),
        1 => any::<bool>().prop_map(|is| json!({ "not": { "is_date": is } })),
    ]
}

fn tests_of_fields() -> impl Strategy<Value = Map<String, Json>> {
    vec((field(), operators()), 1..4)
        .prop_map(|tests| tests.into_iter().map(|(field, test)| (field.to_owned(), test)).collect())
}

fn condition() -> impl Strategy<Value = Json> {
    let plain = tests_of_fields().prop_map(Json::from).boxed();
    let several = vec(plain.clone(), 1..3);
    prop_oneof![
        8 => plain.clone(),
        1 => (several.clone(), tests_of_fields()).prop_map(|(any, mut beside)| {
            beside.insert("any".to_owned(), any.into());
            beside.into()
        }),
        1 => (several, tests_of_fields()).prop_map(|(all, beside)| {
            let mut first = Map::from_iter([("all".to_owned(), Json::from(all))]);
            first.extend(beside);
            first.into()
        }),
        1 => (plain, tests_of_fields()).prop_map(|(not, mut beside)| {
            beside.insert("not".to_owned(), json!({ "all": not }));
            beside.into()
        }),
        1 => field().prop_map(|field| json!({ "script": format!("{field} == \"p\"") })),
    ]
}

/// A verb and what stands behind it.
fn verb() -> impl Strategy<Value = (&'static str, Json)> {
    prop_oneof![
        6 => (field(), operand()).prop_map(|(field, value)| ("set", json!({ field: value }))),
        2 => (field(), field()).prop_map(|(to, from)| ("set", json!({ to: format!("${{{from}}}") }))),
        1 => field().prop_map(|field| ("set", json!({ field: format!("<${{{field} ?? \"\"}}>") }))),
        2 => (field(), operand()).prop_map(|(field, value)| ("default", json!({ field: value }))),
        2 => field().prop_map(|field| ("remove", json!([field]))),
        1 => operand().prop_map(|value| ("add", json!({ "user.list": value }))),
        2 => select(&["First", "Second"][..]).prop_map(|code| ("reject", json!(code))),
        1 => operand().prop_map(|value| ("take", json!({ "user.list": value }))),
        1 => operand().prop_map(|value| ("take", json!({ "user.c": { ".k": value } }))),
        1 => Just(("stop", json!(true))),
        1 => field().prop_map(|field| ("script", json!(format!("if {field} == () {{ set(\"{field}\", \"q\"); }}")))),
    ]
}

fn rule() -> impl Strategy<Value = Map<String, Json>> {
    let mode = prop_oneof![8 => Just("enforce"), 1 => Just("audit"), 1 => Just("off")];
    let bound = proptest::option::weighted(0.2, (field(), operators()));
    (mode, proptest::option::weighted(0.9, condition()), vec(verb(), 1..3), bound).prop_map(
        |(mode, when, verbs, bound)| {
            let mut rule = Map::from_iter([("mode".to_owned(), json!(mode))]);
            let mut when = when.and_then(|when| when.as_object().cloned()).unwrap_or_default();
            if let Some((field, test)) = bound {
                rule.insert("let".to_owned(), json!({ "bound": format!("${{{field}}}") }));
                when.insert("bound".to_owned(), test);
            }
            if !when.is_empty() {
                rule.insert("when".to_owned(), when.into());
            }
            rule.extend(verbs.into_iter().map(|(verb, value)| (verb.to_owned(), value)));
            rule
        },
    )
}

/// A rule file as JSON, which YAML contains.
pub fn rules() -> impl Strategy<Value = String> {
    vec(rule(), 1..14).prop_map(|rules| {
        let named = |(n, mut rule): (usize, Map<String, Json>)| {
            rule.insert("name".to_owned(), json!(format!("rule-{n}")));
            Json::from(rule)
        };
        let rules: Vec<Json> = rules.into_iter().enumerate().map(named).collect();
        plain(&json!({ "hook": "validateUser", "codes": { "First": "x", "Second": "x" }, "rules": rules }))
    })
}

pub fn user() -> impl Strategy<Value = Json> {
    let value = || {
        prop_oneof![
            4 => operand(),
            1 => Just(Json::Null),
            1 => Just(json!("")),
            1 => select(&["2019-01-01", "2021-01-01", "9999-12-31"][..]).prop_map(Json::from),
            1 => vec(operand(), 0..3).prop_map(Json::from),
            1 => Just(json!({ "e": "p" })),
            1 => select(&["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1"][..]).prop_map(Json::from),
            1 => vec((operand(), operand()), 0..3).prop_map(|items| {
                items.into_iter().map(|(k, t)| json!({ "k": k, "t": t })).chain([json!({ "k": { "e": "P" } })]).collect()
            }),
        ]
    };
    let some = || proptest::option::weighted(0.8, value());
    (some(), some(), some(), some(), some(), any::<bool>()).prop_map(|(a, b, c, e, x, is_list)| {
        let mut user = Map::new();
        for (key, value) in [("a", a), ("b", b), ("c", c), ("d", e.map(|e| json!({ "e": e })))] {
            user.extend(value.map(|value| (key.to_owned(), value)));
        }
        user.extend(x.map(|x| {
            let attributes = if is_list { json!([{ "name": "x", "value": x }]) } else { json!({ "x": x }) };
            ("attributes".to_owned(), attributes)
        }));
        user.into()
    })
}

pub fn live(rules: &str) -> Live {
    let file = Arc::new(File::new("rules.yaml".to_owned(), rules.to_owned()));
    let sources = Sources::from_files(Path::new("rules"), vec![(Role::Yaml, file)]);
    Live::build(&sources, &Tenant::standard()).unwrap_or_else(|report| panic!("{}\n{rules}", report.to_text(false))).0
}

pub fn event(live: &Live, hook: &str, body: &str) -> Option<Event> {
    let place = live.rules.hooks.position(hook).unwrap();
    let context = Context {
        id: "id".to_owned(),
        now: jiff::Timestamp::UNIX_EPOCH,
        calendar: hookgate::event::Calendar::utc(),
        app: None,
        token: Value::Null,
        caller: Value::Null,
        bearer: None,
        trace: None,
    };
    Event::read(&live.rules.hooks, place, body.as_bytes().to_vec(), 64, context).ok()
}

/// Everything of a decision that anybody could ever see.
fn seen(decision: &Decision<'_>, live: &Live, event: &Event) -> String {
    let verdict = match &decision.verdict {
        Verdict::Failed(failure) => format!("failed: {} {}", failure.message, failure.place.file_line()),
        other => format!("{other:?}"),
    };
    let audits: Vec<_> = decision.audits.iter().map(|audit| (&audit.rule.name, &audit.did)).collect();
    let by = decision.decided_by.map(|rule| &rule.name);
    let user = decision.user.as_ref().map(Value::to_json);
    let reply = decision.reply(&live.rules.hooks.rows[event.hook], event);
    format!(
        "{verdict}\n{by:?}\n{user:?}\n{}\n{audits:?}\n{:?}\n{reply:?}",
        decision.is_changed,
        decision.changes(event)
    )
}

/// What is seen of an event that is decided by the index, and rule by rule.
pub fn both<T>(live: &Live, event: &Event, seen: impl Fn(&Decision<'_>) -> T) -> (T, T) {
    // A script's time is the clock's: on a busy machine the other programs spend it.
    let late = "the script takes longer than";
    let is_late = |decision: &Decision<'_>| match &decision.verdict {
        Verdict::Failed(failure) if failure.message.contains(late) => true,
        _ => decision.audits.iter().any(|audit| audit.did.iter().any(|did| did.contains(late))),
    };
    loop {
        let indexed = decide(&live.rules, event, &live.tables).unwrap();
        let linear = explain(&live.rules, event, &live.tables).unwrap();
        if !is_late(&indexed) && !is_late(&linear) {
            return (seen(&indexed), seen(&linear));
        }
    }
}

/// What the rules make of a user, by the index and without it.
fn alike(live: &Live, user: &Json) -> String {
    let event = event(live, "validateUser", &json!({ "request": { "user": user } }).to_string()).unwrap();
    let (indexed, linear) = both(live, &event, |decision| seen(decision, live, &event));
    assert_eq!(indexed, linear, "{user}");
    indexed
}

/// Rows that share each of their values with many, so that only all of them together tell one from the others.
#[test]
fn a_row_is_found_by_values_that_it_shares_with_many_others() {
    const VALUES: usize = 7;
    let cell = |field: &str, n: usize| if n.is_multiple_of(2) { json!(format!("{field}{n}")) } else { json!(n) };
    let pairs = (0..VALUES * VALUES).map(|n| (n / VALUES, n % VALUES));
    let grid: Vec<Json> = pairs.clone().map(|(a, b)| json!([cell("a", a), cell("b", b), format!("{a} {b}")])).collect();
    let cube = pairs.clone().flat_map(|(a, b)| (0..3).map(move |c| (a, b, c)));
    let cube: Vec<Json> =
        cube.map(|(a, b, c)| json!([cell("a", a), cell("b", b), cell("c", c), format!("{a} {b} {c}")])).collect();
    // A cell of `a` has two values, one of `b` two to four: up to 8 pairs a row. With 5 and 5 there are too many.
    let list =
        |field: &str, from: usize, count| (from..from + count).map(|n| cell(field, n % VALUES)).collect::<Vec<_>>();
    let lists: Vec<Json> = pairs.map(|(a, b)| json!([list("a", a, 2), list("b", b, 2 + a % 3), "x"])).collect();
    let long: Vec<Json> = (0..VALUES).map(|n| json!([list("a", n, 5), list("b", n, 5), "x"])).collect();
    let table = |name: &str, inputs: &[&str], rows: Vec<Json>| {
        let output = format!("set user.{name}");
        let table = json!({ "hit": "collect", "inputs": inputs, "outputs": [output], "rows": rows });
        json!({ "name": name, "table": table })
    };
    let two = ["user.a", "user.b"];
    let rules = json!({ "hook": "validateUser", "rules": [
        { "name": "move", "when": { "user.move": { "present": true } }, "set": { "user.a": "${user.move}" } },
        table("grid", &two, grid),
        table("cube", &["user.a", "user.b", "user.c"], cube),
        table("lists", &two, lists),
        table("long", &two, long),
    ] });
    let live = live(&plain(&rules));
    for (a, b) in (0..=VALUES).flat_map(|a| (0..=VALUES).map(move |b| (a, b))) {
        let is_row = a < VALUES && b < VALUES;
        let user = json!({ "a": cell("a", a), "b": cell("b", b), "c": "c2" });
        let moved = json!({ "move": cell("a", a), "a": cell("a", (a + 1) % VALUES), "b": cell("b", b), "c": "c2" });
        for seen in [alike(&live, &user), alike(&live, &moved)] {
            assert_eq!(seen.contains(&format!(r#"\"grid\":\"{a} {b}\""#)), is_row, "{seen}");
            assert_eq!(seen.contains(&format!(r#"\"cube\":\"{a} {b} 2\""#)), is_row, "{seen}");
        }
    }
}

/// A user's values, and how often one was asked for.
struct Asked<'l> {
    live: &'l Live,
    user: Value<'static>,
    count: usize,
}

impl Values for Asked<'_> {
    fn value(&mut self, slot: usize) -> Option<View<'_>> {
        self.count += 1;
        self.user.view().walk(&self.live.rules.slots.paths[slot].segments)
    }
}

/// Tests of `user.x`, of which each rule has one with its own number, and a value for which that of the seventh holds.
#[test]
fn of_hundred_rules_the_one_that_holds_is_found_without_asking_each() {
    for (test, value) in [
        ("vN", json!("v7")),
        ("[vN, wN]", json!("w7")),
        ("N", json!(7.0)),
        ("{ is: vN, ignore_case: true }", json!("V7")),
        ("{ starts_with: vN. }", json!("v7.x")),
        ("{ ends_with: .vN }", json!("x.v7")),
        ("{ contains: vN. }", json!("x v7. y")),
        ("{ contains: vN }", json!(["x", "v7"])),
        ("{ matches: ^vN$ }", json!("v7")),
        ("{ any: { is: vN } }", json!(["x", "v7"])),
        ("{ any: { .k: vN } }", json!([{ "k": "x" }, { "k": "v7" }])),
        ("{ any: { .k.e: { in: [vN, wN] } } }", json!([{ "k": { "e": "w7" } }])),
        ("{ count: { of: { is: vN }, gt: 0 } }", json!(["v7"])),
        ("{ within: 10.N.0.0/16 }", json!("10.7.1.1")),
        ("{ within: 2001:db8:N::/48 }", json!("2001:db8:7::1")),
        ("{ in: N..N }", json!("7")),
        ("{ gte: N, lt: N.5 }", json!(7.25)),
    ] {
        let rule = |n: usize| {
            let test = test.replace('N', &n.to_string());
            format!("  - {{ name: r{n}, when: {{ user.x: {test} }}, reject: Found }}\n")
        };
        let rules: String = (0..100).map(rule).collect();
        let live = live(&format!("hook: validateUser\ncodes: {{ Found: x }}\nrules:\n{rules}"));
        let mut asked = Asked { live: &live, user: Value::from(json!({ "x": value })), count: 0 };
        let place = live.rules.hooks.position("validateUser").unwrap();
        let mut candidates = live.rules.program(place).unwrap().index.candidates(&mut asked);
        let found = [candidates.next(0, &mut asked), candidates.next(8, &mut asked)];
        assert_eq!((found, asked.count < 10), ([Some(7), None], true), "{test}: {}", asked.count);
    }
}

/// Small and capital forms of these letters take different numbers of bytes.
#[test]
fn beginnings_and_ends_are_found_in_letters_of_any_length() {
    let texts =
        ["\u{23a}", "\u{2c65}", "\u{130}", "i", "\u{1e9e}", "\u{df}", "ss", "\u{212a}", "k", "e\u{301}", "\u{e9}"];
    for (operator, ignore_case) in
        [("starts_with", false), ("ends_with", false), ("starts_with", true), ("ends_with", true)]
    {
        let rule = |(n, text): (usize, &&str)| {
            let test = json!({ operator: text, "ignore_case": ignore_case });
            json!({ "name": format!("r{n}"), "mode": "audit", "when": { "user.x": test }, "stop": true })
        };
        let rules: Vec<Json> = texts.iter().enumerate().map(rule).collect();
        let live = live(&plain(&json!({ "hook": "validateUser", "rules": rules })));
        for (n, text) in texts.iter().enumerate() {
            for value in [(*text).to_owned(), format!("{text}tail{text}"), format!("x{text}x"), text.to_lowercase()] {
                let seen = alike(&live, &json!({ "x": value }));
                let is_held = seen.contains(&format!("(\"r{n}\", "));
                assert!(is_held || !value.starts_with(text), "{operator} {ignore_case} {text} of {value}: {seen}");
            }
        }
    }
}

proptest! {
    #![proptest_config(tries(150))]

    #[test]
    fn with_the_index_and_without_it_an_event_is_decided_alike(rules in rules(), users in vec(user(), 12)) {
        let live = live(&rules);
        for user in users {
            let body = json!({ "request": { "user": user } }).to_string();
            let event = event(&live, "validateUser", &body).unwrap();
            let (indexed, linear) = both(&live, &event, |decision| seen(decision, &live, &event));
            prop_assert_eq!(indexed, linear, "{}", body);
        }
    }
}
