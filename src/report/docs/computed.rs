//! Puts the functions that a rule calls into words, each by its own sentence in the table of functions.

use super::page::{Item, Line};
use super::parts::Parts;
use super::value::written;
use crate::rule::{Expression, Function};

/// Most calls of one rule that are told.
const CALLS_SHOWN: usize = 20;

/// The calls of a rule, each once, what is computed first in front.
pub fn items(parts: &Parts<'_>) -> Vec<Item> {
    let mut calls = Vec::new();
    parts.expressions().iter().for_each(|expression| collect(expression, &mut calls));
    let mut told: Vec<String> = Vec::new();
    let mut items = Vec::new();
    for (function, arguments) in calls {
        let call = call_of(function, arguments);
        if told.contains(&call) {
            continue;
        }
        if items.len() < CALLS_SHOWN {
            items.push(Line::default().code(call.as_str()).text(": ").line(sentence(function, arguments)).into());
        }
        told.push(call);
    }
    if told.len() > items.len() {
        items.push(Line::of(format!("and {} more", told.len() - items.len())).into());
    }
    items
}

/// The calls in a value, from the innermost out.
fn collect<'e>(expression: &'e Expression, found: &mut Vec<(&'static Function, &'e [Expression])>) {
    match expression.as_written() {
        Expression::Call(function, arguments) => {
            arguments.iter().for_each(|argument| collect(argument, found));
            found.push((function, arguments));
        }
        Expression::Template(parts) | Expression::List(parts) => parts.iter().for_each(|part| collect(part, found)),
        Expression::Coalesce(first, second) => {
            collect(first, found);
            collect(second, found);
        }
        Expression::Map(fields) => fields.iter().for_each(|(_, field)| collect(field, found)),
        Expression::Constant(_) | Expression::Read(_) | Expression::Script(_) => {}
    }
}

/// The call alone: what is told by itself is `…` in it.
fn call_of(function: &Function, arguments: &[Expression]) -> String {
    let arguments: Vec<String> = arguments.iter().map(shown).collect();
    function.spelled(&arguments.join(", "))
}

fn shown(argument: &Expression) -> String {
    let mut inner = Vec::new();
    collect(argument, &mut inner);
    if inner.is_empty() { written(argument) } else { "…".to_owned() }
}

/// What the call answers: the beginning of the function's sentence, with the call's values in the places of their names.
fn sentence(function: &Function, arguments: &[Expression]) -> Line {
    let about = function.about;
    let end = ["; ", ". ", ": "].into_iter().filter_map(|end| about.find(end)).min().unwrap_or(about.len());
    let names = names(function.signature, arguments.len());
    // What is said of a value that this call does not have is left out.
    let missing: Vec<String> = names.iter().skip(arguments.len()).map(|name| format!("`{name}`")).collect();
    let clauses = about.get(..end).unwrap_or(about).split(", ");
    let said = clauses.filter(|clause| !missing.iter().any(|name| clause.contains(name.as_str())));
    let said = said.collect::<Vec<_>>().join(", ");
    let mut line = Line::default();
    for (n, part) in said.split('`').enumerate() {
        let argument = names.iter().position(|name| *name == part).and_then(|place| arguments.get(place));
        line = match argument {
            _ if n % 2 == 0 => line.text(part),
            Some(argument) => line.code(shown(argument)),
            None => line.code(part),
        };
    }
    line
}

/// The names of a function's values in the form of its signature that takes so many.
fn names(signature: &str, count: usize) -> Vec<&str> {
    let forms = signature.split("`, `").map(|form| {
        let inside = form.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map_or("", |(inside, _)| inside);
        inside.split(", ").collect::<Vec<_>>()
    });
    let forms: Vec<Vec<&str>> = forms.collect();
    forms.iter().find(|names| names.len() >= count).or(forms.last()).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Value;
    use crate::rule::{FUNCTIONS, find_function};

    fn words(line: &Line) -> String {
        use super::super::page::Inline;
        let word = |inline: &Inline| match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Link(text, _) => text.clone(),
            Inline::Code(code) => format!("`{code}`"),
        };
        line.0.iter().map(word).collect()
    }

    #[test]
    fn a_call_is_told_by_the_sentence_of_its_function() {
        for (name, values, told) in [
            ("cut", vec![Value::text("asha"), Value::integer(20)], "the first `20` characters"),
            (
                "trim",
                vec![Value::text("a"), Value::text(".")],
                "the text without white space, and without any of the characters of `\".\"`, at its ends",
            ),
            ("trim", vec![Value::text("a")], "the text without white space, at its ends"),
            ("lower", vec![Value::text("A")], "the text in lower case"),
        ] {
            let arguments: Vec<Expression> = values.into_iter().map(Expression::Constant).collect();
            assert_eq!(words(&sentence(find_function(name).unwrap(), &arguments)), told);
        }
    }

    /// Whatever functions there are: each sentence is whole, and no backtick is left without its partner.
    #[test]
    fn every_function_has_words() {
        for function in FUNCTIONS.iter() {
            for count in function.least..=function.most.min(function.least + 3) {
                let arguments: Vec<Expression> = (0..count).map(|_| Expression::Constant(Value::integer(7))).collect();
                let told = words(&sentence(function, &arguments));
                assert!(!told.trim().is_empty(), "{}", function.name);
                assert_eq!(told.matches('`').count() % 2, 0, "{}: {told}", function.name);
                assert!(!told.ends_with([' ', ',', '(']), "{}: {told}", function.name);
            }
        }
    }
}
