//! Functions over values of any kind and over lists.

use super::clock::Clock;
use super::value::{at, text, wrong};
use crate::event::{Shape, Value};

type Answer = Result<Value<'static>, String>;

pub(super) fn present(values: &[Value<'_>], _: &Clock) -> Answer {
    Ok(Value::Bool(!matches!(at(values, 0).shape(), Shape::Null)))
}

pub(super) fn coalesce(values: &[Value<'_>], _: &Clock) -> Answer {
    let first = values.iter().find(|value| !matches!(value.view().shape(), Shape::Null));
    Ok(first.map_or(Value::Null, |value| value.clone().into_static()))
}

pub(super) fn first_filled(values: &[Value<'_>], _: &Clock) -> Answer {
    let first = values.iter().find(|value| !value.view().is_empty());
    Ok(first.map_or(Value::Null, |value| value.clone().into_static()))
}

pub(super) fn join(values: &[Value<'_>], _: &Clock) -> Answer {
    let Shape::List(list) = at(values, 0).shape() else { return Err(wrong("join", "a list", at(values, 0))) };
    let separator = text("join", values, 1)?;
    let mut out = String::new();
    for item in list.iter().filter(|item| !item.is_empty()) {
        if matches!(item.shape(), Shape::List(_) | Shape::Map(_)) {
            return Err(wrong("join", "a list of texts and numbers", item));
        }
        if !out.is_empty() {
            out.push_str(&separator);
        }
        out.push_str(&item.as_text());
    }
    Ok(Value::text(out))
}
