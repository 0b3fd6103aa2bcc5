//! Dates that cannot be read: a condition is decided as Kleene's logic has it, whatever the order, on every kind of hook.

use hookgate::engine::{Verdict, decide, explain};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

use super::decision::{event, live};
use super::tries;

/// A condition on the dates `user.d` and `user.e` and the text `user.t`.
#[derive(Clone, Debug)]
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Is(&'static str),
    Over(&'static str, bool),
    NotOver(&'static str),
    Before(&'static str),
    AfterOther(&'static str, &'static str),
    IsDate(&'static str, bool),
}

/// What stands in a field that should hold a date.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stands {
    Absent,
    Blank,
    Past,
    Future,
    Last,
    Unreadable,
}

impl Stands {
    const ALL: [Stands; 6] =
        [Stands::Absent, Stands::Blank, Stands::Past, Stands::Future, Stands::Last, Stands::Unreadable];

    fn json(self) -> Option<Json> {
        Some(match self {
            Stands::Absent => return None,
            Stands::Blank => json!("  "),
            Stands::Past => json!("10-Jan-1969"),
            Stands::Future => json!("2026-01-10T00:00"),
            Stands::Last => json!("9999-12-31"),
            Stands::Unreadable => json!("31/12/30"),
        })
    }

    #[expect(clippy::option_option, reason = "nothing there and nobody knows are two answers")]
    /// Its place in time; `Some(None)` where there is none, `None` where nobody knows.
    fn place(self) -> Option<Option<u8>> {
        match self {
            Stands::Absent | Stands::Blank => Some(None),
            Stands::Past => Some(Some(0)),
            Stands::Future => Some(Some(2)),
            Stands::Last => Some(Some(3)),
            Stands::Unreadable => None,
        }
    }
}

struct User {
    t: &'static str,
    d: Stands,
    e: Stands,
}

impl User {
    fn of(&self, field: &str) -> Stands {
        if field == "d" { self.d } else { self.e }
    }
}

/// The event happens at 1970-01-01, between the past and the future.
fn value(condition: &Condition, user: &User) -> Option<bool> {
    let not = |value: Option<bool>| value.map(|value| !value);
    let over = |field: &str, wanted: bool| {
        user.of(field).place().map(|place| place.is_some_and(|place| (place < 1) == wanted))
    };
    match condition {
        Condition::All(all) => {
            let values: Vec<_> = all.iter().map(|condition| value(condition, user)).collect();
            if values.contains(&Some(false)) {
                Some(false)
            } else {
                values.into_iter().all(|value| value.is_some()).then_some(true)
            }
        }
        Condition::Any(any) => {
            let values: Vec<_> = any.iter().map(|condition| value(condition, user)).collect();
            if values.contains(&Some(true)) {
                Some(true)
            } else {
                values.into_iter().all(|value| value.is_some()).then_some(false)
            }
        }
        Condition::Not(inner) => not(value(inner, user)),
        Condition::Is(text) => Some(user.t == *text),
        Condition::Over(field, wanted) => over(field, *wanted),
        Condition::NotOver(field) => not(over(field, true)),
        Condition::Before(field) => user.of(field).place().map(|place| place.is_some_and(|place| place < 1)),
        // Where the one is absent, it does not matter what the other is.
        Condition::AfterOther(field, other) => match (user.of(field).place(), user.of(other).place()) {
            (Some(None), _) => Some(false),
            (None, _) | (_, None) => None,
            (Some(Some(a)), Some(b)) => Some(b.is_some_and(|b| a > b)),
        },
        Condition::IsDate(field, wanted) => Some(match user.of(field).place() {
            Some(None) => false,
            Some(Some(_)) => *wanted,
            None => !*wanted,
        }),
    }
}

fn written(condition: &Condition) -> Json {
    let test = |field: &str, test: Json| json!({ format!("user.{field}"): test });
    match condition {
        Condition::All(all) => json!({ "all": all.iter().map(written).collect::<Vec<_>>() }),
        Condition::Any(any) => json!({ "any": any.iter().map(written).collect::<Vec<_>>() }),
        Condition::Not(inner) => json!({ "not": written(inner) }),
        Condition::Is(text) => test("t", json!(text)),
        Condition::Over(field, wanted) => test(field, json!({ "over": wanted })),
        Condition::NotOver(field) => test(field, json!({ "not": { "over": true } })),
        Condition::Before(field) => test(field, json!({ "before": "now" })),
        Condition::AfterOther(field, other) => test(field, json!({ "after": format!("user.{other}") })),
        Condition::IsDate(field, wanted) => test(field, json!({ "is_date": wanted })),
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let date = || select(&["d", "e"][..]);
    let leaf = prop_oneof![
        3 => select(&["p", "q"][..]).prop_map(Condition::Is),
        2 => (date(), any::<bool>()).prop_map(|(field, wanted)| Condition::Over(field, wanted)),
        1 => date().prop_map(Condition::NotOver),
        1 => date().prop_map(Condition::Before),
        1 => Just(Condition::AfterOther("d", "e")),
        1 => (date(), any::<bool>()).prop_map(|(field, wanted)| Condition::IsDate(field, wanted)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            3 => vec(inner.clone(), 1..4).prop_map(Condition::All),
            2 => vec(inner.clone(), 1..4).prop_map(Condition::Any),
            1 => inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

/// What must hold of a list of dates `user.l`.
#[derive(Clone, Copy, Debug)]
enum OfList {
    Any,
    Every,
    /// So many of them, by a comparison.
    Count(&'static str, usize),
}

impl OfList {
    fn written(self) -> Json {
        let over = json!({ "over": true });
        let test = match self {
            OfList::Any => json!({ "any": over }),
            OfList::Every => json!({ "every": over }),
            OfList::Count(word, number) => json!({ "count": { "of": over, word: number } }),
        };
        json!({ "user.l": test })
    }

    /// Known where it comes out the same whatever the unreadable dates are.
    fn value(self, dates: &[Stands]) -> Option<bool> {
        let is_over = |date: &Stands| date.place().map(|place| place.is_some_and(|place| place < 1));
        let held = dates.iter().filter(|date| is_over(date) == Some(true)).count();
        let unknown = dates.iter().filter(|date| is_over(date).is_none()).count();
        let fits = |number: usize| match self {
            OfList::Any => number > 0,
            OfList::Every => number == dates.len(),
            OfList::Count("gt", wanted) => number > wanted,
            OfList::Count("lte", wanted) => number <= wanted,
            OfList::Count(_, wanted) => number == wanted,
        };
        (held..=held + unknown).all(|number| fits(number) == fits(held)).then(|| fits(held))
    }
}

fn of_list() -> impl Strategy<Value = OfList> {
    prop_oneof![
        1 => Just(OfList::Any),
        1 => Just(OfList::Every),
        3 => (select(&["gt", "lte", "is"][..]), 0..5_usize).prop_map(|(word, number)| OfList::Count(word, number)),
    ]
}

fn rules(when: &Json, rows: bool) -> String {
    let mut rule = json!({ "name": "dated", "when": when });
    if rows {
        // Of the rows one holds of everybody, so that the rule does what its `when` says.
        rule["table"] =
            json!({ "hit": "collect", "inputs": ["user.t"], "outputs": ["set user.hit"], "rows": [["-", "yes"]] });
    } else {
        rule["set"] = json!({ "user.hit": "yes" });
    }
    let after = json!({ "name": "after", "set": { "user.after": "yes" } });
    format!("{:#}", json!({ "hook": ["validateUser", "preUpdateUser"], "rules": [rule, after] }))
}

/// Decides the event of a user with these fields on both kinds of hook, by the index and without it.
fn decided(rules: &str, fields: &Map<String, Json>, expected: Option<bool>) -> Result<(), TestCaseError> {
    let live = live(rules);
    let body = json!({ "request": { "user": fields } }).to_string();
    for hook in ["validateUser", "preUpdateUser"] {
        let event = event(&live, hook, &body).unwrap();
        for deciding in [decide, explain] {
            let decision = deciding(&live.rules, &event, &live.tables).unwrap();
            let has = |field: &str| decision.user.as_ref().unwrap().view().field(field).is_some();
            let skipped: Vec<&str> = decision.skipped.iter().map(|skipped| &*skipped.rule.name).collect();
            let is_failed = matches!(decision.verdict, Verdict::Failed(_));
            match expected {
                Some(holds) => {
                    prop_assert_eq!((has("hit"), has("after")), (holds, true), "{}", hook);
                    prop_assert!(!is_failed && skipped.is_empty(), "{}", hook);
                }
                None if hook == "validateUser" => prop_assert!(is_failed, "{:?}", decision.verdict),
                None => {
                    prop_assert_eq!(skipped, ["dated"]);
                    prop_assert_eq!((has("hit"), has("after")), (false, true));
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(tries(400))]

    #[test]
    fn what_cannot_be_read_matters_only_where_nothing_else_settles_it(
        condition in condition(),
        t in select(&["p", "q", "r"][..]),
        d in select(&Stands::ALL[..]),
        e in select(&Stands::ALL[..]),
        rows in any::<bool>(),
    ) {
        let user = User { t, d, e };
        let mut fields = Map::from_iter([("login".to_owned(), json!("u")), ("t".to_owned(), json!(t))]);
        fields.extend(d.json().map(|value| ("d".to_owned(), value)));
        fields.extend(e.json().map(|value| ("e".to_owned(), value)));
        decided(&rules(&written(&condition), rows), &fields, value(&condition, &user))?;
    }

    #[test]
    fn of_a_list_it_matters_only_where_the_others_do_not_settle_it(
        of_list in of_list(),
        dates in vec(select(&Stands::ALL[..]), 0..5),
        rows in any::<bool>(),
    ) {
        let list = dates.iter().map(|date| date.json().unwrap_or_default()).collect();
        let fields = Map::from_iter([("login".to_owned(), json!("u")), ("l".to_owned(), list)]);
        decided(&rules(&of_list.written(), rows), &fields, of_list.value(&dates))?;
    }
}
