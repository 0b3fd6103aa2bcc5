//! What `check` says of rules is so: certain claims hold of every event that is tried, examples show what they are told
//! with, and of small tables whose cells only compare with constants nothing is overlooked.

use std::collections::BTreeSet;

use super::decision::{event, live, rules};
use super::naive::plain;
use super::tries;
use hookgate::diagnostic::Diagnostic;
use hookgate::engine::testing::case::Surroundings;
use hookgate::engine::{Outcome, RuleTrace, Verdict, explain};
use hookgate::gateway::Live;
use hookgate::lint::{lint, prove};
use hookgate::rule::Hit;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

const FIELDS: [&str; 3] = ["a", "b", "c"];

/// A cell that only compares with constants.
fn exact() -> impl Strategy<Value = Json> {
    let scalar = || select(vec![json!("p"), json!("q"), json!("P"), json!(1), json!(2), json!(true)]);
    prop_oneof![
        4 => Just(json!("-")),
        4 => scalar(),
        2 => vec(scalar(), 1..4).prop_map(Json::from),
        2 => scalar().prop_map(|value| json!({ "not": { "is": value } })),
        1 => scalar().prop_map(|value| json!({ "is_not": value })),
        1 => scalar().prop_map(|value| json!({ "is": value, "ignore_case": true })),
        1 => any::<bool>().prop_map(|is| json!({ "present": is })),
        1 => (0..3_i32, 0..4_i32).prop_map(|(from, to)| json!({ "gte": from, "lt": to })),
        1 => (0..3_i32).prop_map(|from| json!({ "not": { "gt": from } })),
        1 => (0..3_i32, 0..2_i32).prop_map(|(low, more)| json!(format!("{low}..{}", low + more))),
    ]
}

/// Any cell.
fn cell() -> impl Strategy<Value = Json> {
    let pattern = select(&["^p", "q$", "^[a-z]+$", "x{2,3}", "p|q", "^.{2}$"][..]);
    let part = || select(&["p", "q", "pq", "x", "P"][..]);
    prop_oneof![
        6 => exact(),
        2 => pattern.prop_map(|pattern| json!({ "matches": pattern })),
        1 => part().prop_map(|part| json!({ "starts_with": part })),
        1 => part().prop_map(|part| json!({ "ends_with": part, "ignore_case": true })),
        1 => part().prop_map(|part| json!({ "contains": part })),
        1 => part().prop_map(|part| json!({ "not": { "contains": part } })),
        1 => (0..3_u8).prop_map(|length| json!({ "length": { "gt": length } })),
        1 => (0..4_u8).prop_map(|length| json!({ "length": length })),
        1 => any::<bool>().prop_map(|is| json!({ "empty": is })),
        1 => part().prop_map(|part| json!({ "any": { "is": part } })),
        1 => part().prop_map(|part| json!({ "every": { "starts_with": part } })),
        1 => part().prop_map(|part| json!({ "any": { ".k": part } })),
        1 => (part(), 0..3_u8).prop_map(|(part, most)| json!({ "count": { "of": { "is": part }, "lte": most } })),
        1 => (0..3_u8).prop_map(|count| json!({ "count": count })),
        1 => select(&["10.0.0.0/8", "10.1.2.3"][..]).prop_map(|network| json!({ "within": network })),
        1 => select(&["§1..2§", "§..1§", "§2..§"][..]).prop_map(|range| json!({ "not_in": range })),
        1 => Just(json!("${user.a}")),
        1 => Just(json!({ "not": { "is": "${user.b}" } })),
        1 => Just(json!({ "before": "2020-01-01" })),
    ]
}

/// A rule with a table; `guard` gives it a third column in use and a `when`.
fn table(cell: impl Strategy<Value = Json> + Clone + 'static, guard: bool) -> impl Strategy<Value = String> {
    let hit = select(&["unique", "first", "collect"][..]);
    let when = proptest::option::of((select(&FIELDS[..]), cell.clone()));
    let third = if guard { cell.clone().boxed() } else { Just(json!("-")).boxed() };
    (hit, when, vec((cell.clone(), cell, third), 1..6)).prop_map(move |(hit, when, rows)| {
        let rows: Vec<Json> =
            rows.into_iter().enumerate().map(|(n, (a, b, c))| json!([a, b, c, n.to_string()])).collect();
        let inputs = FIELDS.map(|field| format!("user.{field}"));
        let table = json!({ "hit": hit, "inputs": inputs, "outputs": ["mappedValue"], "rows": rows });
        let mut rule = json!({ "name": "t", "table": table });
        if let Some((field, test)) = when.filter(|(_, test)| guard && *test != json!("-")) {
            rule["when"] = json!({ format!("user.{field}"): test });
        }
        plain(&json!({ "hook": "policyMap", "rules": [rule] }))
    })
}

/// Values of a field: those that the cells name and others of each kind; `None` for absent.
fn values() -> Vec<Option<Json>> {
    let values = json!([
        "p", "q", "P", "Q", "other", "", " ", "pq", "xx", "xxx", "qp", 0, 1, 2, 3, 1.5, -1, true, false, null,
        [], ["p"], ["q"], ["p", "x"], [1], {}, { "p": 1 }, "2019-05-05", "2021-01-01",
        [{ "k": "p" }], [{ "k": "q" }, { "k": "x" }], ["p", "p"], ["x", "p", "x"], "10.1.2.3", "10.4.4.4", "192.0.2.9"
    ]);
    let values = values.as_array().unwrap().iter().cloned().map(Some);
    values.chain([None]).collect()
}

fn body(values: &[(&str, Option<Json>)]) -> String {
    let fields = values.iter().filter_map(|(field, value)| Some(((*field).to_owned(), value.clone()?)));
    json!({ "request": { "user": fields.collect::<serde_json::Map<_, _>>() } }).to_string()
}

fn trace(live: &Live, hook: &str, body: &str) -> (Vec<RuleTrace>, bool) {
    let event = event(live, hook, body).unwrap();
    let decision = explain(&live.rules, &event, &live.tables).unwrap();
    (decision.trace, matches!(decision.verdict, Verdict::Failed(_)))
}

fn findings(live: &Live) -> Vec<Diagnostic> {
    let surroundings =
        Surroundings { now: jiff::Timestamp::UNIX_EPOCH, calendar: hookgate::event::Calendar::utc(), rounds: 8 };
    let result = lint(&live.rules);
    assert!(result.is_complete);
    let prove = |finding| prove(&live.rules, finding, &live.tables, &surroundings);
    result.findings.into_iter().filter_map(prove).collect()
}

/// The rows that a message names, from 0.
fn rows(message: &str) -> Vec<usize> {
    let words = message.split(|c: char| !c.is_ascii_alphanumeric()).skip_while(|word| !word.starts_with("row"));
    let numbers = words.skip(1).take_while(|word| *word != "of").filter_map(|word| word.parse::<usize>().ok());
    numbers.map(|number| number - 1).collect()
}

/// The names in backticks.
fn names(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

fn of<'t>(trace: &'t [RuleTrace], rule: &str) -> &'t RuleTrace {
    trace.iter().find(|trace| trace.rule == rule).unwrap()
}

/// Looks at an example with eyes of its own.
fn is_shown(live: &Live, finding: &Diagnostic) -> bool {
    let Some(example) = &finding.example else { return !matches!(finding.code.id, "H801" | "H803" | "H806") };
    let (trace, has_failed) = trace(live, &example.hook, &example.body);
    let names = names(&finding.message);
    let has_held = |name: &str| matches!(of(&trace, name).outcome, Outcome::Held);
    let rows = rows(&finding.message);
    match finding.code.id {
        "H801" => match &of(&trace, names[0]).outcome {
            Outcome::Failed(message) => message.contains(&format!("rows {} and {} ", rows[0] + 1, rows[1] + 1)),
            _ => false,
        },
        "H802" => has_held(names[0]) && of(&trace, names[0]).rows.iter().all(|row| *row < rows[0]),
        "H803" => matches!(of(&trace, names[0]).outcome, Outcome::NotHeld(_)) && of(&trace, names[0]).rows.is_empty(),
        "H804" => matches!(of(&trace, names[0]).outcome, Outcome::NotReached),
        "H806" => has_held(names[0]) && has_held(names[1]) && !has_failed,
        _ => true,
    }
}

/// Everything certain, held against one event; what is wrong with it.
fn refuted(findings: &[Diagnostic], trace: &[RuleTrace]) -> Option<String> {
    let is_wrong = |finding: &&Diagnostic| {
        let held = |name: &str| matches!(of(trace, name).outcome, Outcome::Held);
        let names = names(&finding.message);
        match finding.code.id {
            "H802" => of(trace, names[0]).rows.contains(&rows(&finding.message)[0]),
            "H804" => held(names[0]),
            "H827" => matches!(of(trace, names[0]).outcome, Outcome::NotHeld(_)),
            "H805" if finding.message.starts_with("the `when`") => held(names[1]),
            _ => false,
        }
    };
    findings.iter().find(is_wrong).map(|finding| finding.message.clone())
}

proptest! {
    #![proptest_config(tries(60))]

    #[test]
    fn what_is_said_of_a_table_is_so(rules in table(cell().boxed(), true)) {
        let live = live(&rules);
        let findings = findings(&live);
        for finding in &findings {
            prop_assert!(is_shown(&live, finding), "{}\n{rules}", finding.to_text(false));
        }
        let values = values();
        for (n, a) in values.iter().enumerate() {
            for b in &values {
                // Every pair of values beside some of the third.
                for c in values.iter().skip(n % 10).step_by(10) {
                    let body = body(&[("a", a.clone()), ("b", b.clone()), ("c", c.clone())]);
                    let wrong = refuted(&findings, &trace(&live, "policyMap", &body).0);
                    prop_assert!(wrong.is_none(), "{wrong:?} by {body}\n{rules}");
                }
            }
        }
    }

    #[test]
    fn of_small_tables_nothing_is_overlooked(rules in table(exact().boxed(), false)) {
        let live = live(&rules);
        let findings = findings(&live);
        let told = |code: &str| -> BTreeSet<usize> {
            let these = findings.iter().filter(|finding| finding.code.id == code);
            these.map(|finding| rows(&finding.message).pop().unwrap_or_default()).collect()
        };
        // One of each kind that such cells tell apart.
        let values = json!([
            "p", "q", "P", "Q", "other", " ", -1, 0, 0.5, 1, 1.5, 2, 2.5, 3, true, false, null, [], ["p"], {}
        ]);
        let values: Vec<Option<Json>> = values.as_array().unwrap().iter().cloned().map(Some).collect();
        let (mut overlapping, mut hit, mut is_open) = (BTreeSet::new(), BTreeSet::new(), false);
        let natural = natural(&rules);
        for a in &values {
            for b in &values {
                let body = body(&[("a", a.clone()), ("b", b.clone())]);
                let (trace, _) = trace(&live, "policyMap", &body);
                match &of(&trace, "t").outcome {
                    Outcome::Failed(message) => drop(overlapping.insert(rows(message)[1])),
                    Outcome::NotHeld(_) => is_open |= natural.iter().zip([a, b]).all(|(is, value)| is(value)),
                    _ => hit.extend(of(&trace, "t").rows.iter().copied()),
                }
            }
        }
        let table = live.rules.rules[0].table.as_ref().unwrap();
        let dead: BTreeSet<usize> = (0..table.rows.len()).filter(|row| !hit.contains(row)).collect();
        prop_assert_eq!(&overlapping, &told("H801"), "overlaps\n{}", &rules);
        if table.hit != Hit::Unique {
            prop_assert_eq!(&dead, &told("H802"), "dead rows\n{}", &rules);
        }
        if table.hit != Hit::Collect {
            prop_assert_eq!(is_open, !told("H803").is_empty(), "gaps\n{}", &rules);
        }
    }

    #[test]
    fn what_is_said_of_rules_is_so(rules in rules(), users in vec(super::decision::user(), 40)) {
        let live = live(&rules);
        let findings = findings(&live);
        for finding in &findings {
            prop_assert!(is_shown(&live, finding), "{}\n{rules}", finding.to_text(false));
        }
        for user in users {
            let body = json!({ "request": { "user": user } }).to_string();
            let wrong = refuted(&findings, &trace(&live, "validateUser", &body).0);
            prop_assert!(wrong.is_none(), "{wrong:?} by {body}\n{rules}");
        }
    }
}

/// For each column, which values somebody might send there: texts, or numbers where its cells name only such.
fn natural(rules: &str) -> Vec<impl Fn(&Option<Json>) -> bool> {
    let rules: Json = serde_json::from_str(rules).unwrap();
    let rows = rules["rules"][0]["table"]["rows"].as_array().unwrap();
    let column = |place: usize| {
        let cells = rows.iter().map(|row| row[place].to_string().replace("\"-\"", ""));
        let cells = cells.collect::<String>().replace("\"ignore_case\":true", "");
        let has_numbers = cells.contains(|c: char| c.is_ascii_digit());
        let has_texts = ["\"p\"", "\"q\"", "\"P\""].iter().any(|text| cells.contains(text)) || !has_numbers;
        let has_truths = cells.replace("\"present\":true", "").contains("true");
        move |value: &Option<Json>| match value {
            Some(Json::String(text)) => has_texts && text != " ",
            Some(Json::Number(number)) => has_numbers && number.is_i64(),
            Some(Json::Bool(_)) => has_truths,
            Some(Json::Null) | None => true,
            _ => false,
        }
    };
    (0..FIELDS.len()).map(column).collect()
}
