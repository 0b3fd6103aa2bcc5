//! A list in brackets, `[a, b]`, as a function of its elements, so that it needs no script engine.

use crate::event::Value;
use crate::rule::function::clock::Clock;
use crate::rule::function::table::{Answer, Function};

/// Most elements that are written out.
const ELEMENT_LIMIT: usize = 100;

/// It has no name by which rules could call it: it is written in brackets. An absent element stays one.
pub static BRACKETS: Function =
    Function::new("[a, b, …]", "[]", (0, ELEMENT_LIMIT), "the list of these values, an absent one too", brackets)
        .hearing_absent();

fn brackets(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::List(values.iter().cloned().map(Value::into_static).collect()))
}
