//! Lists: what is chosen of them, in what order, and what a function makes of each element.

use std::time::{Duration, Instant};

use hookgate::event::Value;
use hookgate::rule::{FUNCTIONS, Form, find_function};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::support::script::{clock, engine};

fn call(name: &str, values: Json) -> Result<String, String> {
    let Value::List(values) = Value::from(values) else { panic!("no list") };
    find_function(name).unwrap().call(&values, &clock()).map(|value| value.to_json())
}

#[test]
fn elements_are_chosen() {
    let people = json!([
        { "role": "admin", "of": { "city": "Pune" } }, { "role": "Sales" }, null, { "role": null, "of.city": "Goa" }, { "role": 7 },
    ]);
    let table = [
        ("column", json!([people, "role"]), r#"["admin","Sales",7]"#),
        ("column", json!([people, "of.city"]), r#"["Pune","Goa"]"#),
        ("column", json!([people, "x"]), "[]"),
        ("column", json!([[], "x"]), "[]"),
        ("where", json!([people, "role", "admin"]), r#"[{"role":"admin","of":{"city":"Pune"}}]"#),
        ("where", json!([people, "of.city", "Goa"]), r#"[{"role":null,"of.city":"Goa"}]"#),
        ("where", json!([people, "role", "sales"]), "[]"),
        ("where", json!([people, "role", "SALES", "ignore_case"]), r#"[{"role":"Sales"}]"#),
        ("where", json!([people, "role", "7"]), "[]"),
        ("where", json!([people, "role", 7.0]), r#"[{"role":7}]"#),
        ("without", json!([["a", "b", "a"], "a"]), r#"["b"]"#),
        ("without", json!([["a", "b", "A", 1], ["a", 1.0]]), r#"["b","A"]"#),
        ("without", json!([["a", "A", "b"], "a", "ignore_case"]), r#"["b"]"#),
        ("without", json!([["a", ""], ""]), r#"["a"]"#),
        ("without", json!(["  ", "a"]), "[]"),
        ("distinct", json!([["b", "a", "b", 1, 1.0, "1", [1], [1.0], null, null]]), r#"["b","a",1,"1",[1],null]"#),
        ("distinct", json!([[{ "a": 1, "b": 2 }, { "b": 2, "a": 1 }, { "a": 12 }]]), r#"[{"a":1,"b":2},{"a":12}]"#),
        ("distinct", json!([["Zoë", "Zoe\u{308}", "zoë"]]), r#"["Zoë","zoë"]"#),
        ("distinct", json!([["Zoë", "ZOE\u{308}"], "ignore_case"]), r#"["Zoë"]"#),
        ("intersect", json!([["a", "b", "a", "c"], ["a", "c", "d"]]), r#"["a","c"]"#),
        ("intersect", json!([["A", "b"], ["a"], "ignore_case"]), r#"["A"]"#),
        ("intersect", json!([["a"], []]), "[]"),
        ("sorted", json!([["b", "C", "a", 10, 9.5, "10", null, "c"]]), r#"[9.5,10,"10","a","b","C","c"]"#),
        ("first", json!([[null, "a", "b"]]), r#""a""#),
        ("first", json!([[]]), "null"),
        ("count", json!([["a", null]]), "2"),
        ("count", json!([null]), "0"),
        ("count", json!([""]), "0"),
        ("join", json!([" ", ","]), "\"\""),
    ];
    for (name, values, expected) in table {
        assert_eq!(call(name, values.clone()).as_deref(), Ok(expected), "{name}{values}");
    }
    for name in ["column", "where", "without", "distinct", "intersect", "sorted", "first", "each"] {
        let count = find_function(name).unwrap().least;
        let values: Vec<Json> = std::iter::once(json!(null)).chain((1..count).map(|_| json!("lower"))).collect();
        assert_eq!(call(name, json!(values)).as_deref(), Ok("null"), "{name} of nothing is nothing");
    }
}

#[test]
fn what_is_no_list_is_said() {
    for (name, values, words) in [
        ("distinct", json!(["a;b"]), "`split` makes one"),
        ("count", json!(["a"]), "takes a list"),
        ("first", json!([{ "a": 1 }]), "not an object"),
        ("each", json!(["a", "lower"]), "takes a list"),
        ("column", json!([["a"], "role"]), "a list of objects, not text"),
        ("where", json!([[1], "role", 1]), "a list of objects, not a number"),
        ("sorted", json!([[["a"]]]), "a list of texts and numbers, not a list"),
        ("distinct", json!([["a"], "no_case"]), "nothing but \"ignore_case\""),
        ("intersect", json!([["a"], "a"]), "takes a list"),
        ("each", json!([["a"], "lowr"]), "no function has"),
        ("each", json!([["a"], "each"]), "no function has"),
        ("each", json!([["a"], 1]), "the name of a function"),
        ("each", json!([["a"], "cut"]), "`cut` takes 2 values, not 1"),
        ("each", json!([["a", ["b"]], "lower"]), "`lower` takes text, not a list"),
        ("each", json!([["2026-01-10", "99/99/99"], "date"]), "an element that is not a date"),
    ] {
        let told = call(name, values.clone()).unwrap_err();
        assert!(told.contains(words), "{name}{values}: {told}");
    }
}

#[test]
fn each_calls_a_function_with_every_element() {
    for (values, expected) in [
        (json!([["A", "b"], "lower"]), r#"["a","b"]"#),
        (json!([["app_crm", "hr", "x_app_y"], "capture", "^app_(.*)"]), r#"["crm"]"#),
        (json!([["a@x", null, "b"], "replace_all", "^", "smtp:"]), r#"["smtp:a@x","smtp:b"]"#),
        (json!([["a-1", "b-2"], "part", "-", 2]), r#"["1","2"]"#),
        (json!([["2026-01-10T20:00Z"], "format_date", "dd.MM.yyyy", "Asia/Kolkata"]), r#"["11.01.2026"]"#),
        (json!([[" ", "a"], "first_filled", "b"]), r#"["b","a"]"#),
        (json!([[], "lower"]), "[]"),
    ] {
        assert_eq!(call("each", values.clone()).as_deref(), Ok(expected), "{values}");
    }
    // A function of the catalogue is one that `each` can call, if its further values find room.
    for function in FUNCTIONS.iter().filter(|function| function.name != "each" && function.least <= 3) {
        let further = vec![json!("x"); function.least - 1];
        let values: Vec<Json> = [json!([]), json!(function.name)].into_iter().chain(further).collect();
        assert_eq!(call("each", json!(values)).as_deref(), Ok("[]"), "{}", function.name);
    }
}

#[test]
fn calls_of_each_that_can_never_work_are_mistakes() {
    let scripts = engine();
    for (text, words) in [
        (r#"each(user.roles, "lowr")"#, "there is no function `lowr`"),
        (r#"each(user.roles, "each", "lower")"#, "there is no function `each`"),
        (r#"each(user.roles, "cut")"#, "`cut` takes 2 values, not 1"),
        (r#"user.roles.each("capture", "^(")"#, "the pattern `^(` cannot be used"),
        (r#"each(user.roles, "capture", "^a")"#, "a pattern without brackets"),
        (r#"each(user.roles, "phone", "XX")"#, "the country `XX`"),
        (r#"distinct(user.roles, "case")"#, "takes nothing but"),
        (r#"where(user.roles, "a", "b", true_or)"#, "true_or"),
    ] {
        let told = format!("{:?}", scripts.compile(text, Form::Expression));
        assert!(told.contains(words), "{text}: {told}");
    }
}

/// Every pair of elements is never looked at: time grows with the list, not with its square.
#[test]
fn a_hundred_thousand_elements_take_no_square_of_time() {
    let long: Vec<Json> = (0..100_000).map(|n| json!(format!("group-{n}"))).collect();
    let rows: Vec<Json> = (0..100_000).map(|n| json!({ "a": { "b": n } })).collect();
    let begun = Instant::now();
    for (name, values) in [
        ("distinct", json!([long])),
        ("without", json!([long, long])),
        ("intersect", json!([long, long, "ignore_case"])),
        ("sorted", json!([long])),
        ("column", json!([rows, "a.b"])),
        ("where", json!([rows, "a.b", 7])),
        ("each", json!([long, "replace_all", "-", "_"])),
    ] {
        assert!(call(name, values).is_ok(), "{name}");
    }
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
    let wide = "x".repeat(1 << 10);
    for (name, values) in [
        ("each", json!([long, "replace_all", "^", wide])),
        ("each", json!([long, "pad", 1_000, "0"])),
        ("join", json!([long, wide])),
        ("column", json!([rows, format!("a.{wide}")])),
        ("where", json!([rows, format!("a.{wide}"), 7])),
    ] {
        assert!(call(name, values).is_err(), "{name} has no end");
    }
}

fn element() -> impl Strategy<Value = Json> {
    prop_oneof![
        (0_i32..4).prop_map(|n| json!(n)),
        (0_i32..4).prop_map(|n| json!(f64::from(n))),
        "[aAéÉ]{0,2}".prop_map(|text| json!(text)),
        Just(json!("e\u{301}")),
        Just(json!(null)),
        Just(json!([1])),
        Just(json!({ "a": 1 })),
    ]
}

proptest! {
    #![proptest_config(crate::properties::tries(200))]

    /// What the passes over the keys find is what comparing each with each finds.
    #[test]
    fn lists_are_compared_as_conditions_compare(a in prop::collection::vec(element(), 0..8), b in prop::collection::vec(element(), 0..8)) {
        let (owned_a, owned_b) = (Value::from(json!(a)).into_items(), Value::from(json!(b)).into_items());
        let is_in = |item: &Value<'_>, list: &[Value<'_>]| list.iter().any(|other| other.view().same(item.view()));
        let mut once: Vec<Value<'_>> = Vec::new();
        for item in &owned_a {
            if !is_in(item, &once) {
                once.push(item.clone());
            }
        }
        let json_of = |list: Vec<Value<'static>>| Value::List(list).to_json();
        prop_assert_eq!(call("distinct", json!([a])).unwrap(), json_of(once.clone()));
        let both = once.into_iter().filter(|item| is_in(item, &owned_b)).collect();
        prop_assert_eq!(call("intersect", json!([a, b])).unwrap(), json_of(both));
        let rest = owned_a.into_iter().filter(|item| !is_in(item, &owned_b)).collect();
        prop_assert_eq!(call("without", json!([a, b])).unwrap(), json_of(rest));
    }
}
