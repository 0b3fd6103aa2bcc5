//! Functions over values of any kind and over lists.

use crate::event::{Shape, Value};
use crate::rule::function::answers::Answering;
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::Argument;
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::{at, list, text, within_limit, wrong};

/// Most values that `coalesce` takes.
const MOST_VALUES: usize = 8;

pub static FUNCTIONS: &[&Function] = &[&PRESENT, &COALESCE, &FIRST_FILLED, &JOIN];

static PRESENT: Function = Function::new(
    "present(x)",
    "present",
    (1, 1),
    "whether there is a value, even a blank text; false for an absent value and of null",
    present,
)
.hearing_absent()
.silent()
.answering(Answering::Truths)
.examples(&[("present(())", "false")]);

fn present(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::Bool(!matches!(at(values, 0).shape(), Shape::Null)))
}

static COALESCE: Function = Function::new(
    "coalesce(a, b, …)",
    "coalesce",
    (1, MOST_VALUES),
    "the first value that is not absent; a blank one counts; absent when all are",
    coalesce,
)
.hearing_absent()
.examples(&[("coalesce((), \"asha.rao\")", "asha.rao")]);

fn coalesce(values: &[Value<'_>], _: &Clock) -> Answer {
    let first = values.iter().find(|value| !matches!(value.view().shape(), Shape::Null));
    Ok(first.map_or(Value::Null, |value| value.clone().into_static()))
}

static FIRST_FILLED: Function = Function::new(
    "first_filled(a, b, …)",
    "first_filled",
    (1, MOST_VALUES),
    "the first value that is neither absent nor empty; a blank text counts as empty; absent when all are",
    first_filled,
)
.hearing_absent()
.examples(&[("first_filled(\" \", \"asha.rao\")", "asha.rao")]);

fn first_filled(values: &[Value<'_>], _: &Clock) -> Answer {
    let first = values.iter().find(|value| !value.view().is_empty());
    Ok(first.map_or(Value::Null, |value| value.clone().into_static()))
}

static JOIN: Function = Function::new(
    "join(list, separator)",
    "join",
    (2, 2),
    "the elements as one text; absent and empty elements are left out",
    join,
)
.taking(&[Argument::List, Argument::Text])
.examples(&[("join([\"a\", \"b\"], \"/\")", "a/b")]);

fn join(values: &[Value<'_>], _: &Clock) -> Answer {
    let list = list("join", values, 0)?;
    let separator = text("join", values, 1)?;
    let mut out = String::new();
    for item in list.into_iter().filter(|item| !item.is_empty()) {
        if matches!(item.shape(), Shape::List(_) | Shape::Map(_)) {
            return Err(wrong("join", "a list of texts and numbers", item));
        }
        if !out.is_empty() {
            out.push_str(&separator);
        }
        out.push_str(&item.as_text());
        within_limit("join", out.len())?;
    }
    Ok(Value::text(out))
}
