//! `each`: calls another function with every element of a list.

use crate::event::{Shape, Value};
use crate::rule::function::answers::Answering;
use crate::rule::function::clock::Clock;
use crate::rule::function::literal::{Argument, UnknownValue, Written, written};
use crate::rule::function::subjects::named;
use crate::rule::function::table::{Answer, Function};
use crate::rule::function::value::{at, list, wrong};

/// Most bytes that the values behind the function's name come to, counted once for each element, and most that all answers
/// may hold.
const WORK_LIMIT_BYTES: usize = 16 << 20;

pub static EACH: Function = Function::new(
    "each(list, \"function\", …)",
    "each",
    (2, 4),
    "the list of what the function answers for each element; its further values follow its name. Absent answers are left out, so `capture` also chooses elements",
    each,
)
.looking_at_values(unknown_call)
.taking(&[Argument::List, Argument::Text])
.answering(Answering::Lists)
.examples(&[
    ("join(each(split(\"app_crm hr app_erp\"), \"capture\", \"^app_(.+)\"), \",\")", "crm,erp"),
    ("join(each(user.roles, \"upper\"), \",\")", "ADMIN,SALES"),
]);

fn each(values: &[Value<'_>], clock: &Clock) -> Answer {
    let list = list("each", values, 0)?;
    let Shape::Text(name) = at(values, 1).shape() else {
        return Err(wrong("each", "the name of a function as its second value", at(values, 1)));
    };
    let function = named(&name).ok_or("`each` was given a name that no function has")?;
    let further = values.get(2..).unwrap_or_default();
    let bytes: usize = further.iter().map(|value| value.to_json().len()).sum();
    if bytes.saturating_mul(list.len()) > WORK_LIMIT_BYTES {
        return Err("`each` was given too many elements for values that are so long".to_owned());
    }
    let mut given: Vec<Value<'_>> = std::iter::once(Value::Null).chain(further.iter().cloned()).collect();
    let mut answers = Vec::with_capacity(list.len());
    let mut held = 0_usize;
    for item in list {
        if let Some(element) = given.first_mut() {
            *element = item.to_value();
        }
        // Not even its shape is told: the list may be a secret, which is in plain here.
        if function.unreadable(&given, clock).is_some() {
            return Err(format!("`{}` was given an element that is not a date that can be read", function.name));
        }
        let answer = function.call(&given, clock)?;
        held = held.saturating_add(answer.held_bytes());
        if held > WORK_LIMIT_BYTES {
            return Err(format!("`each` would make lists of more than {} MiB", WORK_LIMIT_BYTES >> 20));
        }
        answers.extend((!answer.view().is_null()).then_some(answer));
    }
    Ok(Value::List(answers))
}

/// What is wrong with the call that is made for each element, where it can be seen before it is made.
fn unknown_call(_: &str, values: &[Written<'_>]) -> Option<UnknownValue> {
    let name = match written(values, 1) {
        Written::Text(name) => name,
        Written::Whole(_) | Written::Other(_) => {
            return Some(("`each` takes the name of a function".to_owned(), EXAMPLE.into()));
        }
        Written::Computed => return None,
    };
    if name == "lookup" {
        return Some(("a lookup cannot be asked for each element".to_owned(), IN_A_LOOKUP.into()));
    }
    let Some(function) = named(name) else {
        return Some((format!("there is no function `{name}` for `each`"), EXAMPLE.into()));
    };
    let further = values.get(2..).unwrap_or_default();
    let given: Vec<Written<'_>> = std::iter::once(Written::Computed).chain(further.iter().copied()).collect();
    if let (1, Some(Written::Text(other))) = (function.least, further.first())
        && named(other).is_some()
    {
        let message = format!("`{other}` is here a text that `{name}` is handed, and no function that is called too");
        return Some((message, ONE_AROUND_THE_OTHER.into()));
    }
    if !(function.least..=function.most).contains(&given.len()) {
        let help = "the element is the function's first value; write the others behind its name";
        return Some((function.wrong_count(given.len()), help.into()));
    }
    match function.bad_pattern(&given) {
        Some((text, bad)) => {
            Some((format!("the pattern `{text}` cannot be used: {bad}"), "write another pattern".into()))
        }
        None => function.unknown_value(&given),
    }
}

/// A word that stands behind a function which is content with the element alone is meant as a second function.
const ONE_AROUND_THE_OTHER: &str = "call one around the other: `each(each(list, \"trim\"), \"lower\")`";
const IN_A_LOOKUP: &str = "a condition asks for elements: `user.assignedGroups: { any: { found_in: LOOKUP } }`; rows of several \
                           keys are read in a rule's `script`";
const EXAMPLE: &str = "write for example `each(user.rbacRoles, \"lower\")`; a function of a `.rhai` file is called by \
                       `list.map(|x| …)`";
