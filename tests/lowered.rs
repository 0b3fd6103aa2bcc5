//! The native tree of a simple script and the script engine come to the same.

use std::sync::Arc;

use hookgate::event::{Calendar, Path, Value};
use hookgate::rule::{Form, Inputs, Run};
use proptest::prelude::*;
use serde_json::json;

use crate::support::script::{clock, engine, now};

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
    "phone",
    "number",
    "length",
    "split",
    "date",
    "age",
    "sha256",
    "slug",
    "base64",
    "base64_decode",
    "hex",
    "uuid",
    "guid_base64",
    "distinct",
    "sorted",
    "first",
    "count",
    "weekday",
    "time_of_day",
];
const TWO: &[&str] = &[
    "last",
    "cut",
    "join",
    "coalesce",
    "first_filled",
    "strip_chars",
    "trim",
    "days_between",
    "matches",
    "mobile",
    "phone",
    "ascii",
    "before",
    "after",
    "split",
    "capture",
    "column",
    "without",
    "distinct",
    "intersect",
    "each",
    "add_time",
    "format_date",
    "read_date",
    "weekday",
    "time_of_day",
    "working_days",
];
const THREE: &[&str] = &[
    "replace",
    "part",
    "middle",
    "pad",
    "replace_all",
    "capture",
    "where",
    "without",
    "intersect",
    "each",
    "add_time",
    "format_date",
    "read_date",
    "working_days",
];
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
        Just("\" \"".to_owned()),
        Just("\"IN\"".to_owned()),
        Just("\"lower\"".to_owned()),
        Just("\"(.)\"".to_owned()),
        Just("\"3wd\"".to_owned()),
        Just("\"yyyyMMdd\"".to_owned()),
        Just("\"ignore_case\"".to_owned()),
        Just("\"today-1wd\"".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let one = (prop::sample::select(ONE), inner.clone()).prop_map(|(name, value)| format!("{name}({value})"));
        let two = (prop::sample::select(TWO), inner.clone(), inner.clone());
        let two = two.prop_map(|(name, a, b)| format!("{name}({a}, {b})"));
        let three = (prop::sample::select(THREE), inner.clone(), inner.clone(), inner.clone());
        let three = three.prop_map(|(name, a, b, c)| format!("{name}({a}, {b}, {c})"));
        let either = (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} ?? {b})"));
        let list = prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(", ")));
        prop_oneof![2 => one, 2 => two, 1 => three, 1 => either, 1 => list]
    })
}

proptest! {
    #![proptest_config(crate::properties::tries(600))]

    #[test]
    fn native_and_script_agree(text in simple(), values in prop::collection::vec(prop::option::of(sample()), 5)) {
        let scripts = engine();
        let script = match scripts.compile(&text, Form::Expression) {
            Ok(script) => script,
            Err(mistakes) => {
                // A generated pattern can be none, and a value that is written out one that its function does not take.
                prop_assert!(mistakes.iter().all(|mistake| ["H404", "H408"].contains(&mistake.code.id)), "{text}");
                return Ok(());
            }
        };
        let lowered = script.lowered().unwrap_or_else(|| panic!("`{text}` is not lowered"));
        let names = ["user.a", "user.b.c", "user.d[1]", "attr.P", "owner"];
        let read = |path: &Path| {
            let place = names.iter().position(|name| *name == path.to_string())?;
            values[place].clone().map(Value::from)
        };
        let native = lowered.evaluate(&read, &clock());
        let reads = script.reads().iter().map(read).collect();
        let run = scripts.run(&script, Inputs { reads, now: now(), calendar: Calendar::utc(), answers: Arc::default() });
        match (native, run) {
            (Ok(native), Run::Done(outcome)) => prop_assert!(
                native.view().same(outcome.value.view()), "{text}: {} and {}", native.to_json(), outcome.value.to_json()
            ),
            (Err(why), Run::Failed(failure)) => prop_assert_eq!(why, failure.message),
            (native, run) => prop_assert!(false, "{}: {:?} and {:?}", text, native, run),
        }
    }
}
