//! Functions that choose elements of lists, or put them in order.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use super::alike::key;
use crate::event::{Shape, Value, View, folded, nfc, number};
use crate::rule::function::answers::Answering;
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{Argument, UnknownValue, Written};
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::{any_case, at, list, text, unknown_case, wrong};

pub static FUNCTIONS: &[&Function] = &[&COLUMN, &COUNT, &DISTINCT, &FIRST, &INTERSECT, &SORTED, &WHERE, &WITHOUT];

static COLUMN: Function = Function::new(
    "column(list, \"field\")",
    "column",
    (2, 2),
    "the values of this field of the objects in the list; `\"manager.login\"` is a field of a field. Objects without it are left out",
    column,
)
.taking(&[Argument::List, Argument::Text])
.answering(Answering::Lists)
.examples(&[("join(column(list, \"c\"), \"/\")", "India/Nepal")]);

fn column(values: &[Value<'_>], _: &Clock) -> Answer {
    let field = field_name("column", values)?;
    let mut found = Vec::new();
    for item in list("column", values, 0)? {
        found.extend(field_of("column", item, &field)?.map(|value| value.to_value().into_static()));
    }
    Ok(Value::List(found))
}

static WHERE: Function = Function::new(
    "where(list, \"field\", value)`, `where(list, \"field\", value, \"ignore_case\")",
    "where",
    (3, 4),
    "the objects of the list whose field is this value; `\"manager.login\"` is a field of a field",
    chosen,
)
.looking_at_values(unknown_fourth)
.taking(&[Argument::List, Argument::Text])
.answering(Answering::Lists)
.examples(&[("count(where(list, \"c\", \"Nepal\"))", "1")]);

fn chosen(values: &[Value<'_>], _: &Clock) -> Answer {
    let field = field_name("where", values)?;
    let in_any_case = any_case("where", values, 3)?;
    let wanted = key(at(values, 2), in_any_case);
    let mut found = Vec::new();
    for item in list("where", values, 0)? {
        if field_of("where", item, &field)?.is_some_and(|value| key(value, in_any_case) == wanted) {
            found.push(item.to_value().into_static());
        }
    }
    Ok(Value::List(found))
}

/// Longest name of a field, in bytes: it is looked for in every object.
const FIELD_LIMIT_BYTES: usize = 1 << 10;

fn field_name<'v>(name: &str, values: &'v [Value<'_>]) -> Result<Cow<'v, str>, String> {
    let field = text(name, values, 1)?;
    match field.len() > FIELD_LIMIT_BYTES {
        true => Err(format!("`{name}` was given a name of a field that is longer than {FIELD_LIMIT_BYTES} bytes")),
        false => Ok(field),
    }
}

/// A field of an object that may be there and not null: the one with just this name, or else one behind points.
fn field_of<'v>(name: &str, object: View<'v>, field: &str) -> Result<Option<View<'v>>, String> {
    match object.shape() {
        Shape::Map(_) => {}
        Shape::Null => return Ok(None),
        _ => return Err(wrong(name, "a list of objects", object)),
    }
    let behind_points = || field.split('.').try_fold(object, View::field);
    Ok(object.field(field).or_else(behind_points).filter(|value| !value.is_null()))
}

static WITHOUT: Function = Function::new(
    "without(list, x)`, `without(list, x, \"ignore_case\")",
    "without",
    (2, 3),
    "the list without this value, or without those of the list `x`; all of it where `x` is absent; absent when the list is",
    without,
)
.hearing_absent()
.looking_at_values(unknown_third)
.taking(&[Argument::List])
.answering(Answering::Lists)
.examples(&[("join(without(user.roles, \"admin\"), \",\")", "sales")]);

fn without(values: &[Value<'_>], _: &Clock) -> Answer {
    if at(values, 0).is_null() {
        return Ok(Value::Null);
    }
    let in_any_case = any_case("without", values, 2)?;
    let unwanted: HashSet<String> = match at(values, 1).shape() {
        Shape::List(unwanted) => unwanted.iter().map(|item| key(item, in_any_case)).collect(),
        Shape::Null => HashSet::new(),
        _ => HashSet::from([key(at(values, 1), in_any_case)]),
    };
    kept(list("without", values, 0)?, |item| !unwanted.contains(&key(item, in_any_case)))
}

static INTERSECT: Function = Function::new(
    "intersect(a, b)`, `intersect(a, b, \"ignore_case\")",
    "intersect",
    (2, 3),
    "the values of the list `a` that are in the list `b` too, each once",
    intersect,
)
.looking_at_values(unknown_third)
.taking(&[Argument::List])
.answering(Answering::Lists)
.examples(&[("count(intersect(user.roles, split(\"sales hr\")))", "1")]);

fn intersect(values: &[Value<'_>], _: &Clock) -> Answer {
    let in_any_case = any_case("intersect", values, 2)?;
    let mut wanted: HashSet<String> =
        list("intersect", values, 1)?.into_iter().map(|item| key(item, in_any_case)).collect();
    kept(list("intersect", values, 0)?, |item| wanted.remove(&key(item, in_any_case)))
}

static DISTINCT: Function = Function::new(
    "distinct(list)`, `distinct(list, \"ignore_case\")",
    "distinct",
    (1, 2),
    "the list with each value once, in the order in which they come first",
    distinct,
)
.looking_at_values(unknown_second)
.taking(&[Argument::List])
.answering(Answering::Lists)
.examples(&[("join(distinct(split(\"b a b\")), \",\")", "b,a")]);

fn distinct(values: &[Value<'_>], _: &Clock) -> Answer {
    let in_any_case = any_case("distinct", values, 1)?;
    let mut seen = HashSet::new();
    kept(list("distinct", values, 0)?, |item| seen.insert(key(item, in_any_case)))
}

#[expect(clippy::unnecessary_wraps, reason = "what functions answer")]
fn kept(list: Vec<View<'_>>, mut keeps: impl FnMut(View<'_>) -> bool) -> Answer {
    let kept = list.into_iter().filter(|item| keeps(*item));
    Ok(Value::List(kept.map(|item| item.to_value().into_static()).collect()))
}

static SORTED: Function = Function::new(
    "sorted(list)",
    "sorted",
    (1, 1),
    "the list in order: first numbers by value, then texts by their letters, capital and small ones alike. Absent elements are left out",
    sorted,
)
.taking(&[Argument::List])
.answering(Answering::Lists)
.examples(&[("join(sorted(split(\"Zoe asha Ben\")), \",\")", "asha,Ben,Zoe")]);

fn sorted(values: &[Value<'_>], _: &Clock) -> Answer {
    let mut found = Vec::new();
    for item in list("sorted", values, 0)? {
        let place = match item.shape() {
            Shape::Null => continue,
            Shape::Number(number) => Place::Number(number),
            Shape::Text(text) => Place::Text(folded(&text).into_owned(), nfc(&text).into_owned()),
            _ => return Err(wrong("sorted", "a list of texts and numbers", item)),
        };
        found.push((place, item));
    }
    found.sort_by(|(a, _), (b, _)| a.order(b));
    Ok(Value::List(found.into_iter().map(|(_, item)| item.to_value().into_static()).collect()))
}

/// Where an element belongs.
enum Place<'v> {
    Number(&'v str),
    Text(String, String),
}

impl Place<'_> {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Place::Number(a), Place::Number(b)) => number::compare(a, b),
            (Place::Number(_), Place::Text(..)) => Ordering::Less,
            (Place::Text(..), Place::Number(_)) => Ordering::Greater,
            (Place::Text(a, own_a), Place::Text(b, own_b)) => a.cmp(b).then_with(|| own_a.cmp(own_b)),
        }
    }
}

static FIRST: Function =
    Function::new("first(list)", "first", (1, 1), "the first element that is there; absent where none is", first)
        .taking(&[Argument::List])
        .examples(&[("first(user.roles)", "admin")]);

fn first(values: &[Value<'_>], _: &Clock) -> Answer {
    let first = list("first", values, 0)?.into_iter().find(|item| !item.is_null());
    Ok(first.map_or(Value::Null, |item| item.to_value().into_static()))
}

static COUNT: Function =
    Function::new("count(list)", "count", (1, 1), "how many elements the list has; 0 where it is absent", count)
        .hearing_absent()
        .taking(&[Argument::List])
        .answering(Answering::Numbers)
        .examples(&[("count(user.roles)", "2"), ("count(())", "0")]);

fn count(values: &[Value<'_>], _: &Clock) -> Answer {
    let count = match at(values, 0).shape() {
        Shape::Null => 0,
        _ => list("count", values, 0)?.len(),
    };
    Ok(Value::integer(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn unknown_second(name: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    unknown_case(name, values, 1)
}

fn unknown_third(name: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    unknown_case(name, values, 2)
}

fn unknown_fourth(name: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    unknown_case(name, values, 3)
}
